"""How decisions about devices are written."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any

from apps.accounts.models import User
from apps.core.actor import Actor
from apps.inventory import services as inventory
from apps.inventory.models import Asset
from apps.inventory.states import AT_A_PLACE, AssetState

from .asset_decision import AssetDecision, Place
from .changed import write_changes
from .created import Maker
from .snapshot import place_of

if TYPE_CHECKING:
    from .assets import AssetRules

_HELD = AT_A_PLACE | {AssetState.ACTIVE}


def write(rules: AssetRules, decisions: Sequence[AssetDecision], actor: Actor) -> None:
    made = Maker(rules, decisions, actor)
    _create(rules, [d for d in decisions if d.target is None], made, actor)
    moving = [d for d in decisions if d.moves or _retires(d)]
    old = {id(d): place_of(d.target) for d in moving if d.target}
    _change(rules, [d for d in decisions if d.target and d.writes], made, actor)
    moves = [_move(rules, decision, made) for decision in moving]
    _move_all(rules, moving, moves, old, actor)
    # People last: docs/locking.md.
    inventory.require_receivers(
        d.place.holder.pk
        for d in decisions
        if d.target is None and d.place and isinstance(d.place.holder, User)
    )


def _move_all(
    rules: AssetRules,
    moving: Sequence[AssetDecision],
    moves: Sequence[inventory.Move],
    old: Mapping[int, Any],
    actor: Actor,
) -> None:
    moved = inventory.move_many(moves, actor=actor, batch_id=rules.batch.id)
    for decision, asset in zip(moving, moved, strict=True):
        decision.version = asset.updated_at
        if decision.target:
            places = [old[id(decision)], place_of(asset)]
            decision.before = {**(decision.before or {}), "place": places}


def _create(
    rules: AssetRules, decisions: Sequence[AssetDecision], made: Maker, actor: Actor
) -> None:
    assets = (_build(rules, decision, made) for decision in decisions)
    inventory.create_many(
        assets, actor=actor, company=rules.company, batch_id=rules.batch.id
    )


def _build(rules: AssetRules, decision: AssetDecision, made: Maker) -> Asset:
    place = decision.place or Place(AssetState.ORDERED)
    return inventory.build(
        rules.company,
        id=decision.result_id,
        holder=made.holder(place.holder),
        state=None if place.state == AssetState.ARCHIVED else place.state,
        product=made.product(decision.product),
        **decision.writes,
    )


def _change(
    rules: AssetRules, decisions: Sequence[AssetDecision], made: Maker, actor: Actor
) -> None:
    for decision in decisions:
        product = made.product(decision.product)
        if product is not None:
            decision.writes["product_id"] = product.id
    write_changes(
        decisions,
        partial(inventory.apply_changes, batch_id=rules.batch.id),
        partial(inventory.update_many, actor=actor),
    )


def _move(rules: AssetRules, decision: AssetDecision, made: Maker) -> inventory.Move:
    place = decision.place
    asset_id = decision.target.id if decision.target else decision.result_id
    holder = None if place.state not in _HELD else made.holder(place.holder)
    return inventory.Move(asset_id, place.state, holder, place.reason)


def _retires(decision: AssetDecision) -> bool:
    place = decision.place
    return place is not None and place.state == AssetState.ARCHIVED
