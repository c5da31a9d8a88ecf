"""What whole columns say about days, amounts and yes or no, and what is asked.

Options are texts by name. A name that ends in a position, `date_order:3`, is about
one column, one without is about the file. AMBIGUOUS is a question that is open.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

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
)

from .fields import SPECIFICATION, Value, field_named

DATE_ORDER, DECIMAL_MARK, WORD = "date_order", "decimal_mark", "word"
CURRENCY = "currency"  # of amounts beside which none stands
PROOF = "proof"
MEANS = "means"  # a code of ours, to the words of the file that mean it
AMBIGUOUS, UNNEEDED = "AMBIGUOUS", "UNNEEDED"
CHOICES: dict[str, frozenset[str]] = {
    DATE_ORDER: frozenset({DateOrder.DAY_FIRST, DateOrder.MONTH_FIRST}),
    DECIMAL_MARK: frozenset({DecimalMark.POINT, DecimalMark.COMMA}),
    # What a word in a column of yes and no means; REFUSE turns its rows away.
    WORD: frozenset({"YES", "NO", "REFUSE"}),
    CURRENCY: frozenset(CURRENCIES),
}


class Evidence:
    """Looks at every row of a file on behalf of its columns."""

    def __init__(self, kind: Kind, mapping: Mapping[str, str]) -> None:
        self.dates: dict[int, DateEvidence] = {}
        self.amounts: dict[int, MoneyEvidence] = {}
        self.booleans: dict[int, BooleanEvidence] = {}
        self.states: dict[int, StatusEvidence] = {}
        for position, target in mapping.items():
            if target.startswith(SPECIFICATION):
                continue
            value = field_named(kind, target).value
            if value is Value.DATE:
                self.dates[int(position)] = DateEvidence()
            elif value is Value.MONEY:
                self.amounts[int(position)] = MoneyEvidence()
            elif value is Value.BOOLEAN:
                self.booleans[int(position)] = BooleanEvidence()
            elif value is Value.STATUS:
                self.states[int(position)] = StatusEvidence()
        self.watched = [
            *self.dates.items(),
            *self.amounts.items(),
            *self.booleans.items(),
            *self.states.items(),
        ]

    def see(self, row: Row) -> None:
        if row.problem:
            return
        for position, evidence in self.watched:
            if text := stripped(row.cells[position]):
                evidence.see(text)

    def options(self) -> dict[str, str]:
        options = _whole(
            DATE_ORDER,
            {at: str(found.order) for at, found in self.dates.items()},
            {at for at, found in self.dates.items() if found.is_mixed},
        )
        options |= _whole(
            DECIMAL_MARK,
            {at: str(found.mark) for at, found in self.amounts.items()},
            {at for at, found in self.amounts.items() if found.is_mixed},
        )
        for at, found in (*self.dates.items(), *self.amounts.items()):
            if proof := found.proof or found.example:
                options[f"{PROOF}:{at}"] = proof
        for at, words in self.booleans.items():
            for word, text in words.unclear.items():
                options[f"{WORD}:{at}:{word}"] = AMBIGUOUS
                options[f"{PROOF}:{at}:{word}"] = text
            for code in ("yes", "no"):
                options |= _meant(at, code.upper(), words.words[code])
        for at, states in self.states.items():
            for code, meant in states.words.items():
                options |= _meant(at, code, meant)
        currencies = {c for f in self.amounts.values() for c in f.currencies}
        if len(currencies) == 1:
            options[CURRENCY] = min(currencies)
        return options


def _whole(name: str, found: dict[int, str], conflicts: set[int]) -> dict[str, str]:
    """An open column goes by the others, if they agree and its own cells do not
    contradict each other."""
    decided = set(found.values()) - {AMBIGUOUS, UNNEEDED}
    if len(decided) == 1:
        (only,) = decided
        found = {
            at: only if value == AMBIGUOUS and at not in conflicts else value
            for at, value in found.items()
        }
    options = {f"{name}:{at}": value for at, value in found.items()}
    return options | {name: _of_the_file(found.values())}


def _of_the_file(values: Iterable[str]) -> str:
    given = set(values) - {UNNEEDED}
    if AMBIGUOUS in given:
        return AMBIGUOUS
    return min(given) if given else UNNEEDED


def _meant(position: int, code: str, words: Mapping[str, str]) -> dict[str, str]:
    return {f"{MEANS}:{position}:{code}": ", ".join(words.values())} if words else {}


def answers(options: Mapping[str, str]) -> dict[str, str]:
    """Those that settle a question. Raises Invalid `bad_option` for other texts."""
    given: dict[str, str] = {}
    for name, value in options.items():
        choices = CHOICES.get(name.partition(":")[0])
        if choices is None or value in (None, "", AMBIGUOUS, UNNEEDED):
            continue
        if value not in choices:
            raise Invalid("bad_option", _("Choose one of the answers."), field=name)
        given[name] = str(value)
    return given


def settle(inferred: Mapping[str, str], given: Mapping[str, str]) -> dict[str, str]:
    """What was inferred, overruled by answers: those about the file, then those
    about a column. Answers about columns that ask nothing are dropped."""
    options = dict(inferred)
    for name in (DATE_ORDER, DECIMAL_MARK):
        about_columns = [key for key in options if key.startswith(f"{name}:")]
        if name in given:
            options |= dict.fromkeys([name, *about_columns], given[name])
        own = {key: given[key] for key in about_columns if key in given}
        options |= own
        if own and options.get(name) == AMBIGUOUS:
            options[name] = _of_the_file(options[key] for key in about_columns)
    taken = {key for key in options if key.startswith(f"{WORD}:")} | {CURRENCY}
    return options | {key: given[key] for key in taken if key in given}


def fill(inferred: Mapping[str, str], answers: Mapping[str, str]) -> dict[str, str]:
    """What was inferred, with earlier answers to what it leaves open."""
    is_open = {name for name, value in inferred.items() if value == AMBIGUOUS}
    is_open |= {CURRENCY} - inferred.keys()
    given = {name: value for name, value in answers.items() if name in is_open}
    return settle(inferred, given)


def order_of(options: Mapping[str, str], position: int) -> DateOrder:
    return DateOrder(_option(options, DATE_ORDER, position))


def mark_of(options: Mapping[str, str], position: int) -> DecimalMark:
    return DecimalMark(_option(options, DECIMAL_MARK, position))


def _option(options: Mapping[str, str], name: str, position: int) -> str:
    return options.get(f"{name}:{position}") or options.get(name) or UNNEEDED


def words_of(options: Mapping[str, str], position: int) -> Iterator[tuple[str, str]]:
    """Words that are neither yes nor no by themselves, with what they mean here."""
    prefix = f"{WORD}:{position}:"
    for name, value in options.items():
        if name.startswith(prefix):
            yield name.removeprefix(prefix), value


def meanings_of(options: Mapping[str, str], position: int) -> dict[str, str]:
    """Codes of ours (YES, NO, those of a Status) to the words that mean them."""
    prefix = f"{MEANS}:{position}:"
    return {
        name.removeprefix(prefix): words
        for name, words in options.items()
        if name.startswith(prefix)
    }


def open_questions(options: Mapping[str, str]) -> list[str]:
    """The options of columns that nobody has answered yet."""
    return [
        name
        for name, value in options.items()
        if value == AMBIGUOUS and ":" in name and name.partition(":")[0] in CHOICES
    ]
