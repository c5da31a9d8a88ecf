from __future__ import annotations

import logging
import time
from collections.abc import Callable
from uuid import UUID

from celery import shared_task
from django.utils import timezone

from apps.core.actor import SYSTEM

from . import services
from .models import Return

logger = logging.getLogger(__name__)

BATCH = 200
ENOUGH_SECONDS = 120  # below the task's time limit; the next tick goes on


@shared_task
def advance_due() -> None:
    """Asks, reminds, gives up, and closes what its day has come for: each return in a
    transaction of its own, so a kill in the middle loses and doubles nothing."""
    stop_at = time.monotonic() + ENOUGH_SECONDS
    for due, step in (
        (Return.objects.contact_due, services.contact_due),
        (Return.objects.closing_due, services.close_due),
    ):
        after = None
        while time.monotonic() < stop_at:
            ids = due(timezone.now()).order_by("id").values_list("id", flat=True)
            if after is not None:
                ids = ids.filter(id__gt=after)
            found = list(ids[:BATCH])
            for return_id in found:
                _take(step, return_id)
            if len(found) < BATCH:
                break
            after = found[-1]


def _take(step: Callable[..., object], return_id: UUID) -> None:
    """One return that can't go on holds up no other; it is tried again next time."""
    try:
        step(return_id, actor=SYSTEM)
    except Exception:
        logger.exception("return %s could not be advanced", return_id)
