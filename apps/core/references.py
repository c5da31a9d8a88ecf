"""What refers to a row, whichever app it belongs to."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import Any
from uuid import UUID

from django.db import models


def used(
    model: type[models.Model],
    ids: Collection[UUID],
    *,
    company_id: UUID,
    besides: Collection[type[models.Model]] = (),
) -> dict[UUID, str]:
    """Those of the ids that rows of other tables name, each with what one of these is
    called. `besides` are tables that don't count."""
    found: dict[UUID, str] = {}
    for relation in _relations(model):
        referrer = relation.related_model
        if referrer in besides:
            continue
        rows = referrer._base_manager.filter(**{f"{relation.field.name}__in": ids})
        if any(field.name == "company" for field in referrer._meta.fields):
            rows = rows.filter(company_id=company_id)
        name = str(referrer._meta.verbose_name)
        for pk in rows.values_list(relation.field.attname, flat=True).distinct():
            found.setdefault(pk, name)
    return found


def _relations(model: type[models.Model]) -> Iterator[Any]:
    for field in model._meta.get_fields(include_hidden=True):
        if field.auto_created and (field.one_to_many or field.one_to_one):
            yield field
