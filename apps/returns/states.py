import itertools

from django.db import models
from django.utils.translation import gettext_lazy as _

from apps.core.doors import door, final, no_door


class Kind(models.TextChoices):
    OFFBOARDING = "OFFBOARDING", _("Offboarding")
    COLLECTION = "COLLECTION", _("Collection")


class ReturnState(models.TextChoices):
    SCHEDULED = "SCHEDULED", _("Scheduled")
    FIRST_EMAIL_SENT = "FIRST_EMAIL_SENT", _("Waiting for an answer")
    FIRST_REMINDER_SENT = "FIRST_REMINDER_SENT", _("Reminded once")
    SECOND_REMINDER_SENT = "SECOND_REMINDER_SENT", _("Reminded twice")
    EMPLOYEE_NOT_RESPONDING = "EMPLOYEE_NOT_RESPONDING", _("Not responding")
    MATERIALS_SENT = "MATERIALS_SENT", _("Packaging sent")
    PAUSED = "PAUSED", _("Paused")
    READY_FOR_DROPOFF = "READY_FOR_DROPOFF", _("Ready for drop-off")
    READY_FOR_PICKUP = "READY_FOR_PICKUP", _("Ready for pick-up")
    DEVICE_IN_TRANSIT = "DEVICE_IN_TRANSIT", _("On its way")
    DEVICE_IN_TEQUIPY_WAREHOUSE = "DEVICE_IN_TEQUIPY_WAREHOUSE", _("In the warehouse")
    PICKUP_FAILED = "PICKUP_FAILED", _("Pick-up failed")
    DROPOFF_FAILED = "DROPOFF_FAILED", _("Drop-off failed")
    COMPLETED = "COMPLETED", _("Completed")
    CANCELLED = "CANCELLED", _("Cancelled")
    DELETED = "DELETED", _("Deleted")


class Decision(models.TextChoices):
    UNDECIDED = "", _("Undecided")
    RETURN = "RETURN", _("Return")
    GIVE_AWAY = "GIVE_AWAY", _("Give away")
    ALREADY_BACK = "ALREADY_BACK", _("Already back")
    WRITE_OFF = "WRITE_OFF", _("Write off")


# The device leaves the register by it: not without a reason.
ENDS = frozenset({Decision.GIVE_AWAY, Decision.WRITE_OFF})


class CancelReason(models.TextChoices):
    STAYS = "STAYS", _("They stay")
    BY_MISTAKE = "BY_MISTAKE", _("It was started by mistake")
    OTHER_WAY = "OTHER_WAY", _("It comes back another way")
    OTHER = "OTHER", _("Another reason")


class Outcome(models.TextChoices):
    OPEN = "", _("Open")
    RECEIVED = "RECEIVED", _("Received")
    ALREADY_BACK = "ALREADY_BACK", _("Was back already")
    GIVEN_AWAY = "GIVEN_AWAY", _("Given away")
    WRITTEN_OFF = "WRITTEN_OFF", _("Written off")
    LOST = "LOST", _("Lost")


# The device is in storage by it.
BACK = frozenset({Outcome.RECEIVED, Outcome.ALREADY_BACK})


class Method(models.TextChoices):
    PICKUP = "PICKUP", _("Pick-up by a courier")
    DROPOFF = "DROPOFF", _("Drop-off at a parcel point")


_S = ReturnState
CONTACTING = (
    _S.SCHEDULED,
    _S.FIRST_EMAIL_SENT,
    _S.FIRST_REMINDER_SENT,
    _S.SECOND_REMINDER_SENT,
    _S.EMPLOYEE_NOT_RESPONDING,
)
READY = {
    Method.PICKUP: _S.READY_FOR_PICKUP,
    Method.DROPOFF: _S.READY_FOR_DROPOFF,
}
FAILED = {Method.PICKUP: _S.PICKUP_FAILED, Method.DROPOFF: _S.DROPOFF_FAILED}
FINISHED = frozenset({_S.COMPLETED, _S.CANCELLED, _S.DELETED})
MOVING = frozenset({_S.DEVICE_IN_TRANSIT, _S.DEVICE_IN_TEQUIPY_WAREHOUSE})
WAITING = frozenset({*CONTACTING, _S.MATERIALS_SENT, *READY.values(), *FAILED.values()})
UNFINISHED = frozenset({*WAITING, *MOVING, _S.PAUSED})

# What may follow besides arrival, completion, cancelling and pausing.
_FORWARD: dict[str, set[str]] = {
    **{state: {following} for state, following in itertools.pairwise(CONTACTING)},
    _S.EMPLOYEE_NOT_RESPONDING: set(),
    _S.MATERIALS_SENT: set(READY.values()),
    _S.READY_FOR_PICKUP: {_S.READY_FOR_DROPOFF, _S.MATERIALS_SENT, _S.PICKUP_FAILED},
    _S.READY_FOR_DROPOFF: {
        _S.READY_FOR_PICKUP,
        _S.MATERIALS_SENT,
        _S.DROPOFF_FAILED,
    },
    _S.PICKUP_FAILED: set(READY.values()),
    _S.DROPOFF_FAILED: set(READY.values()),
    _S.DEVICE_IN_TRANSIT: {*READY.values(), *FAILED.values()},
    _S.DEVICE_IN_TEQUIPY_WAREHOUSE: set(READY.values()),
    _S.PAUSED: set(WAITING),
}
for _state in CONTACTING:
    _FORWARD[_state] |= {*READY.values(), _S.MATERIALS_SENT}


def _following(state: ReturnState) -> frozenset[str]:
    arrives = {_S.DEVICE_IN_TRANSIT, _S.DEVICE_IN_TEQUIPY_WAREHOUSE, _S.COMPLETED}
    ends = {_S.CANCELLED} if state not in MOVING else set()
    pauses = {_S.PAUSED} if state in WAITING else set()
    return frozenset((_FORWARD[state] | arrives | ends | pauses) - {state})


TRANSITIONS: dict[str, frozenset[str]] = {
    **{state: _following(state) for state in UNFINISHED},
    _S.COMPLETED: frozenset({_S.DELETED}),
    _S.CANCELLED: frozenset({_S.DELETED}),
    _S.DELETED: frozenset(),
}

_READY, _FAILED = frozenset(READY.values()), frozenset(FAILED.values())
_TRACK = ("returns.services.track_parcel", "page returns:track_parcel")
_RECEIVE = (
    "returns.services.receive",
    "page returns:receive",
    "page portal:receive_items",
)
_CLOSE = (
    "returns.services.close_parcel",
    "page returns:close_parcel",
    "page portal:close_parcel",
)
_ADVANCE = "task apps.returns.tasks.advance_due"
DOORS = (
    door(CONTACTING, CONTACTING, "returns.services.contact_due", _ADVANCE),
    door(
        WAITING - {_S.MATERIALS_SENT},
        _READY,
        "returns.services.answer",
        "page returns:answer",
        "page returns:leaver",
    ),
    door(WAITING, _READY, "returns.services.book_parcel", "page returns:book_parcel"),
    door(
        WAITING,
        {_S.MATERIALS_SENT},
        "returns.services.send_materials",
        "page returns:send_materials",
    ),
    door(
        {_S.MATERIALS_SENT},
        _READY,
        "returns.services.materials_arrived",
        "page returns:materials_arrived",
    ),
    door(
        WAITING,
        {_S.PAUSED},
        "returns.services.pause",
        "page returns:pause",
        "admin returns.return.pause",
    ),
    door(
        {_S.PAUSED},
        WAITING,
        "returns.services.resume",
        "page returns:resume",
        "admin returns.return.resume",
    ),
    door({*_READY, *_FAILED, _S.PAUSED}, {_S.DEVICE_IN_TRANSIT}, *_TRACK),
    door({*_READY, _S.DEVICE_IN_TRANSIT}, _FAILED, *_TRACK),
    door(
        UNFINISHED - {_S.DEVICE_IN_TEQUIPY_WAREHOUSE},
        {_S.DEVICE_IN_TRANSIT, _S.DEVICE_IN_TEQUIPY_WAREHOUSE},
        *_RECEIVE,
    ),
    door(MOVING, _READY, *_RECEIVE),
    door(MOVING, _READY, *_CLOSE),
    door(UNFINISHED, {_S.COMPLETED}, "returns.services.decide", "page returns:decide"),
    door(MOVING, {_S.COMPLETED}, *_RECEIVE),
    door(
        UNFINISHED - {_S.PAUSED}, {_S.COMPLETED}, "returns.services.close_due", _ADVANCE
    ),
    door(
        UNFINISHED,
        {_S.CANCELLED},
        "returns.services.cancel",
        "page returns:cancel",
        "admin returns.return.cancel",
    ),
    door(
        {_S.COMPLETED, _S.CANCELLED},
        {_S.DELETED},
        "returns.services.delete",
        "page returns:delete",
    ),
    no_door(
        {_S.DEVICE_IN_TEQUIPY_WAREHOUSE},
        {_S.DEVICE_IN_TRANSIT},
        "Once something has reached the warehouse a second parcel changes nothing.",
    ),
    final(
        {_S.DELETED},
        "It is hidden, not undone: its history stays, and a new return can be started.",
    ),
)
