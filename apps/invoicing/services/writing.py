"""How an invoice comes to be, and the document that goes with it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal
from typing import Any
from uuid import UUID

from django.core.files.base import File as Upload
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from apps.companies.billing import unknown_entity
from apps.companies.models import Entity
from apps.core import ids, money
from apps.core.actor import Actor, Permission
from apps.core.clean import one_line
from apps.core.errors import Conflict, Invalid
from apps.core.told import Told
from apps.files import services as files
from apps.invoicing import events
from apps.invoicing.models import SOURCES, Invoice, InvoiceLine
from apps.invoicing.states import DocumentType, InvoiceState, InvoiceType
from apps.orders.models import Order
from apps.redeployments.models import Redeployment
from apps.returns.models import Return

from . import steps

_MOST_TAX = Decimal(100)
_RATE_UNIT = Decimal("0.01")


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """What one line is to say: a declared sentence, or the name of a product."""

    unit_price: Decimal
    quantity: int = 1
    text: Told | None = None
    product_name: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Bill:
    """What is to be paid, and until when. `tax_rate` is in per cent; the tax is rounded
    once, of the sum, half up to the smallest unit of the currency."""

    items: Sequence[Item]
    currency: str
    tax_rate: Decimal
    due_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Subscription:
    """A source that is no workflow: a period, by its first day, of a legal entity."""

    entity: Entity
    period_on: date


Source = Order | Return | Redeployment | Subscription


@transaction.atomic
def create(
    source: Source,
    bill: Bill,
    *,
    actor: Actor,
    entity: Entity | None = None,
    at: datetime | None = None,
) -> Invoice:
    """Writes the invoice of a workflow or period; of one that is invoiced already, and
    not cancelled, that invoice. Without `entity`: the one of the source, else the
    company's default.

    Raises Invalid `no_entity`, `unknown_entity`, `entity_archived`, `nothing_to_pay`,
    `bad_line`, `bad_tax_rate`, and as `money.exact`; Conflict `invoiced_otherwise` if
    that invoice is over another amount.
    """
    company_id = _company_of(source)
    actor.require(Permission.INVOICES_CREATE, company_id)
    invoice, lines = _written(source, bill, entity, at or timezone.now())
    while not _is_first(invoice):
        # None: it was cancelled meanwhile.
        if (found := _existing(invoice)) is not None:
            return _require_same(found, invoice)
    InvoiceLine.objects.bulk_create(lines)
    steps.record(events.INVOICE_CREATED, invoice, actor=actor, at=at)
    return invoice


@transaction.atomic
def attach_document(
    invoice: Invoice, upload: Upload, *, actor: Actor, content_type: str = ""
) -> Invoice:
    """Keeps the file that the entity gets. Raises Conflict `has_document`: what may
    have been sent is not exchanged."""
    actor.require(Permission.INVOICES_CREATE, invoice)
    invoice = steps.lock(invoice)
    if invoice.file_id is not None:
        raise Conflict(
            "has_document",
            _("%(reference)s has its document already.") % {"reference": invoice},
        )
    invoice.file = files.store(
        upload, company_id=invoice.company_id, content_type=content_type
    )
    invoice.updated_at = timezone.now()
    invoice.save(update_fields=["file", "updated_at"])
    type_ = events.INVOICE_DOCUMENT_ATTACHED
    steps.record(type_, invoice, actor=actor, file_id=invoice.file_id)
    return invoice


def _company_of(source: Source) -> UUID:
    owner = source.entity if isinstance(source, Subscription) else source
    found: UUID = owner.company_id
    return found


def _written(
    source: Source, bill: Bill, entity: Entity | None, now: datetime
) -> tuple[Invoice, list[InvoiceLine]]:
    invoice = Invoice(
        company_id=_company_of(source),
        reference=ids.reference("INV"),
        entity=_entity(source, entity),
        currency=bill.currency,
        payment_due_at=bill.due_at,
        created_at=now,
        updated_at=now,
    )
    _name_source(invoice, source)
    if not bill.items:
        raise Invalid("nothing_to_pay", _("Say what is to be paid."), field="items")
    lines = [_line(invoice, item) for item in bill.items]
    _sum_up(invoice, lines, bill.tax_rate)
    return invoice, lines


def _name_source(invoice: Invoice, source: Source) -> None:
    if isinstance(source, Subscription):
        invoice.type, invoice.period_on = InvoiceType.SUBSCRIPTION, source.period_on
        return
    if isinstance(source, Order):
        invoice.type, invoice.order = InvoiceType.ORDER, source
    elif isinstance(source, Return):
        invoice.type, invoice.ret = InvoiceType(source.kind), source
    else:
        invoice.type, invoice.redeployment = InvoiceType.REDEPLOYMENT, source
    invoice.source_reference = source.reference


def _entity(source: Source, entity: Entity | None) -> Entity:
    company_id = _company_of(source)
    found = entity or getattr(source, "entity", None)
    if found is None:
        defaults = Entity.objects.filter(company_id=company_id, is_default=True)
        found = defaults.first()
    if found is None:
        raise Invalid(
            "no_entity",
            _("Say which legal entity pays: the company has no default one."),
            field="entity",
        )
    if found.company_id != company_id:
        raise unknown_entity(found.pk)
    if not found.is_active:
        raise Invalid(
            "entity_archived",
            _("%(entity)s is archived: say which legal entity pays.")
            % {"entity": found},
            field="entity",
        )
    return found


def _line(invoice: Invoice, item: Item) -> InvoiceLine:
    price = money.exact(item.unit_price, invoice.currency, field="unit_price")
    name = one_line(item.product_name)
    if price is None or item.quantity < 1 or bool(name) == bool(item.text):
        raise Invalid(
            "bad_line",
            _("A line says what it is for, how many, and the price of one."),
            field="items",
        )
    kept: Any = item.text or ""
    return InvoiceLine(
        company_id=invoice.company_id,
        invoice=invoice,
        text=kept,
        product_name=name,
        quantity=item.quantity,
        unit_price=price,
        total=price * item.quantity,
    )


def _sum_up(invoice: Invoice, lines: list[InvoiceLine], tax_rate: Decimal) -> None:
    is_rate = tax_rate.is_finite() and 0 <= tax_rate <= _MOST_TAX
    if not is_rate or tax_rate != tax_rate.quantize(_RATE_UNIT):
        raise Invalid(
            "bad_tax_rate",
            _("A tax rate is 0 to 100 per cent, with two decimals at most."),
            field="tax_rate",
        )
    net = InvoiceLine.net(lines)
    unit = money.CURRENCIES[invoice.currency].unit
    invoice.tax_rate = tax_rate
    invoice.net_price = net
    invoice.tax = (net * tax_rate / 100).quantize(unit, ROUND_HALF_UP)
    invoice.gross_price = net + invoice.tax


def _is_first(invoice: Invoice) -> bool:
    """Saves it, unless there is one of the same source."""
    try:
        with transaction.atomic():
            invoice.save(force_insert=True)
    except IntegrityError as error:
        if "invoice_once_per" not in str(error):
            raise
        return False
    return True


def _existing(invoice: Invoice) -> Invoice | None:
    """The one of the same source, that was first."""
    column = SOURCES[InvoiceType(invoice.type)]
    same = {column: getattr(invoice, column)}
    if column == "period_on":
        same["entity"] = invoice.entity
    rows = Invoice.objects.filter(document_type=DocumentType.INVOICE, **same)
    return rows.exclude(state=InvoiceState.CANCELLED).first()


def _require_same(found: Invoice, wanted: Invoice) -> Invoice:
    paid = ("entity_id", "currency", "net_price", "tax_rate")
    if any(getattr(found, name) != getattr(wanted, name) for name in paid):
        raise Conflict(
            "invoiced_otherwise",
            _("%(reference)s is over another amount, or to somebody else: cancel it.")
            % {"reference": found},
        )
    return found
