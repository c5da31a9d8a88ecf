"""What happens to returns: offboardings and collections."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from apps.events.models import Event
from apps.events.names import Names
from apps.events.payloads import Payload, ProductName, Reference
from apps.events.registry import declare

from .states import CancelReason, Decision, Kind, Method, Outcome, ReturnState


@dataclass(slots=True, kw_only=True)
class ReturnFacts(Payload):
    reference: Reference
    kind: Kind
    state: ReturnState
    user_id: UUID
    address_id: UUID
    last_working_on: date | None = None

    def thing(self) -> str:
        return self.reference

    def words(self, names: Names) -> dict[str, str]:
        return {"person": names.somebody(self.user_id)}


@dataclass(slots=True, kw_only=True)
class ReturnMoved(ReturnFacts):
    """`from` is the state before; the same one if only other facts changed."""

    from_: ReturnState


@dataclass(slots=True, kw_only=True)
class Item:
    asset_id: UUID
    decision: Decision


@dataclass(slots=True, kw_only=True)
class ReturnStarted(ReturnFacts):
    items: list[Item]


@dataclass(slots=True, kw_only=True)
class ReturnAnswered(ReturnMoved):
    method: Method
    wants_packaging: bool

    def words(self, names: Names) -> dict[str, str]:
        return {
            "person": names.somebody(self.user_id),
            "method": str(Method(self.method).label),
        }


@dataclass(slots=True, kw_only=True)
class ReturnRescheduled(ReturnMoved):
    day: date

    def words(self, names: Names) -> dict[str, str]:
        return {"person": names.somebody(self.user_id), "day": str(self.day)}


@dataclass(slots=True, kw_only=True)
class ReturnCancelled(ReturnMoved):
    """`reason` is missing only in rows of version 1."""

    reason: CancelReason | None = None

    def words(self, names: Names) -> dict[str, str]:
        words = {"person": names.somebody(self.user_id)}
        if self.reason:
            words["reason"] = str(CancelReason(self.reason).label)
        return words

    def told_as(self) -> Promise | None:
        return None if self.reason else _("%(thing)s of %(person)s was cancelled")


@dataclass(slots=True, kw_only=True)
class ParcelBooked(ReturnMoved):
    shipment_id: UUID
    asset_ids: list[UUID]


@dataclass(slots=True, kw_only=True)
class ParcelMoved(ReturnMoved):
    shipment_id: UUID


@dataclass(slots=True, kw_only=True)
class ItemFacts(ReturnFacts):
    """`product_name` is missing only in rows of version 1."""

    asset_id: UUID
    product_name: ProductName | None = None

    def words(self, names: Names) -> dict[str, str]:
        product = self.product_name or gettext("an item")
        return {"item": names.text(self.asset_id, product)}


@dataclass(slots=True, kw_only=True)
class ItemAdded(ItemFacts):
    decision: Decision


@dataclass(slots=True, kw_only=True)
class ItemDecided(ItemFacts):
    """`has_reason`: whether one was written down; missing in rows of version 1."""

    decision_before: Decision
    decision: Decision
    has_reason: bool | None = None

    def words(self, names: Names) -> dict[str, str]:
        decision = str(Decision(self.decision).label)
        return {**ItemFacts.words(self, names), "decision": decision}


@dataclass(slots=True, kw_only=True)
class ItemClosed(ItemFacts):
    decision: Decision
    outcome: Outcome

    def words(self, names: Names) -> dict[str, str]:
        outcome = str(Outcome(self.outcome).label)
        return {**ItemFacts.words(self, names), "outcome": outcome}


# --- Version 1 --------------------------------------------------------------


def _item_1(event: Event) -> dict[str, Any]:
    """`product_name` held the device's own name."""
    payload = dict(event.payload)
    del payload["product_name"]
    return payload


def _decided_1(event: Event) -> dict[str, Any]:
    """`product_name` held the device's own name; the decisions were called `old` and
    `new`."""
    payload = _item_1(event)
    before, after = payload.pop("old"), payload.pop("new")
    return {**payload, "decision_before": before, "decision": after}


def _cancelled_1(event: Event) -> dict[str, Any]:
    """Nobody was asked for a `reason`."""
    return dict(event.payload)


def _booked_1(event: Event) -> dict[str, Any]:
    """The ids of the devices were called `items`."""
    payload = dict(event.payload)
    return {"asset_ids": payload.pop("items"), **payload}


# --- Types ------------------------------------------------------------------

RETURN_STARTED = declare(
    "return.started",
    ReturnStarted,
    _("%(thing)s of %(person)s was started"),
    icon="return",
)
RETURN_FIRST_EMAIL_SENT = declare(
    "return.first_email_sent",
    ReturnMoved,
    _("%(person)s was asked for the equipment (%(thing)s)"),
    icon="return",
)
RETURN_FIRST_REMINDER_SENT = declare(
    "return.first_reminder_sent",
    ReturnMoved,
    _("%(person)s was reminded (%(thing)s)"),
    icon="return",
)
RETURN_SECOND_REMINDER_SENT = declare(
    "return.second_reminder_sent",
    ReturnMoved,
    _("%(person)s was reminded again (%(thing)s)"),
    icon="return",
)
RETURN_EMPLOYEE_NOT_RESPONDING = declare(
    "return.employee_not_responding",
    ReturnMoved,
    _("%(person)s does not respond (%(thing)s)"),
    icon="return",
)
RETURN_LINK_SENT = declare(
    "return.link_sent",
    ReturnMoved,
    _("%(person)s got a new link (%(thing)s)"),
    icon="return",
)
RETURN_ANSWERED = declare(
    "return.answered",
    ReturnAnswered,
    _("%(person)s answered: %(method)s (%(thing)s)"),
    icon="return",
)
RETURN_MATERIALS_SENT = declare(
    "return.materials_sent",
    ReturnMoved,
    _("Packaging was sent to %(person)s (%(thing)s)"),
    icon="return",
)
RETURN_MATERIALS_ARRIVED = declare(
    "return.materials_arrived",
    ReturnMoved,
    _("Packaging reached %(person)s (%(thing)s)"),
    icon="return",
)
RETURN_PARCEL_BOOKED = declare(
    "return.parcel_booked",
    ParcelBooked,
    _("A carrier was booked for %(person)s (%(thing)s)"),
    icon="return",
    version=2,
    older={1: _booked_1},
)
RETURN_DEVICE_IN_TRANSIT = declare(
    "return.device_in_transit",
    ParcelMoved,
    _("%(person)s's parcel is on its way (%(thing)s)"),
    icon="return",
)
RETURN_PICKUP_FAILED = declare(
    "return.pickup_failed",
    ParcelMoved,
    _("%(person)s's pick-up failed (%(thing)s)"),
    icon="return",
)
RETURN_DROPOFF_FAILED = declare(
    "return.dropoff_failed",
    ParcelMoved,
    _("%(person)s's drop-off failed (%(thing)s)"),
    icon="return",
)
RETURN_DEVICE_ARRIVED = declare(
    "return.device_arrived",
    ReturnMoved,
    _("Equipment of %(person)s arrived (%(thing)s)"),
    icon="return",
)
RETURN_PARCEL_ENDED = declare(
    "return.parcel_ended",
    ReturnMoved,
    _("A parcel of %(person)s ended, items are open (%(thing)s)"),
    icon="return",
)
RETURN_ITEM_ADDED = declare(
    "return.item_added",
    ItemAdded,
    _("%(item)s was added to %(thing)s"),
    icon="return",
    version=2,
    older={1: _item_1},
)
RETURN_ITEM_DECIDED = declare(
    "return.item_decided",
    ItemDecided,
    _("%(item)s: %(decision)s (%(thing)s)"),
    icon="return",
    version=2,
    older={1: _decided_1},
)
RETURN_LINE_CLOSED = declare(
    "return.line_closed",
    ItemClosed,
    _("%(item)s: %(outcome)s (%(thing)s)"),
    icon="return",
    version=2,
    older={1: _item_1},
)
RETURN_PAUSED = declare(
    "return.paused",
    ReturnMoved,
    _("%(thing)s of %(person)s was paused"),
    icon="return",
)
RETURN_RESUMED = declare(
    "return.resumed", ReturnMoved, _("%(thing)s of %(person)s goes on"), icon="return"
)
RETURN_RESCHEDULED = declare(
    "return.rescheduled",
    ReturnRescheduled,
    _("%(thing)s of %(person)s moved to %(day)s"),
    icon="return",
)
RETURN_COMPLETED = declare(
    "return.completed",
    ReturnMoved,
    _("%(thing)s of %(person)s is completed"),
    icon="return",
)
RETURN_CANCELLED = declare(
    "return.cancelled",
    ReturnCancelled,
    _("%(thing)s of %(person)s was cancelled: %(reason)s"),
    icon="return",
    version=2,
    older={1: _cancelled_1},
)
RETURN_DELETED = declare(
    "return.deleted", ReturnMoved, _("%(thing)s was hidden"), icon="return"
)

# What is recorded when a step of asking is taken: to which state it leads.
CONTACTS = {
    ReturnState.FIRST_EMAIL_SENT: RETURN_FIRST_EMAIL_SENT,
    ReturnState.FIRST_REMINDER_SENT: RETURN_FIRST_REMINDER_SENT,
    ReturnState.SECOND_REMINDER_SENT: RETURN_SECOND_REMINDER_SENT,
    ReturnState.EMPLOYEE_NOT_RESPONDING: RETURN_EMPLOYEE_NOT_RESPONDING,
}
FAILURES = {
    ReturnState.PICKUP_FAILED: RETURN_PICKUP_FAILED,
    ReturnState.DROPOFF_FAILED: RETURN_DROPOFF_FAILED,
}
