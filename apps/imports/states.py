from django.db import models
from django.utils.translation import gettext_lazy as _


class BatchState(models.TextChoices):
    UPLOADED = "UPLOADED", _("Columns to be checked")
    PLANNING = "PLANNING", _("Being planned")
    PLANNED = "PLANNED", _("Ready to apply")
    APPLYING = "APPLYING", _("Being applied")
    APPLIED = "APPLIED", _("Applied")
    STOPPED = "STOPPED", _("Stopped")
    FAILED = "FAILED", _("Failed")


class Verdict(models.TextChoices):
    CREATE = "CREATE", _("Create")
    CHANGE = "CHANGE", _("Change")
    SAME = "SAME", _("Same")
    REFUSED = "REFUSED", _("Refused")


_S = BatchState
TRANSITIONS: dict[str, frozenset[str]] = {
    _S.UPLOADED: frozenset({_S.PLANNING}),
    _S.PLANNING: frozenset({_S.PLANNED, _S.FAILED}),
    _S.PLANNED: frozenset({_S.PLANNING, _S.APPLYING}),
    _S.APPLYING: frozenset({_S.APPLIED, _S.STOPPED, _S.FAILED}),
    _S.STOPPED: frozenset({_S.APPLYING, _S.PLANNING}),
    _S.FAILED: frozenset({_S.PLANNING, _S.APPLYING}),
    _S.APPLIED: frozenset(),
}
WORKING = frozenset({_S.PLANNING, _S.APPLYING})
