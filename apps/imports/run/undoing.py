"""Takes back what a batch wrote: chunk by chunk, last row first, each chunk in one
transaction; then the models, people and places that it made for its rows. And deletes
what a discarded import holds."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from operator import or_
from typing import Any
from uuid import UUID

from django.db import connection, transaction
from django.utils import timezone

from apps.accounts import removal as people
from apps.catalog import services as catalog
from apps.companies import services as companies
from apps.core.actor import Actor
from apps.core.bulk import plan_checks_anew
from apps.core.chunks import by_halves
from apps.core.errors import DomainError
from apps.core.told import Told, dumps
from apps.files import services as files
from apps.imports.models import Batch, BatchRow, Made
from apps.imports.states import BatchState
from apps.imports.targets import TARGETS, row_texts
from apps.imports.targets.undo_rules import Restore

from . import progress

CHUNK = 1_000

# Row or made thing -> why it stays.
Staying = dict[int, Told]


def undo_chunk(batch_id: UUID) -> bool:
    """Takes back the next rows; False when there is nothing left to do, or another
    worker does it. Raises Invalid `given_up`."""
    return progress.work_on(batch_id, BatchState.UNDOING, _take_back_chunk)


def _take_back_chunk(batch: Batch) -> bool:
    actor = progress.worker_actor(batch)
    left = BatchRow.objects.to_undo(batch).defer("cells", "values")
    rows = list(left.first_written("-line", CHUNK))  # last written first
    if rows:
        _mark(batch, rows, _undo(rows, TARGETS[batch.kind].restore(batch, actor)))
        return True
    _undo_made(batch, actor)
    progress.finish_undo(batch)
    return False


def _undo(rows: Sequence[BatchRow], restore: Restore) -> Staying:
    def take_back(rows: Sequence[BatchRow]) -> Staying:
        kept = restore.undo(rows)
        _check_references()
        return kept

    return by_halves(rows, take_back, _stays, or_)


def _check_references() -> None:
    """References are checked at commit; here they tell the rows that break one."""
    plan_checks_anew()
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")


def _stays(one: BatchRow | Made, error: Exception) -> Staying:
    is_told = isinstance(error, DomainError)
    return {one.id: error.told if is_told else row_texts.IS_NEEDED()}


def _mark(batch: Batch, rows: Sequence[BatchRow], kept: Staying) -> None:
    now = timezone.now()
    marks = [(row.id, dumps(kept.get(row.id))) for row in rows]
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE imports_batchrow r SET kept = m.kept, undone_at = "
            "CASE WHEN m.kept = '' THEN %s::timestamptz END "
            "FROM unnest(%s::bigint[], %s::text[]) AS m(id, kept) WHERE r.id = m.id",
            [now, *map(list, zip(*marks, strict=True))],
        )
    batch.undone_rows += len(rows) - len(kept)
    batch.kept_rows += len(kept)
    batch.undone_line = rows[-1].line
    progress.finish_chunk(batch, "undone_rows", "kept_rows", "undone_line")


# --- Models, people, places -------------------------------------------------

# In the order in which rows are locked.
_REMOVERS: dict[str, Callable[..., dict[UUID, DomainError]]] = {
    "product": lambda made, **ours: catalog.remove_many(_ids(made), **ours),
    "person": lambda made, **ours: people.remove_many(
        {one.target_id: one.version for one in made}, **ours
    ),
    "place": lambda made, **ours: companies.remove_addresses(_ids(made), **ours),
}


def _ids(made: Sequence[Made]) -> list[UUID]:
    return [one.target_id for one in made]


def _undo_made(batch: Batch, actor: Actor) -> None:
    ours: dict[str, Any] = {
        "actor": actor,
        "company": batch.company,
        "batch_id": batch.id,
    }
    for kind, remove in _REMOVERS.items():
        waiting = batch.made.filter(kind=kind, undone_at=None).order_by("id")
        made = list(waiting)
        kept = _remove(made, remove, ours) if made else {}
        now = timezone.now()
        for one in made:
            one.kept = kept.get(one.id, "")
            one.undone_at = None if one.kept else now
        Made.objects.bulk_update(made, ["kept", "undone_at"], batch_size=CHUNK)


def _remove(made: Sequence[Made], remove: Callable, ours: dict[str, Any]) -> Staying:
    def take_out(made: Sequence[Made]) -> Staying:
        why = remove(made, **ours)
        _check_references()
        return {one.id: why[one.target_id].told for one in made if one.target_id in why}

    return by_halves(made, take_out, _stays, or_)


# --- Discarded imports ---


@transaction.atomic
def empty(batch_id: UUID) -> bool:
    """The rows, the names in them and the bytes of the file; done twice it is the same.
    Returns False: there is no next step."""
    batch = progress.lock(batch_id)
    if batch.state == BatchState.DISCARDED and batch.alive_at is not None:
        BatchRow.objects.of(batch).delete()
        batch.unknowns.all().delete()
        files.erase(batch.file)
        batch.alive_at = None
        batch.save(update_fields=["alive_at"])
    return False
