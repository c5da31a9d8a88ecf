"""Where a device is to be."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from apps.accounts.models import User
from apps.accounts.states import RECEIVES
from apps.companies.models import Address
from apps.core import states
from apps.imports.values import Status
from apps.inventory import services as inventory
from apps.inventory import texts as inventory_texts
from apps.inventory.models import Asset
from apps.inventory.states import AT_A_PLACE, TRANSITIONS, AssetState

from . import texts
from .asset_decision import AssetDecision, Place
from .references import Values

if TYPE_CHECKING:
    from .assets import AssetRules

HOLDER_FIELDS = ("holder_email", "holder_username", "holder_name", "holder_last_name")
NOT_WITH_PEOPLE = frozenset(
    {AssetState.IN_REPAIR, AssetState.ARCHIVED, AssetState.ORDERED}
)


def note_place(rules: AssetRules, decision: AssetDecision) -> None:
    asset = decision.target
    place = _wanted_place(rules, decision)
    if place is None or decision.problems:
        return
    old_holder = asset.holder if asset else None
    is_there = asset and asset.state == place.state and old_holder == place.holder
    if is_there:
        return
    if asset and not states.may(TRANSITIONS, asset.state, place.state):
        _refuse_step(rules, decision, asset, place)
        return
    decision.place, decision.moves = place, asset is not None
    if asset or rules.tells_all:
        state = asset.state if asset else ""
        _note_change(rules, decision, state, old_holder, place)


def _refuse_step(
    rules: AssetRules, decision: AssetDecision, asset: Asset, place: Place
) -> None:
    told = texts.WRONG_STEP(what=asset, current=asset.state, target=place.state)
    targets = ("state", "holder_email", "holder_name", "location")
    rules.refuse(decision, told, *targets)


def _note_change(
    rules: AssetRules, decision: AssetDecision, old_state: str, old: Any, place: Place
) -> None:
    before, after = old_state, Status(place.state, place.reason).code
    if before != after:
        decision.changes["state"] = [before, after]
    if old != place.holder:
        new = place.holder
        is_person = isinstance(new, User) or getattr(new, "kind", "") == "person"
        is_person |= new is None and isinstance(old, User)
        label = "holder_name" if is_person else "location"
        names = [getattr(holder, "name", "") for holder in (old, new)]
        if any(names):
            decision.changes[label] = names


def _wanted_place(rules: AssetRules, decision: AssetDecision) -> Place | None:
    """None leaves it where it is."""
    row, asset = decision.row, decision.target
    state = state_in(row)
    now = asset.state if asset else ""
    if state in NOT_WITH_PEOPLE and names_a_holder(row):
        _refuse_holder(rules, decision, state)
        return None
    if state in (AssetState.ARCHIVED, AssetState.ORDERED):
        return None if state == now else _placeless(rules, decision, state)
    if state in (AssetState.RESERVED, AssetState.IN_TRANSIT):
        if state != now:
            _refuse_workflow_state(rules, decision, state)
        return None
    if state != AssetState.IN_REPAIR:
        holder = rules.settle(decision, rules.people.holder(row))
        if holder is not None or decision.problems:
            return _at_person(rules, decision, holder)
    return _at_place(rules, decision, state)


def _refuse_holder(rules: AssetRules, decision: AssetDecision, state: str) -> None:
    rules.refuse(decision, texts.HOLDER_BESIDE_STATE(state=state), *HOLDER_FIELDS)


def _placeless(rules: AssetRules, decision: AssetDecision, state: str) -> Place:
    """A new device that is archived already was somewhere, if that is known."""
    reason = (decision.row.get("state") or ["", ""])[1]
    if state == AssetState.ARCHIVED and decision.target is None:
        place = rules.places.find(decision.row)
        holder = place if isinstance(place, Address) else None
        return Place(state, holder or rules.batch.default_address, reason)
    return Place(state, None, reason)


def _refuse_workflow_state(
    rules: AssetRules, decision: AssetDecision, state: str
) -> None:
    rules.refuse(decision, texts.WORKFLOW_STATE(state=state), "state")


def _at_person(rules: AssetRules, decision: AssetDecision, holder: Any) -> Place | None:
    asset = decision.target
    if isinstance(holder, User):
        if asset and asset.user_id == holder.id:
            return None
        if holder.state not in RECEIVES:
            told = inventory_texts.PERSON_HAS_LEFT(name=holder.name)
            rules.refuse(decision, told, *HOLDER_FIELDS)
    return Place(AssetState.ACTIVE, holder)


def _at_place(rules: AssetRules, decision: AssetDecision, state: str) -> Place | None:
    asset, row = decision.target, decision.row
    target = _state_at_place(rules, row, state, asset)
    now = asset.state if asset else ""
    if asset and target == now and now not in AT_A_PLACE:
        return None
    place = rules.settle(decision, rules.places.find(row))
    place = place or (asset.address if asset else None)
    place = place or rules.batch.default_address
    if place is None and not decision.problems:
        rules.refuse(decision, texts.NO_PLACE(), "location")
    return Place(target, place)


def _state_at_place(
    rules: AssetRules, row: Values, state: str, asset: Asset | None
) -> str:
    if state == AssetState.IN_REPAIR or asset is None:
        return state if state == AssetState.IN_REPAIR else AssetState.STORAGE
    if state == AssetState.STORAGE and asset.state != AssetState.RESERVED:
        return AssetState.STORAGE
    is_given_back = _clears_holder(row) and asset.state == AssetState.ACTIVE
    arrives = asset.state == AssetState.ORDERED and row.get("location")
    return AssetState.STORAGE if is_given_back or arrives else asset.state


def check_claim(rules: AssetRules, decision: AssetDecision) -> None:
    asset = decision.target
    claim = rules.claims.get(asset.id) if asset else None
    if asset and claim and (decision.writes or decision.moves):
        rules.refuse(decision, inventory.claimed(asset, claim).told)


def state_in(row: Values) -> str:
    return (row.get("state") or [""])[0]


def _clears_holder(row: Values) -> bool:
    return any(name in row and row[name] is None for name in HOLDER_FIELDS)


def names_a_holder(row: Values) -> bool:
    return any(row.get(name) for name in HOLDER_FIELDS)
