"""How an order comes to be."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from apps.accounts.models import User
from apps.accounts.targets import Target, receiver
from apps.catalog import services as catalog
from apps.companies.models import Company
from apps.core import ids
from apps.core.actor import Actor, Permission
from apps.core.errors import Invalid
from apps.events.registry import EventType
from apps.inventory import services as inventory
from apps.orders import events, payloads
from apps.orders.models import Order, OrderLine
from apps.orders.states import (
    STARTS,
    DeliveryType,
    OrderState,
    OrderType,
    PaymentMethod,
)

from . import paying, steps, wanted
from .wanted import Details, Item

# Pieces of one order: each becomes a row of the register while the request waits.
MOST_PIECES = 1000


@transaction.atomic
def create(
    items: Sequence[Item],
    target: Target,
    *,
    actor: Actor,
    company: Company,
    details: Details | None = None,
    at: datetime | None = None,
) -> Order:
    """Orders the items for the target, at the prices of now, which are frozen. What is
    paid on account is RECEIVED, and each piece is in the register as ORDERED; what is
    paid by card waits for the payment. All or nothing.

    Refuses as `Target.require_one`, `accounts.create`, `companies.create_address` and
    `catalog.quote` do, and by Invalid `nothing_ordered`, `too_many_pieces`,
    `wrong_order_type`, `place_takes_no_orders`,
    `no_delivery_address`, `no_credit_line`, `credit_limit_exceeded`,
    `stripe_not_configured` and those of `wanted`; Conflict `person_has_left`.
    """
    actor.require(Permission.ORDERS_PLACE, company.id)
    details = details or Details()
    target.require_one(company)
    _require_items(items)
    paying.require_payable(details.payment_method)
    kind = wanted.type_for(target, details.type)
    order = _new(company, kind, at)
    order.state = STARTS[PaymentMethod(details.payment_method)]
    wanted.fill_in(order, details)
    wanted.bill_to(order, company, details)
    to = receiver(target, actor=actor, company=company)
    wanted.address_to(order, to, details.delivery)
    wanted.require_deliverable(order)
    lines = _priced(order, items)
    if order.payment_method == PaymentMethod.CREDIT_LINE:
        paying.require_credit(company, order.total, order.currency)
    return _insert(order, lines, events.ORDER_PLACED, actor=actor, at=at)


@transaction.atomic
def draft_onboarding(
    user: User,
    products: Sequence[UUID],
    *,
    actor: Actor,
    at: datetime | None = None,
) -> Order:
    """What a joiner is to get waits for approval, at the prices of now; nothing is
    ordered yet. A product that is named twice is wanted twice. Where it goes is taken
    from the person, now or once it is approved.

    Refuses as `create` does for items and entity.
    """
    actor.require(Permission.ORDERS_PLACE, user.company_id)
    company = Company.objects.get(pk=user.company_id)
    counted = Counter(products)
    items = [Item(product_id=pk, quantity=count) for pk, count in counted.items()]
    _require_items(items)
    order = _new(company, OrderType.ONBOARDING, at)
    order.state = OrderState.ONBOARDING_SET
    details = Details(start_on=user.start_on)
    wanted.fill_in(order, details)
    wanted.bill_to(order, company, details)
    wanted.address_to(order, user, None)
    lines = _priced(order, items)
    return _insert(order, lines, events.ORDER_DRAFTED, actor=actor, at=at)


def _require_items(items: Sequence[Item]) -> None:
    if not items:
        raise Invalid(
            "nothing_ordered", _("Say what is to be ordered."), field="equipment"
        )
    if sum(item.quantity for item in items) > MOST_PIECES:
        raise Invalid(
            "too_many_pieces",
            _("At most %(count)d pieces are ordered at once: make several orders.")
            % {"count": MOST_PIECES},
            field="equipment",
        )


def _new(company: Company, kind: OrderType, at: datetime | None) -> Order:
    now = timezone.now()
    return Order(
        company=company,
        type=kind,
        reference=ids.reference("ORD"),
        created_at=at or now,
        updated_at=now,
    )


def _priced(order: Order, items: Sequence[Item]) -> list[OrderLine]:
    """The lines at the prices of now; the order gets their sum with the delivery."""
    quoted = catalog.quote(
        order.company,
        wanted.looked_up(order.company, items),
        order.currency,
        order.country_id or "",
        order.delivery_type,
    )
    order.delivery_price = quoted.delivery.amount if quoted.delivery else Decimal(0)
    order.total = quoted.total.amount
    return [
        OrderLine(
            company_id=order.company_id,
            order=order,
            product=one.item.product,
            quantity=one.item.quantity,
            unit_price=one.unit_price.amount,
            keyboard_layout=one.item.keyboard_layout,
            warranty=one.item.warranty,
            updated_at=order.updated_at,
        )
        for one in quoted.items
    ]


def _insert(
    order: Order,
    lines: Sequence[OrderLine],
    type_: EventType[events.OrderPlaced],
    *,
    actor: Actor,
    at: datetime | None,
) -> Order:
    order.save(force_insert=True)
    OrderLine.objects.bulk_create(lines)
    units: list[UUID] = []
    if order.state == OrderState.RECEIVED:
        units = steps.order_units(order, lines, actor=actor, at=at)
    payload = type_.payload(
        **payloads.facts(order),
        payment_method=PaymentMethod(order.payment_method),
        delivery_type=DeliveryType(order.delivery_type),
        start_on=order.start_on,
        lines=payloads.lines(lines),
        asset_ids=units,
    )
    steps.record(type_, payload, order, actor=actor, refs=units, at=at)
    inventory.require_receivers([order.user_id])
    return order
