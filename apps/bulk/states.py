from django.db import models
from django.utils.translation import gettext_lazy as _

from apps.core.doors import door, final


class JobState(models.TextChoices):
    PREPARING = "PREPARING", _("Being prepared")
    RUNNING = "RUNNING", _("Running")
    COMPLETED = "COMPLETED", _("Finished")
    STOPPED = "STOPPED", _("Stopped")
    FAILED = "FAILED", _("Failed")


class Outcome(models.TextChoices):
    WAITING = "", _("Not done")
    DONE = "DONE", _("Done")
    SKIPPED = "SKIPPED", _("Was so already")
    REFUSED = "REFUSED", _("Refused")


_S = JobState
TRANSITIONS: dict[str, frozenset[str]] = {
    _S.PREPARING: frozenset({_S.RUNNING, _S.STOPPED, _S.FAILED}),
    _S.RUNNING: frozenset({_S.COMPLETED, _S.STOPPED, _S.FAILED}),
    _S.COMPLETED: frozenset(),
    _S.STOPPED: frozenset(),
    _S.FAILED: frozenset(),
}
WORKING = frozenset({_S.PREPARING, _S.RUNNING})

_WORKS = ("bulk.running.take_step", "task apps.bulk.tasks.run_job")
DOORS = (
    door({_S.PREPARING}, {_S.RUNNING, _S.FAILED}, *_WORKS),
    door({_S.RUNNING}, {_S.COMPLETED, _S.FAILED}, *_WORKS),
    door(WORKING, {_S.STOPPED}, "bulk.services.stop", "page bulk:stop"),
    final(
        {_S.COMPLETED, _S.STOPPED, _S.FAILED},
        "What is left is chosen and asked for anew.",
    ),
)
