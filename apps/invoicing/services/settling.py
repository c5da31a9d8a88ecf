"""What becomes of an invoice: sent, paid, overdue, cancelled, taken back."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from apps.core import ids
from apps.core import seen as marks
from apps.core.actor import Actor, Permission
from apps.core.errors import Conflict
from apps.invoicing import events
from apps.invoicing.models import Invoice, InvoiceLine
from apps.invoicing.states import CREDITED_FROM, DocumentType, InvoiceState
from apps.orders import services as orders
from apps.orders.models import Order

from . import steps

_S = InvoiceState


@transaction.atomic
def send(
    invoice: Invoice,
    *,
    actor: Actor,
    at: datetime | None = None,
    seen: str | None = None,
) -> Invoice:
    """Notes that the entity has got it; an order is invoiced by it.

    Raises Conflict `not_owed` if the order was called off.
    """
    actor.require(Permission.INVOICES_SEND, invoice)
    type_ = events.INVOICE_SENT
    sent = steps.move(invoice, _S.SENT, type_, actor=actor, at=at, seen=seen)
    if (order := _order_of(sent)) is not None:
        orders.mark_invoiced(order, actor=_for_order(actor, order), at=at)
    return sent


@transaction.atomic
def mark_paid(
    invoice: Invoice,
    *,
    actor: Actor,
    at: datetime | None = None,
    seen: str | None = None,
) -> Invoice:
    """Notes that it is paid, in time or late, and with it the order, unless that was
    called off meanwhile."""
    actor.require(Permission.INVOICES_SETTLE, invoice)
    type_ = events.INVOICE_PAID
    paid = steps.move(invoice, _S.PAID, type_, actor=actor, at=at, seen=seen)
    order = _order_of(paid)
    if order is not None and order.cancelled_at is None:
        orders.mark_paid(order, actor=_for_order(actor, order), at=at)
    return paid


@transaction.atomic
def mark_overdue(
    invoice: Invoice,
    *,
    actor: Actor,
    at: datetime | None = None,
    seen: str | None = None,
) -> Invoice:
    """Notes that it is not paid although its time has passed. Raises Conflict
    `not_due`."""
    actor.require(Permission.INVOICES_SETTLE, invoice)
    if invoice.payment_due_at >= (at or timezone.now()):
        raise Conflict(
            "not_due", _("%(reference)s is not due yet.") % {"reference": invoice}
        )
    type_ = events.INVOICE_OVERDUE
    return steps.move(invoice, _S.OVERDUE, type_, actor=actor, at=at, seen=seen)


@transaction.atomic
def cancel(
    invoice: Invoice,
    *,
    actor: Actor,
    at: datetime | None = None,
    seen: str | None = None,
) -> Invoice:
    """Ends it unpaid; what it was for can be invoiced anew."""
    actor.require(Permission.INVOICES_CANCEL, invoice)
    type_ = events.INVOICE_CANCELLED
    return steps.move(invoice, _S.CANCELLED, type_, actor=actor, at=at, seen=seen)


@transaction.atomic
def credit(
    invoice: Invoice,
    *,
    actor: Actor,
    at: datetime | None = None,
    seen: str | None = None,
) -> Invoice:
    """Takes back what was sent, whole, by a credit note with the same lines; of one
    that was taken back already, that note. Raises Conflict `not_sent`,
    `is_credit_note`."""
    actor.require(Permission.INVOICES_CREDIT, invoice)
    invoice = steps.lock(invoice)
    notes = invoice.credit_notes.exclude(state=InvoiceState.CANCELLED)
    if (existing := notes.first()) is not None:
        return existing
    _require_creditable(invoice)
    marks.require(invoice, seen)
    note = _credit_note(invoice, at or timezone.now())
    told = {"credit_note_id": note.id, "credit_note_reference": note.reference}
    steps.record(
        events.INVOICE_CREDITED, invoice, actor=actor, at=at, refs=[note.id], **told
    )
    return note


def _order_of(invoice: Invoice) -> Order | None:
    """What the money is for; a credit note gives it back."""
    is_invoice = invoice.document_type == DocumentType.INVOICE
    return invoice.order if is_invoice else None


def _for_order(actor: Actor, order: Order) -> Actor:
    return actor.for_consequences(order.company_id, Permission.ORDERS_SETTLE)


def _require_creditable(invoice: Invoice) -> None:
    if invoice.document_type == DocumentType.CREDIT_NOTE:
        raise Conflict(
            "is_credit_note",
            _("%(reference)s is a credit note itself.") % {"reference": invoice},
        )
    if invoice.state not in CREDITED_FROM:
        raise Conflict(
            "not_sent",
            _("%(reference)s was not sent: there is nothing to take back.")
            % {"reference": invoice},
        )


_TAKEN_OVER = (
    "company_id",
    "type",
    "entity_id",
    "order_id",
    "ret_id",
    "redeployment_id",
    "period_on",
    "source_reference",
    "currency",
    "net_price",
    "tax_rate",
    "tax",
    "gross_price",
)


def _credit_note(invoice: Invoice, now: datetime) -> Invoice:
    note = Invoice(
        **{name: getattr(invoice, name) for name in _TAKEN_OVER},
        reference=ids.reference("INV"),
        document_type=DocumentType.CREDIT_NOTE,
        credited=invoice,
        payment_due_at=now,
        created_at=now,
        updated_at=now,
    )
    note.save(force_insert=True)
    InvoiceLine.objects.bulk_create(
        InvoiceLine(
            company_id=note.company_id,
            invoice=note,
            text=line.text,
            product_name=line.product_name,
            quantity=line.quantity,
            unit_price=line.unit_price,
            total=line.total,
        )
        for line in invoice.lines.all()
    )
    return note
