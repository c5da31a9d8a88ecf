"""The columns that people of a company confirmed, for the next file like it."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence

from django.utils import timezone

from apps.companies.models import Company
from apps.core.actor import Actor
from apps.core.keys import keys
from apps.imports.columns.formats import Options
from apps.imports.models import RememberedColumns
from apps.imports.states import Kind


def fingerprint(headers: Sequence[str]) -> str | None:
    """Of the headers in their order, regardless of case and blanks around them; None
    where no column has one: such files are not alike."""
    if not keys(headers):
        return None
    tidy = [header.strip().casefold() for header in headers]
    return hashlib.sha256(json.dumps(tidy).encode()).hexdigest()


def find(
    company: Company, headers: Sequence[str], kind: str | None = None
) -> RememberedColumns | None:
    known = fingerprint(headers)
    if known is None:
        return None
    found = RememberedColumns.objects.filter(company=company, headers_sha256=known)
    if kind:
        found = found.filter(kind=kind)
    return found.order_by("-confirmed_at").first()


def keep(
    company: Company,
    headers: Sequence[str],
    kind: Kind,
    *,
    mapping: dict[str, str],
    answers: Options,
    actor: Actor,
) -> None:
    known = fingerprint(headers)
    if known is None:
        return
    RememberedColumns.objects.update_or_create(
        company=company,
        headers_sha256=known,
        kind=kind,
        defaults={
            "mapping": mapping,
            "answers": answers,
            "confirmed_at": timezone.now(),
            "confirmed_by": actor.id,
        },
    )
