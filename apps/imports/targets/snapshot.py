"""Values of fields as JSON keeps them: what a batch found and what it wrote."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import orjson
from django.db.models import Model

from apps.events.payloads import as_json
from apps.inventory import payloads
from apps.inventory.models import Asset


def facts_of(thing: Model, names: Iterable[str]) -> dict[str, Any]:
    found = {name: getattr(thing, name) for name in names}
    return orjson.loads(orjson.dumps(found, default=str))


def value_of(model: type[Model], name: str, kept: Any) -> Any:
    """The value of a field as the model has it."""
    return None if kept is None else model._meta.get_field(name).to_python(kept)


def differing(thing: Model, facts: Mapping[str, Any]) -> list[str]:
    """Names of the fields that no longer hold what `facts` says."""
    model = type(thing)
    return [
        name
        for name, kept in facts.items()
        if getattr(thing, name) != value_of(model, name, kept)
    ]


def place_of(asset: Asset) -> dict[str, str]:
    """State, holder and reason."""
    place = as_json(payloads.place(asset))
    return {name: str(value) for name, value in place.items()}
