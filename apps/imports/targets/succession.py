"""Which imports changed the same thing one after the other.

A row that changed something notes in `before` the version (`updated_at`) that it found,
and as `version` the one that it left. Undoing it hands the thing on: to the row before
it, which sees it as it had left it, and to the row behind it, which takes its place.
Whoever else changes the thing gives it a version that no row knows.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from datetime import date, datetime
from uuid import UUID

from django.db import connection
from django.db.models import Model

from apps.imports.models import Batch, BatchRow

from .outcome import Outcome

FOUND = "version"  # in BatchRow.before

Versions = Mapping[UUID, datetime]


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
