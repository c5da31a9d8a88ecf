"""The parcels of a return."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from apps.core import seen as marks
from apps.core.actor import Actor, Permission
from apps.core.clean import one_line
from apps.core.errors import Conflict, Invalid
from apps.inventory import services as inventory
from apps.inventory.states import AssetState
from apps.returns import events
from apps.returns.models import Return, ReturnLine
from apps.returns.shown import PARCEL
from apps.returns.states import (
    FAILED,
    MOVING,
    READY,
    Decision,
    Method,
    Outcome,
    ReturnState,
)
from apps.shipping import services as shipping
from apps.shipping.models import Shipment
from apps.shipping.states import UNDER_WAY, ShipmentState

from . import steps
from .arrival import require_may_receive

_TRAVELS = frozenset({ShipmentState.IN_TRANSIT, ShipmentState.OUT_FOR_DELIVERY})


@transaction.atomic
def book_parcel(
    ret: Return,
    *,
    actor: Actor,
    carrier: str,
    tracking_number: str = "",
    line_ids: Sequence[UUID] | None = None,
    expected_on: date | None = None,
    at: datetime | None = None,
    seen: str | None = None,
) -> Shipment:
    """Books the carrier for these items (else all that are asked back and in no open
    parcel). Staff may book before the person has answered: that is their answer.

    Raises Conflict `paused`, Invalid `nothing_to_send`.
    """
    actor.require(Permission.RETURNS_BOOK, ret)
    actor = actor.for_consequences(ret.company_id, Permission.PARCELS_BOOK)
    ret = steps.lock(ret)
    if booked := _booked_already(ret, carrier, tracking_number, line_ids):
        return booked
    steps.require_unfinished(ret)
    if ret.state == ReturnState.PAUSED:
        raise Conflict("paused", _("Resume the offboarding first."))
    marks.require(ret, seen)
    lines = _lines_to_send(ret, line_ids)
    shipment = shipping.book(
        actor=actor,
        sender=ret.user,
        recipient=ret.address,
        carrier=carrier,
        tracking_number=tracking_number,
        expected_on=expected_on,
        at=at,
    )
    for line in lines:
        line.shipment, line.updated_at = shipment, at or timezone.now()
        line.save(update_fields=["shipment", "updated_at"])
    ret.method = ret.method or Method.PICKUP
    ret.answered_at = ret.answered_at or at or timezone.now()
    ret.next_contact_at = None
    target = ret.state if ret.state in MOVING else READY[Method(ret.method)]
    steps.move(
        ret,
        target,
        events.RETURN_PARCEL_BOOKED,
        actor=actor,
        fields=["method", "answered_at", "next_contact_at"],
        at=at,
        shipment_id=shipment.id,
        asset_ids=[line.asset_id for line in lines],
    )
    return shipment


def _booked_already(
    ret: Return, carrier: str, tracking_number: str, line_ids: Sequence[UUID] | None
) -> Shipment | None:
    """The parcel that the same booking has made before."""
    if not line_ids:
        return None
    lines = ret.lines.filter(pk__in=line_ids).select_related("shipment")
    parcels = {line.shipment for line in lines}
    if len(parcels) != 1 or (parcel := parcels.pop()) is None:
        return None
    number = one_line(tracking_number)
    is_same = (parcel.carrier, parcel.tracking_number) == (carrier, number)
    return parcel if is_same and parcel.state in UNDER_WAY else None


def _lines_to_send(ret: Return, line_ids: Sequence[UUID] | None) -> list[ReturnLine]:
    free = [
        line
        for line in steps.open_lines(ret)
        if line.decision == Decision.RETURN
        and _is_with_the_person(line)
        and (line_ids is None or line.id in line_ids)
    ]
    if not free or (line_ids is not None and len(free) != len(set(line_ids))):
        raise Invalid(
            "nothing_to_send",
            _("Choose items that are to be returned and are in no parcel yet."),
            field="lines",
        )
    return free


def _is_with_the_person(line: ReturnLine) -> bool:
    is_travelling = line.asset.state == AssetState.IN_TRANSIT
    is_booked = line.shipment is not None and line.shipment.state in UNDER_WAY
    return not is_travelling and not is_booked


@transaction.atomic
def track_parcel(
    ret: Return,
    shipment: Shipment,
    state: str,
    *,
    actor: Actor,
    note: str = "",
    at: datetime | None = None,
    seen: str | None = None,
) -> Return:
    """Takes what the carrier says about one of its parcels and does what follows."""
    actor.require(Permission.RETURNS_TRACK, ret)
    actor = actor.for_consequences(
        ret.company_id,
        *steps.CLOSING,
        Permission.PARCELS_TRACK,
        Permission.ASSETS_SEND,
        Permission.ASSETS_HAND_OVER,
    )
    ret = steps.lock(ret)
    lines = [line for line in steps.open_lines(ret) if line.shipment_id == shipment.id]
    if state == ShipmentState.DELIVERED:
        raise Conflict(
            "receive_instead",
            _("What has arrived is received item by item, with its serial number."),
        )
    inventory.lock([line.asset_id for line in lines])
    shipment = shipping.lock(shipment)
    before = shipment.state
    if state != before:
        marks.require(shipment, seen, PARCEL)
    shipment = shipping.track(shipment, state, actor=actor, note=note, at=at)
    if shipment.state == before:
        return ret
    steps.touch(ret)
    if not lines:  # nothing of it is asked back any more: a lost one that turns up
        return steps.settle(ret, actor=actor, at=at)
    if state in _TRAVELS:
        return _pick_up(ret, shipment, lines, actor=actor, at=at)
    if state == ShipmentState.LOST:
        return _lose(ret, lines, actor=actor, at=at)
    if state == ShipmentState.RETURNED:
        _take_back(ret, lines, actor=actor, at=at)
    if state in (ShipmentState.FAILED, ShipmentState.RETURNED):
        return _fail(ret, shipment, actor=actor, at=at)
    return steps.settle(ret, actor=actor, at=at)


def _pick_up(
    ret: Return,
    shipment: Shipment,
    lines: Sequence[ReturnLine],
    *,
    actor: Actor,
    at: datetime | None,
) -> Return:
    for line in lines:
        inventory.send(line.asset, shipment, actor=actor, workflow_id=ret.id, at=at)
    if ret.picked_up_at is None:
        ret.picked_up_at = at or timezone.now()
        ret.save(update_fields=["picked_up_at"])
    if ret.state in MOVING or ret.is_finished:
        return ret
    return steps.move(
        ret,
        ReturnState.DEVICE_IN_TRANSIT,
        events.RETURN_DEVICE_IN_TRANSIT,
        actor=actor,
        fields=steps.stop_asking(ret),
        at=at,
        shipment_id=shipment.id,
    )


def _lose(
    ret: Return, lines: Sequence[ReturnLine], *, actor: Actor, at: datetime | None
) -> Return:
    steps.close_lines(ret, lines, Outcome.LOST, actor=actor, at=at)
    return steps.settle(ret, actor=actor, at=at)


def _take_back(
    ret: Return, lines: Sequence[ReturnLine], *, actor: Actor, at: datetime | None
) -> None:
    for line in lines:
        if line.asset.state == AssetState.IN_TRANSIT:
            inventory.hand_over(
                line.asset, ret.user, actor=actor, workflow_id=ret.id, at=at
            )


def _fail(
    ret: Return, shipment: Shipment, *, actor: Actor, at: datetime | None
) -> Return:
    target = FAILED[Method(ret.method or Method.PICKUP)]
    if ret.is_finished or ret.state in (target, ReturnState.PAUSED):
        return ret
    if ret.state == ReturnState.DEVICE_IN_TEQUIPY_WAREHOUSE:
        return steps.settle(ret, actor=actor, at=at)
    ret.failed_at = at or timezone.now()
    return steps.move(
        ret,
        target,
        events.FAILURES[target],
        actor=actor,
        fields=["failed_at"],
        at=at,
        shipment_id=shipment.id,
    )


@transaction.atomic
def close_parcel(
    ret: Return,
    shipment: Shipment,
    *,
    actor: Actor,
    at: datetime | None = None,
    seen: str | None = None,
) -> Return:
    """The parcel is here, but not everything that should have been in it: what is
    missing is back at the person and can be sent again."""
    require_may_receive(actor, ret, ret.address)
    actor = actor.for_consequences(
        ret.company_id,
        *steps.CLOSING,
        Permission.PARCELS_TRACK,
        Permission.ASSETS_HAND_OVER,
    )
    ret = steps.lock(ret)
    missing = [
        line for line in steps.open_lines(ret) if line.shipment_id == shipment.id
    ]
    inventory.lock([line.asset_id for line in missing])
    parcel = shipping.lock(shipment)
    if parcel.state == ShipmentState.DELIVERED:
        return ret
    if not parcel.is_open:
        raise Conflict(
            "parcel_ended",
            _("There is nothing to close: the state of %(parcel)s is “%(state)s”.")
            % {"parcel": parcel, "state": parcel.get_state_display()},
        )
    marks.require(parcel, seen, PARCEL)
    _take_back(ret, missing, actor=actor, at=at)
    shipping.deliver(shipment, actor=actor, at=at)
    return steps.settle(ret, actor=actor, at=at)
