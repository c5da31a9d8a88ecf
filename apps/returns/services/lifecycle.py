"""How a return pauses, moves in time and is cancelled."""

from __future__ import annotations

from datetime import date, datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from apps.accounts import services as accounts
from apps.core import seen as marks
from apps.core.actor import Actor, Permission
from apps.core.clean import require_sane_day
from apps.core.errors import Conflict, Invalid
from apps.inventory import services as inventory
from apps.returns import events, schedule
from apps.returns.models import Return
from apps.returns.states import (
    WAITING,
    CancelReason,
    ReturnState,
)

from . import items, steps
from .starting import plan_contact


@transaction.atomic
def pause(
    ret: Return, *, actor: Actor, at: datetime | None = None, seen: str | None = None
) -> Return:
    """Stops all mails of an offboarding and remembers where it was."""
    actor.require(Permission.RETURNS_PAUSE, ret)
    ret = steps.lock(ret)
    if ret.state == ReturnState.PAUSED:
        return ret
    if not ret.is_offboarding:
        raise Conflict("collection_cant_pause", _("Only offboardings can be paused."))
    if ret.state not in WAITING:
        raise Conflict(
            "too_late_to_pause",
            _("%(reference)s is under way: it can't be paused any more.")
            % {"reference": ret},
        )
    marks.require(ret, seen)
    ret.paused_from, ret.paused_at = ret.state, at or timezone.now()
    return steps.move(
        ret,
        ReturnState.PAUSED,
        events.RETURN_PAUSED,
        actor=actor,
        fields=["paused_from", "paused_at"],
        at=at,
    )


@transaction.atomic
def resume(
    ret: Return, *, actor: Actor, at: datetime | None = None, seen: str | None = None
) -> Return:
    """Goes on where it was; due times move by as long as it was paused."""
    actor.require(Permission.RETURNS_PAUSE, ret)
    actor = actor.for_consequences(ret.company_id, *steps.CLOSING)
    ret = steps.lock(ret)
    if ret.state != ReturnState.PAUSED:
        steps.require_unfinished(ret)
        return ret
    marks.require(ret, seen)
    now = at or timezone.now()
    shift = now - (ret.paused_at or now)
    target = ret.paused_from
    if ret.next_contact_at:
        zone = ret.user.zone(ret.company)
        ret.next_contact_at = schedule.in_window(
            ret.next_contact_at + shift, ret.company, zone
        )
    if ret.contacted_at:
        ret.contacted_at += shift
    steps.move(
        ret,
        target,
        events.RETURN_RESUMED,
        actor=actor,
        fields=["next_contact_at", "contacted_at"],
        at=at,
    )
    items.close_what_is_due(ret, actor=actor, at=at)
    return steps.settle(ret, actor=actor, at=at)


@transaction.atomic
def reschedule(
    ret: Return,
    *,
    actor: Actor,
    day: date,
    first_contact_at: datetime | None = None,
    at: datetime | None = None,
    seen: str | None = None,
) -> Return:
    """Moves the last working day (or a collection's start) and with it the due times
    that have not passed; never the state."""
    actor.require(Permission.RETURNS_RESCHEDULE, ret)
    actor = actor.for_consequences(ret.company_id, *steps.CLOSING)
    require_sane_day(day, "day")
    ret = steps.lock(ret)
    closes_at = schedule.day_starts(day, ret.company)
    if ret.closes_at == closes_at and first_contact_at is None:
        return ret
    steps.require_unfinished(ret)
    marks.require(ret, seen)
    # What ends on the day that has come; locked before the person.
    inventory.lock([line.asset_id for line in steps.open_lines(ret)])
    now = at or timezone.now()
    if ret.closed_at is not None and day > now.date():
        raise Conflict(
            "items_closed",
            _("The day has come and items were given away or written off on it."),
            field="day",
        )
    ret.closes_at = closes_at
    if ret.is_offboarding:
        if ret.last_working_on != day:
            ret.last_working_at = None
        ret.last_working_on = day
        first = schedule.first_contact(ret.company, day, first_contact_at)
        accounts.set_end_date(ret.user, actor=actor, end_on=day, at=at)
    else:
        ret.starts_at, first = ret.closes_at, first_contact_at or ret.closes_at
    waits = ReturnState.SCHEDULED in (ret.state, ret.paused_from)
    if waits and ret.contacted_at is None:
        plan_contact(ret, first, now=now)
    steps.move(
        ret,
        ret.state,
        events.RETURN_RESCHEDULED,
        actor=actor,
        fields=[
            "closes_at",
            "last_working_on",
            "last_working_at",
            "starts_at",
            "first_contact_at",
            "next_contact_at",
        ],
        at=at,
        day=day,
    )
    if ret.state != ReturnState.PAUSED:
        items.close_what_is_due(ret, actor=actor, at=at)
        steps.settle(ret, actor=actor, at=at)
    return ret


@transaction.atomic
def cancel(
    ret: Return,
    *,
    actor: Actor,
    reason: str,
    at: datetime | None = None,
    seen: str | None = None,
) -> Return:
    """Ends it before anything is on its way: open items stay where they are, an
    offboarded person is what they were before. Raises Invalid `no_reason`."""
    actor.require(Permission.RETURNS_CANCEL, ret)
    actor = actor.for_consequences(
        ret.company_id,
        Permission.PARCELS_TRACK,
        Permission.ASSETS_CLAIM,
        Permission.PEOPLE_OFFBOARD,
    )
    if reason not in CancelReason.values:
        raise Invalid("no_reason", _("Say why it is cancelled."), field="reason")
    ret = steps.lock(ret)
    if ret.state == ReturnState.CANCELLED:
        return ret
    steps.require_may_become(ret, ReturnState.CANCELLED, seen)
    ret.cancelled_at = at or timezone.now()
    ret.next_contact_at = None
    steps.move(
        ret,
        ReturnState.CANCELLED,
        events.RETURN_CANCELLED,
        actor=actor,
        fields=["cancelled_at", "next_contact_at"],
        reason=reason,
        at=at,
    )
    steps.cancel_announced_parcels(ret, actor=actor, at=at)
    inventory.release(ret.id, actor=actor, company_id=ret.company_id)
    if ret.is_offboarding:
        accounts.cancel_offboarding(ret.user, actor=actor, at=at)
    return ret


@transaction.atomic
def delete(
    ret: Return, *, actor: Actor, at: datetime | None = None, seen: str | None = None
) -> Return:
    """Hides a finished return; it and its history are kept."""
    actor.require(Permission.RETURNS_DELETE, ret)
    ret = steps.lock(ret)
    if ret.state == ReturnState.DELETED:
        return ret
    steps.require_may_become(ret, ReturnState.DELETED, seen)
    return steps.move(
        ret, ReturnState.DELETED, events.RETURN_DELETED, actor=actor, at=at
    )
