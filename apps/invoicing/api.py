"""Operations on invoices: what a company reads of what it pays."""

from __future__ import annotations

from django.db.models import Q

from apps.core.actor import Permission
from apps.core.api import conditions, fields
from apps.core.api.conditions import Asking
from apps.core.api.reading import Reading, as_id
from apps.core.api.resources import Resource

from .models import Invoice
from .shapes import INVOICE
from .states import InvoiceState, InvoiceType


class InvoiceQueryRequest(fields.Body):
    invoice_types = fields.Several(
        fields.OneOf(choices=InvoiceType.choices), required=False
    )
    invoice_states = fields.Several(
        fields.OneOf(choices=InvoiceState.choices), required=False
    )
    search_phrase = fields.Text(required=False, max_length=100)
    company_entity_ids = fields.Several(fields.Id(), required=False)
    reference_ids = fields.Several(
        fields.Text(max_length=64),
        required=False,
        help_text="Ids or references of what is invoiced, or of invoices themselves.",
    )
    created_at_from = fields.Moment(required=False)
    created_at_to = fields.Moment(required=False)
    paid_due_at_from = fields.Moment(required=False)
    paid_due_at_to = fields.Moment(required=False)


class InvoiceKeysetRequest(InvoiceQueryRequest):
    updated_since = fields.Moment(required=False)


def _of_references(names: list[str], _asking: Asking) -> Q:
    """What is no id is a reference."""
    ids = [pk for name in names if (pk := as_id(name)) is not None]
    references = [name.upper() for name in names if as_id(name) is None]
    return (
        Q(pk__in=ids)
        | Q(order__in=ids)
        | Q(ret__in=ids)
        | Q(redeployment__in=ids)
        | Q(reference__in=references)
        | Q(source_reference__in=references)
    )


INVOICES = Reading(
    INVOICE,
    Invoice.objects.all,
    filters={
        "invoice_types": conditions.any_of("type"),
        "invoice_states": conditions.any_of("state"),
        "search_phrase": conditions.Narrowed(
            lambda rows, text, _who: rows.search(text)
        ),
        "company_entity_ids": conditions.any_of("entity_id"),
        "reference_ids": conditions.By(_of_references),
        "created_at_from": conditions.Is("created_at", ">= {}"),
        "created_at_to": conditions.Is("created_at", "<= {}"),
        "paid_due_at_from": conditions.Is("payment_due_at", ">= {}"),
        "paid_due_at_to": conditions.Is("payment_due_at", "<= {}"),
        "updated_since": conditions.Is("updated_at", ">= {}"),
    },
    sorts={
        "createdAt": "created_at",
        "updatedAt": "updated_at",
        "paymentDueAt": "payment_due_at",
        "grossPrice": "gross_price",
        "invoiceRef": "reference",
    },
)


class InvoiceResource(Resource):
    tag = "Invoices"
    noun, singular, plural = "Invoice", "invoice", "invoices"
    names = {
        "query": "queryInvoices",
        "list": "listInvoices",
        "retrieve": "getInvoice",
    }
    reading = INVOICES
    filters = InvoiceQueryRequest
    list_filters = InvoiceKeysetRequest
    permissions = {
        "query": Permission.INVOICES_READ,
        "list": Permission.INVOICES_READ,
        "retrieve": Permission.INVOICES_READ,
    }
