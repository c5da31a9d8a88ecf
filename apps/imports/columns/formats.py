"""What whole columns say about days, amounts and yes or no, and what is asked.

`Batch.options` keeps it as Options says, beside how the file was read. AMBIGUOUS is a
question that is open. Answers have the same shape, with nothing but what they answer.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from copy import deepcopy
from typing import Any, NamedTuple, TypedDict, TypeVar

from django.utils.translation import gettext as _

from apps.core.clean import stripped
from apps.core.errors import Invalid
from apps.core.money import CURRENCIES
from apps.imports.reading import Row
from apps.imports.states import Kind
from apps.imports.values import (
    BooleanEvidence,
    DateEvidence,
    DateOrder,
    DecimalMark,
    MoneyEvidence,
    StatusEvidence,
    is_clear,
    order_stated,
)

from .fields import SPECIFICATION, Value, field_named
from .headers import currency_of_header, find_exporter, is_surname_first

DATE_ORDER, DECIMAL_MARK, WORD = "date_order", "decimal_mark", "word"
CURRENCY = "currency"  # of amounts beside which none stands
AMBIGUOUS, UNNEEDED = "AMBIGUOUS", "UNNEEDED"
CHOICES: dict[str, frozenset[str]] = {
    DATE_ORDER: frozenset({DateOrder.DAY_FIRST, DateOrder.MONTH_FIRST}),
    DECIMAL_MARK: frozenset({DecimalMark.POINT, DecimalMark.COMMA}),
    # What a word in a column of yes and no means; REFUSE turns its rows away.
    WORD: frozenset({"YES", "NO", "REFUSE"}),
    CURRENCY: frozenset(CURRENCIES),
}
ORDERS = (DATE_ORDER, DECIMAL_MARK)  # of whole columns
SURNAME_FIRST = "SURNAME_FIRST"
WHOLE_NAMES = frozenset({"full_name", "holder_name"})


class Word(TypedDict, total=False):
    """As it stands in the file, and one of the answers about a word."""

    text: str
    means: str


class ColumnFormat(TypedDict, total=False):
    """`proof` is a cell by which the order or mark is told, `words` those that are
    asked about, by their folded form, `means` a code of ours (YES, NO, those of a
    Status) to the words that mean it."""

    date_order: str
    decimal_mark: str
    proof: str
    words: dict[str, Word]
    means: dict[str, list[str]]
    names: str  # SURNAME_FIRST


class Options(TypedDict, total=False):
    """`columns` are by position, as JSON keeps it; the others are about the file."""

    currency: str
    date_order: str
    decimal_mark: str
    columns: dict[str, ColumnFormat]


AnyEvidence = DateEvidence | MoneyEvidence | BooleanEvidence | StatusEvidence
E = TypeVar("E", DateEvidence, MoneyEvidence, BooleanEvidence, StatusEvidence)


class Question(NamedTuple):
    """What people may say of a column; of a `word` in it, if that is the `option`."""

    option: str
    column: int
    word: str = ""


_EVIDENCE: Mapping[Value, type[AnyEvidence]] = {
    Value.DATE: DateEvidence,
    Value.MONEY: MoneyEvidence,
    Value.BOOLEAN: BooleanEvidence,
    Value.STATUS: StatusEvidence,
}


class Evidence:
    """Looks at every row of a file on behalf of its columns, and at what their headers
    say of the cells below."""

    def __init__(
        self, kind: Kind, mapping: Mapping[str, str], headers: Sequence[str] = ()
    ) -> None:
        self.watched: dict[int, AnyEvidence] = {}
        self.surname_first: list[int] = []
        exporter = find_exporter(headers, kind)
        for position, target in mapping.items():
            if target.startswith(SPECIFICATION):
                continue
            header = headers[int(position)] if headers else ""
            evidence = _EVIDENCE.get(field_named(kind, target).value)
            if evidence:
                self.watched[int(position)] = _told_by(header, evidence())
            elif target in WHOLE_NAMES and is_surname_first(header, exporter):
                self.surname_first.append(int(position))

    def see(self, row: Row) -> None:
        if row.problem:
            return
        for position, evidence in self.watched.items():
            text = stripped(row.cells[position])
            if text and not is_clear(text):
                evidence.see(text)

    def options(self) -> Options:
        dates, amounts = self._of(DateEvidence), self._of(MoneyEvidence)
        columns: dict[str, ColumnFormat] = {}
        options: Options = {"columns": columns}
        for name, found in (
            (DATE_ORDER, {at: (str(e.order), e.is_mixed) for at, e in dates.items()}),
            (
                DECIMAL_MARK,
                {at: (str(e.mark), e.is_mixed) for at, e in amounts.items()},
            ),
        ):
            values = _agreed(found)
            options[name] = _of_the_file(values.values())
            for at, value in values.items():
                columns.setdefault(str(at), {})[name] = value
        for at, order in (*dates.items(), *amounts.items()):
            is_open = order.is_mixed and order.undecided
            if proof := order.example if is_open else order.proof or order.example:
                columns[str(at)]["proof"] = proof
        for at, booleans in self._of(BooleanEvidence).items():
            columns |= {str(at): column} if (column := _said(booleans)) else {}
        for at, states in self._of(StatusEvidence).items():
            means = {code: list(words.values()) for code, words in states.words.items()}
            columns |= {str(at): {"means": means}} if means else {}
        columns |= {str(at): {"names": SURNAME_FIRST} for at in self.surname_first}
        stated = {found.stated for found in amounts.values() if found.stated}
        currencies = stated or {c for e in amounts.values() for c in e.currencies}
        if len(currencies) == 1:
            options[CURRENCY] = min(currencies)
        return options

    def _of(self, kind: type[E]) -> dict[int, E]:
        return {at: e for at, e in self.watched.items() if isinstance(e, kind)}


def _told_by(header: str, evidence: AnyEvidence) -> AnyEvidence:
    """With what the header says, as if a cell did."""
    if isinstance(evidence, DateEvidence) and (order := order_stated(header)):
        evidence.note(order, header)
    if isinstance(evidence, MoneyEvidence):
        evidence.stated = currency_of_header(header)
    return evidence


def _said(booleans: BooleanEvidence) -> ColumnFormat:
    column: ColumnFormat = {}
    if unclear := booleans.unclear:
        column["words"] = {
            word: {"text": text, "means": AMBIGUOUS} for word, text in unclear.items()
        }
    said = {code: list(booleans.words[code].values()) for code in ("yes", "no")}
    if any(said.values()):
        column["means"] = {code.upper(): texts for code, texts in said.items() if texts}
    return column


def _agreed(found: dict[int, tuple[str, bool]]) -> dict[int, str]:
    """By column. An open one goes by the others, if they agree and its own cells do
    not contradict each other."""
    decided = {value for value, _mixed in found.values()} - {AMBIGUOUS, UNNEEDED}
    only = decided.pop() if len(decided) == 1 else AMBIGUOUS
    return {
        at: only if value == AMBIGUOUS and not is_mixed else value
        for at, (value, is_mixed) in found.items()
    }


def _of_the_file(values: Iterable[str]) -> str:
    given = set(values) - {UNNEEDED}
    if AMBIGUOUS in given:
        return AMBIGUOUS
    return min(given) if given else UNNEEDED


def answers(options: Mapping[str, Any]) -> Options:
    """Those that settle a question. Raises Invalid `bad_option` for other texts."""
    options = structured(options)
    given = _checked(options, (*ORDERS, CURRENCY))
    columns = {}
    for at, column in options.get("columns", {}).items():
        own = _checked(column, ORDERS)
        words = {
            word: {"means": meant[WORD]}
            for word, said in column.get("words", {}).items()
            if (meant := _checked({WORD: said.get("means")}, (WORD,)))
        }
        if own or words:
            columns[at] = own | ({"words": words} if words else {})
    return given | ({"columns": columns} if columns else {})


def _checked(options: Mapping[str, Any], names: Iterable[str]) -> dict[str, Any]:
    given: dict[str, Any] = {}
    for name in names:
        value = options.get(name)
        if value in (None, "", AMBIGUOUS, UNNEEDED):
            continue
        if value not in CHOICES[name]:
            raise Invalid("bad_option", _("Choose one of the answers."), field=name)
        given[name] = str(value)
    return given


def settle(inferred: Mapping[str, Any], given: Mapping[str, Any]) -> Options:
    """What was inferred, overruled by answers: those about the file, then those
    about a column. Answers about columns that ask nothing are dropped."""
    options: Any = deepcopy(structured(inferred))
    columns, own = options.setdefault("columns", {}), given.get("columns", {})
    for name in ORDERS:
        asked = {at: column for at, column in columns.items() if name in column}
        for at, column in asked.items():
            column[name] = own.get(at, {}).get(name) or given.get(name, column[name])
        if name in given:
            options[name] = given[name]
        elif options.get(name) == AMBIGUOUS:
            options[name] = _of_the_file(column[name] for column in asked.values())
    for at, column in columns.items():
        said = own.get(at, {}).get("words", {})
        for word in column.get("words", {}).keys() & said.keys():
            column["words"][word]["means"] = said[word]["means"]
    if CURRENCY in given:
        options[CURRENCY] = given[CURRENCY]
    return options


def fill(inferred: Mapping[str, Any], answers: Mapping[str, Any]) -> Options:
    """What was inferred, with earlier answers to what it leaves open."""
    given: Any = {
        name: answers[name]
        for name in ORDERS
        if name in answers and inferred.get(name) == AMBIGUOUS
    }
    if CURRENCY in answers and CURRENCY not in inferred:
        given[CURRENCY] = answers[CURRENCY]
    given["columns"] = columns = {}
    for option, at, word in open_questions(inferred):
        said = answers.get("columns", {}).get(str(at), {})
        column = columns.setdefault(str(at), {"words": {}})
        if option == WORD and word in said.get("words", {}):
            column["words"][word] = said["words"][word]
        elif option in said:
            column[option] = said[option]
    return settle(inferred, given)


def column_of(options: Mapping[str, Any], position: int) -> ColumnFormat:
    return structured(options).get("columns", {}).get(str(position), {})


def order_of(options: Mapping[str, Any], position: int) -> DateOrder:
    column = column_of(options, position)
    return DateOrder(column.get(DATE_ORDER) or options.get(DATE_ORDER) or UNNEEDED)


def mark_of(options: Mapping[str, Any], position: int) -> DecimalMark:
    column = column_of(options, position)
    mark = column.get(DECIMAL_MARK) or options.get(DECIMAL_MARK) or UNNEEDED
    return DecimalMark(mark)


def words_of(options: Mapping[str, Any], position: int) -> dict[str, str]:
    """Words that are neither yes nor no by themselves, with what they mean here."""
    words = column_of(options, position).get("words", {})
    return {word: said["means"] for word, said in words.items()}


def open_questions(options: Mapping[str, Any]) -> list[Question]:
    """Those that nobody has answered yet."""
    columns = structured(options).get("columns", {})
    listed = [(int(at), columns[at]) for at in sorted(columns, key=int)]
    return [
        Question(name, at)
        for name in ORDERS
        for at, column in listed
        if column.get(name) == AMBIGUOUS
    ] + [
        Question(WORD, at, word)
        for at, column in listed
        for word, said in column.get("words", {}).items()
        if said["means"] == AMBIGUOUS
    ]


def structured(options: Mapping[str, Any]) -> Options:
    """Options as they are kept now; they were texts by names such as `date_order:3`,
    `proof:3`, `word:3:on leave`, `proof:3:on leave`, `means:3:YES`."""
    if not any(":" in name for name in options):
        return options  # type: ignore[return-value]
    found: Any = {"columns": {}}
    for name, value in options.items():
        option, *place = name.split(":", 2)
        if not place:
            found[option] = value
            continue
        column = found["columns"].setdefault(place[0], {})
        if option == "means":
            column.setdefault("means", {})[place[1]] = value.split(", ")
        elif len(place) == 1:
            column[option] = value
        else:
            word = column.setdefault("words", {}).setdefault(place[1], {})
            word["means" if option == WORD else "text"] = value
    return found
