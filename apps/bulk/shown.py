"""What pages and files say of a job."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import Any

from django import forms
from django.utils.translation import gettext as _

from apps.core.actor import Actor
from apps.core.errors import Invalid
from apps.core.tables import csv_lines
from apps.core.told import Told
from apps.events import names
from apps.events.names import Name

from . import parameters
from .models import BulkJob, BulkRow
from .states import Outcome

PIECE = 500


def with_things(
    rows: Sequence[BulkRow], job: BulkJob, actor: Actor
) -> Sequence[BulkRow]:
    """The rows, each with the `thing` it is about as it is now; None where there is
    none any more, or not for this actor."""
    if job.declared is not None:
        ids = [row.object_id for row in rows]
        things = job.declared.things.visible_to(actor).filter(pk__in=ids)
        found = {thing.pk: thing for thing in things}
        for row in rows:
            row.thing = found.get(row.object_id)
    return rows


def reason_of(row: BulkRow) -> str:
    """In words; of what has lost them, its code."""
    if row.reason or not row.code:
        return str(row.reason)
    return str(Told(row.code))


def name_of_asker(job: BulkJob, actor: Actor) -> Name | None:
    if job.asked_by is None:
        return None
    return names.of([job.asked_by], actor).get(job.asked_by)


def said_of(job: BulkJob, actor: Actor) -> list[tuple[str, str]]:
    """Parameters with what their form calls them."""
    try:
        values = parameters.restore(job.parameters, actor)
    except Invalid as error:
        return [("", error.message)]
    fields: Any = getattr(job.declared and job.declared.form, "base_fields", {})
    return [
        (str(fields[name].label), _text(fields[name], value))
        for name, value in values.items()
        if name in fields and value not in (None, "")
    ]


def _text(field: forms.Field, value: Any) -> str:
    if isinstance(field, forms.ChoiceField) and isinstance(value, str):
        choices: Any = field.choices
        return str(dict(choices).get(value, value))
    return str(value)


def results_csv(job: BulkJob, actor: Actor) -> Iterator[str]:
    """One line for each thing, in the order of the work."""
    header = [_("Id"), _("Name"), _("Result"), _("Code"), _("Reason")]
    found = BulkRow.objects.of(job).order_by("id").iterator(PIECE)
    return csv_lines(header, _lines(found, job, actor))


def _lines(
    found: Iterable[BulkRow], job: BulkJob, actor: Actor
) -> Iterator[list[object]]:
    found = iter(found)
    while piece := list(islice(found, PIECE)):
        for row in with_things(piece, job, actor):
            label = Outcome(row.outcome).label
            name = row.thing if row.thing is not None else ""
            yield [row.object_id, name, label, row.code, reason_of(row)]
