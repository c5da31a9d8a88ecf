from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from apps.accounts.models import User
from apps.accounts.services import require_not_erased
from apps.companies.models import Address
from apps.core import states
from apps.core.actor import Actor, Permission
from apps.core.clean import one_line, require_sane_day
from apps.core.errors import Conflict, Invalid
from apps.events.registry import EventType
from apps.events.services import record

from . import carriers, events
from .models import Shipment, TrackingEvent
from .states import OPEN, TRANSITIONS, ShipmentState


@transaction.atomic
def book(
    *,
    actor: Actor,
    sender: User | Address,
    recipient: User | Address,
    carrier: str,
    tracking_number: str = "",
    expected_on: date | None = None,
    at: datetime | None = None,
) -> Shipment:
    """Announces a parcel. Raises Invalid `unknown_carrier`, `no_tracking_number`."""
    actor.require(Permission.PARCELS_BOOK, recipient.company_id)
    for end in (sender, recipient):
        if isinstance(end, User):
            require_not_erased(end)
    if carrier not in dict(carriers.CHOICES):
        raise Invalid("unknown_carrier", _("Choose a carrier."), field="carrier")
    require_sane_day(expected_on, "expected_on")
    tracking_number = one_line(tracking_number)
    if not tracking_number and carrier != carriers.OTHER:
        raise Invalid(
            "no_tracking_number",
            _("Enter the tracking number, so that the parcel can be followed."),
            field="tracking_number",
        )
    shipment = Shipment.objects.create(
        company_id=recipient.company_id,
        carrier=carrier,
        tracking_number=tracking_number,
        from_user=sender if isinstance(sender, User) else None,
        from_address=sender if isinstance(sender, Address) else None,
        to_user=recipient if isinstance(recipient, User) else None,
        to_address=recipient if isinstance(recipient, Address) else None,
        expected_on=expected_on,
        created_at=at or timezone.now(),
    )
    booked = events.Parcel(state=ShipmentState(shipment.state), carrier=carrier)
    _record(events.SHIPMENT_BOOKED, booked, shipment, actor=actor, at=at)
    return shipment


def lock(shipment: Shipment | UUID) -> Shipment:
    """The row as it is now, locked until the transaction ends."""
    pk = shipment.pk if isinstance(shipment, Shipment) else shipment
    return Shipment.objects.select_for_update(of=("self",)).get(pk=pk)


@transaction.atomic
def track(
    shipment: Shipment,
    state: str,
    *,
    actor: Actor,
    note: str = "",
    at: datetime | None = None,
) -> Shipment:
    """Takes what the carrier says. A late or impossible event is kept, and never
    moves the state back."""
    actor.require(Permission.PARCELS_TRACK, shipment)
    shipment = lock(shipment)
    moment = at or timezone.now()
    is_new = not shipment.tracking_events.filter(
        state=state, occurred_at=moment
    ).exists()
    if is_new:
        TrackingEvent.objects.create(
            company_id=shipment.company_id,
            shipment=shipment,
            state=state,
            note=note[:255],
            occurred_at=moment,
        )
    newest = shipment.tracking_events.order_by("-occurred_at").first()
    is_late = newest is not None and newest.occurred_at > moment
    if is_late or not states.may(TRANSITIONS, shipment.state, state):
        return shipment
    before, shipment.state = shipment.state, state
    if state not in OPEN:
        shipment.ended_at = moment
    shipment.save(update_fields=["state", "ended_at"])
    reached = ShipmentState(state)
    moved = events.ParcelMoved(
        state=reached, carrier=shipment.carrier, from_=ShipmentState(before)
    )
    _record(events.ARRIVALS[reached], moved, shipment, actor=actor, at=at)
    return shipment


def deliver(
    shipment: Shipment, *, actor: Actor, at: datetime | None = None
) -> Shipment:
    """It arrived: whatever state it is in, it is DELIVERED now."""
    actor.require(Permission.PARCELS_TRACK, shipment)
    return track(shipment, ShipmentState.DELIVERED, actor=actor, at=at)


@transaction.atomic
def forget(user: User, *, actor: Actor) -> int:
    """Empties what parcels that went to or came from somebody tell of them: the number
    by which the carrier shows the address, and what the carrier said. Returns how many
    parcels. Raises Conflict `parcel_open`."""
    actor.require(Permission.PEOPLE_ERASE, user)
    theirs = Shipment.objects.filter(
        Q(from_user=user) | Q(to_user=user), company_id=user.company_id
    )
    found = list(theirs.select_for_update(of=("self",)).order_by("pk"))
    if under_way := next((one for one in found if one.is_open), None):
        raise Conflict(
            "parcel_open",
            _("A parcel of %(name)s is under way: %(parcel)s. Note how it ended first.")
            % {"name": user.name, "parcel": under_way},
        )
    ids = [one.pk for one in found]
    TrackingEvent.objects.filter(company_id=user.company_id, shipment__in=ids).exclude(
        note=""
    ).update(note="")
    Shipment.objects.filter(pk__in=ids).update(tracking_number="")
    return len(ids)


def _record(
    type_: EventType[Any],
    payload: events.Parcel,
    shipment: Shipment,
    *,
    actor: Actor,
    at: datetime | None,
) -> None:
    record(
        type_,
        payload,
        actor=actor,
        company_id=shipment.company_id,
        subject_id=shipment.id,
        refs=[
            shipment.from_user_id,
            shipment.to_user_id,
            shipment.from_address_id,
            shipment.to_address_id,
        ],
        at=at,
    )
