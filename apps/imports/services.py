"""The verbs of imports. What the worker does is in `plan` and `apply`."""

from __future__ import annotations

import logging
import tempfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import UUID

from celery import current_app
from django.core.files.base import File as Upload
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from apps.accounts.models import User
from apps.accounts.sessions import actor_of
from apps.companies.models import Address, Company
from apps.core import states
from apps.core.actor import SYSTEM, Actor
from apps.core.errors import Conflict, Invalid
from apps.core.tables import csv_lines
from apps.events import services as events
from apps.files import services as files

from . import intake, unknown
from .fields import Kind
from .intake import Intake
from .models import Batch, BatchRow
from .states import LEFT_OUT, TRANSITIONS, BatchState
from .unknown import Choice

logger = logging.getLogger(__name__)

CHUNK_READ = 2_000
_EDITABLE = {
    BatchState.UPLOADED,
    BatchState.PLANNED,
    BatchState.STOPPED,
    BatchState.FAILED,
    BatchState.UNDONE,
}
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


# --- Upload, columns --------------------------------------------------------


def upload(
    company: Company,
    file: Upload,
    kind: str | None = None,
    *,
    actor: Actor,
    sheet: str = "",
) -> Batch:
    """Reads a file and guesses what its columns mean; nothing else is done with it.

    Raises ReadError, or Invalid if it holds neither devices nor people.
    """
    actor.require_manage(company.id)
    with tempfile.NamedTemporaryFile() as copy:
        for chunk in file.chunks():
            copy.write(chunk)
        copy.flush()
        found = intake.read(Path(copy.name), company, kind, sheet=sheet)
    return _keep(company, file, found, actor)


@transaction.atomic
def _keep(company: Company, file: Upload, found: Intake, actor: Actor) -> Batch:
    content_type = XLSX if found.table.dialect.is_workbook else "text/csv"
    stored = files.store(file, company_id=company.id, content_type=content_type)
    default = Address.objects.filter(company=company, is_default=True, is_active=True)
    batch = Batch.objects.create(
        company=company,
        kind=found.kind,
        file=stored,
        created_by=actor.id,
        requested_by=actor.id,
        headers=list(found.table.header),
        mapping=found.mapping,
        options=found.options,
        default_address=default.first() if found.kind is Kind.ASSETS else None,
        total_rows=found.table.row_count,
    )
    rows = found.table.row_count
    _record(batch, "import.uploaded", actor, kind=found.kind, rows=rows)
    return batch


@transaction.atomic
def read_again(batch: Batch, *, actor: Actor, **how: Any) -> Batch:
    """Reads the same file with another `encoding`, `delimiter`, `sheet` or
    `header_line`; its columns are guessed anew. Raises Conflict `wrong_state`,
    ReadError."""
    batch = _lock_for_columns(batch, actor)
    path = files.local_path(batch.file)
    found = intake.read(path, batch.company, batch.kind, **how)
    batch.headers, batch.total_rows = list(found.table.header), found.table.row_count
    batch.mapping, batch.options = found.mapping, found.options
    # A plan of the columns as they were is none any more.
    batch.planned_at = None
    fields = ["headers", "total_rows", "mapping", "options", "planned_at"]
    batch.save(update_fields=fields)
    return batch


@transaction.atomic
def set_columns(
    batch: Batch,
    *,
    mapping: Mapping[str, str],
    options: Mapping[str, str],
    default_address: Address | None,
    actor: Actor,
) -> Batch:
    """Says what each column is and answers the questions; the next plan goes by it.

    Raises Conflict `wrong_state`, Invalid `bad_mapping`, `no_key`, `bad_option`.
    """
    batch = _lock_for_columns(batch, actor)
    intake.check_mapping(batch, mapping)
    if default_address and default_address.company_id != batch.company_id:
        raise Invalid("bad_address", _("Choose a place."), field="default_address")
    batch.options = intake.settled(batch, mapping, options)
    batch.mapping = dict(mapping)
    batch.default_address = default_address
    batch.save(update_fields=["mapping", "options", "default_address"])
    intake.remember(batch, options, actor=actor)
    return batch


def _lock_for_columns(batch: Batch, actor: Actor) -> Batch:
    batch = _lock(batch, actor)
    if batch.state not in _EDITABLE:
        raise Conflict(
            "wrong_state",
            _("The columns can't be changed while it is being worked on."),
        )
    _require_unwritten(batch)
    return batch


# --- Plan, decide, apply, stop ----------------------------------------------


@transaction.atomic
def request_plan(batch: Batch, *, actor: Actor, in_background: bool = True) -> Batch:
    """Starts the plan anew. Raises Conflict `wrong_state`, Invalid `no_key`."""
    batch = _lock(batch, actor)
    if batch.state == BatchState.PLANNING:
        return batch
    states.require(TRANSITIONS, batch.state, BatchState.PLANNING, what=str(batch))
    _require_unwritten(batch)
    intake.check_mapping(batch, batch.mapping)
    return _begin(batch, BatchState.PLANNING, actor, in_background=in_background)


def _require_unwritten(batch: Batch) -> None:
    if batch.is_written:
        raise Conflict(
            "partly_applied",
            _("Rows of it are written already: go on, or undo them first."),
        )


@transaction.atomic
def decide_unknowns(
    batch: Batch,
    choices: Sequence[Choice],
    *,
    actor: Actor,
    in_background: bool = True,
) -> Batch:
    """What becomes of unknown names; plans anew. Raises Conflict `wrong_state`,
    Invalid `bad_choice`, `not_found` with the name."""
    batch = _lock(batch, actor)
    states.require(TRANSITIONS, batch.state, BatchState.PLANNING, what=str(batch))
    _require_unwritten(batch)
    unknown.decide(batch, choices)
    return _begin(batch, BatchState.PLANNING, actor, in_background=in_background)


@transaction.atomic
def request_apply(batch: Batch, *, actor: Actor, in_background: bool = True) -> Batch:
    """Writes what the plan shows, from where it stopped. Raises Conflict
    `wrong_state`, or `no_plan` if there is none to go by."""
    batch = _lock(batch, actor)
    if batch.state == BatchState.APPLYING:
        return batch
    states.require(TRANSITIONS, batch.state, BatchState.APPLYING, what=str(batch))
    if batch.planned_at is None:
        raise Conflict("no_plan", _("Make a plan first."))
    return _begin(batch, BatchState.APPLYING, actor, in_background=in_background)


@transaction.atomic
def undo(batch: Batch, *, actor: Actor, in_background: bool = True) -> Batch:
    """Takes back what applying wrote, last row first: what it created is deleted, what
    it changed is restored, unless somebody touched it since. Rows kept for that are
    tried again. Raises Conflict `wrong_state`, or `nothing_to_undo`."""
    batch = _lock(batch, actor)
    if batch.state == BatchState.UNDOING:
        return batch
    states.require(TRANSITIONS, batch.state, BatchState.UNDOING, what=str(batch))
    stands = batch.undone_rows < batch.applied_rows
    if not stands and not batch.made.filter(undone_at=None).exists():
        raise Conflict("nothing_to_undo", _("Nothing of it stands in the books."))
    return _begin(batch, BatchState.UNDOING, actor, in_background=in_background)


@transaction.atomic
def request_stop(batch: Batch, *, actor: Actor) -> Batch:
    """Stops applying or undoing after the chunk in hand. Raises Conflict
    `wrong_state`."""
    batch = _lock(batch, actor)
    if batch.stop_requested or batch.state in STOPPED_BY.values():
        return batch
    target = STOPPED_BY.get(BatchState(batch.state), BatchState.STOPPED)
    states.require(TRANSITIONS, batch.state, target, what=str(batch))
    batch.stop_requested = True
    batch.save(update_fields=["stop_requested"])
    return batch


def _lock(batch: Batch, actor: Actor) -> Batch:
    actor.require_manage(batch.company_id)
    return lock(batch.pk)


def lock(batch_id: UUID) -> Batch:
    """The batch as it is now; whoever works on it holds this row's lock."""
    found = Batch.objects.select_for_update(of=("self",))
    return found.select_related("company", "file", "default_address").get(pk=batch_id)


def _begin(
    batch: Batch, state: BatchState, actor: Actor, *, in_background: bool
) -> Batch:
    came_from, batch.state = batch.state, state
    batch.requested_by = actor.id
    batch.stop_requested, batch.error = False, ""
    batch.alive_at = timezone.now()
    if state == BatchState.PLANNING:
        batch.planned_at, batch.counts, batch.facets = None, {}, {}
        batch.planned_rows = batch.applied_rows = batch.applied_line = 0
        batch.undone_rows = batch.kept_rows = 0
        batch.applied_at = batch.undone_at = batch.undone_line = None
    if state == BatchState.UNDOING and came_from != BatchState.UNDO_STOPPED:
        batch.undone_line, batch.kept_rows = None, 0
    batch.save()
    if in_background:
        transaction.on_commit(lambda: send(batch.pk, state), robust=True)
    return batch


_TASKS = {
    BatchState.PLANNING: "apps.imports.tasks.plan_batch",
    BatchState.APPLYING: "apps.imports.tasks.apply_batch",
    BatchState.UNDOING: "apps.imports.tasks.undo_batch",
}


def send(batch_id: UUID, state: str) -> None:
    """Asks a worker to go on."""
    try:
        task = _TASKS[BatchState(state)]
        current_app.send_task(task, args=[str(batch_id)], retry=False)
    except Exception as error:  # beat resumes what this message can't start
        logger.warning("import %s not sent: %s", batch_id, type(error).__name__)


def resume_stalled() -> int:
    """Hands batches that nobody works on to a worker; returns how many.

    A worker holds the lock of its batch while it writes a chunk, and loses it when it
    is killed: who can take the lock knows that nobody writes.
    """
    now = timezone.now()
    with transaction.atomic():
        claimed = list(
            Batch.objects.stalled(now)
            .select_for_update(of=("self",), skip_locked=True)
            .values_list("pk", "state")
        )
        # The sign of life keeps the next tick from sending it once more.
        Batch.objects.filter(pk__in=[pk for pk, _state in claimed]).update(alive_at=now)
    for pk, state in claimed:
        logger.info("import %s resumed", pk)
        send(pk, state)
    return len(claimed)


# --- Steps of the worker ----------------------------------------------------


def worker_actor(batch: Batch) -> Actor:
    """Who asked for it, with the role they have now."""
    if batch.requested_by is None:
        return SYSTEM
    user = User.objects.present().select_related("company").get(pk=batch.requested_by)
    return actor_of(user)


@transaction.atomic
def finish_plan(batch: Batch, counts: dict[str, int], *, as_of: datetime) -> None:
    _turn(batch, BatchState.PLANNED)
    batch.counts, batch.planned_at = counts, as_of
    batch.save(
        update_fields=["state", "counts", "facets", "planned_at", "planned_rows"]
    )
    # Names that the file does not hold any more, or the books hold now.
    batch.unknowns.filter(rows=0).delete()
    _record(batch, "import.planned", worker_actor(batch), counts=counts)


def finish_apply(batch: Batch) -> None:
    """All rows are dealt with; the caller holds the lock."""
    _turn(batch, BatchState.APPLIED)
    batch.applied_at = timezone.now()
    batch.save(update_fields=["state", "applied_at"])
    _record(batch, "import.applied", worker_actor(batch), counts=batch.counts)


def finish_undo(batch: Batch) -> None:
    """All rows are dealt with; the caller holds the lock."""
    _turn(batch, BatchState.UNDONE)
    batch.undone_at = timezone.now()
    batch.save(update_fields=["state", "undone_at"])
    counts = {"undone": batch.undone_rows, "kept": batch.kept_rows}
    _record(batch, "import.undone", worker_actor(batch), **counts)


STOPPED_BY = {
    BatchState.APPLYING: BatchState.STOPPED,
    BatchState.UNDOING: BatchState.UNDO_STOPPED,
}


def stop(batch: Batch) -> None:
    """Between two chunks; the caller holds the lock."""
    is_undo = batch.state == BatchState.UNDOING
    _turn(batch, STOPPED_BY[BatchState(batch.state)])
    batch.stop_requested = False
    batch.save(update_fields=["state", "stop_requested"])
    type_ = "import.undo_stopped" if is_undo else "import.stopped"
    rows = batch.undone_rows if is_undo else batch.applied_rows
    _record(batch, type_, worker_actor(batch), rows=rows)


@transaction.atomic
def fail(batch_id: UUID, message: str) -> None:
    """It can't go on; what is written stays."""
    batch = lock(batch_id)
    if not batch.is_working:
        return
    is_undo = batch.state == BatchState.UNDOING
    _turn(batch, BatchState.UNDO_STOPPED if is_undo else BatchState.FAILED)
    batch.error = message
    batch.save(update_fields=["state", "error"])
    _record(batch, "import.undo_stopped" if is_undo else "import.failed", SYSTEM)


def _turn(batch: Batch, state: BatchState) -> None:
    states.require(TRANSITIONS, batch.state, state, what=str(batch))
    batch.state = state


def _record(batch: Batch, type_: str, actor: Actor, **payload: Any) -> None:
    events.record(
        type_,
        actor=actor,
        company_id=batch.company_id,
        subject_type="import",
        subject_id=batch.id,
        payload={"kind": batch.kind, **payload},
    )


# --- Rows left out ----------------------------------------------------------


def left_out_csv(batch: Batch) -> Iterator[str]:
    """Rows that were refused or are ambiguous, as they stood in the file, with the
    reason as last column."""
    rows = BatchRow.objects.of(batch).filter(verdict__in=LEFT_OUT)
    found = rows.order_by("line").values_list("cells", "problems")
    return _with_reason(
        batch,
        (
            (cells, " ".join(problem["message"] for problem in problems))
            for cells, problems in found.iterator(CHUNK_READ)
        ),
    )


def kept_csv(batch: Batch) -> Iterator[str]:
    """Rows that could not be undone, with the reason as last column."""
    rows = BatchRow.objects.of(batch).exclude(kept="").order_by("line")
    return _with_reason(batch, rows.values_list("cells", "kept").iterator(CHUNK_READ))


def _with_reason(batch: Batch, rows: Iterable[tuple[list[str], str]]) -> Iterator[str]:
    width = len(batch.headers)
    lines = ([*cells, *[""] * (width - len(cells)), why] for cells, why in rows)
    return csv_lines([*batch.headers, _("Reason")], lines, delimiter=";")
