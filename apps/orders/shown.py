"""What the forms of orders show, and so compare (`core.seen`)."""

from __future__ import annotations

from apps.core import seen

from .models import Order


def register() -> None:
    seen.register(Order, of_order, "orders/_now.html")


def of_order(order: Order) -> list[object]:
    """Its state, what it costs and whether that was paid."""
    return [order.state, order.total, order.currency, order.paid_at]
