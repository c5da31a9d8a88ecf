"""What the API shows of invoices."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from rest_framework import serializers

from apps.companies.shapes import ENTITY
from apps.core.api.shapes import (
    Shape,
    choice,
    made,
    many,
    moment,
    money,
    number,
    one,
    text,
    uid,
)
from apps.core.told import Told, loads
from apps.files import links

from .states import DocumentType, InvoiceState, InvoiceType


def document_url(file_id: UUID | str | None, erased_at: datetime | None) -> str | None:
    """A link that expires; None without a document."""
    if file_id is None or erased_at is not None:
        return None
    return links.url(file_id if isinstance(file_id, UUID) else UUID(file_id))


def described(product_name: str, kept: Told | str) -> str | None:
    """A product's name, or the sentence in the language of the answer."""
    if product_name or isinstance(kept, Told):
        return product_name or str(kept)
    return str(loads(kept)) or None


LINE = Shape(
    "InvoiceItemResponse",
    "invoicing.InvoiceLine",
    {
        "description": made(serializers.CharField, described, "product_name", "text"),
        "quantity": number("quantity"),
        "unitPrice": money("unit_price", "invoice__currency"),
        "totalPrice": money("total", "invoice__currency"),
    },
)
INVOICE = Shape(
    "InvoiceResponse",
    "invoicing.Invoice",
    {
        "id": uid("id"),
        "url": made(serializers.CharField, document_url, "file_id", "file__erased_at"),
        "filename": text("file__name"),
        "documentType": choice("document_type", DocumentType),
        "invoiceRef": text("reference"),
        "companyEntity": one(ENTITY, "entity"),
        "type": choice("type", InvoiceType),
        "paymentDueAt": moment("payment_due_at"),
        "grossPrice": money("gross_price", "currency"),
        "netPrice": money("net_price", "currency"),
        "createdAt": moment("created_at"),
        "updatedAt": moment("updated_at"),
        "state": choice("state", InvoiceState),
        "invoiceItems": many(LINE, "lines"),
        "sourceReference": text("source_reference"),
        "creditedInvoiceRef": text("credited__reference"),
        "sentAt": moment("sent_at"),
        "paidAt": moment("paid_at"),
        "overdueAt": moment("overdue_at"),
        "cancelledAt": moment("cancelled_at"),
    },
)
