"""What the page of a planned, applied or undone batch shows."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any
from urllib.parse import urlencode

from django.db.models import Count, QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from apps.catalog.models import Category
from apps.core.showing import label_of
from apps.imports.models import Batch, BatchRow, Unknown
from apps.imports.run import planning
from apps.imports.shown.rows import at, changes_of, faults_of
from apps.imports.shown.undoing import made_besides
from apps.imports.states import LEFT_OUT, WARNED, BatchState, Choice, Kind, Verdict
from apps.imports.targets import TARGETS
from apps.imports.targets.references import IDENTITY
from apps.imports.targets.unresolved import CODES
from apps.imports.values import status_label

from .filters import KEPT, UNDONE, RowsFilter, lists_of, reason

ROWS_SHOWN = 25
UNKNOWNS_SHOWN = 10
KEPT_SHOWN = 5
DONE = {
    Verdict.CREATE: _("Created"),
    Verdict.CHANGE: _("Changed"),
    Verdict.REHIRE: _("Came back"),
    Verdict.SAME: _("Same"),
    Verdict.CONFLICT: _("Conflict"),
    Verdict.AMBIGUOUS: _("Ambiguous"),
    Verdict.REFUSED: _("Refused"),
    WARNED: _("With warnings"),
    KEPT: _("Kept"),
    UNDONE: _("Undone"),
}
WRITTEN_WHOLE = (BatchState.APPLIED, BatchState.UNDONE, BatchState.UNDO_STOPPED)
PLANNED = {**DONE, **dict(Verdict.choices)}
# What tells a person which row it is, in this order.
TITLES = (
    "serial_number",
    "asset_tag",
    "email",
    "full_name",
    "last_name",
    "first_name",
    "name",
    "product_name",
)
_PAGES = {
    "asset": "inventory:detail",
    "user": "people:detail",
    "address": "companies:address_detail",
}
KINDS = {
    "product": _("Model"),
    "person": _("Person"),
    "holder": _("Holder"),
    "place": _("Place"),
    "category": _("Category"),
    "status": _("State"),
    "in_use": _("State, no holder"),
    "held": _("State, a holder"),
    IDENTITY: _("Same or another"),
}


# Kinds of names that are looked up as they are typed; of others all codes are shown.
PICKERS = ("product", "person", "holder", "place")
CODE_LABELS: dict[str, Callable[[str], Any]] = {"category": label_of(Category)}
_MEANS = {Choice.USE: _("It means")}
# What the answers are called, where they are no names.
_SAME_OR_NOT = {
    Choice.CREATE: _("Another one: it takes over the key"),
    Choice.USE: _("The same one, with another key now"),
    Choice.REFUSE: _("Neither: leave it out"),
}
ANSWERS: dict[str, dict[str, Any]] = {
    IDENTITY: _SAME_OR_NOT,
    "status": _MEANS,
    "in_use": _MEANS,
    "held": _MEANS,
}


def context(batch: Batch, request: HttpRequest) -> dict[str, Any]:
    form = RowsFilter.read(request, batch=batch)
    shows = form.shows
    page = form.page(form.apply(), sort="line", size=ROWS_SHOWN)
    for row in page.rows:
        describe(row, batch)
    made = made_of(batch)
    return {
        "batch": batch,
        "page": page,
        "form": form,
        "shows": shows,
        "is_left_out": shows in LEFT_OUT or shows == KEPT,
        "warnings": list(planning.warnings_of(batch)),
        "unused": planning.others_of(batch),
        "conflicts": _conflicts(batch, shows, page.rows),
        "tabs": _tabs(batch, form),
        "to_apply": max(batch.to_write - batch.applied_rows, 0),
        "made": made,
        "warned": _warned(batch),
        "made_there": sum(part["there"] for part in made),
        **_unknowns(batch),
    }


def _tabs(batch: Batch, form: RowsFilter) -> list[dict[str, Any]]:
    """What is looked for in one list is looked for in the next; what may have changed
    there is another thing."""
    labels = DONE if batch.state in WRITTEN_WHOLE else PLANNED
    address = reverse("imports:detail", args=[batch.pk])
    kept = {name: form.cleaned_data.get(name) for name in ("q", "stale")}
    asked = {name: value for name, value in kept.items() if value}
    return [
        {
            "label": labels[name],
            "url": f"{address}?{urlencode({'verdict': name, **asked})}",
            "count": count,
            "is_current": name == form.shows,
        }
        for name, count in lists_of(batch)
    ]


def _warned(batch: Batch) -> list[dict[str, Any]]:
    """Why cells are left out or look damaged, the most frequent first."""
    address = reverse("imports:detail", args=[batch.pk])
    found = batch.facets.get(WARNED, {}).items()
    return [
        {
            "label": reason(name),
            "url": f"{address}?verdict={WARNED}&what={name}",
            "count": count,
        }
        for name, count in sorted(found, key=lambda one: -one[1])
    ]


def _unknowns(batch: Batch) -> dict[str, Any]:
    if batch.state != BatchState.PLANNED:
        return {"unknowns": []}
    found = batch.unknowns.filter(company=batch.company_id)
    counts = found.order_by("kind").values_list("kind").annotate(Count("pk"))
    return {
        "unknowns": describe_unknowns(found.order_by("-rows", "-id")[:UNKNOWNS_SHOWN]),
        "unknown_count": sum(count for _kind, count in counts),
        "unknown_kinds": [(KINDS[kind], count) for kind, count in counts],
        "people_to_create": _to_create(found).count(),
        "pickers": PICKERS,
    }


def _to_create(unknowns: QuerySet[Unknown]) -> QuerySet[Unknown]:
    """People who could be, and are not."""
    return unknowns.filter(kind="person", action=Choice.REFUSE, rows__gt=0)


def _conflicts(
    batch: Batch, shows: str, rows: Sequence[BatchRow]
) -> list[tuple[str, Any]]:
    """The answers to all rows that another key than the known one is stated of; each
    row has its own question. None while there is nothing to decide."""
    if shows != Verdict.CONFLICT or batch.state != BatchState.PLANNED:
        return []
    asked = {row.pk: problem.get("asks") for row in rows for problem in row.problems}
    found = batch.unknowns.filter(kind=IDENTITY, key__in=filter(None, asked.values()))
    questions = {unknown.key: unknown for unknown in describe_unknowns(found)}
    for row in rows:
        row.question = questions.get(asked.get(row.pk))
    return list(_SAME_OR_NOT.items())


def describe_unknowns(unknowns: Iterable[Unknown]) -> list[Unknown]:
    """Puts on each what the template shows: what it is, and its answers."""
    found = list(unknowns)
    for unknown in found:
        unknown.label = KINDS[unknown.kind]
        unknown.answers = _answers(unknown)
        label = CODE_LABELS.get(unknown.kind, status_label)
        unknown.codes = [(code, label(code)) for code in CODES.get(unknown.kind, ())]
    return found


def _answers(unknown: Unknown) -> list[tuple[str, Any]]:
    labels = {**dict(Choice.choices), **ANSWERS.get(unknown.kind, {})}
    is_possible = {Choice.CREATE: unknown.may_create}
    return [(name, labels[name]) for name in Choice if is_possible.get(name, True)]


def made_of(batch: Batch) -> list[dict[str, Any]]:
    """How many models, people and places applying created for its rows."""
    return [
        {
            "label": KINDS[part.kind],
            "there": part.there,
            "undone": part.undone,
            "kept": batch.made.filter(kind=part.kind).exclude(kept="")[:KEPT_SHOWN],
        }
        for part in made_besides(batch)
    ]


def describe(row: BatchRow, batch: Batch) -> None:
    """Puts what the template shows on the row: its title, its diffs, its faults."""
    kind = Kind(batch.kind)
    row.title = _title(row, batch)
    target = TARGETS[kind]
    if _is_there(row, batch):
        row.url = reverse(target.page, args=[row.target_id])
    row.diffs = changes_of(kind, row.changes)
    row.faults = [_shown(fault, batch) for fault in faults_of(row.problems, row.cells)]
    row.cautions = [
        {**_shown(fault, batch), "is_left_out": fault["code"] != "garbled"}
        for fault in faults_of(row.warnings, row.cells)
    ]
    if row.kept:
        row.faults.append({"message": row.kept})


def _shown(fault: Mapping[str, Any], batch: Batch) -> dict[str, Any]:
    return {
        **fault,
        "header": at(batch.headers, fault["column"]),
        "candidates": list(map(_linked, fault["candidates"])),
    }


def _is_there(row: BatchRow, batch: Batch) -> bool:
    """The thing that the row is about stands in the register."""
    if row.verdict == Verdict.CREATE and row.target_id:
        return row.line <= batch.applied_line and row.undone_at is None
    return row.version is not None


def _linked(candidate: dict[str, str]) -> dict[str, str]:
    page = _PAGES.get(candidate["kind"])
    url = reverse(page, args=[candidate["id"]]) if page else ""
    return {"text": candidate["text"], "url": url}


def _title(row: BatchRow, batch: Batch) -> str:
    cells = {
        target: at(row.cells, int(position)).strip()
        for position, target in batch.mapping.items()
    }
    found = [cells[name] for name in TITLES if cells.get(name)]
    return " · ".join(found[:2])
