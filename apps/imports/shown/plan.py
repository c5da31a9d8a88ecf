"""What a plan says, and what came of it: of each row, of names that the register lacks,
of undoing."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Q, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from apps.catalog.models import Category
from apps.core.showing import label_of
from apps.core.tables import csv_lines, original
from apps.imports.columns.cells import told_of
from apps.imports.columns.fields import FIELDS, field_label
from apps.imports.models import Batch, BatchRow, Made, Unknown
from apps.imports.states import LEFT_OUT, Choice, Kind, UndoReason, Verdict
from apps.imports.targets import TARGETS
from apps.imports.targets.asset_attributes import BY_NAME
from apps.imports.targets.asset_location import (
    ARRIVED,
    HELD,
    IN_USE,
    MEANINGS,
    STATUS,
    UNUSED,
    WORKFLOW,
)
from apps.imports.targets.references import IDENTITY
from apps.imports.targets.unresolved import CODES, possible
from apps.imports.values import status_label

from .questions import Coded

# --- Why rows are refused or warned about -------------------------------------

REASONS: dict[str, Any] = {
    "ambiguous": gettext_lazy("Fits more than one"),
    "apostrophe": gettext_lazy("An apostrophe before it"),
    "arrived_already": gettext_lazy("Ordered, but here already"),
    "asset_gone": gettext_lazy("The device is gone"),
    "bad_amount": gettext_lazy("Not a price"),
    "bad_boolean": gettext_lazy("Neither yes nor no"),
    "bad_condition": gettext_lazy("Not a condition"),
    "bad_currency": gettext_lazy("Not a currency"),
    "bad_date": gettext_lazy("Not a date"),
    "bad_day": gettext_lazy("A day that can't be meant"),
    "bad_email": gettext_lazy("Not an e-mail address"),
    "bad_holder_kind": gettext_lazy("Not a kind of holder"),
    "bad_money": gettext_lazy("Not an amount"),
    "bad_months": gettext_lazy("Not a number of months"),
    "became_a_day": gettext_lazy("Turned into a day"),
    "became_a_number": gettext_lazy("Damaged by a spreadsheet"),
    "beside_left_out": gettext_lazy("Beside a cell that is left out"),
    "cannot_clear": gettext_lazy("Can't be cleared"),
    "changed_since_plan": gettext_lazy("Changed after the plan"),
    "claimed": gettext_lazy("Part of an order or a return"),
    "clear_beside_value": gettext_lazy("Cleared, and a value beside it"),
    "contradiction": gettext_lazy("Contradicts what was written"),
    "country_not_served": gettext_lazy("Country not served"),
    "currency_unclear": gettext_lazy("Unclear currency"),
    "date_is_number": gettext_lazy("A number instead of a date"),
    "date_order_unknown": gettext_lazy("Day or month first?"),
    "decided_against": gettext_lazy("Left out, as decided"),
    "decimal_mark_unknown": gettext_lazy("Point or comma?"),
    "differs_from_holder": gettext_lazy("Differs from the holder"),
    "differs_from_model": gettext_lazy("Differs from the model"),
    "differs_from_name": gettext_lazy("Differs from first and last name"),
    "digits_lost": gettext_lazy("Digits lost in a spreadsheet"),
    "email_taken": gettext_lazy("E-mail taken"),
    "employee_number_taken": gettext_lazy("Employee number taken"),
    "erased": gettext_lazy("Somebody in it was erased"),
    "former_currency": gettext_lazy("Money of former times"),
    "garbled": gettext_lazy("Garbled letters"),
    "has_left": gettext_lazy("Has left"),
    "holder_beside_state": gettext_lazy("A holder, but not in use"),
    "in_use_without_holder": gettext_lazy("In use, but no holder"),
    "is_offboarding": gettext_lazy("Leaving goes by an offboarding"),
    "mapped_gone": gettext_lazy("What it was taken for is gone"),
    "name_and_email_needed": gettext_lazy("Name or e-mail missing"),
    "names_nobody": gettext_lazy("Names nobody as the holder"),
    "no_email": gettext_lazy("E-mail missing"),
    "no_name": gettext_lazy("Name missing"),
    "no_place": gettext_lazy("No place"),
    "no_product": gettext_lazy("No model"),
    "no_serial": gettext_lazy("No serial number"),
    "no_serial_or_tag": gettext_lazy("Neither serial number nor tag"),
    "no_such_day": gettext_lazy("No such day"),
    "not_created": gettext_lazy("Names what is not to be created"),
    "not_rehired_here": gettext_lazy("Not taken back here"),
    "not_one_device": gettext_lazy("A row of several devices"),
    "other_company": gettext_lazy("Of another company"),
    "other_key": gettext_lazy("Another key than the known one"),
    "overruled": gettext_lazy("Other cells of the row say otherwise"),
    "person_has_left": gettext_lazy("The holder has left"),
    "person_unknown": gettext_lazy("Nobody of this name"),
    "place_closed": gettext_lazy("The place is closed"),
    "place_left_out": gettext_lazy("A place, but it stands at none"),
    "price_without_currency": gettext_lazy("A price without currency"),
    "repeated": gettext_lazy("Stands in the file twice"),
    "role_not_allowed": gettext_lazy("A role that can't be given"),
    "serial_taken": gettext_lazy("Serial number taken"),
    "spreadsheet_error": gettext_lazy("An error of a spreadsheet"),
    "starts_before_end": gettext_lazy("First day before the last one"),
    "state_stays": gettext_lazy("Another state, which stays"),
    "stored_with_holder": gettext_lazy("In storage, but a holder"),
    "stray_quote": gettext_lazy("A quotation mark too many"),
    "tag_taken": gettext_lazy("Asset tag taken"),
    "too_long": gettext_lazy("Too long"),
    "too_many_cells": gettext_lazy("More cells than columns"),
    "too_many_decimals": gettext_lazy("Too many decimals"),
    "two_currencies": gettext_lazy("Two currencies"),
    "unknown_country": gettext_lazy("Unknown country"),
    "unknown_status": gettext_lazy("Unknown status"),
    "warranty_differs": gettext_lazy("A warranty that ends on two days"),
    "warranty_without_date": gettext_lazy("A warranty without a date"),
    "where_surname_ends": gettext_lazy("Where the surname ends"),
    "workflow_state": gettext_lazy("Comes from an order or a return"),
    "wrong_state": gettext_lazy("Can't become that"),
}


def reason(code: str) -> str:
    """Why rows are refused or warned about, as a person reads it."""
    return str(REASONS.get(code) or _("Another reason"))


# --- Rows ----------------------------------------------------------------------


def faults_of(
    problems: Sequence[Mapping[str, Any]], cells: Sequence[str]
) -> list[dict[str, Any]]:
    """All that is wrong with a row: code, sentence, position of the column and the cell
    in it, things that may be meant."""
    return [
        {
            "code": problem.get("code", "other"),
            "message": told_of(problem),
            "column": problem.get("column"),
            "cell": at(cells, problem.get("column")),
            "candidates": problem.get("candidates", []),
        }
        for problem in problems
    ]


def changes_of(kind: Kind, changes: Mapping[str, Any]) -> list[dict[str, str]]:
    """Field by field, in the order of the fields, as people read them."""
    target = TARGETS[kind]
    return [
        {
            "field": name,
            "label": field_label(kind, name),
            "old": target.shown(name, old),
            "new": target.shown(name, new),
        }
        for name, (old, new) in sorted(changes.items(), key=_order[kind])
    ]


def _in_order_of(kind: Kind) -> Callable[[tuple[str, Any]], int]:
    """As the fields are listed; the database keeps no order of changes."""
    places = {field.target: place for place, field in enumerate(FIELDS[kind])}
    return lambda change: places.get(change[0], len(places))


_order = {kind: _in_order_of(kind) for kind in Kind}


def at(texts: Sequence[str], position: int | None) -> str:
    is_there = position is not None and 0 <= position < len(texts)
    return str(texts[position]) if is_there else ""


# --- Rows as they stood in the file, with the reason as last column --------------

CHUNK_READ = 2_000


def left_out_csv(batch: Batch) -> Iterator[str]:
    """Rows that were refused or are ambiguous."""
    rows = BatchRow.objects.of(batch).filter(verdict__in=LEFT_OUT)
    found = rows.order_by("line").values_list("cells", "problems")
    return _with_reason(
        batch,
        (
            (cells, " ".join(str(told_of(problem)) for problem in problems))
            for cells, problems in found.iterator(CHUNK_READ)
        ),
    )


def kept_csv(batch: Batch) -> Iterator[str]:
    """Rows that could not be undone."""
    rows = BatchRow.objects.of(batch).kept_by_undoing().order_by("line")
    return _with_reason(batch, rows.values_list("cells", "kept").iterator(CHUNK_READ))


def _with_reason(batch: Batch, rows: Iterable[tuple[list[str], Any]]) -> Iterator[str]:
    width = len(batch.headers)
    lines = (
        [*map(original, cells), *[""] * (width - len(cells)), why]
        for cells, why in rows
    )
    delimiter = batch.options.get("delimiter") or ";"
    return csv_lines([*batch.headers, _("Reason")], lines, delimiter=delimiter)


# --- Names that the register lacks ----------------------------------------------

KINDS: Mapping[str, Any] = {
    "product": gettext_lazy("Model"),
    "person": gettext_lazy("Person"),
    "holder": gettext_lazy("Holder"),
    "place": gettext_lazy("Place"),
    "category": gettext_lazy("Category"),
    STATUS: gettext_lazy("State"),
    IN_USE: gettext_lazy("State, no holder"),
    HELD: gettext_lazy("State, a holder"),
    UNUSED: gettext_lazy("Out of use, a holder"),
    WORKFLOW: gettext_lazy("State of an order"),
    ARRIVED: gettext_lazy("Ordered, but here"),
    IDENTITY: gettext_lazy("Same or another"),
}
_BY_NAME = gettext_lazy("What the name of each model says, else Other")
_MEANS = {Choice.USE: gettext_lazy("It means")}
# What the answers are called, where they are no names.
_ANSWERS: Mapping[str, Mapping[Choice, Any]] = {
    IDENTITY: {
        Choice.CREATE: gettext_lazy("Another one: it takes over the key"),
        Choice.USE: gettext_lazy("The same one, with another key now"),
        Choice.REFUSE: gettext_lazy("Neither: leave it out"),
    },
    **dict.fromkeys(MEANINGS, _MEANS),
}


def answers_of(kind: str, *, may_create: bool = True) -> list[Coded]:
    """What may be decided about a name of this kind."""
    labels = {**dict(Choice.choices), **_ANSWERS.get(kind, {})}
    found = possible(kind, may_create=may_create)
    return [Coded(one.value, labels[one]) for one in found]


def meanings_of(kind: str) -> list[Coded]:
    """What a word of this kind may be taken for; empty for names of things."""
    label = label_of(Category) if kind == "category" else status_label
    return [
        Coded(code, _BY_NAME if code == BY_NAME else label(code))
        for code in CODES.get(kind, ())
    ]


def taken_for(unknown: Unknown) -> str:
    """What it is taken for, as people read it; "" if that is not so."""
    labels = {one.code: str(one.label) for one in meanings_of(unknown.kind)}
    return labels.get(unknown.use_text, unknown.use_text)


# Of words for states, by the kind of question.
_QUESTIONS: Mapping[str, Any] = {
    STATUS: gettext_lazy("“%(word)s” is no state that we know: what does it mean?"),
    IN_USE: gettext_lazy("“%(word)s” means in use: what if nobody has the device?"),
    HELD: gettext_lazy("“%(word)s” means in storage: what if somebody has the device?"),
    UNUSED: gettext_lazy("Nobody uses what is “%(word)s”: what if somebody has it?"),
    WORKFLOW: gettext_lazy(
        "“%(word)s” comes from an order or a return: what are such devices?"
    ),
    ARRIVED: gettext_lazy(
        "“%(word)s” means ordered: what are devices that are here already?"
    ),
}


def is_open(unknown: Unknown) -> bool:
    """Its rows are refused because nobody has said what becomes of it."""
    return unknown.decided_at is None and unknown.action == Choice.REFUSE


def question_of(unknown: Unknown) -> str:
    """What is asked about a word for a state; "" of a name, which speaks for itself."""
    return str(_QUESTIONS.get(unknown.kind, "")) % {"word": unknown.value}


def open_words(batch: Batch) -> QuerySet[Unknown]:
    """Words for states of which nobody has said what they mean."""
    found = batch.unknowns.filter(kind__in=MEANINGS, decided_at=None)
    return found.order_by("-rows", "-id")


# --- Undoing --------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class MadeBesides:
    """Models, people or places that applying created for rows: how many are there, how
    many were taken out, which could not be."""

    kind: str
    there: int
    undone: int
    kept: QuerySet[Made]

    @property
    def label(self) -> Any:
        return KINDS[self.kind]


def made_besides(batch: Batch) -> list[MadeBesides]:
    counts = batch.made.order_by("kind").values_list("kind").annotate(Count("pk"))
    there = counts.annotate(there=Count("pk", filter=Q(undone_at=None)))
    return [
        MadeBesides(
            kind, left, total - left, batch.made.filter(kind=kind).exclude(kept="")
        )
        for kind, total, left in there
    ]


@dataclass(frozen=True, slots=True)
class UndoPlan:
    """What undoing takes back: rows by what they did, and what was made for them."""

    rows: int
    created: int
    changed: int
    came_back: int
    kept: int
    made: list[MadeBesides]
    reasons: list[Coded]


def undo_plan(batch: Batch) -> UndoPlan:
    return UndoPlan(
        batch.applied_rows - batch.undone_rows,
        batch.count(Verdict.CREATE),
        batch.count(Verdict.CHANGE),
        batch.count(Verdict.REHIRE),
        batch.kept_rows,
        made_besides(batch),
        [Coded(*choice) for choice in UndoReason.choices],
    )
