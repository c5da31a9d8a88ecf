"""What every verb of a return is made of: lock, move, close a line, settle."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.utils import timezone
from django.utils.translation import gettext as _

from apps.accounts import services as accounts
from apps.core import seen as marks
from apps.core import states
from apps.core.actor import Actor, Permission
from apps.core.bulk import write_back
from apps.core.errors import Conflict
from apps.events.registry import EventType
from apps.events.services import Draft, record_many
from apps.events.services import record as record_event
from apps.inventory import services as inventory
from apps.inventory.models import Asset, AssetQuerySet
from apps.inventory.states import ArchiveReason
from apps.returns import events
from apps.returns.models import MOMENTS, Return, ReturnLine
from apps.returns.payloads import facts, item
from apps.returns.states import (
    CONTACTING,
    READY,
    TRANSITIONS,
    Decision,
    Method,
    Outcome,
    ReturnState,
)
from apps.shipping import services as shipping
from apps.shipping.states import ShipmentState


def lock(ret: Return | UUID) -> Return:
    """The row as it is now, locked until the transaction ends."""
    pk = ret.pk if isinstance(ret, Return) else ret
    return (
        Return.objects.select_for_update(of=("self",))
        .select_related("company", "user", "user__country", "address")
        .get(pk=pk)
    )


# What closing items does to assets and, with the last item, to the person.
CLOSING = (
    Permission.ASSETS_RECEIVE,
    Permission.ASSETS_RETIRE,
    Permission.ASSETS_CLAIM,
    Permission.PEOPLE_OFFBOARD,
)


def require_unfinished(ret: Return) -> None:
    if ret.is_finished:
        raise Conflict(
            "return_finished",
            _("%(reference)s can't be changed any more: its state is “%(state)s”.")
            % {"reference": ret, "state": ret.get_state_display()},
        )


def require_may_become(ret: Return, target: str, seen: str | None) -> None:
    """What nobody can do any more is refused; what is possible is asked about if it has
    changed meanwhile (`core.seen`)."""
    states.require(TRANSITIONS, ret.state, target, what=ret.reference)
    marks.require(ret, seen)


def move(
    ret: Return,
    target: str,
    type_: EventType[Any],
    *,
    actor: Actor,
    fields: Sequence[str] = (),
    at: datetime | None = None,
    **told: Any,
) -> Return:
    """Takes a locked return to `target`, writes `fields` with it, records the event,
    whose payload is a ReturnMoved that says `told` besides.

    The target may be the present state: then only the fields change.
    """
    before = ret.state
    if target != before:
        states.require(TRANSITIONS, before, target, what=ret.reference)
    if before == ReturnState.PAUSED != target:
        ret.paused_from, ret.paused_at = "", None
        fields = [*fields, "paused_from", "paused_at"]
    elif target != before and (moment := MOMENTS.get(ReturnState(target))):
        setattr(ret, moment, at or timezone.now())
        fields = [*fields, moment]
    ret.state = target
    ret.updated_at = timezone.now()
    ret.save(update_fields=["state", "updated_at", *fields])
    record(type_, ret, actor=actor, at=at, from_=before, **told)
    return ret


def touch(ret: Return) -> None:
    """Notes that something of it has changed, for whoever asks what did."""
    ret.updated_at = timezone.now()
    ret.save(update_fields=["updated_at"])


def stop_asking(ret: Return) -> list[str]:
    """Of what moves nobody is reminded any more. The fields to write."""
    ret.next_contact_at = None
    return ["next_contact_at"]


def record(
    type_: EventType[Any],
    ret: Return,
    *,
    actor: Actor,
    refs: Sequence[UUID | None] = (),
    at: datetime | None = None,
    **told: Any,
) -> None:
    """The event says what every return says (`payloads.facts`), and what is `told`."""
    draft = _draft(type_, ret, refs=refs, at=at, **told)
    record_event(
        type_,
        draft.payload,
        actor=actor,
        company_id=draft.company_id,
        subject_id=draft.subject_id,
        refs=draft.refs,
        at=at,
    )


def _draft(
    type_: EventType[Any],
    ret: Return,
    *,
    refs: Sequence[UUID | None] = (),
    at: datetime | None = None,
    **told: Any,
) -> Draft:
    payload = type_.payload(**facts(ret), **told)
    about = [ret.user_id, ret.address_id, *refs]
    return Draft(type_, ret.company_id, ret.id, payload, about, at)


def open_lines(ret: Return) -> list[ReturnLine]:
    """Lines that have no outcome yet, in the order in which assets are locked."""
    return list(
        ret.lines.filter(outcome=Outcome.OPEN)
        .select_related("asset__product", "shipment")
        .order_by("asset_id")
    )


def is_being_asked(ret: Return) -> bool:
    """Nobody has answered yet, and asking goes on by itself, or once it is resumed."""
    return not ret.answered_at and (ret.paused_from or ret.state) in CONTACTING


def is_anything_left(ret: Return) -> bool:
    """Items that are open, or what `settle` will take up."""
    is_open = ret.lines.filter(outcome=Outcome.OPEN).exists()
    return is_open or (ret.is_offboarding and _held_by(ret).exists())


_ARCHIVES = {
    Outcome.GIVEN_AWAY: ArchiveReason.GIVEN_AWAY,
    Outcome.WRITTEN_OFF: ArchiveReason.WRITTEN_OFF,
    Outcome.LOST: ArchiveReason.LOST,
}


def close_lines(
    ret: Return,
    lines: Sequence[ReturnLine],
    outcome: Outcome,
    *,
    actor: Actor,
    at: datetime | None = None,
) -> None:
    """Ends lines, given in the order of their assets: what is back is in storage at the
    return's place, all else leaves the register."""
    if outcome in _ARCHIVES:
        reason = _ARCHIVES[outcome]
        for line in lines:
            inventory.retire(line.asset, reason, actor=actor, workflow_id=ret.id, at=at)
    else:
        inventory.receive_many(
            {line.asset_id: None for line in lines},
            ret.address,
            actor=actor,
            workflow_id=ret.id,
            at=at,
        )
    settle_lines(ret, lines, outcome, actor=actor, at=at)


def settle_lines(
    ret: Return,
    lines: Sequence[ReturnLine],
    outcome: Outcome,
    *,
    actor: Actor,
    at: datetime | None = None,
) -> None:
    """Notes how lines ended whose assets have taken their step."""
    inventory.release(
        ret.id,
        actor=actor,
        company_id=ret.company_id,
        assets=[line.asset_id for line in lines],
    )
    moment = at or timezone.now()
    for line in lines:
        line.claim, line.outcome, line.closed_at = None, outcome, moment
        line.updated_at = moment
        if outcome == Outcome.RECEIVED:  # whatever had been decided
            line.decision = Decision.RETURN
    write_back(ReturnLine, lines, ["decision", "outcome", "closed_at", "updated_at"])
    touch(ret)
    record_many(
        [
            _draft(
                events.RETURN_LINE_CLOSED,
                ret,
                refs=[line.asset_id],
                at=at,
                **item(line),
                decision=line.decision,
                outcome=outcome,
            )
            for line in lines
        ],
        actor=actor,
    )


def settle(ret: Return, *, actor: Actor, at: datetime | None = None) -> Return:
    """Completes the return if nothing is left to do; else, if a parcel has just ended
    with lines still open, lets the next one be arranged."""
    now = at or timezone.now()
    lines = open_lines(ret)
    if not lines:
        if ret.is_offboarding and not ret.lines.exists() and now < ret.closes_at:
            return ret
        if ret.is_offboarding and _takes_up_what_is_held(ret, actor=actor, at=at):
            return ret
        return _complete(ret, actor=actor, at=at)
    is_moving = ret.state in (
        ReturnState.DEVICE_IN_TRANSIT,
        ReturnState.DEVICE_IN_TEQUIPY_WAREHOUSE,
    )
    asked_back = [line for line in lines if line.decision == Decision.RETURN]
    on_the_way = any(line.shipment and line.shipment.is_open for line in asked_back)
    if is_moving and asked_back and not on_the_way:
        target = READY[Method(ret.method or Method.PICKUP)]
        return move(ret, target, events.RETURN_PARCEL_ENDED, actor=actor, at=at)
    return ret


def _takes_up_what_is_held(ret: Return, *, actor: Actor, at: datetime | None) -> bool:
    """Nobody has left while they hold something: what came to them meanwhile becomes
    an undecided item. Whether there is anything."""
    beside = _held_by(ret)
    for asset in beside.order_by("pk"):
        if inventory.claim_of(asset) is None:
            add_line(ret, asset, actor=actor, at=at)
    return beside.exists()


def _held_by(ret: Return) -> AssetQuerySet:
    return Asset.objects.filter(company_id=ret.company_id, user_id=ret.user_id)


def claim_line(
    ret: Return,
    asset: Asset,
    *,
    actor: Actor,
    decision: str,
    reason: str = "",
    at: datetime | None = None,
) -> ReturnLine:
    """The item and the claim that locks its asset to the return."""
    now = at or timezone.now()
    claim = inventory.claim(
        asset,
        actor=actor,
        held_by=ret.user,
        kind=ret.kind,
        reference=ret.reference,
        workflow_id=ret.id,
    )
    return ReturnLine.objects.create(
        company_id=ret.company_id,
        ret=ret,
        asset=asset,
        claim=claim,
        decision=decision,
        reason=reason[:255],
        created_at=now,
        updated_at=now,
    )


def add_line(
    ret: Return,
    asset: Asset,
    *,
    actor: Actor,
    decision: str = Decision.UNDECIDED,
    at: datetime | None = None,
) -> ReturnLine:
    """One more item of a return that has started."""
    line = claim_line(ret, asset, actor=actor, decision=decision, at=at)
    touch(ret)
    record(
        events.RETURN_ITEM_ADDED,
        ret,
        actor=actor,
        refs=[asset.id],
        at=at,
        **item(line),
        decision=decision,
    )
    return line


def _complete(ret: Return, *, actor: Actor, at: datetime | None) -> Return:
    ret.completed_at = at or timezone.now()
    ret.next_contact_at = None
    inventory.release(ret.id, actor=actor, company_id=ret.company_id)
    move(
        ret,
        ReturnState.COMPLETED,
        events.RETURN_COMPLETED,
        actor=actor,
        fields=["completed_at", "next_contact_at"],
        at=at,
    )
    if ret.is_offboarding:
        accounts.mark_offboarded(ret.user, actor=actor, at=at)
    return ret


def cancel_announced_parcels(
    ret: Return, *, actor: Actor, at: datetime | None = None
) -> None:
    """Parcels that were booked and never picked up."""
    announced = {
        line.shipment_id: line.shipment
        for line in open_lines(ret)
        if line.shipment and line.shipment.state == ShipmentState.CREATED
    }
    for shipment in announced.values():
        shipping.track(shipment, ShipmentState.CANCELLED, actor=actor, at=at)
