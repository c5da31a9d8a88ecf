"""The public form of an invoice, frozen into events: ids, states, times, amounts."""

from __future__ import annotations

from typing import Any

from .models import Invoice


def facts(invoice: Invoice) -> dict[str, Any]:
    """The fields of events.InvoiceFacts."""
    return {
        "reference": invoice.reference,
        "document_type": invoice.document_type,
        "type": invoice.type,
        "state": invoice.state,
        "entity_id": invoice.entity_id,
        "source_id": invoice.source_id,
        "source_reference": invoice.source_reference or None,
        "currency": invoice.currency,
        "net_price": invoice.net_price,
        "gross_price": invoice.gross_price,
        "payment_due_at": invoice.payment_due_at,
    }
