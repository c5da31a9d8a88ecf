"""Words that mean a value of ours: yes and no, months, countries, states, grades."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cache

from babel import Locale
from babel.core import get_global
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from apps.accounts.states import PRESENT, UserState
from apps.catalog.models import Category
from apps.companies.countries import rows as country_rows
from apps.inventory.models import GRADES
from apps.inventory.states import ArchiveReason, AssetState, Grade

from . import cell_texts
from .dates import STATED_FORM
from .money import currency_stated
from .text import CellProblem, folded, is_nothing, refuse, tidy_text
from .vocabulary import (
    CATEGORIES,
    CONDITIONS,
    COUNTRY_WORDS,
    HOLDER_KINDS,
    IN_STOCK,
    LANGUAGES,
    MARKS,
    MONTH_UNITS,
    NO,
    STATUS_WORDS,
    STOCK_OF,
    YES,
    in_each_language,
)


@cache
def _own_booleans() -> dict[str, bool]:
    """Also the states of people: whether they work here."""

    def labels() -> Iterator[tuple[str | Promise, bool]]:
        yield from ((_("yes"), True), (_("no"), False))
        yield from ((state.label, state in PRESENT) for state in UserState)

    return in_each_language(labels, folded)


def is_mere_form(explanation: str) -> bool:
    """Whether what stands behind a header says but how its cells are written: in which
    currency, in which order of day and month, that they are required."""
    return (
        folded(explanation) in MARKS
        or STATED_FORM.fullmatch(explanation.strip().lower()) is not None
        or currency_stated(explanation) is not None
    )


def _meaning(word: str) -> bool | None:
    if word in YES or word in NO:
        return word in YES
    return _own_booleans().get(word)


class BooleanEvidence:
    """Which words of one column mean yes, which no, and which neither."""

    MOST = 6  # words; a column with more is no column of yes and no

    def __init__(self) -> None:
        self.words: dict[str, dict[str, str]] = {"yes": {}, "no": {}, "unclear": {}}

    def see(self, text: str) -> None:
        word = folded(text)
        if not word or is_nothing(text):
            return
        meaning = {True: "yes", False: "no", None: "unclear"}[_meaning(word)]
        known = self.words[meaning]
        if word not in known and len(known) <= self.MOST:
            known[word] = text.strip()

    @property
    def unclear(self) -> dict[str, str]:
        """Folded word to the word as it stands in the file."""
        found = self.words["unclear"]
        return found if len(found) <= self.MOST else {}


def to_boolean(text: str) -> bool | CellProblem | None:
    word = folded(text)
    if (meaning := _meaning(word)) is not None:
        return meaning
    return (
        None if not word or is_nothing(text) else refuse(cell_texts.BAD_BOOLEAN, text)
    )


def to_months(text: str) -> int | CellProblem | None:
    """A number of months: 36, 36 months, 3 years."""
    match = re.fullmatch(r"(\d{1,3})(?:[.,]0+)? ?([^\W\d]*)\.?", tidy_text(text))
    if match:
        unit = folded(match[2]) or "m"
        if unit in MONTH_UNITS:
            return int(match[1]) * MONTH_UNITS[unit]
    return None if is_nothing(text) else refuse(cell_texts.BAD_MONTHS, text)


def to_holder_kind(text: str) -> str | CellProblem | None:
    """PERSON, PLACE or DEVICE."""
    word = folded(text)
    if not word or is_nothing(text):
        return None
    return HOLDER_KINDS.get(word) or refuse(cell_texts.BAD_HOLDER_KIND, text)


_ONE = re.compile(r"(x ?)?1([.,]0+)?( ?([^\W\d]+\.?|x))?")


def check_quantity(text: str) -> CellProblem | None:
    """“1”, “1.00”, “1 pc”: a row of one device. Several, or none, can't be told apart
    later: their rows are refused."""
    if _ONE.fullmatch(tidy_text(text).lower()) or is_nothing(text):
        return None
    return refuse(cell_texts.NOT_ONE_DEVICE, text)


# What CLDR calls a territory and ISO 3166 no country.
_NO_COUNTRIES = frozenset(
    [
        "AC",
        "CP",
        "CQ",
        "DG",
        "EA",
        "EU",
        "EZ",
        "IC",
        "QO",
        "TA",
        "UN",
        "XA",
        "XB",
        "XK",
        "ZZ",
    ]
)


@cache
def _countries() -> dict[str, str]:
    """By their codes of two and three letters, and their names in the languages of
    sheets."""
    found = {folded(name): code for code, name, *_rest in country_rows()}
    found |= {
        folded(other): codes[0]
        for other, codes in get_global("territory_aliases").items()
        if other.isalpha() and len(codes) == 1
    }
    for language in LANGUAGES:
        for code, name in Locale(language).territories.items():
            if len(code) == 2 and code not in _NO_COUNTRIES:
                found |= {folded(code): code, folded(name): code}
    return found | COUNTRY_WORDS


def to_country(text: str, names: Mapping[str, str]) -> str | CellProblem | None:
    """ISO 3166 alpha-2. `names` are the caller's, name to code, and come first."""
    word = folded(text)
    if not word or is_nothing(text):
        return None
    for name, code in names.items():
        if folded(name) == word:
            return code
    return _countries().get(word) or refuse(cell_texts.UNKNOWN_COUNTRY, text)


@cache
def _own_categories() -> dict[str, str]:
    labels = [(category.label, category.value) for category in Category]
    return in_each_language(lambda: labels, folded)


def guess_category(*texts: str) -> str | None:
    """The category that the first of the texts to name one names."""
    for text in texts:
        if category := _own_categories().get(folded(text)):
            return category
        words = set(folded(text).split())
        for word, category in CATEGORIES.items():
            if word in words:
                return category
    return None


@dataclass(frozen=True, slots=True)
class Status:
    """A state of ours and, when it is ARCHIVED, why."""

    state: str
    reason: str = ""

    @classmethod
    def of(cls, code: str) -> Status:
        state, _slash, reason = code.partition("/")
        return cls(state, reason)

    @property
    def code(self) -> str:
        """ARCHIVED/LOST"""
        return f"{self.state}/{self.reason}" if self.reason else str(self.state)

    @property
    def label(self) -> str:
        label = str(AssetState(self.state).label)
        return f"{label} ({ArchiveReason(self.reason).label})" if self.reason else label


def status_label(code: str) -> str:
    """Of the code of a Status; what is none is given back."""
    found = Status.of(code)
    is_known_reason = found.reason in ("", *ArchiveReason.values)
    is_one = found.state in AssetState.values and is_known_reason
    return found.label if is_one else code


class StatusEvidence:
    """The words of a column of states, by the code of what each means."""

    LIMIT = 10  # of different words a meaning, to be shown

    def __init__(self) -> None:
        self.words: dict[str, dict[str, str]] = {}
        self._seen: set[str] = set()

    def see(self, text: str) -> None:
        word = folded(text)
        if word in self._seen or len(self._seen) > 1000:
            return
        self._seen.add(word)
        found = to_status(text)
        if isinstance(found, Status):
            words = self.words.setdefault(found.code, {})
            if len(words) < self.LIMIT:
                words[word] = tidy_text(text)


OWN_STATES = frozenset(Status.of(code).state for code in STATUS_WORDS.values())


@cache
def _own_statuses() -> dict[str, Status]:
    def labels() -> Iterator[tuple[str | Promise, Status]]:
        for state in AssetState:
            # Nobody who writes just this says why.
            is_over = state is AssetState.ARCHIVED
            yield state.label, Status(state, ArchiveReason.RETIRED if is_over else "")
        for reason in ArchiveReason:
            status = Status(AssetState.ARCHIVED, reason)
            yield from ((reason.label, status), (status.label, status))

    return in_each_language(labels, folded)


def to_status(text: str) -> Status | CellProblem | None:
    if is_nothing(text):
        return None
    # "(Deployed)" and "Ready to Deploy (deployable)" come from label lists.
    for candidate in (folded(text), folded(re.sub(r"\(.*?\)", "", text))):
        if candidate in STATUS_WORDS:
            return Status.of(STATUS_WORDS[candidate])
        if candidate.replace(" ", "_").upper() in OWN_STATES:
            return Status(candidate.replace(" ", "_").upper())
        if status := _own_statuses().get(candidate):
            return status
    return refuse(cell_texts.UNKNOWN_STATUS, text)


@cache
def is_in_stock(text: str) -> bool:
    """Whether what stands among holders says that the device waits for one."""
    words = [w for w in folded(text).split() if not (w.isdecimal() or w in STOCK_OF)]
    found = to_status(" ".join(words)) if words else None
    is_stored = isinstance(found, Status) and found.state == AssetState.STORAGE
    return is_stored or " ".join(words) in IN_STOCK


@cache
def _own_conditions() -> dict[str, Decimal]:
    """Of “B: light signs of use” all, or what stands behind the letter."""

    def labels() -> Iterator[tuple[str, Decimal]]:
        for grade in Grade:
            label = str(grade.label)
            yield label, GRADES[grade]
            yield label.partition(":")[2], GRADES[grade]

    return in_each_language(labels, folded)


def to_condition(text: str) -> Decimal | CellProblem | None:
    """From 0 (of no use) to 1 (as new): a word, a share or a percentage."""
    if is_nothing(text):
        return None
    tidy = tidy_text(text)
    word = "a+" if tidy.casefold() == "a+" else folded(tidy)
    if word in CONDITIONS:
        return CONDITIONS[word]
    if word in _own_conditions():
        return _own_conditions()[word]
    if match := re.fullmatch(r"(\d{1,3})(?:[.,](\d{1,4}))? ?(%?)", tidy):
        number = Decimal(f"{match[1]}.{match[2] or 0}")
        share = number / 100 if match[3] else number
        if share <= 1:
            return round(share, 2)
    return refuse(cell_texts.BAD_CONDITION, text)
