"""What a column of a file can fill: the tables of devices and of people."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext_lazy as _

from apps.accounts.fields import FIELDS as PEOPLE
from apps.core.fields import TEXTS
from apps.core.fields import Field as Field
from apps.core.fields import Value as Value
from apps.imports.states import Kind
from apps.inventory.fields import FIELDS as ASSETS

# A target `specification:RAM` puts the cell under "RAM" in the specification.
SPECIFICATION = "specification:"
# No column: what a row changes of somebody who comes back.
USER_STATE = "user_state"
# No column either: the device that gives up a key to the one that a row creates.
TAKEN_FROM = "taken_from"

TABLES = {Kind.ASSETS: ASSETS, Kind.PEOPLE: PEOPLE}
FIELDS = {kind: table.imported for kind, table in TABLES.items()}
# Lists of devices keep what no field is called like as their specification.
WITH_SPECIFICATION = frozenset({Kind.ASSETS})
# What tells rows apart.
KEYS = {
    kind: tuple(field.target for field in fields if field.is_key)
    for kind, fields in FIELDS.items()
}
# Column of the model -> what imports call it, where that differs.
TARGETS = {
    kind: {field.name: field.target for field in fields if field.column}
    for kind, fields in FIELDS.items()
}
# Targets of amounts, each with that of its currency.
AMOUNTS = {
    kind: tuple(
        (field.target, table[field.currency].target)
        for field in table.imported
        if field.currency
    )
    for kind, table in TABLES.items()
}
_BY_TARGET = {
    kind: {field.target: field for field in fields} for kind, fields in FIELDS.items()
}


def field_named(kind: Kind, target: str) -> Field:
    return _BY_TARGET[kind][target]


def may_be_left_out(kind: Kind, target: str) -> bool:
    """Whether a row goes on without this cell if it can't be read."""
    is_specification = target.startswith(SPECIFICATION)
    return is_specification or field_named(kind, target).may_be_left_out


def field_choices(kind: Kind) -> list[tuple[str, Any]]:
    return [(field.target, field.label) for field in FIELDS[kind]]


def field_label(kind: Kind, name: str) -> str:
    """What people call a target of a column, or a column of the model."""
    if str(name).startswith(SPECIFICATION):
        return name.removeprefix(SPECIFICATION)
    if name == USER_STATE:
        return str(_("At work"))
    if name == TAKEN_FROM:
        return str(_("Taken over from"))
    try:
        return str(field_named(kind, TARGETS[kind].get(name, name)).label)
    except KeyError:
        return name  # kept by another version


# What a cell says of these is written as it is; the rules of a kind know the others.
_FROM_JSON: dict[Value, Callable[[str], Any] | None] = {
    **dict.fromkeys(TEXTS),
    Value.DATE: date.fromisoformat,
    Value.BOOLEAN: bool,
    Value.CONDITION: Decimal,
}
_PLAIN = {
    kind: tuple(
        (field.target, field.name, _FROM_JSON[field.value])
        for field in fields
        if field.is_edited and field.value in _FROM_JSON
    )
    for kind, fields in FIELDS.items()
}


def plain_facts(kind: Kind, row: Mapping[str, Any]) -> dict[str, Any]:
    """What a row states of the columns of the model; what it clears is empty."""
    facts: dict[str, Any] = {}
    for target, name, convert in _PLAIN[kind]:
        if target in row:
            said = row[target]
            if convert is None:
                facts[name] = said or ""
            else:
                facts[name] = None if said in ("", None) else convert(said)
    return facts
