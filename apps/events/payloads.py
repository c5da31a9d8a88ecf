"""What an event may say. A payload is a dataclass; its JSON, the way back from it and
its JSON Schema are all made from the types of its fields.

A field holds an id, a code, a number, a time, or a `Text` that says what it is: a
plain `str` is refused, so nothing personal gets in unnoticed. What changed is a
`Changes`, whose table says field by field which values may be told.
"""

from __future__ import annotations

import enum
from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields, is_dataclass
from datetime import date, datetime
from decimal import Decimal
from functools import cache
from operator import attrgetter
from types import NoneType, UnionType
from typing import Annotated, Any, TypeVar, Union, get_args, get_origin, get_type_hints
from uuid import UUID

from django.utils.formats import date_format, localize
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from apps.core import fields as core_fields
from apps.core.actor import Role
from apps.core.fields import Value

from .names import Names


class PayloadError(ValueError):
    """A payload that its declaration does not allow; says where."""


@dataclass(frozen=True, slots=True)
class Text:
    """Marks a text that is nothing personal; `about` says what it is."""

    about: str


ProductName = Annotated[str, Text("what the catalogue calls a product")]
PlaceName = Annotated[str, Text("what a company calls one of its places")]
Mark = Annotated[str, Text("what is printed on a device: serial number, asset tag")]
SystemName = Annotated[str, Text("what a company calls another system: bamboohr")]
Reference = Annotated[str, Text("the short name of a workflow, such as OFF-7K3M9Q2")]


class Told(enum.Enum):
    """Instead of a type: of this field an event says only that it changed."""

    PERSONAL = "PERSONAL"
    FREE_TEXT = "FREE_TEXT"  # may hold anything, so also something personal


@dataclass(frozen=True, slots=True)
class Field:
    """A field whose change events tell: its label, and the type of its values or why
    they are not told."""

    label: str | Promise
    kind: Any

    @property
    def is_told(self) -> bool:
        return not isinstance(self.kind, Told)


@dataclass(frozen=True, eq=False)
class Changes:
    """Marks a dictionary of changes: field -> {"old": ..., "new": ...}, or {}."""

    table: Mapping[str, Field]

    @classmethod
    def of(cls, table: core_fields.Table) -> Changes:
        """Of what the edit verb changes; what is personal or free text is not told."""
        return cls(
            {field.name: Field(field.label, _told(field)) for field in table.edited}
        )

    def is_told(self, name: str) -> bool:
        """Whether its values may appear; of a field nobody declared they don't."""
        return name in self.table and self.table[name].is_told

    def between(
        self, before: Mapping[str, Any], after: Mapping[str, Any]
    ) -> dict[str, dict[str, Any]]:
        return {
            name: (
                {"old": before[name], "new": after[name]} if self.is_told(name) else {}
            )
            for name in after
            if before[name] != after[name]
        }

    def labels(self, changed: Mapping[str, Any]) -> str:
        """Of the changed fields, for a sentence."""
        known = (field for name, field in self.table.items() if name in changed)
        return ", ".join(str(field.label) for field in known)

    def described(
        self,
        changed: Mapping[str, Any],
        names: Names,
        shown: Mapping[str, Callable[[Any], object]],
    ) -> str:
        """What was and what is, field by field; of what is not told, the label. A field
        whose values are codes is `shown` by its own function."""
        return "; ".join(
            _described(field, changed[name], names, shown.get(name))
            for name, field in self.table.items()
            if name in changed
        )


def _described(
    field: Field,
    change: Mapping[str, Any],
    names: Names,
    show: Callable[[Any], object] | None,
) -> str:
    if not field.is_told or not change:
        return str(field.label)
    kind = _bare(field.kind)[0]
    said = [_shown(kind, change.get(which), names, show) for which in ("old", "new")]
    if None in said:
        return str(field.label)
    old, new = (text or "–" for text in said)
    text = _("%(field)s %(old)s → %(new)s")
    return text % {"field": field.label, "old": old, "new": new}


def _shown(
    kind: Any, said: Any, names: Names, show: Callable[[Any], object] | None
) -> str | None:
    """ "" for an empty value; None for one that nobody would know."""
    if said is None or said == "":
        return ""
    value = _read(kind, said, "")
    if show is not None:
        return str(show(value))
    if isinstance(value, bool):
        return _("Yes") if value else _("No")
    if isinstance(value, date):
        return date_format(value, "SHORT_DATE_FORMAT")
    if isinstance(value, Decimal):
        return localize(value)
    if isinstance(value, UUID):
        name = names.get(value)
        return name.text if name else None
    return str(value)


_TYPES: dict[Value, Any] = {
    Value.DATE: date | None,
    Value.MONEY: Decimal | None,
    Value.CONDITION: Decimal | None,
    Value.MONTHS: int | None,
    Value.BOOLEAN: bool | None,
    Value.CURRENCY: Annotated[str, Text("a currency, as ISO 4217 writes it")],
    Value.PRODUCT: UUID,
    Value.ROLE: Role,
}


def _told(field: core_fields.Field) -> Any:
    if field.is_personal:
        return Told.PERSONAL
    if not field.is_told:
        return Told.FREE_TEXT
    if field.value in core_fields.ONE_LINE:
        return Annotated[str, Text(f"what a company notes: {field.header}")]
    return _TYPES[field.value]


@dataclass(slots=True, kw_only=True)
class Payload:
    """What one kind of event says. JSON leaves out what is None, and a name that
    Python reserves ends in an underscore here: `from_`."""

    def words(self, names: Names) -> dict[str, str]:
        """What its sentences need besides `thing`."""
        return {}

    def told_as(self) -> Promise | None:
        """Instead of the sentence of its type, where that has no place for something
        that this row says."""
        return None

    def thing(self) -> str:
        """What the subject is called once it is gone, by what this event says of it."""
        return ""

    def nameless(self) -> str:
        """What it is called if nothing is known of it."""
        return _("something")


AnyPayload = TypeVar("AnyPayload", bound=Payload)


# --- To JSON ----------------------------------------------------------------


def as_json(payload: Any) -> dict[str, Any]:
    """What orjson writes; ids, times and codes are left to it."""
    return {
        key: convert(value) if convert else value
        for key, get, convert in _plan(payload.__class__)
        if (value := get(payload)) is not None
    }


@cache
def _plan(
    made_of: Any,
) -> list[tuple[str, Callable[[Any], Any], Callable[[Any], Any] | None]]:
    hints = hints_of(made_of)
    return [
        (key_of(name), attrgetter(name), _conversion(hint))
        for name, hint in hints.items()
    ]


def _conversion(hint: Any) -> Callable[[Any], Any] | None:
    hint = _bare(hint)[0]
    if is_dataclass(hint):
        return as_json
    if get_origin(hint) is list and (convert := _conversion(get_args(hint)[0])):
        return lambda values: [convert(value) for value in values]
    if get_origin(hint) is dict:
        return lambda values: {str(code): value for code, value in values.items()}
    return None


def key_of(name: str) -> str:
    return name.rstrip("_")


@cache
def hints_of(made_of: type) -> dict[str, Any]:
    hints = get_type_hints(made_of, include_extras=True)
    return {field.name: hints[field.name] for field in fields(made_of)}


def _bare(hint: Any) -> tuple[Any, bool]:
    """The hint without `| None`, and whether that was there."""
    if get_origin(hint) not in (Union, UnionType):
        return hint, False
    others = [one for one in get_args(hint) if one is not NoneType]
    if len(others) != 1:
        raise TypeError(f"{hint}: one type, or one type and None")
    return others[0], True


# --- From JSON --------------------------------------------------------------


def read(made_of: type[AnyPayload], data: Any) -> AnyPayload:
    """The payload that was written as this JSON. Raises PayloadError for a field that
    is missing, unknown or of another type."""
    found: AnyPayload = _read(made_of, data, "payload")
    return found


def _read(hint: Any, value: Any, at: str) -> Any:
    try:
        return _reader(hint)(value, at)
    except PayloadError:
        raise
    except (ValueError, TypeError, ArithmeticError) as error:
        raise PayloadError(f"{at}: {value!r} is no {hint}") from error


@cache
def _reader(hint: Any) -> Callable[[Any, str], Any]:
    if get_origin(hint) is Annotated:
        base, mark = get_args(hint)[:2]
        if isinstance(mark, Changes):
            return lambda value, at: _read_changes(mark, value, at)
        return lambda value, at: _plain(base, value)
    if is_dataclass(hint) and isinstance(hint, type):
        return lambda value, at: _read_fields(hint, value, at)
    if get_origin(hint) is list:
        of = get_args(hint)[0]
        return lambda value, at: [_read(of, one, at) for one in _plain(list, value)]
    if get_origin(hint) is dict:
        codes, of = get_args(hint)
        return lambda value, at: {
            codes(key): _read(of, one, f"{at}.{key}")
            for key, one in _plain(dict, value).items()
        }
    if hint in (bool, int):
        return lambda value, at: _plain(hint, value)
    if hint in (date, datetime):
        return lambda value, at: hint.fromisoformat(value)
    return lambda value, at: hint(_plain(str, value))


def _plain(kind: type, value: Any) -> Any:
    if type(value) is not kind:
        raise TypeError
    return value


def _read_fields(made_of: type, data: Any, at: str) -> Any:
    data = dict(_plain(dict, data))
    values = {}
    for name, hint in hints_of(made_of).items():
        key, (kind, is_optional) = key_of(name), _bare(hint)
        value = data.pop(key, None)
        if value is not None:
            values[name] = _read(kind, value, f"{at}.{key}")
        elif is_optional:
            values[name] = None
        else:
            raise PayloadError(f"{at}.{key} is missing")
    if data:
        raise PayloadError(f"{at}: unknown {', '.join(sorted(data))}")
    return made_of(**values)


def _read_changes(mark: Changes, data: Any, at: str) -> dict[str, Any]:
    for name, change in _plain(dict, data).items():
        if not mark.is_told(name):
            if change:
                raise PayloadError(f"{at}.{name}: its values may not be told")
            continue
        kind, is_optional = _bare(mark.table[name].kind)
        for side in ("old", "new"):
            if change[side] is None and is_optional:
                continue
            _read(kind, change[side], f"{at}.{name}.{side}")
    return dict(data)


# --- Schema -----------------------------------------------------------------

_FORMATS: dict[Any, dict[str, Any]] = {
    UUID: {"type": "string", "format": "uuid"},
    date: {"type": "string", "format": "date"},
    datetime: {"type": "string", "format": "date-time"},
    Decimal: {"type": "string", "pattern": r"^-?[0-9]+(\.[0-9]+)?$"},
    bool: {"type": "boolean"},
    int: {"type": "integer"},
}


def schema_of(hint: Any) -> dict[str, Any]:
    """JSON Schema (draft 2020-12) of a type. Raises TypeError for one that might hold
    something personal: a text without `Text`, Any."""
    if get_origin(hint) is Annotated:
        base, mark = get_args(hint)[:2]
        if isinstance(mark, Changes):
            return _schema_of_changes(mark)
        if base is str and isinstance(mark, Text):
            return {"type": "string", "description": mark.about}
    elif is_dataclass(hint) and isinstance(hint, type):
        return _schema_of_fields(hint)
    elif get_origin(hint) is list:
        return {"type": "array", "items": schema_of(get_args(hint)[0])}
    elif get_origin(hint) is dict:
        codes, of = map(schema_of, get_args(hint))
        if "enum" in codes:
            return {
                "type": "object",
                "properties": dict.fromkeys(codes["enum"], of),
                "additionalProperties": False,
            }
    elif hint in _FORMATS:
        return dict(_FORMATS[hint])
    elif isinstance(hint, type) and issubclass(hint, enum.Enum):
        return {"type": "string", "enum": [member.value for member in hint]}
    raise TypeError(f"{hint} is no type of a payload")


def _schema_of_fields(made_of: type) -> dict[str, Any]:
    hints = {key_of(name): _bare(hint) for name, hint in hints_of(made_of).items()}
    return {
        "type": "object",
        "properties": {key: schema_of(kind) for key, (kind, _none) in hints.items()},
        "required": [
            key for key, (_kind, is_optional) in hints.items() if not is_optional
        ],
        "additionalProperties": False,
    }


def _schema_of_changes(mark: Changes) -> dict[str, Any]:
    named = {"type": "object", "maxProperties": 0, "description": "changed, not told"}
    found: dict[str, Any] = {}
    for name, field in mark.table.items():
        if not field.is_told:
            found[name] = named
            continue
        kind, is_optional = _bare(field.kind)
        value = schema_of(kind)
        if is_optional:
            value = {"anyOf": [value, {"type": "null"}]}
        sides = {"old": value, "new": value}
        found[name] = {
            "type": "object",
            "properties": sides,
            "required": list(sides),
            "additionalProperties": False,
        }
    # More fields can change tomorrow: that is no other version.
    others = {"type": "object"}
    return {"type": "object", "properties": found, "additionalProperties": others}
