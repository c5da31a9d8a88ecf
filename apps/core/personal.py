"""What is kept about one person, for the file that they may ask for.

An app says its part in its `personal.py`, beside the models; PeopleConfig.ready()
imports them all. A part tells what is theirs: nobody else's name or address, no key.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from operator import attrgetter
from typing import Any

import orjson
from django.db.models import Model

Rows = Iterable[Mapping[str, Any]]


@dataclass(frozen=True, slots=True)
class Part:
    """`rows` gets the person, and whether to look everywhere, however long it takes;
    else it reads no more than a request may. It reads in pieces."""

    name: str
    comes_last: bool
    rows: Callable[[Any, bool], Rows]


_parts: dict[str, Part] = {}


def part(
    name: str, *, comes_last: bool = False
) -> Callable[[Callable[[Any, bool], Rows]], Part]:
    """Declares the function as the part of this name of the file; parts stand in it in
    the order of the apps."""

    def declare(rows: Callable[[Any, bool], Rows]) -> Part:
        if name in _parts:
            raise TypeError(f"{name} is declared twice")
        _parts[name] = Part(name, comes_last, rows)
        return _parts[name]

    return declare


def facts(thing: Model, *without: str) -> dict[str, Any]:
    """All columns of a row that say something, but ids and those that are left out."""
    found = {}
    for field in thing._meta.concrete_fields:
        is_id = field.primary_key or (field.is_relation and field.name != "country")
        if not is_id and not field.generated and field.name not in without:
            value = getattr(thing, field.attname)
            if value not in (None, "", [], {}):
                found[field.name] = value
    return found


def document(person: Any, about: Mapping[str, Any], *, thorough: bool) -> Iterator[str]:
    """One JSON object, piece by piece: `about`, then a list for each part."""
    yield '{\n"about": ' + _json(about)
    for one in sorted(_parts.values(), key=attrgetter("comes_last")):
        yield f',\n"{one.name}": ['
        separator = "\n"
        for row in one.rows(person, thorough):
            yield separator + _json(row)
            separator = ",\n"
        yield "\n]"
    yield "\n}\n"


def _json(value: Any) -> str:
    return orjson.dumps(value, default=str).decode()
