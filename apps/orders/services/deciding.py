"""Whether an order is carried out."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from apps.accounts.delivery import DELIVERY
from apps.catalog import services as catalog
from apps.catalog.models import ServiceKind
from apps.core import seen as marks
from apps.core import states
from apps.core.actor import Actor, Permission
from apps.core.errors import Conflict
from apps.events.registry import EventType
from apps.inventory import services as inventory
from apps.orders import events
from apps.orders.models import Order
from apps.orders.states import (
    CANCELLABLE,
    STARTS,
    TRANSITIONS,
    OrderState,
    PaymentMethod,
)

from . import paying, steps, wanted


@transaction.atomic
def approve(
    order: Order, *, actor: Actor, at: datetime | None = None, seen: str | None = None
) -> Order:
    """A draft becomes an order, at the prices that it was drafted with. Approved twice
    is once. Raises Conflict `wrong_state`, and Invalid as `create` does for money and
    for where it goes."""
    actor.require(Permission.ORDERS_APPROVE, order)
    order = steps.lock(order)
    if order.state in STARTS.values():
        return order
    method = PaymentMethod(order.payment_method)
    states.require(TRANSITIONS, order.state, STARTS[method], what=order.reference)
    marks.require(order, seen)
    fields = _address_late(order)
    wanted.require_deliverable(order)
    paying.require_payable(method)
    if method == PaymentMethod.CREDIT_LINE:
        paying.require_credit(order.company, order.total, order.currency)
    order = steps.move(
        order,
        STARTS[method],
        events.ORDER_APPROVED,
        actor=actor,
        fields=fields,
        at=at,
    )
    inventory.require_receivers([order.user_id])
    return order


def _address_late(order: Order) -> list[str]:
    """Where a draft goes that was made before anybody knew. The fields to write."""
    if order.country_id or order.user is None:
        return []
    wanted.address_to(order, order.user, None)
    if order.country_id:
        price = catalog.service_price(
            order.company,
            ServiceKind.STANDARD_DELIVERY,
            order.country_id,
            order.currency,
        )
        order.delivery_price = price.amount if price else Decimal(0)
        order.total += order.delivery_price
    return [*DELIVERY, "delivery_price", "total"]


@transaction.atomic
def decline(
    order: Order, *, actor: Actor, at: datetime | None = None, seen: str | None = None
) -> Order:
    """A draft is not approved: nothing is ordered. Declined twice is once. Raises
    Conflict `not_a_draft`."""
    actor.require(Permission.ORDERS_APPROVE, order)
    order = steps.lock(order)
    if order.cancelled_at:
        return order
    if order.state != OrderState.ONBOARDING_SET:
        raise Conflict(
            "not_a_draft",
            _("%(reference)s has been placed: cancel it instead.")
            % {"reference": order},
        )
    marks.require(order, seen)
    return _end(order, events.ORDER_DECLINED, actor=actor, at=at)


@transaction.atomic
def cancel(
    order: Order, *, actor: Actor, at: datetime | None = None, seen: str | None = None
) -> Order:
    """Calls it off before anything is sent: it ends as DECLINED with the time; what was
    ordered for it is archived as never delivered. Cancelled twice is once. Raises
    Conflict `too_late_to_cancel`."""
    actor.require(Permission.ORDERS_CANCEL, order)
    order = steps.lock(order)
    if order.cancelled_at:
        return order
    if order.state not in CANCELLABLE:
        raise Conflict(
            "too_late_to_cancel",
            _("%(reference)s can't be cancelled any more: its state is “%(state)s”.")
            % {"reference": order, "state": order.get_state_display()},
        )
    marks.require(order, seen)
    return _end(order, events.ORDER_CANCELLED, actor=actor, at=at)


def _end(
    order: Order, type_: EventType[Any], *, actor: Actor, at: datetime | None
) -> Order:
    order.cancelled_at = at or timezone.now()
    steps.move(
        order,
        OrderState.DECLINED,
        type_,
        actor=actor,
        fields=["cancelled_at"],
        at=at,
    )
    inventory.call_off(
        order.id,
        actor=actor.for_consequences(order.company_id, Permission.ASSETS_CLAIM),
        company_id=order.company_id,
        at=at,
    )
    return order
