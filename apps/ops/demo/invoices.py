"""What Acme is invoiced: each month a subscription, and the returns that have ended.
Most is paid in time; the last months show all else that can happen."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import Decimal

from apps.catalog import services as catalog
from apps.companies.models import Entity
from apps.core.actor import SYSTEM
from apps.invoicing import services, texts
from apps.invoicing.models import Invoice
from apps.invoicing.services import Bill, Item, Source, Subscription
from apps.invoicing.states import InvoiceState
from apps.returns.models import Return
from apps.returns.states import Kind, ReturnState

from .companies import Cast
from .timeline import Timeline

_MONTHS = 7  # a bill for each, in days before today: 184, 154, ... 4
_FIRST = 184
_MONTH = 30
_FEE = Decimal(249)
_TAX = Decimal(23)
_TIME_TO_PAY = timedelta(days=14)
_SERVICES = {Kind.OFFBOARDING: texts.OFFBOARDING, Kind.COLLECTION: texts.COLLECTION}


def tell(timeline: Timeline, cast: Cast) -> None:
    for month in range(_MONTHS):
        day = _FIRST - month * _MONTH
        timeline.add(timeline.on(day, 7), lambda at: _bill(cast, at))
        if day > 16:
            timeline.add(timeline.on(day - 11, 11), lambda at: _pay(cast, at))
            timeline.add(timeline.on(day - 15, 6), lambda at: _remind(cast, at))
    timeline.add(timeline.on(60, 12), lambda at: _take_back(cast, at))
    timeline.add(timeline.on(3, 12), lambda at: _write_and_cancel(cast, at))


def _bill(cast: Cast, at: datetime) -> None:
    """The first day of the month is the one of the bill."""
    entity = Entity.objects.get(company=cast.company, is_default=True)
    fee = Item(text=texts.SUBSCRIPTION(day=at.date()), unit_price=_FEE)
    month = Subscription(entity=entity, period_on=at.date())
    _write(month, fee, entity, at, is_sent=True)
    ended = Return.objects.filter(
        company=cast.company, state=ReturnState.COMPLETED, invoices__isnull=True
    )
    recently = ended.filter(completed_at__gt=at - timedelta(days=2 * _MONTH))
    for ret in recently.select_related("user").order_by("completed_at"):
        _write(ret, _service(ret, entity), entity, at, is_sent=True)


def _service(ret: Return, entity: Entity) -> Item:
    country = ret.user.country_id or entity.country_id
    price = catalog.service_price(entity.company, ret.kind, country, entity.currency)
    told = _SERVICES[Kind(ret.kind)](reference=ret.reference)
    return Item(text=told, unit_price=price.amount if price else Decimal(0))


def _write(
    source: Source, item: Item, entity: Entity, at: datetime, *, is_sent: bool
) -> Invoice:
    bill = Bill(
        items=[item], currency=entity.currency, tax_rate=_TAX, due_at=at + _TIME_TO_PAY
    )
    invoice = services.create(source, bill, actor=SYSTEM, entity=entity, at=at)
    return services.send(invoice, actor=SYSTEM, at=at) if is_sent else invoice


def _sent(cast: Cast) -> list[Invoice]:
    rows = Invoice.objects.filter(company=cast.company, state=InvoiceState.SENT)
    return list(rows.order_by("created_at", "id"))


def _pay(cast: Cast, at: datetime) -> None:
    """All but the last one, which is forgotten."""
    for invoice in _sent(cast)[:-1]:
        services.mark_paid(invoice, actor=SYSTEM, at=at)


def _remind(cast: Cast, at: datetime) -> None:
    """What was overdue before is paid by now."""
    overdue = Invoice.objects.filter(company=cast.company, state=InvoiceState.OVERDUE)
    for invoice in overdue.order_by("id"):
        services.mark_paid(invoice, actor=SYSTEM, at=at)
    for invoice in _sent(cast):
        services.mark_overdue(invoice, actor=SYSTEM, at=at)


def _take_back(cast: Cast, at: datetime) -> None:
    paid = Invoice.objects.filter(company=cast.company, state=InvoiceState.PAID)
    note = services.credit(paid.latest("created_at"), actor=SYSTEM, at=at)
    services.send(note, actor=SYSTEM, at=at)
    services.mark_paid(note, actor=SYSTEM, at=at)


def _write_and_cancel(cast: Cast, at: datetime) -> None:
    """One for the month to come is written, one was written by mistake."""
    entity = Entity.objects.get(company=cast.company, is_default=True)
    for day, is_meant in ((_next_month(at), True), (at.date(), False)):
        fee = Item(text=texts.SUBSCRIPTION(day=day), unit_price=_FEE)
        month = Subscription(entity=entity, period_on=day)
        invoice = _write(month, fee, entity, at, is_sent=False)
        if not is_meant:
            services.cancel(invoice, actor=SYSTEM, at=at)


def _next_month(at: datetime) -> date:
    return at.date() + timedelta(days=_MONTH - 1)
