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
# In the values of a row: what of it gave way to other cells of the same row, by field.
OVERRULED = "overruled"
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
    elif model and folded(values["product_name"]) not in (folded(model), folded(text)):
        _overrule(values, "make_and_model", text)


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
    where = place or named if kind == "PLACE" else values.get("location") or place
    where = where or ""
    if kind in ("PLACE", "DEVICE"):
        holds = folded((named if kind == "DEVICE" else where) or "")
        for name in _OF_A_HOLDER:
            if (text := values.pop(name, None)) and folded(text) not in holds:
                _overrule(values, name, text)
        values["holder_name"] = None  # whoever had it has it no more
    for name, text in (("location", values.get("location")), ("holder_place", place)):
        if text and folded(text) != folded(where):
            _overrule(values, name, text)
    if where:
        values["location"] = where


def _overrule(values: dict[str, Any], name: str, text: str) -> None:
    values.setdefault(OVERRULED, {})[name] = text
