"""What a row changed, as its batch keeps it, so that undoing finds what was before."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

import orjson
from django.db.models import Model

from apps.events.payloads import as_json
from apps.events.services import Draft
from apps.inventory import payloads
from apps.inventory.models import Asset

from .outcome import Outcome

Apply = Callable[[Any, dict[str, Any]], Draft | None]
Update = Callable[[list[Any], list[str], list[Draft]], object]


def fields_of(thing: Model, names: Iterable[str]) -> dict[str, Any]:
    """Their values as JSON keeps them."""
    found = {name: getattr(thing, name) for name in names}
    return orjson.loads(orjson.dumps(found, default=str))


def value_of(model: type[Model], name: str, kept: Any) -> Any:
    """The value of a field as the model has it."""
    return None if kept is None else model._meta.get_field(name).to_python(kept)


def differing(thing: Model, values: Mapping[str, Any]) -> list[str]:
    """Names of the fields that no longer hold these values."""
    model = type(thing)
    return [
        name
        for name, kept in values.items()
        if getattr(thing, name) != value_of(model, name, kept)
    ]


def place_of(asset: Asset) -> dict[str, str]:
    """State, holder and reason."""
    place = as_json(payloads.place(asset))
    return {name: str(value) for name, value in place.items()}


def pairs(old: Mapping[str, Any], new: Mapping[str, Any]) -> dict[str, list[Any]]:
    return {name: [old[name], new[name]] for name in old}


def write_changes(outcomes: Sequence[Outcome], apply: Apply, update: Update) -> None:
    """`apply` sets the values of one and says what to record; `update` writes all."""
    drafts: list[Draft] = []
    fields: set[str] = set()
    targets: list[Any] = [outcome.target for outcome in outcomes]
    for outcome, target in zip(outcomes, targets, strict=True):
        fields |= outcome.writes.keys()
        old = fields_of(target, outcome.writes)
        draft = apply(target, outcome.writes)
        drafts += [draft] if draft else []
        new = fields_of(target, outcome.writes)
        outcome.before = {**(outcome.before or {}), "facts": pairs(old, new)}
    if targets:
        update(targets, sorted(fields), drafts)
    for outcome, target in zip(outcomes, targets, strict=True):
        outcome.version = target.updated_at
