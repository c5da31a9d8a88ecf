"""Long work that background workers do chunk by chunk (imports, bulk jobs).

The work is a row. A worker locks it for each chunk and commits what the chunk wrote
together with how far it is, so one that is killed loses the chunk in hand and doubles
nothing. Whoever can take the lock of a row without a recent sign of life knows that
nobody works on it, and hands it on.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import TypeVar
from uuid import UUID

from django.db import (
    DataError,
    IntegrityError,
    InterfaceError,
    OperationalError,
    models,
    transaction,
)
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from .errors import DomainError, NotAllowed
from .told import Told

logger = logging.getLogger(__name__)

Row = TypeVar("Row")
Found = TypeVar("Found")

# At one chunk; deployments kill some of them.
MOST_ATTEMPTS = 5
# A worker that writes is told from one that was killed by its lock.
STALLED_AFTER = timedelta(seconds=5)
NO_WORKER_AFTER = timedelta(seconds=15)
ENOUGH_SECONDS = 120  # below the task's time limit; the next task goes on


class Worked(models.Model):
    """How a row of work stands with its workers; they hold its lock."""

    attempts = models.PositiveSmallIntegerField(
        default=0,
        db_default=0,
        help_text=_("How often its present step or chunk was begun."),
    )
    is_begun = models.BooleanField(
        default=False,
        db_default=False,
        help_text=_("By a worker that is not known to be dead."),
    )
    alive_at = models.DateTimeField(null=True, help_text=_("Last sign of the worker."))

    class Meta:
        abstract = True

    WORKED = ("alive_at", "attempts", "is_begun")

    @property
    def is_given_up(self) -> bool:
        """It was begun too often without an end: it kills whoever works on it."""
        return self.attempts >= MOST_ATTEMPTS

    def take(self) -> None:
        """By a worker; to be committed before the work."""
        self.attempts += 1
        self.is_begun, self.alive_at = True, timezone.now()

    def hand_on(self) -> None:
        """To any worker: it is new, or a chunk is done and the attempts at it are
        forgotten."""
        self.attempts, self.is_begun, self.alive_at = 0, False, timezone.now()


@transaction.atomic
def claim_stalled(stalled: models.QuerySet) -> list[tuple[UUID, str]]:
    """Takes rows that nobody works on away from whoever had begun them; ids and states
    of those that the caller sends to a worker now. Their attempts stay counted."""
    found = stalled.select_for_update(of=("self",), skip_locked=True)
    claimed = list(found.values_list("pk", "state"))
    ours = stalled.model._default_manager.filter(pk__in=[pk for pk, _s in claimed])
    # The sign of life keeps the next tick from sending them once more.
    ours.update(alive_at=timezone.now(), is_begun=False)
    return claimed


def by_halves(
    rows: Sequence[Row],
    work: Callable[[Sequence[Row]], Found],
    refused: Callable[[Row, Exception], Found],
    join: Callable[[Found, Found], Found],
    *,
    ended_by: tuple[type[Exception], ...] = (NotAllowed,),
) -> Found:
    """What `work` makes of the rows; where one of them breaks the statements of all,
    what it makes of the halves around that one, which is `refused`."""
    try:
        with transaction.atomic():
            return work(rows)
    except ended_by:
        raise
    except (DomainError, IntegrityError, DataError) as error:
        if len(rows) == 1:
            return refused(rows[0], error)
    half = len(rows) // 2
    parts = [
        by_halves(part, work, refused, join, ended_by=ended_by)
        for part in (rows[:half], rows[half:])
    ]
    return join(*parts)


def attempt(
    step: Callable[[], bool], fail: Callable[[Told], None], failed: Told, what: str
) -> bool:
    """Takes a step. A refusal ends the work with its sentence, anything unforeseen with
    `failed`, and is logged; a database that is away does not, since beat resumes it."""
    try:
        return step()
    except (OperationalError, InterfaceError):
        raise
    except DomainError as error:
        fail(error.told)
    except Exception:
        logger.exception("%s failed", what)
        fail(failed)
    return False


def go_on(step: Callable[[], bool], send: Callable[[], None]) -> None:
    """Takes steps while there are any and the task has time; then asks for the next
    task."""
    stop_at = time.monotonic() + ENOUGH_SECONDS
    while step():
        if time.monotonic() > stop_at:
            send()
            return
