"""Who holds an asset. Every step is `move_many`: the verbs below it name one kind of
step each and call it with a single `Move`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import IntegrityError, connection, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from apps.accounts.models import User
from apps.companies.models import Address
from apps.core import seen, states
from apps.core.actor import Actor, Permission
from apps.core.bulk import write_back
from apps.core.errors import DomainError, Invalid
from apps.core.ids import uuid7
from apps.events.registry import EventType
from apps.events.services import Draft, record_many
from apps.inventory import events, payloads, texts
from apps.inventory.models import Asset
from apps.inventory.states import TRANSITIONS, ArchiveReason, AssetState
from apps.shipping.models import Shipment

from .claims import require_unclaimed
from .rows import (
    Holder,
    condition_of,
    holder_ids,
    ids_of,
    lock,
    open_custody,
    require_grade,
    require_receivers,
    set_holder,
    taken,
)

_TICK = timedelta(microseconds=1)
_NEVER_CAME = ArchiveReason.NOT_DELIVERED


@dataclass(frozen=True, slots=True)
class Move:
    """One step of one asset: the target state and, unless it ends, the holder."""

    asset_id: UUID
    state: str
    holder: Holder | None = None
    reason: str = ""
    workflow_id: UUID | None = None  # the claim under which it happens
    at: datetime | None = None
    is_undone: bool = False  # annuls a step: it was legal the other way round
    seen: str | None = None  # what was shown to whoever asked for it
    grade: str | None = None  # seen on arrival, A to D; None: nobody has looked


@transaction.atomic
def move_many(
    moves: Sequence[Move],
    *,
    actor: Actor,
    batch_id: UUID | None = None,
    refused: dict[UUID, DomainError] | None = None,
) -> list[Asset]:
    """Takes each asset one step, all or none; a step already taken changes nothing.
    With `refused` the others do, and it has why an asset can't.

    Raises NotAllowed, Conflict `wrong_state`, `claimed`, `changed_meanwhile` or
    `graded_otherwise`, Invalid `no_serial_or_tag`, `in_future`,
    `before_previous_step` or `bad_grade`.
    """
    locked = {asset.id: asset for asset in lock([move.asset_id for move in moves])}
    _require_may_move(actor, locked, moves)
    workflows = {move.asset_id: move.workflow_id for move in moves}
    require_unclaimed(locked, workflows, refused)
    now = timezone.now()  # after the lock: steps of one asset are in order
    steps = []
    for move in moves:
        asset = locked[move.asset_id]
        if refused and asset.id in refused:
            continue
        try:
            step = _take_step(asset, move, now=now, batch_id=batch_id)
        except DomainError as error:
            if refused is None:
                raise
            refused[asset.id] = error
        else:
            steps += [step] if step else []
    arrived = [step for step in steps if step.opens]
    require_receivers(step.asset.user_id for step in arrived)
    _write_steps(steps)
    record_many([step.draft for step in steps], actor=actor)
    return [locked[move.asset_id] for move in moves]


_STEP_TO: Mapping[str, Permission] = {
    AssetState.ORDERED: Permission.ASSETS_EDIT,  # only back, as an import is undone
    AssetState.STORAGE: Permission.ASSETS_RECEIVE,
    AssetState.RESERVED: Permission.ASSETS_CLAIM,
    AssetState.IN_TRANSIT: Permission.ASSETS_SEND,
    AssetState.ACTIVE: Permission.ASSETS_HAND_OVER,
    AssetState.IN_REPAIR: Permission.ASSETS_REPAIR,
    AssetState.ARCHIVED: Permission.ASSETS_RETIRE,
}


def _require_may_move(
    actor: Actor, assets: Mapping[UUID, Asset], moves: Sequence[Move]
) -> None:
    """Asked once per kind of step and company; who holds it at places only is asked
    for each place: where it is received (whoever had it before), else where it lies."""
    needed = [
        (permission, assets[move.asset_id], move)
        for move in moves
        for permission in _rights(move)
    ]
    asked = {(permission, asset.company_id) for permission, asset, _move in needed}
    refused = {pair for pair in asked if not actor.may(*pair)}
    for place, permission in {
        (_place_of(asset, move), permission)
        for permission, asset, move in needed
        if (permission, asset.company_id) in refused
    }:
        actor.require(permission, place)


def _rights(move: Move) -> Iterator[Permission]:
    yield _STEP_TO[move.state]
    if move.grade is not None:
        yield Permission.ASSETS_INSPECT


def _place_of(asset: Asset, move: Move) -> Address | None:
    place = move.holder if move.state == AssetState.STORAGE else asset.address
    if isinstance(place, Address) and place.company_id == asset.company_id:
        return place
    return None


def _require_one_company(asset: Asset, holder: Holder | None) -> None:
    if holder is not None and holder.company_id != asset.company_id:
        raise Invalid(texts.OTHER_COMPANY(holder=holder, asset=asset))


@dataclass(slots=True)
class _Step:
    asset: Asset
    closes: bool  # an open custody row ends at asset.held_since
    opens: UUID | None  # the custody row that begins then
    draft: Draft


def _take_step(
    asset: Asset, move: Move, *, now: datetime, batch_id: UUID | None
) -> _Step | None:
    _require_one_company(asset, move.holder)
    old_holder, before = holder_ids(asset), payloads.place(asset)
    moves = old_holder != ids_of(move.holder)
    condition = condition_of(asset, move.grade)
    if asset.state == move.state and not moves and asset.archive_reason == move.reason:
        require_grade(asset, move.grade)
        return None
    seen.require(asset, move.seen)
    if not (move.is_undone and states.may(TRANSITIONS, move.state, asset.state)):
        states.require(TRANSITIONS, asset.state, move.state, what=str(asset))
    _require_can_be_told_apart(asset, move)
    moment = _moment(asset, move.at, now=now)
    asset.state, asset.archive_reason = move.state, move.reason
    asset.updated_at = now
    if condition is not None:
        asset.condition = condition
    custody_id = uuid7() if moves and move.holder else None
    if moves:
        set_holder(asset, move.holder)
        asset.held_since = moment
    type_ = _type(move)
    payload = payloads.step(
        type_, asset, before, custody_id, moves=moves, grade=move.grade
    )
    refs = [*old_holder, *holder_ids(asset), move.workflow_id, batch_id]
    draft = Draft(type_, asset.company_id, asset.id, payload, refs, moment)
    return _Step(asset, moves and any(old_holder), custody_id, draft)


def _require_can_be_told_apart(asset: Asset, move: Move) -> None:
    """What was ordered has no number yet; it gets one before it is anywhere."""
    is_nowhere = move.state == AssetState.ORDERED or move.reason == _NEVER_CAME
    if not (is_nowhere or asset.serial_number or asset.asset_tag):
        raise Invalid(texts.NO_SERIAL_OR_TAG(), field="serial_number")


def _type(move: Move) -> EventType[Any]:
    if move.is_undone:
        return events.ASSET_RESTORED
    return events.ARRIVALS[AssetState(move.state)]


def _moment(asset: Asset, at: datetime | None, *, now: datetime) -> datetime:
    if at is None:
        return max(now, asset.held_since + _TICK)
    if at > now:
        raise Invalid("in_future", _("The time lies in the future."), field="at")
    if at <= asset.held_since:
        raise Invalid(
            "before_previous_step",
            _("%(asset)s came where it is after that time.") % {"asset": asset},
            field="at",
        )
    return at


_MOVED = (
    "state",
    "archive_reason",
    "user",
    "address",
    "shipment",
    "held_since",
    "condition",
    "updated_at",
)


def _write_steps(steps: Sequence[_Step]) -> None:
    closing = [step.asset for step in steps if step.closes]
    with connection.cursor() as cursor:
        if closing:
            cursor.execute(
                "UPDATE inventory_custody c SET period = "
                "tstzrange(lower(c.period), s.ends_at) FROM unnest(%s::uuid[], "
                "%s::timestamptz[]) AS s(asset_id, ends_at) "
                "WHERE c.asset_id = s.asset_id AND upper_inf(c.period)",
                [[a.id for a in closing], [a.held_since for a in closing]],
            )
    open_custody((step.asset, step.opens) for step in steps)
    if not steps:
        return
    try:
        with transaction.atomic():
            write_back(Asset, [step.asset for step in steps], _MOVED)
    except IntegrityError as error:
        raise taken(error) from error


def _one(
    asset: Asset,
    state: str,
    *,
    actor: Actor,
    holder: Holder | None = None,
    reason: str = "",
    workflow_id: UUID | None = None,
    at: datetime | None = None,
    shown: str | None = None,
) -> Asset:
    move = Move(asset.pk, state, holder, reason, workflow_id, at, seen=shown)
    return move_many([move], actor=actor)[0]


def hand_over(
    asset: Asset,
    user: User,
    *,
    actor: Actor,
    workflow_id: UUID | None = None,
    at: datetime | None = None,
    seen: str | None = None,
) -> Asset:
    """Gives the asset to a person: ACTIVE."""
    return _one(
        asset,
        AssetState.ACTIVE,
        actor=actor,
        holder=user,
        workflow_id=workflow_id,
        at=at,
        shown=seen,
    )


def send(
    asset: Asset,
    shipment: Shipment,
    *,
    actor: Actor,
    workflow_id: UUID | None = None,
    at: datetime | None = None,
) -> Asset:
    """Puts the asset into a parcel: IN_TRANSIT."""
    return _one(
        asset,
        AssetState.IN_TRANSIT,
        actor=actor,
        holder=shipment,
        workflow_id=workflow_id,
        at=at,
    )


def receive(
    asset: Asset,
    address: Address,
    *,
    actor: Actor,
    grade: str | None = None,
    workflow_id: UUID | None = None,
    at: datetime | None = None,
    seen: str | None = None,
) -> Asset:
    """`receive_many` of one."""
    return receive_many(
        {asset.pk: grade},
        address,
        actor=actor,
        workflow_id=workflow_id,
        at=at,
        seen=None if seen is None else {asset.pk: seen},
    )[0]


def receive_many(
    grades: Mapping[UUID, str | None],
    address: Address,
    *,
    actor: Actor,
    workflow_id: UUID | None = None,
    at: datetime | None = None,
    seen: Mapping[UUID, str] | None = None,
) -> list[Asset]:
    """Puts assets on a shelf of that address: STORAGE, wherever they were before.

    `grades` maps their ids to the condition seen on arrival, A to D; None if nobody
    has looked. `seen` maps them to what was shown to whoever receives them.
    """
    moves = [
        Move(
            asset_id,
            AssetState.STORAGE,
            address,
            workflow_id=workflow_id,
            at=at,
            seen=None if seen is None else seen.get(asset_id, ""),
            grade=grade,
        )
        for asset_id, grade in grades.items()
    ]
    return move_many(moves, actor=actor)


def repair(
    asset: Asset,
    address: Address,
    *,
    actor: Actor,
    workflow_id: UUID | None = None,
    at: datetime | None = None,
    seen: str | None = None,
) -> Asset:
    """Takes the asset out of use to be repaired at that address: IN_REPAIR."""
    return _one(
        asset,
        AssetState.IN_REPAIR,
        actor=actor,
        holder=address,
        workflow_id=workflow_id,
        at=at,
        shown=seen,
    )


def retire(
    asset: Asset,
    reason: str,
    *,
    actor: Actor,
    workflow_id: UUID | None = None,
    at: datetime | None = None,
    seen: str | None = None,
) -> Asset:
    """Takes the asset out of the register: ARCHIVED, with the reason."""
    if reason not in ArchiveReason.values:
        raise Invalid("no_reason", _("Say why it is archived."), field="reason")
    return _one(
        asset,
        AssetState.ARCHIVED,
        actor=actor,
        reason=reason,
        workflow_id=workflow_id,
        at=at,
        shown=seen,
    )
