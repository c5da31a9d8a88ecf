"""What the columns of a file were taken for, what was left out and why, what is assumed
and what is asked."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from apps.imports.columns import formats, headers
from apps.imports.columns.cells import CellReader, preview
from apps.imports.columns.fields import field_label
from apps.imports.columns.headers import Column, Confidence
from apps.imports.models import Batch
from apps.imports.states import Kind
from apps.imports.targets import TARGETS
from apps.imports.values import status_label

from . import questions
from .questions import Asked, letters


@dataclass(frozen=True, slots=True)
class ColumnShown:
    """`field` is "" where the column is left out; `why` says how that came."""

    column: Column
    field: str
    label: str
    is_sure: bool
    why: str
    samples: list[dict[str, str]]

    @property
    def name(self) -> str:
        return self.column.header.strip() or _("Column %(letter)s, no header") % {
            "letter": letters(self.column.position)
        }

    @property
    def is_empty(self) -> bool:
        return not (self.column.header.strip() or self.samples)


@dataclass(frozen=True, slots=True)
class Assumed:
    """What is taken to be so, as the file does not say it; people may overrule it."""

    code: str
    text: str
    value: str


@dataclass(frozen=True, slots=True)
class Overview:
    exporter: str  # the tool that wrote the file, if it is known
    columns: list[ColumnShown]
    questions: list[Asked]
    assumed: list[Assumed]

    @property
    def left_out(self) -> list[ColumnShown]:
        return [one for one in self.columns if not one.field and not one.is_empty]

    @property
    def open_questions(self) -> list[Asked]:
        return [asked for asked in self.questions if asked.is_open]


def overview(batch: Batch, mapping: Mapping[str, str] | None = None) -> Overview:
    """Of a file that was read; with another `mapping` than its own, of that."""
    if batch.is_unread:
        return Overview("", [], [], [])
    kind = Kind(batch.kind)
    guess = headers.guess_mapping(batch.headers, kind)
    taken = batch.mapping if mapping is None else mapping
    shown = [
        _column(column, taken.get(str(column.position), ""), kind, samples)
        for column, samples in zip(guess.columns, samples_of(batch), strict=False)
    ]
    asked = questions.of(batch.options, batch.headers)
    exporter = guess.exporter.name if guess.exporter else ""
    return Overview(exporter, shown, asked, list(_assumed(batch, asked, shown)))


def _column(
    column: Column, field: str, kind: Kind, samples: list[dict[str, str]]
) -> ColumnShown:
    is_chosen = field != (column.target or "")
    return ColumnShown(
        column,
        field,
        field_label(kind, field) if field else "",
        is_sure=is_chosen or column.confidence is Confidence.KNOWN,
        why=_("As you chose it.") if is_chosen else column.why,
        samples=samples,
    )


def samples_of(batch: Batch) -> list[list[dict[str, str]]]:
    """The first few filled cells of each column, with what they are read as."""
    reader = CellReader(Kind(batch.kind), batch.mapping, batch.options, {})
    columns = batch.samples.get("columns") or [[] for _header in batch.headers]
    return [
        [{"text": text, "read_as": preview(reader, at, text)} for text in texts]
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
    for one in asked:
        if not one.is_open and one.proof:
            text = _("%(question)s %(answer)s.")
            words = {"question": one.text, "answer": one.answered}
            yield Assumed(one.id, text % words, one.answer)
    for shown in columns:
        means: Any = formats.column_of(batch.options, shown.column.position)
        if meant := meanings(means.get("means", {})):
            text = f"{shown.name}: {meant}."
            yield Assumed(f"{shown.column.position}:means", text, meant)


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
