"""What every verb of an order is made of: lock, move, order the units, record."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.utils import timezone

from apps.core import states
from apps.core.actor import Actor, Permission
from apps.events.registry import EventType
from apps.events.services import record as record_event
from apps.inventory import services as inventory
from apps.orders import events, payloads
from apps.orders.models import Order, OrderLine, OrderUnit
from apps.orders.states import TRANSITIONS, OrderState

KIND = "ORDER"
# What ordering the units takes, besides the verb's own right.
ORDERING = (Permission.ASSETS_ADD, Permission.ASSETS_CLAIM)


def lock(order: Order | UUID) -> Order:
    """The row as it is now, locked until the transaction ends."""
    pk = order.pk if isinstance(order, Order) else order
    rows = Order.objects.select_for_update(of=("self",))
    return rows.select_related("company", "user", "address").get(pk=pk)


def move(
    order: Order,
    target: str,
    type_: EventType[Any],
    *,
    actor: Actor,
    fields: Sequence[str] = (),
    at: datetime | None = None,
) -> Order:
    """Takes a locked order to `target`, writes `fields` with it, orders its units once
    it is RECEIVED, and records the event, whose payload is an OrderMoved.

    The target may be the present state: then only the fields change.
    """
    before = order.state
    if target != before:
        states.require(TRANSITIONS, before, target, what=order.reference)
    order.state = target
    order.updated_at = timezone.now()
    order.save(update_fields=["state", "updated_at", *fields])
    units = []
    if target == OrderState.RECEIVED != before:
        units = order_units(order, lines_of(order), actor=actor, at=at)
    payload = type_.payload(**payloads.facts(order), from_=OrderState(before))
    record(type_, payload, order, actor=actor, refs=units, at=at)
    return order


def lines_of(order: Order) -> list[OrderLine]:
    return list(order.lines.select_related("product").order_by("id"))


def order_units(
    order: Order,
    lines: Sequence[OrderLine],
    *,
    actor: Actor,
    at: datetime | None = None,
) -> list[UUID]:
    """Every piece of the lines comes into the register as an asset that is ORDERED,
    with what it costs. The ids of the assets."""
    bought = [
        (
            line,
            inventory.build(
                order.company,
                product=line.product,
                holder=None,
                at=at,
                purchase_price=line.unit_price,
                currency=order.currency,
                order_number=order.reference,
            ),
        )
        for line in lines
        for _piece in range(line.quantity)
    ]
    claims = inventory.order(
        [asset for _line, asset in bought],
        actor=actor.for_consequences(order.company_id, *ORDERING),
        company=order.company,
        kind=KIND,
        reference=order.reference,
        workflow_id=order.id,
    )
    OrderUnit.objects.bulk_create(
        (
            OrderUnit(company_id=order.company_id, line=line, asset=asset, claim=claim)
            for (line, asset), claim in zip(bought, claims, strict=True)
        ),
        batch_size=1000,
    )
    return [asset.id for _line, asset in bought]


def record(
    type_: EventType[Any],
    payload: events.OrderFacts,
    order: Order,
    *,
    actor: Actor,
    refs: Sequence[UUID | None] = (),
    at: datetime | None = None,
) -> None:
    record_event(
        type_,
        payload,
        actor=actor,
        company_id=order.company_id,
        subject_id=order.id,
        refs=[order.user_id, order.address_id, order.entity_id, *refs],
        at=at,
    )
