"""What the columns of a file mean: headers to fields, and files to kinds."""

from __future__ import annotations

import enum
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache

from django.utils.functional import Promise
from django.utils.translation import gettext as _

from apps.core.folding import fold
from apps.imports.states import Kind
from apps.imports.values.vocabulary import in_each_language

from .fields import FIELDS, SPECIFICATION, WITH_SPECIFICATION
from .tools import EXPORTERS
from .tools.exporter import ANYWHERE, NO_PLACE_FOR_IT, Exporter, words

TYPED_HEADER = re.compile(r"\s*cf:\s*(?P<name>.+?)\s*(?:,\s*type:.*)?", re.IGNORECASE)


# “Purchase date (dd/mm/yyyy)”: what stands in brackets behind a header explains it.
EXPLAINED = re.compile(r"(?P<name>.*\S)\s*[(\[][^()\[\]]*[)\]]\s*\*?\s*")


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


@dataclass(frozen=True, slots=True)
class Mapping:
    kind: Kind
    columns: tuple[Column, ...]
    exporter: Exporter | None = None

    def targets(self) -> dict[int, str]:
        """Position to target, of the mapped columns only."""
        return {c.position: c.target for c in self.columns if c.target}

    def position_of(self, target: str) -> int | None:
        return next((c.position for c in self.columns if c.target == target), None)

    @property
    def unmapped(self) -> tuple[Column, ...]:
        return tuple(column for column in self.columns if column.target is None)


def normalise_header(header: str) -> str | None:
    """A header without case, accents, spaces and punctuation; None if that is all
    it has."""
    text = header.replace("#", " number ").replace("\u00b0", "o")
    return "".join(c for c in fold(text).lower() if c.isalnum()) or None


def normalised(headers: Iterable[str]) -> frozenset[str]:
    return frozenset(key for header in headers if (key := normalise_header(header)))


@cache
def aliases(kind: Kind) -> dict[str, tuple[str, Confidence]]:
    """What a header of this key means: what the tables list for certain, else what
    pages call the field in one of their languages, else what is likely."""
    found: dict[str, tuple[str, Confidence]] = {}
    for field in FIELDS[kind]:
        for key in normalised([field.target, *field.aliases.split(";")]):
            found[key] = (field.target, Confidence.KNOWN)
    labels = [(field.label, field.target) for field in FIELDS[kind]]
    for key, target in in_each_language(lambda: labels, normalise_header).items():
        found.setdefault(key, (target, Confidence.KNOWN))
    for field in FIELDS[kind]:
        for key in normalised(field.likely.split(";")):
            found.setdefault(key, (field.target, Confidence.LIKELY))
    return found


def count_known(cells: Iterable[str]) -> int:
    """How many of the cells are headers that we know, of either kind."""
    known = aliases(Kind.ASSETS).keys() | aliases(Kind.PEOPLE).keys()
    return sum(
        bool(TYPED_HEADER.fullmatch(cell)) or normalise_header(cell) in known
        for cell in cells
        if len(cell) < 100 and cell.strip()
    )


@dataclass(frozen=True, slots=True)
class _Guess:
    target: str | None = None
    confidence: Confidence = Confidence.NONE
    why: str | Promise = ""


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
    """The tool that writes such headers: the one with most signs of its own."""
    keys = normalised(headers)
    best, most = None, 1
    for exporter in EXPORTERS:
        if kind and exporter.kind is not kind:
            continue
        signs = len(normalised(words(exporter.signs)) & keys)
        if signs > most and signs >= exporter.enough:
            best, most = exporter, signs
    return best


def meaning_of(header: str, exporter: Exporter) -> tuple[str | None, Confidence, str]:
    """What a tool means by a header: the target, and why."""
    guess = _guess(header, exporter.headers, exporter.kind, exporter)
    return guess.target, guess.confidence, str(guess.why)


def guess_mapping(headers: Sequence[str], kind: Kind) -> Mapping:
    """The target of each column; of two for one field the better, then first, wins."""
    exporter = find_exporter(headers, kind)
    guesses = [_guess(header, headers, kind, exporter) for header in headers]
    winners: dict[str, int] = {}
    for wanted in (Confidence.KNOWN, Confidence.LIKELY):
        for position, guess in enumerate(guesses):
            if guess.target and guess.confidence is wanted:
                winners.setdefault(guess.target, position)
    columns = (
        _column(position, headers, guess, winners)
        for position, guess in enumerate(guesses)
    )
    return Mapping(kind, tuple(columns), exporter)


def _guess(
    header: str, headers: Sequence[str], kind: Kind, exporter: Exporter | None
) -> _Guess:
    may_be_typed = kind in WITH_SPECIFICATION
    typed = TYPED_HEADER.fullmatch(header) if may_be_typed else None
    key = normalise_header(typed["name"] if typed else header)
    if key and exporter and not typed and (known := _meanings(exporter).get(key)):
        return known
    nothing = (None, Confidence.NONE)
    target, confidence = aliases(kind).get(key, nothing) if key else nothing
    if typed and confidence is not Confidence.KNOWN:
        return _Guess(f"{SPECIFICATION}{typed['name']}", Confidence.KNOWN)
    if target == "product_name" and key == "model" and _names_the_model(headers):
        return _Guess("model_number", Confidence.LIKELY)
    if target is None and key in _left_out_anywhere(kind):
        return _left_out_anywhere(kind)[key]
    if target is None and (explained := EXPLAINED.fullmatch(header)):
        bare = normalise_header(explained["name"])
        target = aliases(kind).get(bare, nothing)[0] if bare else None
        return _Guess(target, Confidence.LIKELY if target else Confidence.NONE)
    return _Guess(target, confidence)


def _names_the_model(headers: Sequence[str]) -> bool:
    """Whether another column holds the name, so that "Model" is the number."""
    product = ("product_name", Confidence.KNOWN)
    known = aliases(Kind.ASSETS)
    return any(known.get(key) == product for key in normalised(headers) - {"model"})


def _column(
    position: int, headers: Sequence[str], guess: _Guess, winners: dict[str, int]
) -> Column:
    header = headers[position]
    target, confidence = guess.target, guess.confidence
    if target is None:
        empty = _("Tequipy has no field of this name.")
        why = empty if header.strip() else _("This column has no header.")
    elif winners[target] != position:
        why = _("Column %(number)s, “%(header)s”, already fills the same field.") % {
            "number": winners[target] + 1,
            "header": headers[winners[target]].strip(),
        }
        return Column(position, header, None, Confidence.NONE, why)
    elif confidence is Confidence.LIKELY:
        why = _("The header can mean more than one thing; this is the likeliest.")
    else:
        why = _("Known header.")
    return Column(position, header, target, confidence, str(guess.why or why))
