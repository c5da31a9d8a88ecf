"""How far a return is, for pages: its groups, its step bar, what may be done now."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any

from django.db.models import Count, Exists, OuterRef, Q
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from apps.core.actor import Actor, Permission
from apps.core.states import may
from apps.shipping.models import Shipment
from apps.shipping.states import TRANSITIONS as PARCEL_TRANSITIONS
from apps.shipping.states import UNDER_WAY, ShipmentState

from .models import Return, ReturnLine, ReturnQuerySet
from .states import (
    CONTACTING,
    FAILED,
    FINISHED,
    MOVING,
    READY,
    TRANSITIONS,
    UNFINISHED,
    WAITING,
    Decision,
    Outcome,
    ReturnState,
)

_S = ReturnState
_STUCK = {_S.EMPLOYEE_NOT_RESPONDING, *FAILED.values()}

# --- Groups of the list -----------------------------------------------------

GROUPS = {
    "open": gettext_lazy("Open"),
    "needs-you": gettext_lazy("Needs you"),
    "contacting": gettext_lazy("Contacting"),
    "ready": gettext_lazy("Ready"),
    "on-the-way": gettext_lazy("On the way"),
    "done": gettext_lazy("Done"),
}
_STATES = {
    "open": UNFINISHED,
    "contacting": {*CONTACTING, _S.PAUSED} - {_S.EMPLOYEE_NOT_RESPONDING},
    "ready": {_S.MATERIALS_SENT, *READY.values()},
    "on-the-way": MOVING,
    "done": FINISHED,
}


def in_group(group: str, now: datetime) -> Q:
    """The condition of one tab; an unknown group means all."""
    if group == "needs-you":
        undecided = ReturnLine.objects.filter(
            ret=OuterRef("pk"), decision=Decision.UNDECIDED, outcome=Outcome.OPEN
        )
        is_stuck = Q(state__in=_STUCK)
        is_late = Q(closes_at__lt=now) & ~Q(state__in=MOVING)
        is_running = Q(state__in=UNFINISHED - {_S.PAUSED})
        return is_running & (is_stuck | is_late | Q(Exists(undecided)))
    return Q(state__in=_STATES[group]) if group in _STATES else Q()


def group_counts(returns: ReturnQuerySet) -> dict[str, int]:
    """How many unfinished returns each tab has, in one query."""
    now = timezone.now()
    counts = {
        group.replace("-", "_"): Count("id", filter=in_group(group, now))
        for group in GROUPS
        if group != "done"
    }
    return returns.unfinished().order_by().aggregate(**counts)


# --- The step bar -----------------------------------------------------------

_PHASE = {
    _S.SCHEDULED: 0,
    _S.FIRST_EMAIL_SENT: 1,
    _S.FIRST_REMINDER_SENT: 1,
    _S.SECOND_REMINDER_SENT: 1,
    _S.EMPLOYEE_NOT_RESPONDING: 1,
    _S.MATERIALS_SENT: 2,
    _S.READY_FOR_PICKUP: 2,
    _S.READY_FOR_DROPOFF: 2,
    _S.PICKUP_FAILED: 2,
    _S.DROPOFF_FAILED: 2,
    _S.DEVICE_IN_TRANSIT: 2,
    _S.DEVICE_IN_TEQUIPY_WAREHOUSE: 3,
    _S.COMPLETED: 5,
}


def step_bar(ret: Return, lines: Sequence[ReturnLine]) -> list[dict[str, Any]]:
    """Contact, Answer, Parcel, Warehouse, Done, each with its state and time."""
    present = _phase_of(ret)
    parcels = [line.shipment.created_at for line in lines if line.shipment]
    arrivals = [
        line.closed_at
        for line in lines
        if line.closed_at and line.outcome == Outcome.RECEIVED
    ]
    phases = [
        (_("Contact"), ret.contacted_at or ret.next_contact_at),
        (_("Answer"), ret.answered_at),
        (_("Parcel"), min(parcels, default=None)),
        (_("Warehouse"), min(arrivals, default=None)),
        (_("Done"), ret.completed_at),
    ]
    bar = [
        {"label": label, "state": _step(ret, index, present), "at": at, "note": ""}
        for index, (label, at) in enumerate(phases)
    ]
    if ret.cancelled_at:
        bar[-1] |= {"label": _("Cancelled"), "at": ret.cancelled_at, "state": "failed"}
    return bar


def _phase_of(ret: Return) -> int:
    if ret.cancelled_at:
        times = (ret.contacted_at, ret.answered_at)
        return sum(time is not None for time in times)
    phase = _PHASE.get(ReturnState(ret.paused_from or ret.state), 5)
    return max(phase, 2) if ret.answered_at else phase


def _step(ret: Return, index: int, present: int) -> str:
    if index != present:
        return "done" if index < present else "todo"
    if ret.cancelled_at:
        return "todo"
    return "failed" if ret.state in _STUCK and not _is_answered_late(ret) else "now"


def _is_answered_late(ret: Return) -> bool:
    """The answer came after they had been given up, and packaging is on its way."""
    return ret.state == _S.EMPLOYEE_NOT_RESPONDING and ret.answered_at is not None


# --- What may be done now ---------------------------------------------------


@dataclass(frozen=True, slots=True)
class Legal:
    """Which verbs of a return would not be refused, for its state or the actor."""

    pause: bool
    resume: bool
    reschedule: bool
    cancel: bool
    answer: bool
    book: bool
    send_link: bool
    send_materials: bool
    confirm_materials: bool
    receive: bool
    delete: bool
    decide: bool
    track: bool

    @property
    def has_more(self) -> bool:
        """Besides the one next step."""
        return sum(getattr(self, field.name) for field in fields(self)) > 1


_ASKS = {
    "pause": Permission.RETURNS_PAUSE,
    "resume": Permission.RETURNS_PAUSE,
    "reschedule": Permission.RETURNS_RESCHEDULE,
    "cancel": Permission.RETURNS_CANCEL,
    "answer": Permission.RETURNS_ANSWER,
    "book": Permission.RETURNS_BOOK,
    "send_link": Permission.RETURNS_SEND_LINK,
    "send_materials": Permission.RETURNS_SEND_PACKAGING,
    "confirm_materials": Permission.RETURNS_SEND_PACKAGING,
    "receive": Permission.RETURNS_RECEIVE,
    "delete": Permission.RETURNS_DELETE,
    "decide": Permission.RETURNS_DECIDE,
    "track": Permission.RETURNS_TRACK,
}


def legal(ret: Return, lines: Sequence[ReturnLine], actor: Actor) -> Legal:
    is_open, is_paused = not ret.is_finished, ret.state == _S.PAUSED
    fits = {
        "pause": ret.is_offboarding and ret.state in WAITING,
        "resume": is_paused,
        "reschedule": is_open,
        "cancel": may(TRANSITIONS, ret.state, _S.CANCELLED),
        "answer": is_answerable(ret, lines),
        "book": is_open and not is_paused and bool(to_send(lines)),
        "send_link": is_open and not is_paused,
        "send_materials": ret.waits_for_packaging and ret.state in WAITING,
        "confirm_materials": ret.state == _S.MATERIALS_SENT,
        "receive": any(line.is_open for line in lines),
        "delete": ret.state in (_S.COMPLETED, _S.CANCELLED),
        "decide": is_open,
        "track": True,
    }
    return Legal(
        **{verb: ok and actor.may(_ASKS[verb], ret) for verb, ok in fits.items()}
    )


def is_answerable(ret: Return, lines: Iterable[ReturnLine]) -> bool:
    """Until a carrier is booked the answer can be given, and changed."""
    if ret.is_finished or ret.state in {*MOVING, _S.PAUSED}:
        return False
    return not any(line.shipment and line.shipment.state in UNDER_WAY for line in lines)


def to_send(lines: Iterable[ReturnLine]) -> list[ReturnLine]:
    """What is asked back and in no parcel that is under way."""
    return [
        line
        for line in lines
        if line.is_open
        and line.decision == Decision.RETURN
        and not (line.shipment and line.shipment.state in UNDER_WAY)
    ]


_PARCEL_STEPS = (
    (ShipmentState.IN_TRANSIT, gettext_lazy("Picked up"), ""),
    (ShipmentState.FAILED, gettext_lazy("Failed"), ""),
    (
        ShipmentState.RETURNED,
        gettext_lazy("Came back"),
        gettext_lazy("The parcel is at the person again?"),
    ),
    (
        ShipmentState.LOST,
        gettext_lazy("Lost"),
        gettext_lazy("Everything in the parcel leaves the register as lost."),
    ),
    (
        ShipmentState.CANCELLED,
        gettext_lazy("Cancel booking"),
        gettext_lazy("The carrier does not come?"),
    ),
)


def parcels(lines: Iterable[ReturnLine]) -> list[dict[str, Any]]:
    """Each parcel with what is in it and what the carrier may say next."""
    found: dict[Any, dict[str, Any]] = {}
    for line in lines:
        if line.shipment:
            entry = found.setdefault(
                line.shipment_id, {"shipment": line.shipment, "lines": []}
            )
            entry["lines"].append(line)
    for entry in found.values():
        entry["steps"] = parcel_steps(entry["shipment"])
        is_on_its_way = entry["shipment"].state in UNDER_WAY - {ShipmentState.CREATED}
        entry["may_close"] = is_on_its_way and any(x.is_open for x in entry["lines"])
    return sorted(found.values(), key=lambda e: e["shipment"].created_at, reverse=True)


_TURNED_UP = (
    ShipmentState.IN_TRANSIT,
    gettext_lazy("Turned up"),
    gettext_lazy(
        "What was in it stays archived as lost: put each device into storage when it "
        "is there."
    ),
)


def parcel_steps(shipment: Shipment) -> list[dict[str, Any]]:
    is_lost = shipment.state == ShipmentState.LOST
    steps = (_TURNED_UP, *_PARCEL_STEPS[1:]) if is_lost else _PARCEL_STEPS
    return [
        {"state": state, "label": label, "confirm": confirm}
        for state, label, confirm in steps
        if may(PARCEL_TRANSITIONS, shipment.state, state)
    ]
