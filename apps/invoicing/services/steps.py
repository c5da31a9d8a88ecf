"""What every verb of an invoice is made of: lock, move, record."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.utils import timezone

from apps.core import seen as marks
from apps.core import states
from apps.core.actor import Actor
from apps.events.registry import EventType
from apps.events.services import record as record_event
from apps.invoicing.models import Invoice
from apps.invoicing.payloads import facts
from apps.invoicing.states import TRANSITIONS, InvoiceState

_STAMPS = {
    InvoiceState.SENT: "sent_at",
    InvoiceState.PAID: "paid_at",
    InvoiceState.OVERDUE: "overdue_at",
    InvoiceState.CANCELLED: "cancelled_at",
}


def lock(invoice: Invoice) -> Invoice:
    """The row as it is now, locked until the transaction ends."""
    return Invoice.objects.select_for_update(of=("self",)).get(pk=invoice.pk)


def move(
    invoice: Invoice,
    target: InvoiceState,
    type_: EventType[Any],
    *,
    actor: Actor,
    at: datetime | None,
    seen: str | None,
) -> Invoice:
    invoice = lock(invoice)
    if invoice.state == target:
        return invoice
    states.require(TRANSITIONS, invoice.state, target, what=invoice.reference)
    marks.require(invoice, seen)
    before, invoice.state = InvoiceState(invoice.state), target
    setattr(invoice, _STAMPS[target], at or timezone.now())
    invoice.updated_at = timezone.now()
    invoice.save(update_fields=["state", _STAMPS[target], "updated_at"])
    record(type_, invoice, actor=actor, at=at, from_=before)
    return invoice


def record(
    type_: EventType[Any],
    invoice: Invoice,
    *,
    actor: Actor,
    at: datetime | None = None,
    refs: Sequence[UUID] = (),
    **told: Any,
) -> None:
    record_event(
        type_,
        type_.payload(**facts(invoice), **told),
        actor=actor,
        company_id=invoice.company_id,
        subject_id=invoice.id,
        refs=[invoice.entity_id, invoice.source_id, invoice.credited_id, *refs],
        at=at,
    )
