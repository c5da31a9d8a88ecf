"""What the columns of a file mean: headers to fields, and files to kinds."""

from __future__ import annotations

import enum
import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache

from django.utils.translation import gettext as _

from .fields import FIELDS, Kind

# A target `specification:RAM` puts the cell under "RAM" in the specification.
SPECIFICATION = "specification:"

TYPED_HEADER = re.compile(r"\s*cf:\s*(?P<name>.+?)\s*(?:,\s*type:.*)?", re.IGNORECASE)
# Letters that Unicode does not take apart into a base letter and an accent.
PLAIN_LETTERS = str.maketrans({"ł": "l", "ø": "o", "đ": "d", "æ": "ae", "œ": "oe"})


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

    def targets(self) -> dict[int, str]:
        """Position to target, of the mapped columns only."""
        return {c.position: c.target for c in self.columns if c.target}

    def position_of(self, target: str) -> int | None:
        return next((c.position for c in self.columns if c.target == target), None)

    @property
    def unmapped(self) -> tuple[Column, ...]:
        return tuple(column for column in self.columns if column.target is None)


@dataclass(frozen=True, slots=True)
class Detection:
    """The kind of a file, or the sentence that says why it has none."""

    kind: Kind | None
    code: str = ""
    message: str = ""


def normalise_header(header: str) -> str:
    """A header without case, accents, spaces and punctuation."""
    text = header.replace("#", " number ").replace("\u00b0", "o")
    decomposed = unicodedata.normalize("NFKD", text.casefold().translate(PLAIN_LETTERS))
    return "".join(c for c in decomposed if c.isalnum())


@cache
def _aliases(kind: Kind) -> dict[str, tuple[str, Confidence]]:
    found: dict[str, tuple[str, Confidence]] = {}
    for field in FIELDS[kind]:
        found[normalise_header(field.name)] = (field.name, Confidence.KNOWN)
        for alias in field.aliases.split(";"):
            found[normalise_header(alias)] = (field.name, Confidence.KNOWN)
    for field in FIELDS[kind]:
        for alias in filter(None, field.likely.split(";")):
            found.setdefault(normalise_header(alias), (field.name, Confidence.LIKELY))
    return found


def count_known(cells: Iterable[str]) -> int:
    """How many of the cells are headers that we know, of either kind."""
    known = _aliases(Kind.ASSETS).keys() | _aliases(Kind.PEOPLE).keys()
    return sum(
        bool(TYPED_HEADER.fullmatch(cell)) or normalise_header(cell) in known
        for cell in cells
        if len(cell) < 100 and cell.strip()
    )


def guess_mapping(headers: Sequence[str], kind: Kind) -> Mapping:
    """The target of each column; of two for one field the better, then first, wins."""
    guesses = [_guess(header, headers, kind) for header in headers]
    winners: dict[str, int] = {}
    for wanted in (Confidence.KNOWN, Confidence.LIKELY):
        for position, (target, confidence) in enumerate(guesses):
            if target and confidence is wanted:
                winners.setdefault(target, position)
    return Mapping(
        kind,
        tuple(
            _column(position, headers, guesses[position], winners)
            for position in range(len(headers))
        ),
    )


def _guess(
    header: str, headers: Sequence[str], kind: Kind
) -> tuple[str | None, Confidence]:
    typed = TYPED_HEADER.fullmatch(header) if kind is Kind.ASSETS else None
    key = normalise_header(typed["name"] if typed else header)
    target, confidence = _aliases(kind).get(key, (None, Confidence.NONE))
    if typed and confidence is not Confidence.KNOWN:
        return f"{SPECIFICATION}{typed['name']}", Confidence.KNOWN
    if kind is Kind.ASSETS and key == "model" and _names_the_model(headers):
        return "model_number", Confidence.LIKELY
    return target, confidence


def _names_the_model(headers: Sequence[str]) -> bool:
    """Whether another column holds the name, so that "Model" is the number."""
    product = ("product_name", Confidence.KNOWN)
    return any(
        _aliases(Kind.ASSETS).get(normalise_header(header)) == product
        for header in headers
    )


def _column(
    position: int,
    headers: Sequence[str],
    guess: tuple[str | None, Confidence],
    winners: dict[str, int],
) -> Column:
    header = headers[position]
    target, confidence = guess
    if target is None:
        why = (
            _("No field of ours has this name.")
            if header.strip()
            else _("This column has no header.")
        )
    elif winners[target] != position:
        why = _("Column %(number)s, “%(header)s”, already fills the same field.") % {
            "number": winners[target] + 1,
            "header": headers[winners[target]].strip(),
        }
        target, confidence = None, Confidence.NONE
    elif confidence is Confidence.LIKELY:
        why = _("The header can mean more than one thing; this is the likeliest.")
    else:
        why = _("Known header.")
    return Column(position, header, target, confidence, why)


# Kinds


def _keys(*headers: str) -> frozenset[str]:
    return frozenset(normalise_header(header) for header in headers)


QUANTITY = _keys("Qty", "Quantity", "Min amount", "Min qty", "Anzahl", "Menge")
# What only single devices have, so that a quantity beside it decides nothing.
SINGLE = _keys(
    "Asset tag", "Asset model", "Custodian", "Bookable", "Status", "Model name"
)
LICENCE = _keys(
    "Seats",
    "Licensed to name",
    "Licensed to email",
    "Reassignable",
    "Maintained",
    "Expiration date",
    "Product key",
    "License name",
    "Licence name",
)
MODEL_LIST = _keys("Fieldset", "Requestable", "EOL")
PLACE = _keys("Address", "Address2", "City", "Country", "Zip", "Postal code")
PEOPLE_ONLY = frozenset(
    {"first_name", "last_name", "full_name", "email", "username", "employee_number"}
)
ASSETS_ONLY = frozenset(
    {"serial_number", "asset_tag", "product_name", "model_number", "manufacturer"}
)


def detect_kind(headers: Sequence[str]) -> Detection:
    keys = {normalise_header(header) for header in headers if header.strip()}
    if refused := _refused_kind(keys, _targets(headers, Kind.ASSETS)):
        return Detection(None, refused, _refusal(refused))
    if _targets(headers, Kind.ASSETS) & ASSETS_ONLY:
        return Detection(Kind.ASSETS)
    people = guess_mapping(headers, Kind.PEOPLE).columns
    # A bare "Name" is likely to be a person's, yet it may be anything's.
    if any(
        c.target in PEOPLE_ONLY and c.confidence is Confidence.KNOWN for c in people
    ):
        return Detection(Kind.PEOPLE)
    return Detection(None, "unknown_kind", _refusal("unknown_kind"))


def _targets(headers: Sequence[str], kind: Kind) -> set[str]:
    return set(guess_mapping(headers, kind).targets().values())


def _refused_kind(keys: set[str], targets: set[str]) -> str | None:
    is_single = bool(keys & SINGLE) or any(t.startswith("holder_") for t in targets)
    is_stock = bool(keys & QUANTITY) and not is_single
    if len(keys & LICENCE) >= 2:
        return "licences"
    if keys & MODEL_LIST and not {"serial_number", "asset_tag"} & targets:
        return "models"
    if is_stock and "itemnumber" in keys:
        return "consumables"
    if is_stock and "serial_number" in targets:
        return "components"
    if is_stock:
        return "accessories"
    if len(keys & PLACE) >= 2 and "name" in keys and not _describes_people(keys):
        return "locations"
    return None


def _describes_people(keys: set[str]) -> bool:
    # A bare "Name" is likely to be a person's, and here it is the place's.
    personal = PEOPLE_ONLY - {"full_name"} | {"phone", "job_title", "department"}
    return any(
        _aliases(Kind.PEOPLE).get(key, (None, None))[0] in personal for key in keys
    )


def _refusal(code: str) -> str:
    return {
        "licences": _(
            "This is a list of software licences; only devices and people can be "
            "imported."
        ),
        "consumables": _(
            "This is a list of consumables, where a row is a quantity; only single "
            "devices and people can be imported."
        ),
        "accessories": _(
            "This is a list of accessories, where a row is a quantity; only single "
            "devices and people can be imported. If each row is one device, remove "
            "the quantity column."
        ),
        "components": _(
            "This is a list of components, where a row is a quantity; only single "
            "devices and people can be imported. If each row is one device, remove "
            "the quantity column."
        ),
        "locations": _(
            "This is a list of places; add them on the Storage page, then import "
            "the devices."
        ),
        "models": _(
            "This is a list of models without single devices; models are created "
            "while the devices are imported."
        ),
        "unknown_kind": _(
            "The header names neither a device (serial number, asset tag, model) "
            "nor a person (name, e-mail). Check that the first row holds the names "
            "of the columns."
        ),
    }[code]
