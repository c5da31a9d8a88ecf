"""What the API shows of returns: offboardings and collections."""

from __future__ import annotations

from datetime import datetime, time
from functools import partial
from typing import Any
from zoneinfo import ZoneInfo

from rest_framework import serializers

from apps.accounts.shapes import USER
from apps.catalog.shapes import PRODUCT
from apps.companies.shapes import ADDRESS, delivery_address
from apps.core.actor import Permission
from apps.core.api.shapes import (
    Member,
    Shape,
    choice,
    made,
    many,
    moment,
    money,
    one,
    sql_moment,
    text,
    uid,
)
from apps.inventory.shapes import ASSET
from apps.shipping.shapes import SHIPMENT
from apps.shipping.states import UNDER_WAY, ShipmentState

from .models import Return
from .states import Decision, Method, Outcome, ReturnState

# --- Items ------------------------------------------------------------------

# What the contract has no action for: it counts as returned, or is asked for no more.
_NO_MORE = frozenset({Decision.ALREADY_BACK, Decision.WRITE_OFF})


def action_of(decision: str) -> str | None:
    """In the words of the contract, which knows two."""
    if not decision:
        return None
    gives = decision == Decision.GIVE_AWAY
    return str(Decision.GIVE_AWAY if gives else Decision.RETURN)


def line_state(decision: str) -> str:
    return "DELETED" if decision in _NO_MORE else "ACTIVE"


def _one_of(*names: str) -> Any:
    return partial(serializers.ChoiceField, choices=[(name, name) for name in names])


ITEM = Shape(
    "OffboardingEquipmentResponse",
    "returns.ReturnLine",
    {
        "serialNumber": text("asset__serial_number"),
        "userEquipmentId": uid("asset_id"),
        "equipment": one(PRODUCT, "asset__product"),
        "createdAt": moment("created_at"),
        "state": made(_one_of("ACTIVE", "DELETED"), line_state, "decision"),
        "updatedAt": moment("updated_at"),
        "action": made(_one_of("GIVE_AWAY", "RETURN"), action_of, "decision"),
    },
)

# The same with the words of the pages: an addition to the contract.
WHOLE_ITEM = Shape(
    "ReturnItemResponse",
    "returns.ReturnLine",
    {
        **ITEM.members,
        "decision": choice("decision", [one for one in Decision.values if one]),
        "reason": text("reason").needs(Permission.PEOPLE_READ),
        "outcome": choice("outcome", [one for one in Outcome.values if one]),
        "shipmentId": uid("shipment_id"),
        "closedAt": moment("closed_at"),
    },
)
ITEMS = Shape(
    "ReturnItemsResponse", "returns.Return", {"items": many(WHOLE_ITEM, "lines")}
)
PARCEL = Shape(
    "ReturnParcelResponse",
    "shipping.Shipment",
    {
        **SHIPMENT.members,
        "userEquipments": many(
            Shape(
                "ParcelItemResponse",
                "returns.ReturnLine",
                {
                    "userEquipmentId": uid("asset_id"),
                    "serialNumber": text("asset__serial_number"),
                },
            ),
            "return_lines",
        ),
    },
)

# --- Times ------------------------------------------------------------------

_PARCELS = (
    "FROM returns_returnline line "
    "JOIN shipping_shipment parcel ON parcel.id = line.shipment_id "
    "WHERE line.ret_id = {t}.id AND parcel.state"
)
_ZONE = "(SELECT time_zone FROM companies_company WHERE id = {t}.company_id)"


def _booked_at(ret: Return) -> datetime | None:
    if ret.method != Method.PICKUP:
        return None
    lines = ret.lines.exclude(shipment=None).select_related("shipment")
    parcels = [line.shipment for line in lines if line.shipment]
    booked = [p.created_at for p in parcels if p.state != ShipmentState.CANCELLED]
    return max(booked, default=None)


def _expected_at(ret: Return) -> datetime | None:
    lines = ret.lines.exclude(shipment=None).select_related("shipment")
    parcels = [line.shipment for line in lines if line.shipment]
    open_ones = [p for p in parcels if p.state in UNDER_WAY]
    newest = max(open_ones, key=lambda parcel: parcel.id, default=None)
    if newest is None or newest.expected_on is None:
        return None
    return datetime.combine(newest.expected_on, time(), ZoneInfo(ret.company.time_zone))


def last_working_at(stated: datetime | None, begins: datetime) -> datetime:
    """As it was stated, else when that day begins where the company is."""
    return stated or begins


def agreed_at(answered: datetime | None, method: str) -> datetime | None:
    return answered if method == Method.DROPOFF else None


_UNDER_WAY = ", ".join(f"'{state}'" for state in sorted(UNDER_WAY))
_TIMES: dict[str, Member] = {
    "firstEmailSentAt": moment("first_email_sent_at"),
    "firstReminderSentAt": moment("first_reminder_sent_at"),
    "secondReminderSentAt": moment("second_reminder_sent_at"),
    "employeeNotRespondingAt": moment("not_responding_at"),
    "materialsSentAt": moment("materials_sent_at"),
    "courierScheduledAt": sql_moment(
        f"SELECT max(parcel.created_at) {_PARCELS} <> 'CANCELLED' "
        "AND {t}.method = 'PICKUP'",
        _booked_at,
    ),
    "readyForPickupAt": moment("ready_for_pickup_at"),
    "readyForDropoffAt": moment("ready_for_dropoff_at"),
    "deviceInTransitAt": moment("picked_up_at"),
    "deviceInTequipyWarehouseAt": moment("in_warehouse_at"),
    "failedAt": moment("failed_at"),
    "completedAt": moment("completed_at"),
    "estimatedCompletedAt": sql_moment(
        f"SELECT parcel.expected_on::timestamp AT TIME ZONE {_ZONE} "
        f"{_PARCELS} IN ({_UNDER_WAY}) ORDER BY parcel.id DESC LIMIT 1",
        _expected_at,
    ),
    "cancelledAt": moment("cancelled_at"),
}

# --- Returns ----------------------------------------------------------------

# Where it is picked up, as the person has said or as was known of them.


def _common() -> dict[str, Member]:
    """What both kinds have; who doesn't see people doesn't see where they live."""
    return {
        "id": uid("id"),
        "contactEmail": text("contact_email").needs(Permission.PEOPLE_READ),
        "user": one(USER, "user").needs(Permission.PEOPLE_READ),
        "companyAddress": one(ADDRESS, "address"),
        "deliveryAddress": delivery_address("returns.Return").needs(
            Permission.PEOPLE_READ
        ),
        "createdAt": moment("created_at"),
        "updatedAt": moment("updated_at"),
        **_TIMES,
        "notes": text("notes").needs(Permission.PEOPLE_READ),
        "price": money("price_amount", "price_currency").needs(Permission.PRICES_READ),
    }


OFFBOARDING = Shape(
    "OffboardingResponse",
    "returns.Return",
    {
        **_common(),
        "lastWorkingDayAt": made(
            serializers.DateTimeField, last_working_at, "last_working_at", "closes_at"
        ),
        "state": choice("state", ReturnState),
        "offboardingEquipments": many(ITEM, "lines"),
        "firstContactAt": moment("first_contact_at"),
    },
)
COLLECTION = Shape(
    "EquipmentCollectionResponse",
    "returns.Return",
    {
        **_common(),
        "state": choice("state", [s for s in ReturnState if s != ReturnState.PAUSED]),
        "userEquipment": many(ASSET, "lines", item="asset"),
        "initiatedAt": moment("created_at"),
        "pickedUpAt": moment("picked_up_at"),
        "dropOffAgreedAt": made(
            serializers.DateTimeField, agreed_at, "answered_at", "method"
        ),
    },
)
