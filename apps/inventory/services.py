"""Assets, and who holds them. Every step of an asset is `move_many`: the verbs below
name one kind of step each and call it with a single `Move`."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import IntegrityError, connection, transaction
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from django.utils import timezone
from django.utils.translation import gettext as _

from apps.accounts.models import User
from apps.accounts.states import RECEIVES
from apps.companies.models import Address, Company
from apps.core import states
from apps.core.actor import Actor
from apps.core.bulk import copy_in
from apps.core.clean import one_line, require_sane_day, require_unchanged
from apps.core.errors import Conflict, Invalid
from apps.events import services as events
from apps.shipping.models import Shipment

from . import payloads
from .models import GRADES, Asset, Claim, Custody
from .states import TRANSITIONS, ArchiveReason, AssetState

Holder = User | Address | Shipment

EDITABLE = (
    "product_id",
    "name",
    "serial_number",
    "asset_tag",
    "external_id",
    "condition",
    "specification",
    "purchased_on",
    "purchase_price",
    "currency",
    "warranty_ends_on",
    "supplier",
    "order_number",
    "notes",
)
_TEXTS = (
    "name",
    "serial_number",
    "asset_tag",
    "external_id",
    "currency",
    "supplier",
    "order_number",
)
_CURRENCY = re.compile(r"[A-Z]{3}")
_TICK = timedelta(microseconds=1)


# --- Create -----------------------------------------------------------------


@transaction.atomic
def create(
    *,
    actor: Actor,
    company: Company,
    holder: Holder | None = None,
    state: str | None = None,
    at: datetime | None = None,
    **fields: Any,
) -> Asset:
    """Takes a device into the books: at a person (ACTIVE), at an address (STORAGE,
    or IN_REPAIR), or ORDERED without a holder.

    Raises Conflict `serial_taken` or `tag_taken`, Invalid with the field's name.
    """
    asset = build(company, holder=holder, state=state, at=at, **fields)
    create_many([asset], actor=actor, company=company)
    return asset


def build(
    company: Company,
    *,
    holder: Holder | None,
    state: str | None = None,
    at: datetime | None = None,
    **fields: Any,
) -> Asset:
    """An unsaved Asset with clean values; what `create_many` takes."""
    now = timezone.now()
    if at is not None and at > now:
        raise Invalid("in_future", _("The time lies in the future."), field="at")
    asset = Asset(company=company, held_since=at or now, **fields)
    asset.created_at = asset.updated_at = now
    for name in _TEXTS:
        setattr(asset, name, one_line(getattr(asset, name)))
    asset.serial_number = normalise_serial(asset.serial_number)
    asset.name = asset.name or asset.product.name
    asset.state = state or _first_state(holder)
    _set_holder(asset, holder)
    _check(asset)
    return asset


def _first_state(holder: Holder | None) -> AssetState:
    if holder is None:
        return AssetState.ORDERED
    return AssetState.ACTIVE if isinstance(holder, User) else AssetState.STORAGE


def normalise_serial(value: str) -> str:
    return value.strip().upper()


def _check(asset: Asset) -> None:
    if (
        asset.state != AssetState.ORDERED
        and not asset.serial_number
        and not asset.asset_tag
    ):
        raise Invalid(
            "no_serial_or_tag",
            _("Enter a serial number or an asset tag: one of them is needed."),
            field="serial_number",
        )
    if asset.purchase_price is not None and not asset.currency:
        raise Invalid(
            "price_without_currency",
            _("Say in which currency the price is."),
            field="currency",
        )
    if asset.purchase_price is not None and asset.purchase_price < 0:
        raise Invalid(
            "negative_price", _("A price is 0 or more."), field="purchase_price"
        )
    if asset.currency and not _CURRENCY.fullmatch(asset.currency):
        raise Invalid(
            "bad_currency",
            _("Write the currency as three letters: EUR."),
            field="currency",
        )
    require_sane_day(asset.purchased_on, "purchased_on")
    require_sane_day(asset.warranty_ends_on, "warranty_ends_on")
    for name in _TEXTS:
        longest = getattr(Asset._meta.get_field(name), "max_length", None) or 0
        if len(getattr(asset, name)) > longest:
            raise Invalid("too_long", _("This is too long: shorten it."), field=name)
    if asset.condition is not None and not 0 <= asset.condition <= 1:
        raise Invalid("bad_condition", _("The condition is 0 to 1."), field="condition")


@transaction.atomic
def create_many(
    assets: Sequence[Asset],
    *,
    actor: Actor,
    company: Company,
    batch_id: UUID | None = None,
) -> None:
    """Writes assets made by `build` with custody and events, one COPY per table."""
    actor.require_manage(company.id)
    custody = {asset.id: _opened(asset) for asset in assets if asset.holder}
    try:
        with transaction.atomic():
            copy_in(Asset, assets)
            copy_in(Custody, custody.values())
    except IntegrityError as error:
        raise _taken(error) from error
    events.record_many(
        (_created(asset, custody.get(asset.id), batch_id) for asset in assets),
        actor=actor,
    )


def _opened(asset: Asset) -> Custody:
    return Custody(
        company_id=asset.company_id,
        asset_id=asset.id,
        user_id=asset.user_id,
        address_id=asset.address_id,
        shipment_id=asset.shipment_id,
        period=DateTimeTZRange(asset.held_since, None),
    )


def _created(
    asset: Asset, opened: Custody | None, batch_id: UUID | None
) -> events.Draft:
    payload = payloads.step(asset, {}, opened.id if opened else None, moves=True)
    return events.Draft(
        "asset.created",
        asset.company_id,
        "asset",
        asset.id,
        payload,
        [asset.user_id, asset.address_id, asset.shipment_id, batch_id],
        asset.held_since,
    )


def _taken(error: IntegrityError) -> Exception:
    text = str(error)
    if "asset_serial_per_company" in text:
        return Conflict(
            "serial_taken",
            _("There is an asset with this serial number already."),
            field="serial_number",
        )
    if "asset_tag_per_company" in text:
        return Conflict(
            "tag_taken",
            _("There is an asset with this asset tag already."),
            field="asset_tag",
        )
    return error


# --- Update -----------------------------------------------------------------


@transaction.atomic
def update(
    asset: Asset, *, actor: Actor, seen: str | None = None, **fields: Any
) -> Asset:
    """Changes facts, never state or holder. Same refusals as `create`, and Conflict
    `claimed` while a workflow has it, `changed_meanwhile` unless it is as it was
    `seen` (`core.clean.version`)."""
    actor.require_manage(asset.company_id)
    (asset,) = _lock([asset.pk])
    require_unchanged(asset, seen)
    _require_unclaimed({asset.id: asset}, {})
    draft = apply_changes(asset, fields)
    if draft is not None:
        update_many([asset], list(fields), [draft], actor=actor)
    return asset


def apply_changes(
    asset: Asset, fields: dict[str, Any], *, batch_id: UUID | None = None
) -> events.Draft | None:
    """Sets facts (of EDITABLE) on the instance; the event to record, None if nothing
    changed."""
    before = {name: getattr(asset, name) for name in fields}
    for name, value in fields.items():
        setattr(asset, name, one_line(value) if name in _TEXTS else value)
    asset.serial_number = normalise_serial(asset.serial_number)
    after = {name: getattr(asset, name) for name in before}
    if before == after:
        return None
    _check(asset)
    payload = {**payloads.facts(asset), "changes": payloads.changes(before, after)}
    return events.Draft(
        "asset.updated",
        asset.company_id,
        "asset",
        asset.id,
        payload,
        [asset.user_id, asset.address_id, batch_id],
    )


@transaction.atomic
def update_many(
    assets: Sequence[Asset],
    fields: Sequence[str],
    drafts: Iterable[events.Draft],
    *,
    actor: Actor,
) -> None:
    """Writes what `apply_changes` set, for assets of one company."""
    for company_id in {asset.company_id for asset in assets}:
        actor.require_manage(company_id)
    now = timezone.now()
    for asset in assets:
        asset.updated_at = now
    try:
        with transaction.atomic():
            Asset.objects.bulk_update(assets, [*fields, "updated_at"], batch_size=1000)
    except IntegrityError as error:
        raise _taken(error) from error
    events.record_many(drafts, actor=actor)


@transaction.atomic
def grade(
    asset: Asset, grade_letter: str, *, actor: Actor, at: datetime | None = None
) -> Asset:
    """Notes the condition seen at an inspection (A to D)."""
    if grade_letter not in GRADES:
        raise Invalid("bad_grade", _("Choose a grade from A to D."), field="grade")
    (asset,) = _lock([asset.pk])
    draft = apply_changes(asset, {"condition": GRADES[grade_letter]})
    if draft is not None:
        asset.updated_at = timezone.now()
        asset.save(update_fields=["condition", "updated_at"])
        events.record_many([replace(draft, occurred_at=at)], actor=actor)
    return asset


# --- Steps ------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Move:
    """One step of one asset: the target state and, unless it ends, the holder."""

    asset_id: UUID
    state: str
    holder: Holder | None = None
    event_type: str = "asset.moved"
    reason: str = ""
    workflow_id: UUID | None = None  # the claim under which it happens
    at: datetime | None = None


@transaction.atomic
def move_many(
    moves: Sequence[Move], *, actor: Actor, batch_id: UUID | None = None
) -> list[Asset]:
    """Takes each asset one step, all or none; a step already taken changes nothing.

    Raises NotAllowed, Conflict `wrong_state` or `claimed`, Invalid `in_future` or
    `before_previous_step`.
    """
    locked = {asset.id: asset for asset in _lock([move.asset_id for move in moves])}
    _require_may_move(actor, {asset.company_id for asset in locked.values()})
    _require_unclaimed(locked, {move.asset_id: move.workflow_id for move in moves})
    now = timezone.now()  # after the lock: steps of one asset are in order
    steps = [
        step
        for move in moves
        if (step := _take_step(locked[move.asset_id], move, now=now, batch_id=batch_id))
    ]
    _write_steps(steps)
    events.record_many([step.draft for step in steps], actor=actor)
    return [locked[move.asset_id] for move in moves]


def _require_may_move(actor: Actor, company_ids: Iterable[UUID]) -> None:
    """Admins, and the warehouse: where it works is checked by whoever lets it in."""
    for company_id in company_ids:
        if not actor.is_warehouse:
            actor.require_manage(company_id)


@dataclass(slots=True)
class _Step:
    asset: Asset
    closes: bool  # an open custody row ends at asset.held_since
    opens: Custody | None
    draft: events.Draft


def _take_step(
    asset: Asset, move: Move, *, now: datetime, batch_id: UUID | None
) -> _Step | None:
    old_holder, before = _holder_ids(asset), payloads.place(asset)
    moves = old_holder != _ids_of(move.holder)
    if asset.state == move.state and not moves and asset.archive_reason == move.reason:
        return None
    states.require(TRANSITIONS, asset.state, move.state, what=str(asset))
    if isinstance(move.holder, User) and move.holder.state not in RECEIVES:
        raise Conflict(
            "person_has_left",
            _("%(name)s has left and can't be handed anything.")
            % {"name": move.holder.name},
        )
    moment = _moment(asset, move.at, now=now)
    asset.state, asset.archive_reason = move.state, move.reason
    asset.updated_at = now
    opened = None
    if moves:
        _set_holder(asset, move.holder)
        asset.held_since = moment
        opened = _opened(asset) if move.holder else None
    payload = payloads.step(asset, before, opened.id if opened else None, moves=moves)
    refs = [*old_holder, *_holder_ids(asset), move.workflow_id, batch_id]
    draft = events.Draft(
        move.event_type, asset.company_id, "asset", asset.id, payload, refs, moment
    )
    return _Step(asset, moves and any(old_holder), opened, draft)


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
    opening = [step.opens for step in steps if step.opens]
    if opening:
        copy_in(Custody, opening)
    if not steps:
        return
    try:
        with transaction.atomic():
            Asset.objects.bulk_update(
                [step.asset for step in steps],
                [
                    "state",
                    "archive_reason",
                    "user",
                    "address",
                    "shipment",
                    "held_since",
                    "updated_at",
                ],
                batch_size=1000,
            )
    except IntegrityError as error:
        raise _taken(error) from error


def _lock(asset_ids: Iterable[UUID]) -> list[Asset]:
    """The rows as they are now, locked in order of their keys."""
    wanted = set(asset_ids)
    found = list(
        Asset.objects.select_for_update(of=("self",))
        .filter(pk__in=wanted)
        .order_by("pk")
    )
    if len(found) != len(wanted):
        raise Conflict("asset_gone", _("An asset of this step no longer exists."))
    return found


def _require_unclaimed(
    assets: dict[UUID, Asset], workflow_ids: dict[UUID, UUID | None]
) -> None:
    for claim in Claim.objects.filter(asset__in=assets):
        if claim.workflow_id != workflow_ids.get(claim.asset_id):
            raise claimed(assets[claim.asset_id], claim)


def claimed(asset: Asset, claim: Claim) -> Conflict:
    return Conflict(
        "claimed",
        _("%(asset)s is part of %(reference)s: finish or cancel that first.")
        % {"asset": asset, "reference": claim.reference},
    )


def _set_holder(asset: Asset, holder: Holder | None) -> None:
    asset.user = holder if isinstance(holder, User) else None
    asset.address = holder if isinstance(holder, Address) else None
    asset.shipment = holder if isinstance(holder, Shipment) else None


def _holder_ids(asset: Asset) -> tuple[UUID | None, UUID | None, UUID | None]:
    return asset.user_id, asset.address_id, asset.shipment_id


def _ids_of(holder: Holder | None) -> tuple[UUID | None, UUID | None, UUID | None]:
    return (
        holder.id if isinstance(holder, User) else None,
        holder.id if isinstance(holder, Address) else None,
        holder.id if isinstance(holder, Shipment) else None,
    )


def _one(
    asset: Asset,
    state: str,
    event_type: str,
    *,
    actor: Actor,
    holder: Holder | None = None,
    reason: str = "",
    workflow_id: UUID | None = None,
    at: datetime | None = None,
) -> Asset:
    move = Move(asset.pk, state, holder, event_type, reason, workflow_id, at)
    return move_many([move], actor=actor)[0]


def hand_over(
    asset: Asset,
    user: User,
    *,
    actor: Actor,
    workflow_id: UUID | None = None,
    at: datetime | None = None,
) -> Asset:
    """Gives the asset to a person: ACTIVE."""
    return _one(
        asset,
        AssetState.ACTIVE,
        "asset.handed_over",
        actor=actor,
        holder=user,
        workflow_id=workflow_id,
        at=at,
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
        "asset.sent",
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
    workflow_id: UUID | None = None,
    at: datetime | None = None,
) -> Asset:
    """Puts the asset on a shelf of that address: STORAGE, wherever it was before."""
    return _one(
        asset,
        AssetState.STORAGE,
        "asset.stored",
        actor=actor,
        holder=address,
        workflow_id=workflow_id,
        at=at,
    )


def repair(
    asset: Asset,
    address: Address,
    *,
    actor: Actor,
    workflow_id: UUID | None = None,
    at: datetime | None = None,
) -> Asset:
    """Takes the asset out of use to be mended at that address: IN_REPAIR."""
    return _one(
        asset,
        AssetState.IN_REPAIR,
        "asset.sent_to_repair",
        actor=actor,
        holder=address,
        workflow_id=workflow_id,
        at=at,
    )


def retire(
    asset: Asset,
    reason: str,
    *,
    actor: Actor,
    workflow_id: UUID | None = None,
    at: datetime | None = None,
) -> Asset:
    """Takes the asset out of the books: ARCHIVED, with the reason."""
    if reason not in ArchiveReason.values:
        raise Invalid("no_reason", _("Say why it is archived."), field="reason")
    return _one(
        asset,
        AssetState.ARCHIVED,
        "asset.retired",
        actor=actor,
        reason=reason,
        workflow_id=workflow_id,
        at=at,
    )


# --- Claims -----------------------------------------------------------------


@transaction.atomic
def claim(
    asset: Asset, *, held_by: Holder, kind: str, reference: str, workflow_id: UUID
) -> Claim:
    """Locks the asset to one workflow while `held_by` has it.

    Raises Conflict `claimed`, naming the first, or `held_by_another`.
    """
    (asset,) = _lock([asset.pk])
    if _holder_ids(asset) != _ids_of(held_by):
        raise Conflict(
            "held_by_another",
            _("%(asset)s has just gone to somebody else.") % {"asset": asset},
        )
    existing = Claim.objects.filter(asset=asset).first()
    if existing is not None:
        if existing.workflow_id == workflow_id:
            return existing
        raise claimed(asset, existing)
    return Claim.objects.create(
        company_id=asset.company_id,
        asset=asset,
        kind=kind,
        reference=reference,
        workflow_id=workflow_id,
    )


def release(workflow_id: UUID, *, assets: Iterable[UUID] | None = None) -> None:
    """Frees what the workflow has claimed: these assets, or all."""
    claims = Claim.objects.filter(workflow_id=workflow_id)
    if assets is not None:
        claims = claims.filter(asset__in=assets)
    claims.delete()


def claim_of(asset: Asset) -> Claim | None:
    return Claim.objects.filter(asset=asset).first()
