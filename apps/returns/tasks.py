from __future__ import annotations

import time

from celery import shared_task
from django.utils import timezone

from apps.core.actor import SYSTEM

from . import services
from .models import Return

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
                step(return_id, actor=SYSTEM)
            if len(found) < BATCH:
                break
            after = found[-1]
