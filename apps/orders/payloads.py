"""The public form of an order, frozen into events: ids, states, prices, times."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from . import events
from .models import Order, OrderLine
from .states import OrderState, OrderType


def facts(order: Order) -> dict[str, Any]:
    """The fields of events.OrderFacts."""
    return {
        "reference": order.reference,
        "type": OrderType(order.type),
        "state": OrderState(order.state),
        "user_id": order.user_id,
        "address_id": order.address_id,
        "entity_id": order.entity_id,
        "total": order.total,
        "currency": order.currency,
    }


def lines(bought: Sequence[OrderLine]) -> list[events.Line]:
    """Their products are at hand."""
    return [
        events.Line(
            product_id=line.product_id,
            product_name=line.product.name,
            quantity=line.quantity,
            unit_price=line.unit_price,
        )
        for line in bought
    ]
