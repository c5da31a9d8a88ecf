from django.db import models
from django.utils.translation import gettext_lazy as _


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


class Verdict(models.TextChoices):
    CREATE = "CREATE", _("Create")
    CHANGE = "CHANGE", _("Change")
    SAME = "SAME", _("Same")
    AMBIGUOUS = "AMBIGUOUS", _("Ambiguous")
    REFUSED = "REFUSED", _("Refused")


class Action(models.TextChoices):
    """What becomes of a name that the books don't have."""

    CREATE = "CREATE", _("Create it")
    USE = "USE", _("Use an existing one")
    REFUSE = "REFUSE", _("Refuse its rows")


_S = BatchState
# A plan is made anew, and columns are changed, only while nothing is written: after
# that a batch goes on or is undone (services.require_unwritten).
TRANSITIONS: dict[str, frozenset[str]] = {
    _S.READING: frozenset({_S.UPLOADED, _S.FAILED}),
    _S.UPLOADED: frozenset({_S.PLANNING, _S.READING}),
    _S.PLANNING: frozenset({_S.PLANNED, _S.FAILED}),
    _S.PLANNED: frozenset({_S.PLANNING, _S.APPLYING, _S.READING}),
    _S.APPLYING: frozenset({_S.APPLIED, _S.STOPPED, _S.FAILED}),
    _S.STOPPED: frozenset({_S.APPLYING, _S.PLANNING, _S.UNDOING, _S.READING}),
    _S.FAILED: frozenset({_S.PLANNING, _S.APPLYING, _S.UNDOING, _S.READING}),
    _S.APPLIED: frozenset({_S.UNDOING}),
    _S.UNDOING: frozenset({_S.UNDONE, _S.UNDO_STOPPED}),
    _S.UNDO_STOPPED: frozenset({_S.UNDOING}),
    _S.UNDONE: frozenset({_S.PLANNING, _S.UNDOING, _S.READING}),
}
WORKING = frozenset({_S.READING, _S.PLANNING, _S.APPLYING, _S.UNDOING})
WRITTEN = frozenset({Verdict.CREATE, Verdict.CHANGE})
LEFT_OUT = frozenset({Verdict.REFUSED, Verdict.AMBIGUOUS})
