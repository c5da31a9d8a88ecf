"""What several cells of a row say together, where none of them says it alone."""

from __future__ import annotations

import re
from typing import Any

from apps.imports.values import folded
from apps.imports.values.vocabulary import MANUFACTURERS

from .fields import SPECIFICATION

# Another device that holds this one is kept as a fact of it: here a device is held by
# a person, or stands at a place.
HELD_BY_DEVICE = f"{SPECIFICATION}Checked out to"
_NAMES_OF_A_HOLDER = ("holder_name", "holder_username", "holder_email")
_OF_A_HOLDER = (*_NAMES_OF_A_HOLDER, "holder_first_name", "holder_last_name")
_LONGEST = max(maker.count(" ") for maker in MANUFACTURERS) + 1


def settle(values: dict[str, Any]) -> None:
    """Fills the fields that are written, and takes out those that only say how."""
    if text := values.pop("make_and_model", None):
        _split(values, text)
    kind, place = values.pop("holder_kind", None), values.pop("holder_place", None)
    if kind or place:
        _hold(values, kind, place)


def _split(values: dict[str, Any], text: str) -> None:
    """“Dell Latitude 5440” is a Latitude 5440 by Dell, since Dell is known for a maker
    or the row says so; of other texts all is the model. A column of its own comes
    first."""
    maker, model = _maker_in(text, values.get("manufacturer"))
    if maker and not values.get("manufacturer"):
        values["manufacturer"] = maker
    if model and not values.get("product_name"):
        values["product_name"] = model


def _maker_in(text: str, stated: str | None) -> tuple[str, str]:
    known = {*MANUFACTURERS, folded(stated)} if stated else MANUFACTURERS
    words = text.split()
    for count in range(min(_LONGEST, len(words)), 0, -1):
        maker = " ".join(words[:count]).rstrip(" ,:;/|-\u2013")
        if folded(maker) in known:
            rest = " ".join(words[count:])
            return maker, re.sub(r"^[\s,:;/|\-\u2013]+", "", rest)
    return "", text


def _hold(values: dict[str, Any], kind: str | None, place: str | None) -> None:
    """As tools say it that check devices out to places and to other devices, too."""
    named = next(
        (values[name] for name in _NAMES_OF_A_HOLDER if values.get(name)), None
    )
    if kind is None and not (named or values.get("holder_last_name")):
        kind = "PLACE"  # it is the only one that the row names
    if kind:
        values[HELD_BY_DEVICE] = named if kind == "DEVICE" else None
    if kind in ("PLACE", "DEVICE"):
        for name in _OF_A_HOLDER:
            values.pop(name, None)
        values["holder_name"] = None  # whoever had it has it no more
    if kind == "PLACE" and (where := place or named):
        values["location"] = where
