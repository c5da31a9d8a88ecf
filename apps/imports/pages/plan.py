"""What the page of a planned, applied or undone batch shows, and by what its rows are
filtered."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.db.models import Count, Q
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from apps.core.query import PagedQuery, PickerQuery, SearchField
from apps.core.showing import grouped
from apps.imports.columns.fields import field_label
from apps.imports.models import Batch, BatchRow, BatchRowQuerySet, Unknown
from apps.imports.shown.columns import overview
from apps.imports.shown.plan import (
    KINDS,
    answers_of,
    at,
    changes_of,
    faults_of,
    is_open,
    made_besides,
    meanings_of,
    question_of,
    reason,
)
from apps.imports.shown.questions import Coded
from apps.imports.states import LEFT_OUT, WARNED, BatchState, Choice, Kind, Verdict
from apps.imports.targets import TARGETS, staleness
from apps.imports.targets.asset_location import MEANINGS
from apps.imports.targets.references import IDENTITY

ROWS_SHOWN = 25
UNKNOWNS_SHOWN = 10
# Lists of an undone batch, beside those by verdict.
UNDONE, KEPT = "UNDONE", "KEPT"
STALE = "yes"
# Lists that are shown only if they have rows.
RARE = frozenset({Verdict.REHIRE, Verdict.CONFLICT, Verdict.AMBIGUOUS})
WRITTEN_IN_ORDER = (Verdict.CREATE, Verdict.CHANGE, Verdict.REHIRE)
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
# Kinds of names that are looked up as they are typed; of others all codes are shown.
PICKERS = ("product", "person", "holder", "place")
_CREATED = _("Models and places are created when you apply, unless you say otherwise.")
_REMEMBERED = _("What a word for a state means holds for later files, too.")
# By the kinds of names that there are.
_HINTS: Mapping[str, Any] = {
    "product": _CREATED,
    "place": _CREATED,
    "person": _("People are created only if you say so."),
    "holder": _(
        "People known by name only can't be created: say who they are, at which place "
        "the devices are, or that nobody has them; or import the people first."
    ),
    **dict.fromkeys(MEANINGS, _REMEMBERED),
}


def context(batch: Batch, request: HttpRequest) -> dict[str, Any]:
    form = RowsFilter.read(request, batch=batch)
    shows = form.shows
    page = form.page(form.apply(), sort="line", size=ROWS_SHOWN)
    for row in page.rows:
        describe(row, batch)
    made = made_besides(batch)
    return {
        "batch": batch,
        "page": page,
        "form": form,
        "shows": shows,
        "is_left_out": shows in LEFT_OUT or shows == KEPT,
        "left_out_columns": overview(batch).left_out if batch.unused else [],
        "conflicts": _conflicts(batch, shows, page.rows),
        "tabs": _tabs(batch, form),
        "to_apply": max(batch.to_write - batch.applied_rows, 0),
        "made": made,
        "warned": _warned(batch),
        "made_there": sum(part.there for part in made),
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
    """Those that nobody has decided about first. Whether two things are the same is
    asked beside the rows: see `_conflicts`."""
    if batch.state != BatchState.PLANNED:
        return {"unknowns": []}
    found = batch.unknowns.filter(company=batch.company_id).exclude(kind=IDENTITY)
    undecided = Q(decided_at=None, action=Choice.REFUSE)
    by_kind = found.order_by("kind").values_list("kind")
    counts = by_kind.annotate(all=Count("pk"), open=Count("pk", filter=undecided))
    ranked = found.order_by("-rows", "-id")
    unknowns = list(ranked.filter(undecided)[:UNKNOWNS_SHOWN])
    if left := UNKNOWNS_SHOWN - len(unknowns):
        unknowns += ranked.exclude(pk__in=[one.pk for one in unknowns])[:left]
    hints = {_HINTS[kind]: kind for kind, *_counts in counts if kind in _HINTS}
    return {
        "unknowns": describe_unknowns(unknowns),
        "unknown_count": sum(count for _kind, count, _open in counts),
        "open_count": sum(count for _kind, _all, count in counts),
        "unknown_kinds": [(KINDS[kind], count) for kind, count, _open in counts],
        "hints": list(hints),
        # People who could be, and are not.
        "people_to_create": found.filter(
            kind="person", action=Choice.REFUSE, rows__gt=0
        ).count(),
        "pickers": PICKERS,
    }


def _conflicts(batch: Batch, shows: str, rows: Sequence[BatchRow]) -> list[Coded]:
    """Puts its question on each row that another key than the known one is stated of,
    also on one that was decided against. The answers to all that are open."""
    lists = (Verdict.CONFLICT, Verdict.REFUSED)
    if shows not in lists or batch.state != BatchState.PLANNED:
        return []
    identities = batch.unknowns.filter(kind=IDENTITY)
    asked = {row.pk: problem.get("asks") for row in rows for problem in row.problems}
    found = identities.filter(key__in=filter(None, asked.values()))
    questions = {unknown.key: unknown for unknown in describe_unknowns(found)}
    for row in rows:
        row.question = questions.get(asked.get(row.pk))
    # Also where only rows further down have a question.
    decided_against = identities.filter(action=Choice.REFUSE, decided_at__isnull=False)
    has_any = shows == Verdict.CONFLICT or decided_against.exists()
    return answers_of(IDENTITY) if has_any else []


def describe_unknowns(unknowns: Iterable[Unknown]) -> list[Unknown]:
    """Puts on each what the template shows: what it is, its answers, and the present
    one. What a word may mean are answers of their own: “USE:STORAGE”."""
    found = list(unknowns)
    for unknown in found:
        unknown.label = KINDS[unknown.kind]
        unknown.question = question_of(unknown)
        unknown.answers = answers_of(unknown.kind, may_create=unknown.may_create)
        unknown.chosen = unknown.action
        if meanings := meanings_of(unknown.kind):
            used = [Coded(f"{Choice.USE}:{one.code}", one.label) for one in meanings]
            others = [one for one in unknown.answers if one.code != Choice.USE]
            unknown.answers = used + others
            if unknown.action == Choice.USE:
                unknown.chosen = f"{Choice.USE}:{unknown.use_text}"
        if is_open(unknown):
            unknown.answers.insert(0, Coded("", _("Not decided yet")))
            unknown.chosen = ""
    return found


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


# --- Filters ---


class RowsFilter(PagedQuery):
    """`shows` is the list of rows that is asked for, else the first that has any; ""
    is all lists, of rows about what changed after the plan."""

    verdict = forms.ChoiceField(required=False, widget=forms.HiddenInput)
    q = SearchField(label=_("Search"))
    what = forms.ChoiceField(label=_("What"), required=False)
    stale = forms.ChoiceField(
        label=_("Rows"),
        required=False,
        choices=[("", _("Any row")), (STALE, _("Changed after the plan"))],
    )

    def __init__(self, *args: Any, batch: Batch, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.batch, lists = batch, lists_of(batch)
        names = [(name, name) for name, _count in lists]
        self.fields["verdict"].choices = [("", ""), *names]
        if not staleness.may_be(batch):
            del self.fields["stale"]
        is_of_all = "stale" in self.fields and self.data.get("stale") == STALE
        first = next((name for name, count in lists if count), lists[0][0])
        first = "" if is_of_all else first
        self.shows = shows = self.data.get("verdict") or first
        facets = batch.facets.get(shows, {})
        found = sorted(facets.items(), key=lambda facet: -facet[1])
        if found:
            tells_why = shows in LEFT_OUT or shows == WARNED
            everything = _("Any reason") if tells_why else _("Any change")
            choices = [
                (name, f"{self._label(name)} ({grouped(n)})") for name, n in found
            ]
            self.fields["what"].choices = [("", everything), *choices]
        else:
            del self.fields["what"]

    def _label(self, name: str) -> str:
        if self.shows in LEFT_OUT or self.shows == WARNED:
            return reason(name)
        return field_label(Kind(self.batch.kind), name)

    def apply(self) -> BatchRowQuerySet:
        rows = BatchRow.objects.of(self.batch)
        if self.shows == KEPT:
            rows = rows.kept_by_undoing()
        elif self.shows == WARNED:
            rows = rows.warned()
        elif self.shows == UNDONE:
            rows = rows.filter(undone_at__isnull=False)
        elif self.shows:
            rows = rows.filter(verdict=self.shows)
        if self.cleaned_data.get("stale"):
            rows = staleness.among(rows, self.batch)
        if text := self.cleaned_data.get("q"):
            rows = rows.saying(text)
        if what := self.cleaned_data.get("what"):
            rows = self._of(rows, what)
        return rows

    def _of(self, rows: BatchRowQuerySet, what: str) -> BatchRowQuerySet:
        if self.shows == WARNED:
            return rows.warned_of(what)
        if self.shows in LEFT_OUT:
            return rows.refused_for(what)
        return rows.changing(what)


def lists_of(batch: Batch) -> list[tuple[str, int]]:
    """The lists of rows that a batch has, with how many are in each."""
    if batch.undone_rows or batch.kept_rows:
        lists = [(KEPT, batch.kept_rows), (UNDONE, batch.undone_rows)]
        left = batch.applied_rows - batch.undone_rows - batch.kept_rows
        if left:
            lists += _written(batch)
    else:
        lists = _written(batch)
    rest = (Verdict.SAME, Verdict.CONFLICT, Verdict.AMBIGUOUS, Verdict.REFUSED)
    lists += [(v, batch.count(v)) for v in rest if batch.count(v) or v not in RARE]
    return lists + ([(WARNED, batch.warned_rows)] if batch.warned_rows else [])


def _written(batch: Batch) -> list[tuple[str, int]]:
    found = [(verdict, batch.count(verdict)) for verdict in WRITTEN_IN_ORDER]
    return [one for one in found if one[1] or one[0] not in RARE]


class UsePicker(PickerQuery):
    """What a name in the file is taken for, as it is typed."""

    def is_typed(self, name: str) -> bool:
        return name.startswith("use-") and name.removeprefix("use-").isdecimal()
