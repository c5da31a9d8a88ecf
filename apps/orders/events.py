"""What happens to orders."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Annotated
from uuid import UUID

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from apps.events.names import Names
from apps.events.payloads import Payload, ProductName, Reference, Text
from apps.events.registry import declare

from .states import DeliveryType, OrderState, OrderType, PaymentMethod

Currency = Annotated[str, Text("a currency, as ISO 4217 writes it")]


@dataclass(slots=True, kw_only=True)
class OrderFacts(Payload):
    """It is for exactly one of `user_id` and `address_id`."""

    reference: Reference
    type: OrderType
    state: OrderState
    user_id: UUID | None = None
    address_id: UUID | None = None
    entity_id: UUID | None = None
    total: Decimal
    currency: Currency

    def thing(self) -> str:
        return self.reference

    def words(self, names: Names) -> dict[str, str]:
        if self.user_id:
            return {"target": names.somebody(self.user_id)}
        return {"target": names.text(self.address_id, gettext("somewhere"))}


@dataclass(slots=True, kw_only=True)
class Line:
    """`unit_price` is in the currency of the order, with its warranty."""

    product_id: UUID
    product_name: ProductName
    quantity: int
    unit_price: Decimal


@dataclass(slots=True, kw_only=True)
class OrderPlaced(OrderFacts):
    """`asset_ids`: what has been ordered by it; none before it is approved and paid."""

    payment_method: PaymentMethod
    delivery_type: DeliveryType
    start_on: date | None = None
    lines: list[Line]
    asset_ids: list[UUID]


@dataclass(slots=True, kw_only=True)
class OrderMoved(OrderFacts):
    """`from` is the state before; the same one if only other facts changed."""

    from_: OrderState


ORDER_DRAFTED = declare(
    "order.drafted",
    OrderPlaced,
    _("%(thing)s for %(target)s waits for approval"),
    icon="box",
)
ORDER_PLACED = declare(
    "order.placed", OrderPlaced, _("%(thing)s for %(target)s was placed"), icon="box"
)
ORDER_APPROVED = declare(
    "order.approved",
    OrderMoved,
    _("%(thing)s for %(target)s was approved"),
    icon="box",
)
ORDER_DECLINED = declare(
    "order.declined",
    OrderMoved,
    _("%(thing)s for %(target)s was declined"),
    icon="box",
)
ORDER_CANCELLED = declare(
    "order.cancelled",
    OrderMoved,
    _("%(thing)s for %(target)s was cancelled"),
    icon="box",
)
ORDER_INVOICED = declare(
    "order.invoiced",
    OrderMoved,
    _("%(thing)s for %(target)s was invoiced"),
    icon="box",
)
ORDER_PAID = declare(
    "order.paid", OrderMoved, _("%(thing)s for %(target)s was paid"), icon="box"
)
