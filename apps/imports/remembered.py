"""The columns that people of a company confirmed, for the next file like it."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from apps.companies.models import Company
from apps.core.actor import Actor, Permission
from apps.core.keys import keys
from apps.core.tenancy import TenantModel, TenantQuerySet

from .fields import Kind


class RememberedColumnsQuerySet(TenantQuerySet["RememberedColumns"]):
    reads = Permission.IMPORTS_READ


class RememberedColumns(TenantModel):
    """What the columns of a file with these headers mean to a company."""

    kind = models.CharField(max_length=16)
    headers_sha256 = models.CharField(max_length=64)
    mapping = models.JSONField(default=dict)
    # Answers only; what the cells say is found out anew for each file.
    answers = models.JSONField(default=dict)
    confirmed_at = models.DateTimeField()
    confirmed_by = models.UUIDField(null=True)

    objects = RememberedColumnsQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = _("remembered columns")
        constraints = [
            models.UniqueConstraint(
                fields=["company", "headers_sha256", "kind"],
                name="remembered_columns_once",
            )
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.headers_sha256[:8]}"


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
    answers: dict[str, str],
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
