"""Whether anybody does the work that pages have handed over."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.db.models import Exists, Q, QuerySet

from apps.companies.models import Company
from apps.core.actor import Actor
from apps.events.models import Event

from .models import Message

# A worker takes both within seconds.
LATE_AFTER = timedelta(minutes=1)


def late(actor: Actor, now: datetime) -> list[QuerySet[Any]]:
    """Mails that should have left, and events that nobody has read, of what this actor
    sees."""
    since = now - LATE_AFTER
    unread = Event.objects.visible_to(actor).unsealed().filter(recorded_at__lt=since)
    return [Message.objects.visible_to(actor).due(since), unread]


def has_no_worker(actor: Actor, now: datetime) -> bool:
    either = [Exists(found) for found in late(actor, now)]
    asked = Company.objects.values(is_late=Q(*either, _connector=Q.OR))
    return bool(asked.get(pk=actor.company_id)["is_late"])
