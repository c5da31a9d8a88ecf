"""The verbs of imports. What the worker does is in `run`."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from django.core.files.base import File as Upload
from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from apps.companies.models import Address, Company
from apps.core import seen as marks
from apps.core import states
from apps.core.actor import Actor, Permission
from apps.core.errors import Conflict, Invalid
from apps.files import services as files

from . import events, reading
from .columns import formats, meaning
from .columns.meaning import HOW_READ
from .models import Batch
from .run import progress
from .run.progress import STOPPED_BY, begin, lock, record
from .states import TRANSITIONS, BatchState, UndoReason
from .targets import unresolved
from .targets.unresolved import NameChoice

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


# --- Upload, columns --------------------------------------------------------


def upload(
    company: Company,
    file: Upload,
    kind: str | None = None,
    *,
    actor: Actor,
    sheet: str = "",
    in_background: bool = True,
) -> Batch:
    """Keeps a file, to be read by a worker; unless `in_background`, by the caller
    (`run.reading.read_rows`). Nothing of it is looked into here but its directory.

    Raises ReadError for what is seen by that.
    """
    actor.require(Permission.IMPORTS_RUN, company.id)
    is_workbook = reading.check_upload(file, file.name or "", file.size)
    with transaction.atomic():
        content_type = XLSX if is_workbook else "text/csv"
        stored = files.store(file, company_id=company.id, content_type=content_type)
        batch = Batch.objects.create(
            company=company,
            kind=kind or "",
            state=BatchState.READING,
            file=stored,
            created_by=actor.id,
            options={"sheet": sheet} if sheet else {},
        )
        record(batch, events.IMPORT_UPLOADED, actor)
        begin(batch, BatchState.READING, actor, in_background=in_background)
    return batch


@transaction.atomic
def read_again(
    batch: Batch,
    *,
    encoding: str = "",
    delimiter: str = "",
    sheet: str = "",
    header_line: int = 0,
    actor: Actor,
    in_background: bool = True,
) -> Batch:
    """Has the same file read in another way; its columns are guessed anew. Raises
    Conflict `wrong_state`; what can't be read so fails with a sentence."""
    batch = _lock_for_columns(batch, actor)
    line = str(header_line or "")
    chosen = (encoding, delimiter, "", sheet, line)
    how = dict(zip(HOW_READ, chosen, strict=True))
    batch.options = {name: value for name, value in how.items() if value}
    batch.headers, batch.mapping, batch.is_confirmed = [], {}, False
    _begin_reading(batch, actor, in_background=in_background)
    return batch


@transaction.atomic
def set_columns(
    batch: Batch,
    *,
    mapping: Mapping[str, str],
    options: Mapping[str, Any],
    default_address: Address | None,
    actor: Actor,
    said: Collection[int] | None = None,
    in_background: bool = True,
) -> Batch:
    """Says what each column is and answers the questions; the next plan goes by it.
    `said` are the positions of those of which it was said; None is all of them. While
    doubtful ones are left the columns are not confirmed.
    Columns that changed their meaning are read again by a worker, which goes on with
    the plan; unless `in_background`, by the caller (`run.reading.read_rows`).

    Raises Conflict `wrong_state`, `unread`, Invalid `bad_mapping`, `no_key`,
    `bad_option`.
    """
    batch = _lock_for_columns(batch, actor)
    meaning.check_mapping(batch, mapping)
    if default_address and default_address.company_id != batch.company_id:
        raise Invalid("bad_address", _("Choose a place."), field="default_address")
    answers = formats.answers(options)
    is_as_read = dict(mapping) == batch.mapping and not batch.is_unread
    batch.mapping, batch.default_address = dict(mapping), default_address
    is_sure = said is None or not meaning.doubtful(batch, mapping, said)
    batch.is_confirmed = batch.is_confirmed or is_sure
    if is_as_read:
        batch.options = formats.settle(batch.options, answers)
        batch.save()
    else:
        batch.options = answers | meaning.how_read(batch)
        _begin_reading(batch, actor, in_background=in_background)
    if batch.is_confirmed:
        meaning.remember(batch, answers, actor=actor)
    return batch


@transaction.atomic
def confirm_columns(
    batch: Batch,
    *,
    mapping: Mapping[str, str],
    options: Mapping[str, Any],
    default_address: Address | None,
    actor: Actor,
    said: Collection[int] | None = None,
) -> Batch:
    """`set_columns`, and the plan at once unless something is left open. Raises
    Conflict `doubtful_columns`, too, with nothing written."""
    batch = set_columns(
        batch,
        mapping=mapping,
        options=options,
        default_address=default_address,
        actor=actor,
        said=said,
    )
    meaning.require_confirmed(batch)
    if batch.is_working or formats.open_questions(batch.options):
        return batch
    return request_plan(batch, actor=actor)


def _begin_reading(batch: Batch, actor: Actor, *, in_background: bool) -> None:
    batch.total_rows = 0  # unread: no plan until it is known what the cells say
    begin(batch, BatchState.READING, actor, in_background=in_background)


def _lock_for_columns(batch: Batch, actor: Actor) -> Batch:
    batch = _lock(batch, actor)
    if not states.may(TRANSITIONS, batch.state, BatchState.READING):
        raise Conflict(
            "wrong_state",
            _("The columns can't be changed while it is being worked on."),
        )
    _require_unwritten(batch)
    return batch


# --- Plan, decide, apply, stop ----------------------------------------------


@transaction.atomic
def request_plan(batch: Batch, *, actor: Actor, in_background: bool = True) -> Batch:
    """Starts the plan anew. Raises Conflict `wrong_state`, `open_questions`,
    `doubtful_columns`, Invalid `no_key`."""
    batch = _lock(batch, actor)
    if batch.state == BatchState.PLANNING:
        return batch
    _require(batch, BatchState.PLANNING)
    _require_unwritten(batch)
    if batch.is_unread:
        raise meaning.unread()
    meaning.check_mapping(batch, batch.mapping)
    if formats.open_questions(batch.options):
        message = _("Answer first what the cells of its columns leave open.")
        raise Conflict("open_questions", message)
    meaning.require_confirmed(batch)
    return begin(batch, BatchState.PLANNING, actor, in_background=in_background)


def _require_unwritten(batch: Batch) -> None:
    if batch.is_written:
        raise Conflict(
            "partly_applied",
            _("Rows of it are written: undo them first, or upload the file again."),
        )


@transaction.atomic
def decide_unknowns(
    batch: Batch,
    choices: Sequence[NameChoice],
    *,
    actor: Actor,
    in_background: bool = True,
) -> Batch:
    """What becomes of unknown names; plans anew. Raises Conflict `wrong_state`,
    Invalid with the key of the name: `unknown_name`, `bad_choice`,
    `name_not_found`."""
    batch = _lock(batch, actor)
    _require(batch, BatchState.PLANNING)
    _require_unwritten(batch)
    unresolved.decide(batch, choices)
    return begin(batch, BatchState.PLANNING, actor, in_background=in_background)


@transaction.atomic
def request_apply(
    batch: Batch, *, actor: Actor, as_of: str | None = None, in_background: bool = True
) -> Batch:
    """Writes what the plan shows, from where it stopped. `as_of` is the `planned_at`
    (ISO 8601) of the plan that was looked at; None if nobody looks. Raises Conflict
    `wrong_state`, `no_plan` if there is none to go by, or `plan_changed`."""
    batch = _lock(batch, actor)
    if batch.state == BatchState.APPLYING:
        return batch
    _require(batch, BatchState.APPLYING)
    if batch.planned_at is None:
        raise Conflict("no_plan", _("Make a plan first."))
    if as_of is not None and as_of != batch.planned_at.isoformat():
        raise Conflict(
            "plan_changed",
            _("The plan was made anew since this page was opened: look at it again."),
        )
    return begin(batch, BatchState.APPLYING, actor, in_background=in_background)


@transaction.atomic
def undo(
    batch: Batch,
    *,
    actor: Actor,
    reason: str,
    in_background: bool = True,
    seen: str | None = None,
) -> Batch:
    """Takes back what applying wrote, last row first: what it created is deleted, what
    it changed is restored, unless somebody touched it since. Rows kept for that are
    tried again. Raises Conflict `wrong_state`, or `nothing_to_undo`."""
    batch = _lock(batch, actor)
    if batch.state == BatchState.UNDOING:
        return batch
    marks.require(batch, seen)
    _require(batch, BatchState.UNDOING)
    stands = batch.undone_rows < batch.applied_rows
    if not stands and not batch.made.filter(undone_at=None).exists():
        raise Conflict("nothing_to_undo", _("Nothing of it stands in the register."))
    if reason not in UndoReason.values:
        raise Invalid("no_reason", _("Say why it is undone."), field="reason")
    record(batch, events.IMPORT_UNDO_STARTED, actor, reason=reason)
    return begin(batch, BatchState.UNDOING, actor, in_background=in_background)


@transaction.atomic
def request_stop(batch: Batch, *, actor: Actor) -> Batch:
    """Stops applying or undoing after the chunk in hand. Raises Conflict
    `wrong_state`."""
    batch = _lock(batch, actor)
    if batch.stop_requested or batch.state in STOPPED_BY.values():
        return batch
    target = STOPPED_BY.get(BatchState(batch.state), BatchState.STOPPED)
    _require(batch, target)
    batch.stop_requested = True
    batch.save(update_fields=["stop_requested"])
    return batch


@transaction.atomic
def discard(
    batch: Batch, *, actor: Actor, in_background: bool = True, seen: str | None = None
) -> Batch:
    """Throws away an upload or a plan, for good: the file and its rows are deleted.
    Raises Conflict `wrong_state`, or `partly_applied` if anything of it is written."""
    batch = _lock(batch, actor)
    if batch.state == BatchState.DISCARDED:
        return batch
    marks.require(batch, seen)
    _require(batch, BatchState.DISCARDED)
    if batch.is_written or batch.made.filter(undone_at=None).exists():
        raise Conflict("partly_applied", _("Rows of it are written: undo them first."))
    progress.discard(batch, actor, in_background=in_background)
    return batch


_CANT = {
    BatchState.PLANNING: gettext_lazy("%(name)s is “%(state)s”: it can't be planned."),
    BatchState.APPLYING: gettext_lazy("%(name)s is “%(state)s”: it can't be applied."),
    BatchState.UNDOING: gettext_lazy("%(name)s is “%(state)s”: it can't be undone."),
    BatchState.STOPPED: gettext_lazy("%(name)s is “%(state)s”: it can't be stopped."),
    BatchState.DISCARDED: gettext_lazy(
        "%(name)s is “%(state)s”: it can't be discarded."
    ),
}


def _require(batch: Batch, target: BatchState) -> None:
    if not states.may(TRANSITIONS, batch.state, target):
        state = BatchState(batch.state).label
        message = _CANT[target] % {"name": batch, "state": state}
        raise Conflict("wrong_state", message)


def _lock(batch: Batch, actor: Actor) -> Batch:
    actor.require(Permission.IMPORTS_RUN, batch.company_id)
    return lock(batch.pk)
