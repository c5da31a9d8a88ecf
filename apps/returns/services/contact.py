"""Asking for the equipment, and the answer."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from apps.core import seen as marks
from apps.core.actor import Actor, Permission
from apps.core.clean import one_line, require_sane_day
from apps.core.errors import Conflict, Invalid
from apps.inventory.models import Asset
from apps.returns import events, schedule
from apps.returns.models import Return
from apps.returns.shown import ANSWER, PICK_UP
from apps.returns.states import CONTACTING, MOVING, READY, Decision, Method, ReturnState
from apps.shipping.models import Shipment

from . import steps

_LINK_PAUSE = timedelta(minutes=5)
ANSWER_FIELDS = (
    "method",
    *PICK_UP,
    "ready_on",
    "wants_packaging",
    "message",
)


@transaction.atomic
def contact_due(ret_id: UUID, *, actor: Actor, at: datetime | None = None) -> bool:
    """Takes the next step of asking if it is due: the mail leaves through the event.

    Safe to call twice: the second call finds nothing due. Without an item that is
    asked back the step is put off, not taken. Returns whether a step was taken.
    """
    ret = steps.lock(ret_id)
    actor.require(Permission.RETURNS_ADVANCE, ret)
    now = at or timezone.now()
    is_due = ret.next_contact_at is not None and ret.next_contact_at <= now
    if ret.state not in CONTACTING or not is_due or ret.answered_at:
        return False
    if not _is_anything_asked_back(ret):
        ret.next_contact_at = now + timedelta(days=1)
        ret.save(update_fields=["next_contact_at"])
        return False
    step = CONTACTING.index(ReturnState(ret.state))
    if step + 1 >= len(CONTACTING):
        return False
    ret.contacted_at = ret.contacted_at or now
    if step < 3:
        ret.link_sent_at = now
    ret.next_contact_at = schedule.after_step(
        ret.company,
        ret.user.zone(ret.company),
        contacted_at=ret.contacted_at,
        step=step,
        now=now,
    )
    steps.move(
        ret,
        CONTACTING[step + 1],
        events.CONTACTS[CONTACTING[step + 1]],
        actor=actor,
        fields=["contacted_at", "next_contact_at", "link_sent_at"],
        at=at,
    )
    return True


def _is_anything_asked_back(ret: Return) -> bool:
    return any(
        line.decision in (Decision.RETURN, Decision.UNDECIDED)
        for line in steps.open_lines(ret)
    )


@transaction.atomic
def send_link(ret: Return, *, actor: Actor, at: datetime | None = None) -> Return:
    """Sends a fresh link to the same address; older links stop working. Raises
    Conflict `link_just_sent` within five minutes of the last one."""
    actor.require(Permission.RETURNS_SEND_LINK, ret)
    ret = steps.lock(ret)
    steps.require_unfinished(ret)
    now = at or timezone.now()
    if ret.link_sent_at and now - ret.link_sent_at < _LINK_PAUSE:
        raise Conflict(
            "link_just_sent",
            _("A link was sent a moment ago: look into the mailbox first."),
        )
    ret.link_sent_at = now
    ret.link_version += 1
    return steps.move(
        ret,
        ret.state,
        events.RETURN_LINK_SENT,
        actor=actor,
        fields=["link_sent_at", "link_version"],
        at=at,
    )


@transaction.atomic
def answer(
    ret: Return,
    *,
    actor: Actor,
    method: str,
    at: datetime | None = None,
    seen: str | None = None,
    **fields: Any,
) -> Return:
    """How it comes back: theirs, or staff's for them. Ends the reminders; changeable
    until a carrier is booked.

    Fields: ANSWER_FIELDS. Raises Invalid with the field's name, Conflict
    `carrier_booked`, `paused`.
    """
    actor.require(Permission.RETURNS_ANSWER, ret)
    ret = steps.lock(ret)
    answered = {"method": method, **_clean(fields)}
    if "region" not in fields and _moves(ret, answered):
        answered["region"] = ""
    if ret.answered_at and _is_so(ret, answered):
        return ret
    steps.require_unfinished(ret)
    _require_answerable(ret)
    marks.require(ret, seen, ANSWER)
    now = at or timezone.now()
    _require_complete(answered, today=now.date(), ret=ret)
    for name, value in answered.items():
        setattr(ret, name, value)
    ret.answered_at = now
    ret.next_contact_at = None
    target = ret.state if ret.waits_for_packaging else READY[Method(method)]
    if ret.state == ReturnState.MATERIALS_SENT:
        target = ret.state
    return steps.move(
        ret,
        target,
        events.RETURN_ANSWERED,
        actor=actor,
        fields=["answered_at", "next_contact_at", *answered],
        at=at,
        method=method,
        wants_packaging=ret.wants_packaging,
    )


def _clean(fields: Mapping[str, Any]) -> dict[str, Any]:
    return {
        name: one_line(value) if isinstance(value, str) and name != "message" else value
        for name, value in fields.items()
    }


def _moves(ret: Return, answered: Mapping[str, Any]) -> bool:
    """To another city, so that the region that is known is not where it is."""
    there = ("city", "country_id")
    return any(answered.get(n, getattr(ret, n)) != getattr(ret, n) for n in there)


def _is_so(ret: Return, answered: Mapping[str, Any]) -> bool:
    return all(getattr(ret, name) == value for name, value in answered.items())


def _require_answerable(ret: Return) -> None:
    if ret.state == ReturnState.PAUSED:
        raise Conflict(
            "paused",
            _("%(reference)s is paused: nothing is to be sent now.")
            % {"reference": ret},
        )
    if ret.state in MOVING or parcels_of(ret).under_way().exists():
        raise Conflict(
            "carrier_booked",
            _("The carrier is booked: the answer can't be changed any more."),
        )


def _require_complete(answer_: Mapping[str, Any], *, today: date, ret: Return) -> None:
    if answer_["method"] not in Method.values:
        raise Invalid("no_method", _("Choose pick-up or drop-off."), field="method")
    if answer_["method"] == Method.PICKUP:
        for name in ("street", "city", "country_id"):
            if not answer_.get(name, getattr(ret, name)):
                raise Invalid(
                    "no_address",
                    _("The courier needs the whole address."),
                    field=name.removesuffix("_id"),
                )
    day = answer_.get("ready_on")
    require_sane_day(day, "ready_on")
    if day is not None and day < today:
        raise Invalid(
            "day_has_passed", _("Choose today or a later day."), field="ready_on"
        )


def parcels_of(ret: Return) -> Any:
    """Every parcel its items have travelled in."""
    return Shipment.objects.filter(return_lines__ret=ret).distinct()


@transaction.atomic
def send_materials(
    ret: Return, *, actor: Actor, at: datetime | None = None, seen: str | None = None
) -> Return:
    """Packaging is on its way to the person."""
    actor.require(Permission.RETURNS_SEND_PACKAGING, ret)
    ret = steps.lock(ret)
    if ret.state == ReturnState.MATERIALS_SENT:
        return ret
    if not ret.answered_at or not ret.wants_packaging:
        raise Conflict("no_packaging_wanted", _("Nobody asked for packaging."))
    steps.require_may_become(ret, ReturnState.MATERIALS_SENT, seen)
    ret.materials_sent_at = at or timezone.now()
    return steps.move(
        ret,
        ReturnState.MATERIALS_SENT,
        events.RETURN_MATERIALS_SENT,
        actor=actor,
        fields=["materials_sent_at"],
        at=at,
    )


@transaction.atomic
def materials_arrived(
    ret: Return, *, actor: Actor, at: datetime | None = None, seen: str | None = None
) -> Return:
    """The packaging is there: the parcel can be arranged."""
    actor.require(Permission.RETURNS_SEND_PACKAGING, ret)
    ret = steps.lock(ret)
    target = READY[Method(ret.method or Method.PICKUP)]
    if ret.state == target:
        return ret
    steps.require_may_become(ret, target, seen)
    return steps.move(ret, target, events.RETURN_MATERIALS_ARRIVED, actor=actor, at=at)


def held_beside(ret: Return) -> Any:
    """What else the person holds that is not an item of this return."""
    return Asset.objects.filter(company_id=ret.company_id, user_id=ret.user_id).exclude(
        return_lines__ret=ret
    )
