"""What an order may cost and that it was paid."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

from django.conf import settings
from django.db import transaction
from django.db.models import Sum
from django.utils import timezone
from django.utils.translation import gettext as _

from apps.companies.models import Company
from apps.core import money
from apps.core import seen as marks
from apps.core.actor import Actor, Permission
from apps.core.errors import Conflict, Invalid
from apps.orders import events
from apps.orders.models import OWES_NOTHING, CreditLine, Order
from apps.orders.states import OrderState, PaymentMethod

from . import steps


def require_payable(method: str) -> None:
    """Raises Invalid `unknown_payment_method` or `stripe_not_configured`."""
    if method not in PaymentMethod.values:
        raise Invalid(
            "unknown_payment_method",
            _("Choose one of the ways to pay."),
            field="payment_method/method",
        )
    if method == PaymentMethod.STRIPE and not settings.STRIPE_PAYMENTS:
        raise Invalid(
            "stripe_not_configured",
            _("Paying by card is not set up here: order on account (CREDIT_LINE)."),
            field="payment_method/method",
        )


def require_credit(company: Company, amount: Decimal, currency: str) -> None:
    """Locks the company's credit line in the currency until the transaction ends: of
    two orders at once the second is counted with the first.

    Raises Invalid `no_credit_line` or `credit_limit_exceeded`.
    """
    lines = CreditLine.objects.filter(company=company).order_by("pk")
    found = {line.currency: line for line in lines.select_for_update()}
    if not found:
        return
    if currency not in found:
        raise Invalid(
            "no_credit_line",
            _("There is no credit line in %(currency)s: ask for one.")
            % {"currency": currency},
            field="payment_method",
        )
    limit = found[currency].limit
    if limit is None:
        return
    owed = Order.objects.filter(company=company).owed(currency)
    free = limit - (owed.aggregate(sum=Sum("total"))["sum"] or 0)
    if amount > free:
        raise Invalid(
            "credit_limit_exceeded",
            _(
                "The order costs %(amount)s, and %(free)s of the credit line are free: "
                "pay open orders first, or ask for a higher limit."
            )
            % {
                "amount": money.shown(amount, currency),
                "free": money.shown(max(free, Decimal(0)), currency),
            },
            field="payment_method",
        )


@transaction.atomic
def mark_paid(
    order: Order, *, actor: Actor, at: datetime | None = None, seen: str | None = None
) -> Order:
    """The money has come: the order takes up nothing of the credit line any more; one
    that waited for it is RECEIVED. Paid twice is once. Raises Conflict `not_owed`."""
    actor.require(Permission.ORDERS_SETTLE, order)
    order = steps.lock(order)
    if order.paid_at:
        return order
    _require_owed(order)
    marks.require(order, seen)
    order.paid_at = at or timezone.now()
    waited = order.state == OrderState.PAYMENT_PENDING
    target = OrderState.RECEIVED if waited else order.state
    return steps.move(
        order, target, events.ORDER_PAID, actor=actor, fields=["paid_at"], at=at
    )


@transaction.atomic
def mark_invoiced(order: Order, *, actor: Actor, at: datetime | None = None) -> Order:
    """The invoice has been sent. Invoiced twice is once. Raises Conflict `not_owed`."""
    actor.require(Permission.ORDERS_SETTLE, order)
    order = steps.lock(order)
    if order.invoiced_at:
        return order
    _require_owed(order)
    order.invoiced_at = at or timezone.now()
    return steps.move(
        order,
        order.state,
        events.ORDER_INVOICED,
        actor=actor,
        fields=["invoiced_at"],
        at=at,
    )


def _require_owed(order: Order) -> None:
    if order.cancelled_at or order.state in OWES_NOTHING:
        raise Conflict(
            "not_owed",
            _("Nothing is to be paid for %(reference)s: its state is “%(state)s”.")
            % {"reference": order, "state": order.get_state_display()},
        )
