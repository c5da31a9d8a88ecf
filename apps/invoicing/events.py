"""What happens to invoices."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Annotated
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from apps.core import money
from apps.events.names import Names
from apps.events.payloads import Payload, Reference, Text
from apps.events.registry import declare

from .states import DocumentType, InvoiceState, InvoiceType

Currency = Annotated[str, Text("a currency, as ISO 4217 writes it")]


@dataclass(slots=True, kw_only=True)
class InvoiceFacts(Payload):
    """`source_id` and `source_reference` are those of the workflow that is invoiced; a
    subscription has none."""

    reference: Reference
    document_type: DocumentType
    type: InvoiceType
    state: InvoiceState
    entity_id: UUID
    source_id: UUID | None = None
    source_reference: Reference | None = None
    currency: Currency
    net_price: Decimal
    gross_price: Decimal
    payment_due_at: datetime

    def thing(self) -> str:
        return self.reference

    def words(self, names: Names) -> dict[str, str]:
        return {"amount": money.shown(Decimal(self.gross_price), self.currency)}


@dataclass(slots=True, kw_only=True)
class InvoiceMoved(InvoiceFacts):
    """`from` is the state before."""

    from_: InvoiceState


@dataclass(slots=True, kw_only=True)
class InvoiceCredited(InvoiceFacts):
    """The facts are those of the invoice that is taken back."""

    credit_note_id: UUID
    credit_note_reference: Reference


@dataclass(slots=True, kw_only=True)
class InvoiceDocument(InvoiceFacts):
    file_id: UUID


INVOICE_CREATED = declare(
    "invoice.created",
    InvoiceFacts,
    _("%(thing)s was written: %(amount)s"),
    icon="list",
)
INVOICE_DOCUMENT_ATTACHED = declare(
    "invoice.document_attached",
    InvoiceDocument,
    _("%(thing)s got its document"),
    icon="list",
)
INVOICE_SENT = declare(
    "invoice.sent", InvoiceMoved, _("%(thing)s was sent: %(amount)s"), icon="list"
)
INVOICE_PAID = declare(
    "invoice.paid", InvoiceMoved, _("%(thing)s was paid: %(amount)s"), icon="list"
)
INVOICE_OVERDUE = declare(
    "invoice.overdue", InvoiceMoved, _("%(thing)s is overdue: %(amount)s"), icon="list"
)
INVOICE_CANCELLED = declare(
    "invoice.cancelled", InvoiceMoved, _("%(thing)s was cancelled"), icon="list"
)
INVOICE_CREDITED = declare(
    "invoice.credited",
    InvoiceCredited,
    _("%(thing)s was taken back by a credit note: %(amount)s"),
    icon="list",
)
