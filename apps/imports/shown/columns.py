"""What the columns of a file were taken for, what was left out and why, what is assumed
and what is asked."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, NamedTuple
from uuid import UUID

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from apps.core.showing import grouped
from apps.core.told import Told
from apps.imports.columns import formats, meaning
from apps.imports.columns.cells import CellReader, preview
from apps.imports.columns.fields import field_choices, field_label
from apps.imports.columns.headers import Column, Confidence
from apps.imports.models import Batch
from apps.imports.run.planning import CURRENCY, HOLDER, PLACE, STATE
from apps.imports.states import Kind
from apps.imports.targets import TARGETS, row_texts
from apps.imports.values import status_label

from . import questions
from .questions import Asked, Coded, letters

_SEEMS_TO_BE = {
    HOLDER: row_texts.HOLDERS_LEFT_OUT,
    PLACE: row_texts.PLACES_LEFT_OUT,
    STATE: row_texts.STATES_LEFT_OUT,
    CURRENCY: row_texts.CURRENCIES_LEFT_OUT,
}


class Sample(NamedTuple):
    """A cell, and what it is read as, if that is known."""

    text: str
    read_as: str


@dataclass(frozen=True, slots=True)
class ColumnShown:
    """`field` is "" where the column is left out; `why` says how that came, `rows` how
    many fill it as far as the plan knows, `warning` what a device could have of it."""

    column: Column
    field: str
    label: str
    is_sure: bool
    why: str
    samples: list[Sample]
    rows: int | None = None
    warning: Told | None = None

    @property
    def position(self) -> int:
        return self.column.position

    @property
    def header(self) -> str:
        return self.column.header

    @property
    def name(self) -> str:
        return self.header.strip() or _("Column %(letter)s, no header") % {
            "letter": letters(self.position)
        }

    @property
    def is_empty(self) -> bool:
        return not (self.header.strip() or self.samples)

    @property
    def told(self) -> str:
        """Of one that is left out: what of it, and why."""
        if self.warning is not None:
            return str(self.warning)
        name = f"“{self.name}”"
        if self.samples:
            name = _("%(column)s, such as “%(cell)s”") % {
                "column": name,
                "cell": self.samples[0].text,
            }
        if self.rows:
            name = f"{name} ({rows_of(self.rows)})"
        return f"{name}: {self.why}"


def rows_of(count: int) -> str:
    rows = ngettext("%(count)s row", "%(count)s rows", count)
    return rows % {"count": grouped(count)}


class Assumed(NamedTuple):
    """What is taken to be so, as the file does not say it; people may overrule it."""

    code: str
    text: str
    value: str


class HowRead(NamedTuple):
    encoding: str
    delimiter: str
    sheet: str
    sheets: list[str] | None
    header_line: int | None


@dataclass(frozen=True, slots=True)
class Overview:
    how_read: HowRead
    exporter: str  # the tool that wrote the file, if it is known
    columns: list[ColumnShown]
    targets: list[Coded]  # what a column may be
    questions: list[Asked]
    assumptions: list[Assumed]
    currency: str
    default_address_id: UUID | None

    @property
    def left_out(self) -> list[ColumnShown]:
        """Columns that hold something, of which nothing is taken; those first that a
        device could have."""
        found = [c for c in self.columns if not c.field and (c.samples or c.rows)]
        return sorted(found, key=lambda one: one.warning is None)

    @property
    def open_questions(self) -> list[Asked]:
        return [asked for asked in self.questions if asked.is_open]


def overview(batch: Batch, mapping: Mapping[str, str] | None = None) -> Overview:
    """Of a file that was read; with another `mapping` than its own, of that."""
    is_read = not batch.is_unread
    columns, exporter = _columns(batch, mapping) if is_read else ([], "")
    asked = questions.of(batch.options, batch.headers) if is_read else []
    targets = field_choices(Kind(batch.kind)) if batch.kind else []
    return Overview(
        _how_read(batch),
        exporter,
        columns,
        [Coded(*choice) for choice in targets],
        asked,
        list(_assumed(batch, asked, columns)) if is_read else [],
        currency_of(batch) if is_read else "",
        batch.default_address_id,
    )


def _how_read(batch: Batch) -> HowRead:
    options = batch.options
    return HowRead(
        options.get("encoding", ""),
        options.get("delimiter", ""),
        options.get("sheet", ""),
        batch.samples.get("sheets") or None,
        int(options.get("header_line") or 0) or None,
    )


def _columns(
    batch: Batch, mapping: Mapping[str, str] | None
) -> tuple[list[ColumnShown], str]:
    kind = Kind(batch.kind)
    guess = meaning.guess_of(batch)
    taken = batch.mapping if mapping is None else mapping
    unused = {one["column"]: one for one in batch.unused}
    shown = []
    for column, samples in zip(guess.columns, samples_of(batch), strict=False):
        field = taken.get(str(column.position), "")
        is_chosen = field != (column.target or "")
        found = ColumnShown(
            column,
            field,
            field_label(kind, field) if field else "",
            is_sure=is_chosen or column.confidence is Confidence.KNOWN,
            why=_("As you chose it.") if is_chosen else column.why,
            samples=samples,
        )
        if not field and (said := unused.get(column.position)):
            holds = _SEEMS_TO_BE.get(said["holds"])
            warning = holds and holds(column=found.name, rows=said["rows"])
            found = replace(found, rows=said["rows"], warning=warning)
        shown.append(found)
    return shown, guess.exporter.name if guess.exporter else ""


def _reader(batch: Batch) -> CellReader:
    return CellReader(Kind(batch.kind), batch.mapping, batch.options, {})


def samples_of(batch: Batch) -> list[list[Sample]]:
    """The first few filled cells of each column, with what they are read as."""
    reader = _reader(batch)
    columns = batch.samples.get("columns") or [[] for _header in batch.headers]
    return [
        [Sample(text, preview(reader, at, text)) for text in texts]
        for at, texts in enumerate(columns)
    ]


def currency_of(batch: Batch) -> str:
    """Of prices beside which none stands."""
    return batch.options.get(formats.CURRENCY) or batch.company.currency


def _assumed(
    batch: Batch, asked: Sequence[Asked], columns: Sequence[ColumnShown]
) -> Iterator[Assumed]:
    fields = {one.field for one in columns}
    if "purchase_price" in fields:
        currency = currency_of(batch)
        text = _("Prices that name no currency are in %(currency)s.")
        yield Assumed("currency", text % {"currency": currency}, currency)
    if TARGETS[Kind(batch.kind)].has_places:
        yield _place(batch)
    reader = _reader(batch)
    for one in asked:
        if not one.is_open and one.proof:
            read_as = preview(reader, one.column, one.proof)
            yield Assumed(one.id, one.stated(read_as), one.answer)
    for shown in columns:
        means: Any = formats.column_of(batch.options, shown.position)
        if meant := meanings(means.get("means", {})):
            text = f"{shown.name}: {meant}."
            yield Assumed(f"{shown.position}:means", text, meant)


def _place(batch: Batch) -> Assumed:
    place = batch.default_address
    if place is None:
        text = _("Devices without a holder and a place are refused.")
        return Assumed("default_place", text, "")
    text = _("Devices without a holder and a place go to %(place)s.")
    return Assumed("default_place", text % {"place": place.name}, place.name)


def meanings(words: Mapping[str, Sequence[str]]) -> str:
    """“In storage: Pending, Ready to Deploy; In repair: Broken”."""
    labels: dict[str, Any] = dict(questions.WORDS)
    return "; ".join(
        _("%(meaning)s: %(words)s")
        % {
            "meaning": labels.get(code) or status_label(code),
            "words": ", ".join(words[code]),
        }
        for code in sorted(words, reverse=True)
    )
