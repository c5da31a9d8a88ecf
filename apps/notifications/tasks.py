from __future__ import annotations

import logging
import time
from uuid import UUID

from celery import shared_task
from django.core.mail import get_connection
from django.utils import timezone

from . import services
from .models import Message

logger = logging.getLogger(__name__)

BATCH = 100
ENOUGH_SECONDS = 120  # below the task's time limit; the next tick goes on


@shared_task
def send_due() -> None:
    """Sends what waits, oldest first, over one connection a batch."""
    stop_at = time.monotonic() + ENOUGH_SECONDS
    while time.monotonic() < stop_at:
        due = Message.objects.due(timezone.now()).order_by("next_try_at", "id")
        ids = list(due.values_list("id", flat=True)[:BATCH])
        if not ids or not _send_batch(ids):
            return


def _send_batch(ids: list[UUID]) -> bool:
    try:
        with get_connection() as connection:
            for message_id in ids:
                services.send(message_id, connection)
    except OSError as error:
        logger.warning("mail server is away: %s", error)
        return False
    return True
