"""What the cells of columns leave open, in words, with what may be answered; and what
people said of columns, as verbs take it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from apps.core.errors import Invalid
from apps.imports.columns import formats
from apps.imports.columns.fields import (
    SPECIFICATION,
    WITH_SPECIFICATION,
    Value,
    field_choices,
)
from apps.imports.columns.formats import Question
from apps.imports.models import Batch
from apps.imports.states import Kind
from apps.imports.values import DateOrder, DecimalMark


class Coded(NamedTuple):
    """One of the things that may be said, and what people call it."""

    code: str
    label: Any


Choices = Sequence[tuple[str, Any]]
DATE_ORDERS = [
    (DateOrder.DAY_FIRST.value, gettext_lazy("Day first: 3/12 is 3 December")),
    (DateOrder.MONTH_FIRST.value, gettext_lazy("Month first: 3/12 is 12 March")),
]
DECIMAL_MARKS = [
    (
        DecimalMark.POINT.value,
        gettext_lazy("The point: 1.250 is one and a quarter"),
    ),
    (
        DecimalMark.COMMA.value,
        gettext_lazy("The comma: 1.250 is one thousand two hundred fifty"),
    ),
]
_STATEMENTS: Mapping[str, Any] = {
    DateOrder.DAY_FIRST: gettext_lazy("In “%(column)s” the day comes first"),
    DateOrder.MONTH_FIRST: gettext_lazy("In “%(column)s” the month comes first"),
    DecimalMark.POINT: gettext_lazy("In “%(column)s” the decimal mark is the point"),
    DecimalMark.COMMA: gettext_lazy("In “%(column)s” the decimal mark is the comma"),
}
WORDS = [
    ("YES", gettext_lazy("Yes")),
    ("NO", gettext_lazy("No")),
    ("REFUSE", gettext_lazy("Neither: refuse its rows")),
]
# By what a column holds: the option, the question, the answers.
ORDERS: Mapping[Value, tuple[str, Any, Choices]] = {
    Value.DATE: (
        formats.DATE_ORDER,
        gettext_lazy(
            "How are days such as %(cell)s in “%(column)s” to be read?",
        ),
        DATE_ORDERS,
    ),
    Value.MONEY: (
        formats.DECIMAL_MARK,
        gettext_lazy(
            "Which is the decimal mark of amounts such as %(cell)s in “%(column)s”?"
        ),
        DECIMAL_MARKS,
    ),
}


@dataclass(frozen=True, slots=True)
class Asked:
    """A question about a column, and the present answer: found in the cells, or given;
    "" while it is open."""

    question: Question
    name: str  # of the column
    text: str
    choices: Choices
    answer: str
    proof: str = ""

    @property
    def id(self) -> str:
        """As programs name it: `3:date_order`, `3:word:on leave`."""
        option, column, word = self.question
        return ":".join(filter(None, (str(column), option, word)))

    @property
    def column(self) -> int:
        return self.question.column

    @property
    def coded(self) -> list[Coded]:
        return [Coded(*choice) for choice in self.choices]

    @property
    def is_open(self) -> bool:
        return not self.answer

    def stated(self, read_as: str) -> str:
        """The present answer as a sentence, with how the proof is read by it; "" where
        that says nothing new."""
        words = {"column": self.name, "cell": self.proof, "read_as": read_as}
        statement = str(_STATEMENTS[self.answer] % words)
        shown = _("%(statement)s: “%(cell)s” is %(read_as)s.")
        shown = shown if read_as else _("%(statement)s: see “%(cell)s”.")
        return shown % {"statement": statement, **words}


def about(options: Mapping[str, Any], position: int, header: str) -> Iterator[Asked]:
    """What is asked, or found out, about one column."""
    kept: Any = formats.column_of(options, position)
    for option, text, choices in ORDERS.values():
        present = kept.get(option, formats.UNNEEDED)
        if present != formats.UNNEEDED:
            proof = kept.get("proof", "")
            words = text % {"cell": proof, "column": header}
            asked = Question(option, position)
            yield Asked(asked, header, words, choices, _given(present), proof)
    for word, said in kept.get("words", {}).items():
        text = _("What does “%(word)s” in “%(column)s” mean for “Active”?")
        words = text % {"word": said.get("text", word), "column": header}
        asked = Question(formats.WORD, position, word)
        yield Asked(asked, header, words, WORDS, _given(said["means"]))


def _given(present: str) -> str:
    return "" if present == formats.AMBIGUOUS else present


def of(options: Mapping[str, Any], headers: Sequence[str]) -> list[Asked]:
    return [
        asked
        for position, header in enumerate(headers)
        for asked in about(options, position, header.strip() or letters(position))
    ]


def answers(asked: Iterable[Asked], given: Mapping[str, str]) -> dict[str, Any]:
    """As `formats.answers` takes them, of answers by the ids of questions. What is
    answered already stays, unless it is answered anew. Raises Invalid
    `unknown_question`, `bad_option`."""
    known = {one.id: one for one in asked}
    for name, answer in given.items():
        if name not in known:
            told = _("There is no question “%(name)s”. There are: %(names)s.")
            names = ", ".join(known) or "–"
            raise Invalid(
                "unknown_question",
                told % {"name": name, "names": names},
                field="answers",
            )
        choices = [str(code) for code, _label in known[name].choices]
        if answer not in choices:
            told = _("“%(answer)s” is no answer to %(name)s. There are: %(names)s.")
            said = {"answer": answer, "name": name, "names": ", ".join(choices)}
            raise Invalid("bad_option", told % said, field="answers")
    columns: dict[str, Any] = {}
    for name, one in known.items():
        option, at, word = one.question
        answer = given.get(name, one.answer)
        column = columns.setdefault(str(at), {"words": {}})
        if word:
            column["words"][word] = {"means": answer}
        else:
            column[option] = answer
    return {"columns": columns}


def mapping_of(batch: Batch, columns: Iterable[Mapping[str, Any]]) -> dict[str, str]:
    """The present mapping with what was said of it: `position`, and the `field` or
    None. Raises Invalid with the place of the column."""
    mapping = dict(batch.mapping)
    for place, said in enumerate(columns):
        position, field = said["position"], said["field"]
        if position >= len(batch.headers):
            told = _("The file has no column %(position)d.") % {"position": position}
            raise Invalid("no_column", told, field=f"columns/{place}/position")
        if field is None:
            mapping.pop(str(position), None)
            continue
        if not _is_target(Kind(batch.kind), field):
            told = _("A column can't be “%(field)s”: see targets.") % {"field": field}
            raise Invalid("unknown_field", told, field=f"columns/{place}/field")
        mapping[str(position)] = field
    return mapping


def _is_target(kind: Kind, field: str) -> bool:
    own = field.startswith(SPECIFICATION) and kind in WITH_SPECIFICATION
    return own or any(field == name for name, _label in field_choices(kind))


def options_of(
    batch: Batch, given: Mapping[str, str], currency: str = ""
) -> dict[str, Any]:
    """The present options with answers by the ids of questions. Raises Invalid as
    `answers`."""
    found = answers(of(batch.options, batch.headers), given)
    currency = currency or batch.options.get(formats.CURRENCY, "")
    return {**found, **({formats.CURRENCY: currency} if currency else {})}


def letters(position: int) -> str:
    """The name that spreadsheets give a column: A, B, ... AA."""
    name, number = "", position + 1
    while number:
        number, rest = divmod(number - 1, 26)
        name = chr(ord("A") + rest) + name
    return name
