from __future__ import annotations

import logging

from celery import shared_task
from django.utils import timezone

from apps.core.actor import SYSTEM
from apps.core.errors import DomainError

from . import services
from .models import Invoice

logger = logging.getLogger(__name__)

BATCH = 500  # a few seconds; what is left waits for the next tick


@shared_task
def mark_overdue() -> None:
    """What was sent and is not paid by its day, each in a transaction of its own."""
    due = Invoice.objects.overdue(timezone.now()).order_by("payment_due_at")
    for invoice in due[:BATCH]:
        try:
            services.mark_overdue(invoice, actor=SYSTEM)
        except DomainError as error:  # paid or cancelled meanwhile
            logger.info("invoice %s is not overdue: %s", invoice.pk, error.code)
