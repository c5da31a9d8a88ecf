"""What the columns of a file mean: headers to fields, and files to kinds."""

from __future__ import annotations

import enum
import re
import tomllib
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from operator import itemgetter
from pathlib import Path
from typing import Any, NamedTuple

from django.utils.functional import Promise
from django.utils.translation import gettext as _

from apps.core.folding import fold
from apps.imports.states import Kind
from apps.imports.values import currency_stated, folded, is_mere_form
from apps.imports.values.vocabulary import in_each_language

from .exporters import ANYWHERE, EXPORTERS, NO_PLACE_FOR_IT, Exporter, words
from .fields import FIELDS, SPECIFICATION, WITH_SPECIFICATION

TYPED_HEADER = re.compile(r"\s*cf:\s*(?P<name>.+?)\s*(?:,\s*type:.*)?", re.IGNORECASE)
# “Purchase date (dd/mm/yyyy)”: what stands in brackets behind a header explains it.
EXPLAINED = re.compile(
    r"(?P<name>.*\S)\s*[(\[](?P<explanation>[^()\[\]]*)[)\]]\s*\*?\s*"
)
# “Price EUR”, “Preis in €”.
IN_A_CURRENCY = re.compile(r"(?P<name>.*?\S)\s+(?:in\s+)?(?P<explanation>\S{1,3})\s*")


# As `folded` makes it: “Nom et prénom”, “Nazwisko i imię”, “Name, Vorname”.
SURNAME_FIRST = re.compile(
    r"(?:nom|nazwisko|apellidos?|(?:nach|familien)?name|last name|surname|family name)"
    r"(?: et| i| y| und| and)? "
    r"(?:prenoms?|imie|imiona|nombres?|vornamen?|first names?|given names?|forename)"
)


class Confidence(enum.StrEnum):
    KNOWN = "KNOWN"
    LIKELY = "LIKELY"
    NONE = "NONE"


@dataclass(frozen=True, slots=True)
class Column:
    """One column of the file, by position, with its target and the reason."""

    position: int
    header: str
    target: str | None
    confidence: Confidence
    why: str

    @property
    def is_known_to_be_left_out(self) -> bool:
        """For a reason that its tool, or its header, gives."""
        return self.target is None and self.confidence is Confidence.KNOWN


@dataclass(frozen=True, slots=True)
class ColumnMapping:
    kind: Kind
    columns: tuple[Column, ...]
    exporter: Exporter | None = None

    def targets(self) -> dict[int, str]:
        """Position to target, of the mapped columns only."""
        return {c.position: c.target for c in self.columns if c.target}

    def by_position(self) -> dict[str, str]:
        """The same, as a batch keeps it."""
        return {str(at): target for at, target in self.targets().items()}


def normalise_header(header: str) -> str | None:
    """A header without case, accents, spaces and punctuation; None if that is all
    it has."""
    text = header.replace("#", " number ").replace("\u00b0", "o")
    return "".join(c for c in fold(text).lower() if c.isalnum()) or None


def normalised(headers: Iterable[str]) -> frozenset[str]:
    return frozenset(key for header in headers if (key := normalise_header(header)))


class _Guess(NamedTuple):
    """What one header may mean. Of two columns that are likely to fill one field, the
    one whose header is listed earlier (`rank`) does."""

    target: str | None = None
    confidence: Confidence = Confidence.NONE
    why: str | Promise = ""
    rank: int = 0


def _listed() -> dict[Kind, dict[str, Any]]:
    found = tomllib.loads((Path(__file__).parent / "headers.toml").read_text())
    return {Kind.ASSETS: found["devices"], Kind.PEOPLE: found["people"]}


# By the target that they mean, and in `likely` those that are only likely to.
HEADERS = _listed()


@cache
def _guesses(kind: Kind) -> dict[str, tuple[_Guess, ...]]:
    """What a header of this key may mean, the best first: what the tables list for
    certain, else what pages call the field in one of their languages; then what is
    likely, where that is taken."""
    found: dict[str, list[_Guess]] = {}
    listed = HEADERS[kind]
    for field in FIELDS[kind]:
        for key in normalised([field.target, *listed.get(field.target, ())]):
            if key in found:
                raise ValueError(f"headers.toml: {key} is listed for two fields")
            found[key] = [_Guess(field.target, Confidence.KNOWN)]
    labels = [(field.label, field.target) for field in FIELDS[kind]]
    for key, target in in_each_language(lambda: labels, normalise_header).items():
        found.setdefault(key, [_Guess(target, Confidence.KNOWN)])
    for field in FIELDS[kind]:
        for rank, header in enumerate(listed["likely"].get(field.target, ())):
            for key in normalised([header]):
                guess = _Guess(field.target, Confidence.LIKELY, rank=rank)
                if field.target not in [one.target for one in found.get(key, [])]:
                    found.setdefault(key, []).append(guess)
    return {key: tuple(guesses) for key, guesses in found.items()}


@cache
def aliases(kind: Kind) -> dict[str, tuple[str, Confidence]]:
    """The best of what a header of this key means."""
    return {
        key: (best.target or "", best.confidence)
        for key, (best, *_others) in _guesses(kind).items()
    }


def count_known(cells: Iterable[str]) -> int:
    """How many of the cells are headers that we know, of either kind."""
    known = _guesses(Kind.ASSETS).keys() | _guesses(Kind.PEOPLE).keys()
    return sum(
        bool(TYPED_HEADER.fullmatch(cell)) or normalise_header(cell) in known
        for cell in cells
        if len(cell) < 100 and cell.strip()
    )


@cache
def _left_out_anywhere(kind: Kind) -> dict[str, _Guess]:
    return {
        key: _Guess(None, Confidence.KNOWN, reason)
        for reason, headers in ANYWHERE[kind]
        for key in normalised(words(headers))
    }


@cache
def _meanings(exporter: Exporter) -> dict[str, _Guess]:
    """What the headers of one tool mean, by their keys."""
    found: dict[str, _Guess] = {}
    fields = aliases(exporter.kind)
    for reason, headers in exporter.ignored:
        known = _Guess(None, Confidence.KNOWN, reason)
        for key in normalised(words(headers)):
            is_kept = fields.get(key, (None, None))[1] is Confidence.KNOWN
            if reason is not NO_PLACE_FOR_IT or not is_kept:
                found[key] = known
    for header in words(exporter.facts):
        known = _Guess(f"{SPECIFICATION}{header}", Confidence.KNOWN)
        found |= dict.fromkeys(normalised([header]), known)
    for header, target in exporter.targets.items():
        doubt = exporter.doubtful.get(header)
        confidence = Confidence.LIKELY if doubt else Confidence.KNOWN
        guess = _Guess(target, confidence, doubt or "")
        found |= dict.fromkeys(normalised([header]), guess)
    return found


def find_exporter(headers: Sequence[str], kind: Kind | None = None) -> Exporter | None:
    """The tool that writes such headers: the one with most signs of its own, and of
    those the one that knows most of the headers."""
    keys = normalised(headers)

    def fit(exporter: Exporter) -> tuple[int, int]:
        signs = len(normalised(words(exporter.signs)) & keys)
        return signs, len(normalised(exporter.headers) & keys)

    told = [
        exporter
        for exporter in EXPORTERS
        if kind in (None, exporter.kind) and fit(exporter)[0] >= exporter.enough
    ]
    return max(told, key=fit, default=None)


def meaning_of(header: str, exporter: Exporter) -> tuple[str | None, Confidence, str]:
    """What a tool means by a header: the target, and why."""
    best, *_others = _of(header, exporter.headers, exporter.kind, exporter)
    return best.target, best.confidence, str(best.why)


# Fields that another one says as well, with more.
_SAID_WITH = {"product_name": "make_and_model", "full_name": "first_name"}
# “Name” beside “Vorname” is the last one, and the whole name if it stands alone.
_BESIDE = {"last_name": "first_name", "first_name": "last_name"}


def guess_mapping(
    headers: Sequence[str], kind: Kind, empty: Collection[int] = ()
) -> ColumnMapping:
    """The target of each column; of two for one field the better, then first, wins,
    and the other fills what else it may mean. An `empty` column, by its position,
    wins over none that holds something."""
    exporter = find_exporter(headers, kind)
    filled = [header for at, header in enumerate(headers) if at not in empty]
    guesses = [_of(header, filled, kind, exporter) for header in headers]
    winners: dict[str, int] = {}
    taken: dict[int, _Guess] = {}
    for guess, position in _in_order(guesses, empty):
        if position not in taken and _is_free(guess, winners):
            winners[guess.target or ""] = position
            taken[position] = guess
    columns = (
        _column(at, headers, taken.get(at) or _lost(found, winners), winners)
        for at, found in enumerate(guesses)
    )
    return ColumnMapping(kind, tuple(columns), exporter)


def _lost(guesses: Sequence[_Guess], winners: Mapping[str, int]) -> _Guess:
    """Of a column that fills nothing: that it is left out, or what another fills."""
    for guess in guesses:
        if guess.target is None or _winner(guess.target, winners) is not None:
            return guess
    return _Guess()


def _winner(target: str, winners: Mapping[str, int]) -> int | None:
    return winners.get(target, winners.get(_SAID_WITH.get(target, "")))


def _is_free(guess: _Guess, winners: Mapping[str, int]) -> bool:
    """Whether no column fills the field yet, and what is but likely fits the others."""
    target = guess.target or ""
    if target in winners or guess.confidence is Confidence.KNOWN:
        return target not in winners
    needed = _BESIDE.get(target)
    is_said = _SAID_WITH.get(target) in winners
    return not is_said and (needed is None or needed in winners)


def _in_order(
    guesses: Sequence[Sequence[_Guess]], empty: Collection[int]
) -> Iterator[tuple[_Guess, int]]:
    """What each column may mean, with its position: what is certain, then what is most
    likely, then what else it may be; then the same of empty columns."""

    def rank(guess: _Guess, place: int, position: int) -> tuple[Any, ...]:
        is_likely = guess.confidence is Confidence.LIKELY
        return position in empty, is_likely, place, guess.rank, position

    listed = [
        (rank(guess, place, position), guess)
        for position, found in enumerate(guesses)
        for place, guess in enumerate(found)
        if guess.target
    ]
    for (*_order, position), guess in sorted(listed, key=itemgetter(0)):
        yield guess, position


def _of(
    header: str, headers: Sequence[str], kind: Kind, exporter: Exporter | None
) -> Sequence[_Guess]:
    """What a header may mean, the best first."""
    may_be_typed = kind in WITH_SPECIFICATION
    typed = TYPED_HEADER.fullmatch(header) if may_be_typed else None
    key = normalise_header(typed["name"] if typed else header) or ""
    if exporter and not typed and (known := _meanings(exporter).get(key)):
        return [known]
    found = _guesses(kind).get(key, ())
    if typed and not (found and found[0].confidence is Confidence.KNOWN):
        return [_Guess(f"{SPECIFICATION}{typed['name']}", Confidence.KNOWN)]
    if key == "model" and kind is Kind.ASSETS:
        return [_model(headers)]
    if not found and key in _left_out_anywhere(kind):
        return [_left_out_anywhere(kind)[key]]
    return found or _explained(header, kind) or [_Guess()]


def _model(headers: Sequence[str]) -> _Guess:
    """“Model” is the number where another column holds the name."""
    product = ("product_name", Confidence.KNOWN)
    known = aliases(Kind.ASSETS)
    if any(known.get(key) == product for key in normalised(headers) - {"model"}):
        return _Guess("model_number", Confidence.LIKELY)
    return _Guess("product_name", Confidence.KNOWN)


def currency_of_header(header: str) -> str | None:
    """“Harga Beli (Rp)” and “Preis in EUR” are in one."""
    found = EXPLAINED.fullmatch(header) or IN_A_CURRENCY.fullmatch(header)
    return currency_stated(found["explanation"]) if found else None


def is_surname_first(header: str, exporter: Exporter | None) -> bool:
    """Whether the names in such a column begin with the surname."""
    listed = normalised(words(exporter.surname_first)) if exporter else frozenset()
    is_said = SURNAME_FIRST.fullmatch(folded(header)) is not None
    return is_said or normalise_header(header) in listed


def _explained(header: str, kind: Kind) -> Sequence[_Guess]:
    """Of a header with an explanation behind it, which leaves a doubt unless it says
    but how the cells are written."""
    found = EXPLAINED.fullmatch(header)
    if found is None and currency_of_header(header):
        found = IN_A_CURRENCY.fullmatch(header)
    if found is None:
        return ()
    guesses = _guesses(kind).get(normalise_header(found["name"]) or "", ())
    if is_mere_form(found["explanation"]):
        return guesses
    return [guess._replace(confidence=Confidence.LIKELY) for guess in guesses]


def _column(
    position: int, headers: Sequence[str], guess: _Guess, winners: Mapping[str, int]
) -> Column:
    header = headers[position]
    target, confidence = guess.target, guess.confidence
    if target is None:
        empty = _("Tequipy has no field of this name.")
        why = empty if header.strip() else _("This column has no header.")
    elif (other := _winner(target, winners)) != position and other is not None:
        why = _("Column %(number)s, “%(header)s”, already fills the same field.") % {
            "number": other + 1,
            "header": headers[other].strip(),
        }
        return Column(position, header, None, Confidence.NONE, why)
    elif confidence is Confidence.LIKELY:
        why = _("The header can mean more than one thing; this is the likeliest.")
    else:
        why = _("Known header.")
    return Column(position, header, target, confidence, str(guess.why or why))
