"""What a row changed, as its batch keeps it, so that undoing finds what was before; and
which imports changed the same thing one after the other.

A row notes in `before` the version (`updated_at`) of the thing that it found, and as
`version` the one that it left. Undoing it hands the thing on: to the row before it,
which sees it as it had left it, and to the row behind it, which takes its place.
Whoever else changes the thing gives it a version that no row knows.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from uuid import UUID

import orjson
from django.db import connection
from django.db.models import Model

from apps.events.payloads import as_json
from apps.events.services import Draft
from apps.imports.models import Batch, BatchRow
from apps.inventory import payloads
from apps.inventory.models import Asset

from .outcome import Outcome

FOUND, TAKEN = "version", "taken"  # in BatchRow.before

Versions = Mapping[UUID, datetime]
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


@dataclass(slots=True)
class Edits:
    """Things that were changed in memory, to be written at once with their events."""

    things: dict[UUID, Any] = field(default_factory=dict)
    fields: set[str] = field(default_factory=set)
    drafts: list[Draft] = field(default_factory=list)

    def add(self, thing: Any, fields: Iterable[str], draft: Draft | None) -> None:
        """Without a draft nothing of it changed."""
        if draft is not None:
            self.things[thing.pk] = thing
            self.fields |= {*fields}
            self.drafts.append(draft)

    def save(self, update: Update) -> None:
        if self.things:
            update([*self.things.values()], sorted(self.fields), self.drafts)


def write_changes(
    outcomes: Sequence[Outcome],
    apply: Apply,
    update: Update,
    *,
    also: Collection[str] = (),
) -> None:
    """`apply` sets what a row writes, and the fields of `also`, and says what to
    record; `update` writes all."""
    edits = Edits()
    for outcome in outcomes:
        target: Any = outcome.target
        names = {*outcome.writes, *also}
        old = fields_of(target, names)
        edits.add(target, names, apply(target, outcome.writes))
        facts = pairs(old, fields_of(target, names))
        outcome.before = {**(outcome.before or {}), "facts": facts}
    edits.save(update)
    for outcome in outcomes:
        outcome.version = outcome.target.updated_at


def taken(old: Asset, facts: Mapping[str, Any]) -> dict[str, Any]:
    """What undoing needs to know of the device that gives them up."""
    found = old.updated_at.isoformat()
    return {"from": str(old.id), "facts": dict(facts), "found": found}


# --- One after the other ---


def note_found(outcomes: Iterable[Outcome]) -> None:
    """Before anything of them is written."""
    for outcome in outcomes:
        if outcome.target is not None:
            outcome.before = {FOUND: outcome.target.updated_at.isoformat()}


def hand_on(rows: Collection[BatchRow], found: Versions, left: Versions) -> None:
    """After rows were undone which `found` their things so, and `left` them so."""
    things = [
        (
            row.target_id,
            found[row.target_id],
            left[row.target_id],
            row.version,
            _found_by(row),
        )
        for row in rows
        if row.target_id in found and row.target_id in left
    ]
    if not things:
        return
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE imports_batchrow r SET "
            "version = CASE WHEN r.version = t.found "
            "OR t.found = t.wrote AND r.version = t.before "
            "THEN t.now ELSE r.version END, "
            "before = CASE WHEN (r.before ->> 'version')::timestamptz = t.wrote "
            "THEN jsonb_set(r.before, '{version}', to_jsonb(t.before)) "
            "ELSE r.before END "
            "FROM unnest(%s::uuid[], %s::timestamptz[], %s::timestamptz[], "
            "%s::timestamptz[], %s::timestamptz[]) "
            "AS t(id, found, now, wrote, before) "
            "WHERE r.company_id = %s AND r.target_id = t.id AND r.before IS NOT NULL "
            "AND t.before IS NOT NULL",
            [*map(list, zip(*things, strict=True)), next(iter(rows)).company_id],
        )


def untouched(model: type[Model], created: Mapping[UUID, BatchRow]) -> Versions:
    """Of things that were created and changed since, those that imports alone have
    changed, all of them undone by now, with their present version."""
    if not created:
        return {}
    company_id = next(iter(created.values())).company_id
    present = model._default_manager.filter(company=company_id, pk__in=created)
    versions = {
        pk: (now, created[pk].version or at)
        for pk, now, at in present.values_list("pk", "updated_at", "created_at")
    }
    undone = _changed(company_id, created).filter(undone_at__isnull=False)
    return {
        row.target_id: row.version
        for row in undone
        if (row.version, _found_by(row)) == versions.get(row.target_id)
    }


def later_imports(batch: Batch, rows: Iterable[BatchRow]) -> dict[UUID, date]:
    """Things of these rows that a later import has changed and still holds, with the
    day on which it did."""
    wrote = {row.target_id: row.version for row in rows}
    standing = _changed(batch.company_id, wrote).filter(undone_at=None)
    return {
        row.target_id: batch.company.today(row.version)
        for row in standing.exclude(batch=batch)
        if (found := _found_by(row)) and row.version
        if wrote[row.target_id] is None or found >= wrote[row.target_id]
    }


def _changed(company_id: UUID, ids: Collection[UUID]) -> Iterable[BatchRow]:
    found = BatchRow.objects.filter(company=company_id, target_id__in=ids)
    return found.filter(before__isnull=False).only(
        "target_id", "version", "before", "undone_at"
    )


def _found_by(row: BatchRow) -> datetime | None:
    """None for what was applied before it was noted."""
    found = (row.before or {}).get(FOUND)
    return datetime.fromisoformat(found) if found else None
