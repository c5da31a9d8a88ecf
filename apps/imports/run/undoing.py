"""Takes back what a batch wrote: chunk by chunk, last row first, each chunk in one
transaction; then the models, people and places that it made for its rows. And deletes
what a discarded import holds."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any
from uuid import UUID

from django.db import DataError, IntegrityError, connection, transaction
from django.utils import timezone

from apps.accounts import removal as people
from apps.catalog import services as catalog
from apps.companies import services as companies
from apps.core.actor import Actor
from apps.core.bulk import plan_checks_anew
from apps.core.errors import DomainError, NotAllowed
from apps.core.told import Told, dumps
from apps.files import services as files
from apps.imports.models import Batch, BatchRow, Made
from apps.imports.states import BatchState
from apps.imports.targets import TARGETS, texts
from apps.imports.targets.restore import Restore

from . import progress

CHUNK = 1_000

# Row or made thing -> why it stays.
Staying = dict[int, Told]


def undo_chunk(batch_id: UUID) -> bool:
    """Takes back the next rows; False when there is nothing left to do, or another
    worker does it. Raises Invalid `given_up`."""
    taken = progress.take_over(batch_id, BatchState.UNDOING)
    return taken is not None and _take_back_chunk(batch_id)


@transaction.atomic
def _take_back_chunk(batch_id: UUID) -> bool:
    batch = progress.lock(batch_id)
    if batch.state != BatchState.UNDOING:
        return False
    if batch.stop_requested:
        progress.stop(batch)
        return False
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
    """Halves the rows around one that breaks the statements of all."""
    try:
        with transaction.atomic():
            kept = restore.undo(rows)
            _check_references()
            return kept
    except NotAllowed:
        raise
    except (DomainError, IntegrityError, DataError) as error:
        if len(rows) == 1:
            return {rows[0].id: _why(error)}
    half = len(rows) // 2
    return _undo(rows[:half], restore) | _undo(rows[half:], restore)


def _check_references() -> None:
    """References are checked at commit; here they tell the rows that break one."""
    plan_checks_anew()
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")


def _why(error: Exception) -> Told:
    return error.told if isinstance(error, DomainError) else texts.IS_NEEDED()


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
    try:
        with transaction.atomic():
            refused = remove(made, **ours)
            _check_references()
    except IntegrityError as error:
        if len(made) == 1:
            return {made[0].id: _why(error)}
        half = len(made) // 2
        return _remove(made[:half], remove, ours) | _remove(made[half:], remove, ours)
    return {
        one.id: refused[one.target_id].told for one in made if one.target_id in refused
    }


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
