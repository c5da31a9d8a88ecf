"""What refers to a row, whichever app it belongs to; removal of what nothing does."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from typing import Any, TypeVar
from uuid import UUID

from django.db import models, transaction

from . import texts
from .errors import Conflict, DomainError

Row = TypeVar("Row", bound=models.Model)
Refused = dict[UUID, DomainError]


@transaction.atomic
def remove_unused(
    model: type[Row],
    ids: Collection[UUID],
    *,
    company_id: UUID,
    refuse: Callable[[Sequence[Row]], Refused],
    parts: Collection[type[models.Model]] = (),
) -> tuple[list[Row], Refused]:
    """Deletes rows with their `parts`, except those that `refuse` (given the locked
    rows) or a reference from elsewhere keeps: Conflict `in_use`.

    Returns what was deleted and the refusals; a row that is gone already is neither.
    """
    rows = list(
        model._default_manager.select_for_update(of=("self",))
        .filter(pk__in=ids, company=company_id)
        .order_by("pk")
    )
    refused = refuse(rows)
    ids = [row.pk for row in rows]
    referrers = used(model, ids, company_id=company_id, besides=parts)
    for row in rows:
        if row.pk in referrers and row.pk not in refused:
            told = texts.IN_USE(name=row, thing=referrers[row.pk])
            refused[row.pk] = Conflict(told)
    gone = [row for row in rows if row.pk not in refused]
    for part in parts:
        part._default_manager.filter(**{f"{model._meta.model_name}__in": gone}).delete()
    model._default_manager.filter(pk__in=[row.pk for row in gone]).delete()
    return gone, refused


def changed_since(row: models.Model) -> Conflict:
    return Conflict(texts.CHANGED_SINCE(name=row))


def used(
    model: type[models.Model],
    ids: Collection[UUID],
    *,
    company_id: UUID,
    besides: Collection[type[models.Model]] = (),
) -> dict[UUID, str]:
    """Those of the ids that rows of other tables name, each with the label of one of
    these models. `besides` are tables that don't count."""
    found: dict[UUID, str] = {}
    for relation in _relations(model):
        referrer = relation.related_model
        if referrer in besides:
            continue
        rows = referrer._base_manager.filter(**{f"{relation.field.name}__in": ids})
        if any(field.name == "company" for field in referrer._meta.fields):
            rows = rows.filter(company_id=company_id)
        label = referrer._meta.label_lower
        for pk in rows.values_list(relation.field.attname, flat=True).distinct():
            found.setdefault(pk, label)
    return found


def _relations(model: type[models.Model]) -> Iterator[Any]:
    for field in model._meta.get_fields(include_hidden=True):
        if field.auto_created and (field.one_to_many or field.one_to_one):
            yield field
