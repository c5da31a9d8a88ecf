"""Beat with database schedules, of which only one sends at any time."""

from __future__ import annotations

import logging
from typing import Any

import psycopg
from django.conf import settings
from django.db import connection
from django_celery_beat.models import PeriodicTask
from django_celery_beat.schedulers import DatabaseScheduler

from apps.ops.metrics.beat import BeatMetrics
from tequipy import alive

logger = logging.getLogger(__name__)

_LOCK = 0x7E9_BEA7
_STANDBY_SECONDS = 2.0


class LockedDatabaseScheduler(DatabaseScheduler):
    """Sends only while it holds an advisory lock, on a connection of its own: the lock
    ends with the process, and a second beat takes over within seconds."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        self._lock_connection: psycopg.Connection | None = None
        self._leads = False
        self._metrics = BeatMetrics()
        super().__init__(*args, **kwargs)

    def setup_schedule(self) -> None:
        """Schedules live in code; what was removed there stops firing. Whether one is
        enabled is the operator's."""
        # Not in __init__: Celery makes one more, only to print its name.
        if settings.METRICS_PORT:
            self._metrics.serve(self.app)
        ours = set(settings.CELERY_BEAT_SCHEDULE)
        removed, _by_model = (
            PeriodicTask.objects.filter(task__startswith="apps.")
            .exclude(name__in=ours)
            .delete()
        )
        if removed:
            logger.info("removed %s schedules that are no longer in code", removed)
        super().setup_schedule()

    def tick(self, *args: Any, **kwargs: Any) -> float:
        alive.touch("beat")
        leads = self._has_lock()
        self._metrics.leads = leads
        if not leads:
            return _STANDBY_SECONDS
        pause = super().tick(*args, **kwargs)
        self._metrics.ticked()
        return pause

    def apply_async(self, *args: Any, **kwargs: Any) -> Any:
        sent = super().apply_async(*args, **kwargs)
        self._metrics.sent += 1
        return sent

    def _has_lock(self) -> bool:
        try:
            if self._lock_connection is None:
                parameters = connection.get_connection_params()
                for ours in ("cursor_factory", "context", "prepare_threshold"):
                    parameters.pop(ours, None)
                self._lock_connection = psycopg.connect(**parameters, autocommit=True)
                self._leads = False
            if self._leads:
                self._lock_connection.execute("SELECT 1")
                return True
            row = self._lock_connection.execute(
                "SELECT pg_try_advisory_lock(%s)", [_LOCK]
            ).fetchone()
        except psycopg.Error as error:
            logger.warning("beat stands by: %s", type(error).__name__)
            self._lock_connection, self._leads = None, False
            return False
        self._leads = bool(row and row[0])
        if self._leads:
            logger.info("beat leads")
            self._initial_read = True  # another one may have changed the rows
        return self._leads
