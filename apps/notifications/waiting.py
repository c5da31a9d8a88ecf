"""Whether anybody does the work that pages have handed over."""

from __future__ import annotations

from datetime import datetime, timedelta

from apps.core.actor import Actor
from apps.events.models import Event

from .models import Message

# A worker takes both within seconds.
LATE_AFTER = timedelta(minutes=1)


def has_no_worker(actor: Actor, now: datetime) -> bool:
    """Mails that should have left, or events that nobody has read, of what this actor
    sees."""
    since = now - LATE_AFTER
    unread = Event.objects.visible_to(actor).unsealed().filter(recorded_at__lt=since)
    return Message.objects.visible_to(actor).due(since).exists() or unread.exists()
