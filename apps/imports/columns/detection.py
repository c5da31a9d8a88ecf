"""What a file is a list of: devices, people, or something that is refused."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from apps.core.told import Told
from apps.imports.states import Kind

from . import column_texts
from .fields import KEYS
from .headers import Confidence, aliases, find_exporter, guess_mapping, normalised


@dataclass(frozen=True, slots=True)
class Detection:
    """The kind of a file, or the sentence that says why it has none."""

    kind: Kind | None
    told: Told | None = None


def _keys(*headers: str) -> frozenset[str]:
    return normalised(headers)


LEAST = _keys("Min amount", "Min qty")  # of what is stocked by number
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
PEOPLE_ONLY = frozenset({"first_name", "last_name", "full_name", *KEYS[Kind.PEOPLE]})
ASSETS_ONLY = frozenset(
    {
        "serial_number",
        "asset_tag",
        "product_name",
        "model_number",
        "make_and_model",
        "manufacturer",
    }
)


def detect_kind(headers: Sequence[str]) -> Detection:
    keys = normalised(headers)
    if refused := _refused_kind(keys, _targets(headers, Kind.ASSETS)):
        return Detection(None, column_texts.OF_OTHER_THINGS[refused]())
    if exporter := find_exporter(headers):
        return Detection(exporter.kind)
    if _targets(headers, Kind.ASSETS) & ASSETS_ONLY:
        return Detection(Kind.ASSETS)
    people = guess_mapping(headers, Kind.PEOPLE).columns
    # A bare "Name" is likely to be a person's, yet it may be anything's.
    if any(
        c.target in PEOPLE_ONLY and c.confidence is Confidence.KNOWN for c in people
    ):
        return Detection(Kind.PEOPLE)
    return Detection(None, column_texts.UNKNOWN_KIND())


def _targets(headers: Sequence[str], kind: Kind) -> set[str]:
    return set(guess_mapping(headers, kind).targets().values())


def _refused_kind(keys: frozenset[str], targets: set[str]) -> str | None:
    is_single = bool(keys & SINGLE) or any(t.startswith("holder_") for t in targets)
    # Rows of one device each may say so: see values.check_quantity.
    is_single |= "serial_number" in targets and not keys & LEAST
    is_stock = ("quantity" in targets or bool(keys & LEAST)) and not is_single
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


def _describes_people(keys: frozenset[str]) -> bool:
    # A bare "Name" is likely to be a person's, and here it is the place's.
    personal = PEOPLE_ONLY | {"phone", "job_title", "department"}
    known = (aliases(Kind.PEOPLE).get(key) for key in keys)
    return any(
        target in personal and confidence is Confidence.KNOWN
        for target, confidence in filter(None, known)
    )
