"""What refers to a row, whichever app it belongs to; removal of what nothing does."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from typing import Any, TypeVar
from uuid import UUID

from django.db import models, transaction
from django.utils.translation import gettext as _

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
    names = used(model, [row.pk for row in rows], company_id=company_id, besides=parts)
    for row in rows:
        if row.pk in names and row.pk not in refused:
            message = _("%(name)s is in use: %(thing)s.")
            message %= {"name": row, "thing": names[row.pk]}
            refused[row.pk] = Conflict("in_use", message)
    gone = [row for row in rows if row.pk not in refused]
    for part in parts:
        part._default_manager.filter(**{f"{model._meta.model_name}__in": gone}).delete()
    model._default_manager.filter(pk__in=[row.pk for row in gone]).delete()
    return gone, refused


def changed_since(row: models.Model) -> Conflict:
    message = _("%(name)s was changed after the import.") % {"name": row}
    return Conflict("changed_since", message)


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
