"""From one state of an import to the next: what its verbs and its worker share."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from apps.accounts.models import User
from apps.accounts.sessions import actor_of
from apps.companies.models import Address
from apps.core import background, chunks, states
from apps.core.actor import SYSTEM, Actor
from apps.core.bulk import uncollected
from apps.core.errors import Conflict, Invalid
from apps.core.told import Told
from apps.events.registry import EventType
from apps.events.services import record as record_event
from apps.imports import events
from apps.imports.columns import formats
from apps.imports.columns.meaning import Columns, Contents
from apps.imports.models import Batch
from apps.imports.states import TRANSITIONS, BatchState
from apps.imports.targets import TARGETS, row_texts

logger = logging.getLogger(__name__)


def lock(batch_id: UUID) -> Batch:
    """The batch as it is now; whoever works on it holds this row's lock."""
    found = Batch.objects.select_for_update(of=("self",))
    return found.select_related("company", "file", "default_address").get(pk=batch_id)


def shown_of(batch: Batch) -> list[object]:
    """How far it is: what whoever undoes it has seen."""
    return [batch.state, batch.applied_rows, batch.undone_rows, batch.kept_rows]


def begin(
    batch: Batch, state: BatchState, actor: Actor, *, in_background: bool
) -> Batch:
    if batch.file.erased_at and state in (BatchState.READING, BatchState.PLANNING):
        raise Conflict(row_texts.FILE_ERASED())
    came_from, batch.state = batch.state, state
    batch.requested_by = actor.id
    batch.stop_requested, batch.error = False, ""
    batch.hand_on()
    if state in (BatchState.READING, BatchState.PLANNING):
        batch.planned_at, batch.counts, batch.facets = None, {}, {}
        batch.unused = []
        batch.planned_rows = batch.applied_rows = batch.applied_line = 0
        batch.undone_rows = batch.kept_rows = 0
        batch.applied_at = batch.undone_at = batch.undone_line = None
    if state == BatchState.UNDOING and came_from != BatchState.UNDO_STOPPED:
        batch.undone_line, batch.kept_rows = None, 0
    batch.save()
    if in_background:
        send_after_commit(batch)
    return batch


_TASKS = {
    BatchState.READING: "apps.imports.tasks.read_batch",
    BatchState.PLANNING: "apps.imports.tasks.plan_batch",
    BatchState.APPLYING: "apps.imports.tasks.apply_batch",
    BatchState.UNDOING: "apps.imports.tasks.undo_batch",
    BatchState.DISCARDED: "apps.imports.tasks.empty_batch",
}


def send_after_commit(batch: Batch) -> None:
    state = batch.state
    transaction.on_commit(lambda: send(batch.pk, state), robust=True)


def send(batch_id: UUID, state: str) -> None:
    """Asks a worker to go on; beat resumes what this can't start."""
    background.publish(_TASKS[BatchState(state)], str(batch_id))


def resume_stalled() -> int:
    """Hands batches that nobody works on to a worker; returns how many."""
    claimed = chunks.claim_stalled(Batch.objects.stalled(timezone.now()))
    for pk, state in claimed:
        logger.info("import %s resumed", pk)
        send(pk, state)
    return len(claimed)


# --- Steps of the worker ----------------------------------------------------


def worker_actor(batch: Batch) -> Actor:
    """Whoever requested it, with the role they have now."""
    if batch.requested_by is None:
        return SYSTEM
    user = User.objects.present().select_related("company").get(pk=batch.requested_by)
    return actor_of(user)


class Overtaken(Exception):
    """Another worker has taken the batch over."""


@transaction.atomic
def take_over(batch_id: UUID, state: BatchState) -> Batch | None:
    """The batch, to be read or planned from its first row, or for its next chunk; None
    if it is not in this state any more, or another worker is at it. The attempt is
    committed before the work, and forgotten with the first work that is done. Raises
    Invalid `given_up` once it was begun too often without an end: it kills whoever
    works on it."""
    batch = lock(batch_id)
    if batch.state != state or batch.is_begun:
        return None
    if batch.is_given_up:
        raise Invalid(_GIVEN_UP[state](times=batch.attempts))
    batch.take()
    if state in (BatchState.READING, BatchState.PLANNING):
        batch.planned_rows = 0
    batch.save(update_fields=["planned_rows", *batch.WORKED])
    return batch


_GIVEN_UP = {
    BatchState.READING: row_texts.GIVEN_UP,
    BatchState.PLANNING: row_texts.GIVEN_UP,
    BatchState.APPLYING: row_texts.APPLYING_GIVEN_UP,
    BatchState.UNDOING: row_texts.UNDOING_GIVEN_UP,
}


def work_on(batch_id: UUID, state: BatchState, work: Callable[[Batch], bool]) -> bool:
    """Has the next chunk worked on while the row of the batch is locked; False when
    there is nothing left to do, or another worker does it."""
    if take_over(batch_id, state) is None:
        return False
    with uncollected(), transaction.atomic():
        batch = lock(batch_id)
        if batch.state != state:
            return False
        if batch.stop_requested:
            stop(batch)
            return False
        return work(batch)


def finish_chunk(batch: Batch, *fields: str) -> None:
    """Saves how far it is; the caller holds the lock."""
    batch.hand_on()
    batch.save(update_fields=[*fields, *batch.WORKED])


def show_life(batch: Batch, *, rows: int) -> None:
    """Says how far reading or planning is. `alive_at` is also the proof that the batch
    is still ours: each sign replaces the value of the last one. Raises Overtaken."""
    now = timezone.now()
    ours = Batch.objects.filter(pk=batch.pk, state=batch.state, alive_at=batch.alive_at)
    if not ours.update(alive_at=now, planned_rows=rows):
        raise Overtaken
    batch.alive_at, batch.planned_rows = now, rows


def lock_ours(batch: Batch) -> Batch:
    """The batch, locked for the last step. Raises Overtaken."""
    found = lock(batch.pk)
    if found.state != batch.state or found.alive_at != batch.alive_at:
        raise Overtaken
    return found


def note_how_read(batch: Batch, how_read: dict[str, str], sheets: list[str]) -> None:
    """Of a file that is refused: where people may say otherwise, as far as it was
    read."""
    ours = Batch.objects.filter(pk=batch.pk, state=batch.state, alive_at=batch.alive_at)
    options = batch.options | how_read
    ours.update(options=options, samples={"sheets": sheets})


def finish_reading(batch: Batch, columns: Columns, contents: Contents) -> None:
    """What the columns are and the cells say, with the answers that were given; earlier
    ones only fill in what is open. The caller holds the lock."""
    understand = formats.settle if batch.is_confirmed else formats.fill
    answers = formats.answers(columns.answers | batch.options)
    options = understand(contents.options, answers)
    batch.kind, batch.mapping = columns.kind, columns.mapping
    batch.headers, batch.samples = contents.headers, dict(contents.samples)
    batch.options = options | contents.how_read
    batch.total_rows = contents.row_count
    if not batch.is_confirmed and batch.default_address is None:
        batch.default_address = _usual_place(batch)
    _turn(batch, BatchState.UPLOADED)
    batch.save()
    record(batch, events.IMPORT_READ, worker_actor(batch), rows=batch.total_rows)


def _usual_place(batch: Batch) -> Address | None:
    if not TARGETS[batch.kind].has_places:
        return None
    places = Address.objects.active().filter(company=batch.company_id)
    return places.filter(is_default=True).first()


@transaction.atomic
def finish_plan(batch: Batch, counts: dict[str, int], *, as_of: datetime) -> None:
    batch.counts, batch.planned_at = counts, as_of
    found = ("facets", "unused", "planned_rows", "warned_rows")
    _end(batch, BatchState.PLANNED, "counts", "planned_at", *found)
    # Names that the file does not hold any more, or the register holds now.
    batch.unknowns.filter(rows=0).delete()
    record(batch, events.IMPORT_PLANNED, worker_actor(batch), counts=counts)


# The caller of these holds the lock.


def finish_apply(batch: Batch) -> None:
    """All rows are dealt with."""
    batch.applied_at = timezone.now()
    _end(batch, BatchState.APPLIED, "applied_at")
    record(batch, events.IMPORT_APPLIED, worker_actor(batch), counts=batch.counts)


def finish_undo(batch: Batch) -> None:
    """All rows are dealt with."""
    batch.undone_at = timezone.now()
    _end(batch, BatchState.UNDONE, "undone_at")
    told = {"undone": batch.undone_rows, "kept": batch.kept_rows}
    record(batch, events.IMPORT_UNDONE, worker_actor(batch), **told)


STOPPED_BY = {
    BatchState.APPLYING: BatchState.STOPPED,
    BatchState.UNDOING: BatchState.UNDO_STOPPED,
}


def stop(batch: Batch) -> None:
    """Between two chunks."""
    is_undo = batch.state == BatchState.UNDOING
    batch.stop_requested = False
    _end(batch, STOPPED_BY[BatchState(batch.state)], "stop_requested")
    type_ = events.IMPORT_UNDO_STOPPED if is_undo else events.IMPORT_STOPPED
    rows = batch.undone_rows if is_undo else batch.applied_rows
    record(batch, type_, worker_actor(batch), rows=rows)


@transaction.atomic
def fail(batch_id: UUID, why: Told) -> None:
    """It can't go on; what is written stays."""
    batch = lock(batch_id)
    if not batch.is_working:
        return
    is_undo = batch.state == BatchState.UNDOING
    batch.error = why
    _end(batch, BatchState.UNDO_STOPPED if is_undo else BatchState.FAILED, "error")
    type_ = events.IMPORT_UNDO_STOPPED if is_undo else events.IMPORT_FAILED
    record(batch, type_, SYSTEM)


def discard(batch: Batch, actor: Actor, *, in_background: bool) -> None:
    """Nothing of the file is shown from now on; a worker deletes it, with its rows. The
    caller holds the lock."""
    _turn(batch, BatchState.DISCARDED)
    batch.requested_by, batch.planned_at = actor.id, None
    batch.headers, batch.mapping, batch.options, batch.samples = [], {}, {}, {}
    batch.counts, batch.facets, batch.error = {}, {}, ""
    batch.alive_at, batch.is_begun = timezone.now(), False
    batch.save()
    record(batch, events.IMPORT_DISCARDED, actor)
    if in_background:
        send_after_commit(batch)


def _end(batch: Batch, state: BatchState, *fields: str) -> None:
    """Of a step; with `fields`, which were set for it."""
    _turn(batch, state)
    batch.save(update_fields=["state", *fields])


def _turn(batch: Batch, state: BatchState) -> None:
    states.require(TRANSITIONS, batch.state, state, what=str(batch))
    batch.state = state


def record(batch: Batch, type_: EventType[Any], actor: Actor, **told: Any) -> None:
    """The event says which kind of import it is, and what is `told`."""
    record_event(
        type_,
        type_.payload(kind=batch.kind or None, **told),
        actor=actor,
        company_id=batch.company_id,
        subject_id=batch.id,
    )
