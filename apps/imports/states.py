from collections.abc import Mapping

from django.db import models
from django.utils.translation import gettext_lazy as _

from apps.core.doors import door, final


class Kind(models.TextChoices):
    """What a file is a list of."""

    ASSETS = "ASSETS", _("Assets")
    PEOPLE = "PEOPLE", _("People")


class BatchState(models.TextChoices):
    READING = "READING", _("Being read")
    UPLOADED = "UPLOADED", _("Columns to be checked")
    PLANNING = "PLANNING", _("Being planned")
    PLANNED = "PLANNED", _("Ready to apply")
    APPLYING = "APPLYING", _("Being applied")
    APPLIED = "APPLIED", _("Applied")
    STOPPED = "STOPPED", _("Stopped")
    FAILED = "FAILED", _("Failed")
    UNDOING = "UNDOING", _("Being undone")
    UNDO_STOPPED = "UNDO_STOPPED", _("Half undone")
    UNDONE = "UNDONE", _("Undone")
    DISCARDED = "DISCARDED", _("Discarded")


class Verdict(models.TextChoices):
    CREATE = "CREATE", _("Create")
    CHANGE = "CHANGE", _("Change")
    REHIRE = "REHIRE", _("Comes back")
    SAME = "SAME", _("Same")
    CONFLICT = "CONFLICT", _("Conflict")
    AMBIGUOUS = "AMBIGUOUS", _("Ambiguous")
    REFUSED = "REFUSED", _("Refused")


class UndoReason(models.TextChoices):
    WRONG_FILE = "WRONG_FILE", _("It was the wrong file")
    WRONG_COLUMNS = "WRONG_COLUMNS", _("The columns were read wrongly")
    WRONG_VALUES = "WRONG_VALUES", _("What it says is wrong")
    OTHER = "OTHER", _("Another reason")


class Choice(models.TextChoices):
    """What becomes of a name that the register doesn't have."""

    CREATE = "CREATE", _("Create it")
    USE = "USE", _("Use an existing one")
    REFUSE = "REFUSE", _("Refuse its rows")
    NOBODY = "NOBODY", _("Nobody: the device is in stock")  # of a holder


HOLDERS = ("person", "holder")  # kinds of names: by e-mail address, else by name

_S = BatchState
# A plan is made anew, and columns are changed, only while nothing is written: after
# that a batch goes on or is undone (services.require_unwritten).
TRANSITIONS: dict[str, frozenset[str]] = {
    _S.READING: frozenset({_S.UPLOADED, _S.FAILED, _S.DISCARDED}),
    _S.UPLOADED: frozenset({_S.PLANNING, _S.READING, _S.DISCARDED}),
    _S.PLANNING: frozenset({_S.PLANNED, _S.FAILED, _S.DISCARDED}),
    _S.PLANNED: frozenset({_S.PLANNING, _S.APPLYING, _S.READING, _S.DISCARDED}),
    _S.APPLYING: frozenset({_S.APPLIED, _S.STOPPED, _S.FAILED}),
    _S.STOPPED: frozenset(
        {_S.APPLYING, _S.PLANNING, _S.UNDOING, _S.READING, _S.DISCARDED}
    ),
    _S.FAILED: frozenset(
        {_S.PLANNING, _S.APPLYING, _S.UNDOING, _S.READING, _S.DISCARDED}
    ),
    _S.APPLIED: frozenset({_S.UNDOING}),
    _S.UNDOING: frozenset({_S.UNDONE, _S.UNDO_STOPPED}),
    _S.UNDO_STOPPED: frozenset({_S.UNDOING}),
    _S.UNDONE: frozenset({_S.PLANNING, _S.UNDOING, _S.READING}),
    _S.DISCARDED: frozenset(),
}
WORKING = frozenset({_S.READING, _S.PLANNING, _S.APPLYING, _S.UNDOING})
# Of what there was before; CREATE makes what was not there.
CHANGES = frozenset({Verdict.CHANGE, Verdict.REHIRE})
WRITTEN = frozenset({Verdict.CREATE, *CHANGES})
LEFT_OUT = frozenset({Verdict.REFUSED, Verdict.AMBIGUOUS, Verdict.CONFLICT})
# Rows with warnings, whatever their verdict.
WARNED = "WARNED"
# Columns of a Batch that say how far it is.
PROGRESS = (
    "state",
    "planned_rows",
    "total_rows",
    "applied_rows",
    "undone_rows",
    "kept_rows",
    "counts",
)


def progress_of(
    state: str,
    planned: int,
    total: int,
    applied: int,
    undone: int,
    kept: int,
    counts: Mapping[str, int],
) -> tuple[int, int]:
    """Of the facts that PROGRESS names."""
    if state in (_S.READING, _S.PLANNING):
        return planned, total
    if state == _S.UNDOING:
        return undone + kept, applied
    return applied, sum(int(counts.get(verdict, 0)) for verdict in WRITTEN)


_COLUMNS = ("page imports:columns", "api api:imports-id-columns")
_READS = ("imports.run.reading.read_rows", "task apps.imports.tasks.read_batch")
_PLANS = ("imports.run.planning.make_plan", "task apps.imports.tasks.plan_batch")
_APPLIES = ("imports.run.applying.apply_chunk", "task apps.imports.tasks.apply_batch")
_UNDOES = ("imports.run.undoing.undo_chunk", "task apps.imports.tasks.undo_batch")
_COMMAND = "command import_file"
DOORS = (
    door({_S.READING}, {_S.UPLOADED, _S.FAILED}, *_READS, _COMMAND),
    door(frozenset(_S), {_S.READING}, "imports.services.set_columns", *_COLUMNS),
    door(
        frozenset(_S),
        {_S.READING},
        "imports.services.read_again",
        "page imports:reading",
        "api api:imports-id-read-again",
    ),
    door(
        frozenset(_S),
        {_S.PLANNING},
        "imports.services.request_plan",
        "page imports:plan",
        "api api:imports-id-plan",
        *_COLUMNS,
        _COMMAND,
    ),
    door(
        {_S.PLANNED, _S.STOPPED, _S.FAILED},
        {_S.PLANNING},
        "imports.services.decide_unknowns",
        "page imports:unknowns",
        "api api:imports-id-names",
    ),
    door({_S.PLANNING}, {_S.PLANNED, _S.FAILED}, *_PLANS, _COMMAND),
    door(
        frozenset(_S),
        {_S.APPLYING},
        "imports.services.request_apply",
        "page imports:apply",
        "api api:imports-id-apply",
        _COMMAND,
    ),
    door({_S.APPLYING}, {_S.APPLIED, _S.FAILED}, *_APPLIES, _COMMAND),
    door(
        {_S.APPLYING, _S.UNDOING},
        {_S.STOPPED, _S.UNDO_STOPPED},
        "imports.services.request_stop",
        "page imports:stop",
        "api api:imports-id-stop",
    ),
    door(
        frozenset(_S),
        {_S.UNDOING},
        "imports.services.undo",
        "page imports:undo",
        "api api:imports-id-undo",
    ),
    door({_S.UNDOING}, {_S.UNDONE, _S.UNDO_STOPPED}, *_UNDOES),
    door(
        frozenset(_S),
        {_S.DISCARDED},
        "imports.services.discard",
        "page imports:discard",
        "api api:imports-id",
    ),
    final({_S.DISCARDED}, "Its file and its rows are deleted: upload it again."),
)
