"""Where a device is to be, and in which state.

A word for a state is asked about once, by its kind of question; what it means holds for
the company (see `unresolved.inherit`). Nothing is taken for another state without that.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from apps.accounts.models import User
from apps.accounts.states import RECEIVES
from apps.companies.models import Address
from apps.core import states
from apps.core.keys import key
from apps.core.told import Told
from apps.imports.states import Choice
from apps.imports.values import Status, folded, is_in_stock
from apps.imports.values.cell_texts import UNKNOWN_STATUS
from apps.imports.values.text import shortened
from apps.inventory import services as inventory
from apps.inventory import texts as inventory_texts
from apps.inventory.models import Asset
from apps.inventory.states import AT_A_PLACE, TRANSITIONS, ArchiveReason, AssetState

from . import row_texts
from .holders import differing_names, holder_of
from .outcome import AssetOutcome, Place
from .references import Values, Wanted, only_open

# Kinds of questions: a word that says nothing to us; one that means “In use” where no
# holder is named; one that means “In storage”, or that nobody uses it, where one is;
# one of orders and returns; one that means “Ordered” where the device is here already.
STATUS, IN_USE, HELD, UNUSED = "status", "in_use", "held", "unused"
WORKFLOW, ARRIVED = "workflow", "arrived"

_ARCHIVED = tuple(Status(AssetState.ARCHIVED, reason).code for reason in ArchiveReason)
_NOT_HELD = (AssetState.STORAGE.value, AssetState.IN_REPAIR.value)
# By the kind of question: what its word may be taken for, as codes of a Status.
MEANINGS: Mapping[str, tuple[str, ...]] = {
    STATUS: (*_NOT_HELD, AssetState.ACTIVE.value, AssetState.ORDERED.value, *_ARCHIVED),
    IN_USE: (*_NOT_HELD, *_ARCHIVED),
    HELD: (AssetState.ACTIVE.value, AssetState.STORAGE.value),
    UNUSED: (AssetState.ACTIVE.value, *_NOT_HELD, AssetState.ORDERED.value, *_ARCHIVED),
    WORKFLOW: (*_NOT_HELD, AssetState.ACTIVE.value, *_ARCHIVED),
    ARRIVED: (*_NOT_HELD, AssetState.ACTIVE.value, *_ARCHIVED),
}

# Snipe-IT's status labels say what may be done with a device, not whether it is checked
# out: https://snipe-it.readme.io/docs/status-labels
_OF_CHECKED_OUT_TOO = frozenset({"ready to deploy", "deployable", "pending"})

HOLDER_FIELDS = (
    *("holder_email", "holder_username", "holder_name"),
    *("holder_last_name", "holder_first_name"),
)
# Set by workflows alone: a file may only say that it is so already.
OF_WORKFLOWS = frozenset({AssetState.RESERVED, AssetState.IN_TRANSIT})
NOT_WITH_PEOPLE = OF_WORKFLOWS | {
    AssetState.IN_REPAIR,
    AssetState.ARCHIVED,
    AssetState.ORDERED,
}


# --- Its state ---


def note_state(outcome: AssetOutcome) -> None:
    """Sets the status that the row states, or notes that its word is asked about."""
    said = outcome.row.get("state")
    if not said:
        return
    state, reason, *word = said  # planned by an older version, it has no word
    outcome.word = word[0] if word else Status(state, reason).label
    if state:
        outcome.status = Status(state, reason)
    else:
        refusal = UNKNOWN_STATUS(value=outcome.word)
        outcome.status = _meaning(outcome, STATUS, refusal)


def ask_without_holder(outcome: AssetOutcome) -> None:
    """“In use” needs a holder, and the row names none."""
    refusal = row_texts.IN_USE_WITHOUT_HOLDER(value=outcome.word)
    outcome.status = _meaning(outcome, IN_USE, refusal)


def ask_beside_holder(outcome: AssetOutcome) -> None:
    """“In storage” nobody has it, and the row names a holder."""
    if folded(outcome.word) in _OF_CHECKED_OUT_TOO:
        outcome.status = Status(AssetState.ACTIVE)
        return
    refusal = row_texts.STORED_WITH_HOLDER(value=outcome.word)
    outcome.status = _meaning(outcome, HELD, refusal)


def _meaning(outcome: AssetOutcome, kind: str, refusal: Told) -> Status | None:
    word = outcome.word
    unknown = folded(word) or key(word) or ""
    asked = Wanted(
        kind,
        unknown,
        word,
        {},
        "state",
        may_create=False,
        refusal=refusal,
    )
    outcome.unknowns.append(asked)
    choice = outcome.context.choices.get((kind, unknown))
    if choice is None or choice.action != Choice.USE:
        outcome.refuse(asked.refused_as(choice is not None), "state")
        return None
    return Status.of(choice.use_text)


# --- That nobody has it ---


def note_nobody(outcome: AssetOutcome) -> None:
    """What names no person, but a place or that the device lies in stock, says that
    nobody has it: as people decided, else by a known place and words for a stock. A
    place is where it is, unless the row says that itself."""
    row, context = outcome.row, outcome.context
    text = holder_of(row)
    if text is None:
        return
    is_word, place = is_in_stock(text), only_open(context.places.by_name.find(text))
    if not (is_word or place or context.are_nobody):
        return
    found = context.people.holder(row, None)
    if not isinstance(found, Wanted):
        return
    if choice := context.choices.get((found.kind, found.key)):
        place = context.existing.get(choice.use_id) if choice.use_id else None
        is_place = isinstance(place, Address) and place.is_active
        if not (is_place or choice.action == Choice.NOBODY):
            return
        outcome.unknowns.append(found)
    elif found.kind != "holder" or not (is_word or place):
        return
    _drop_holder(outcome)
    if place is None:
        outcome.warn(row_texts.IN_STOCK(value=shortened(text)), *HOLDER_FIELDS)
    elif key(row.get("location")) in (None, key(place.name)):
        outcome.row["location"] = place.name
        outcome.warn(row_texts.IS_A_PLACE(value=shortened(text)), *HOLDER_FIELDS)
    else:
        outcome.warn(row_texts.OVERRULED(value=shortened(text)), *HOLDER_FIELDS)


def _drop_holder(outcome: AssetOutcome) -> None:
    kept = (name for name in outcome.row if name not in HOLDER_FIELDS)
    outcome.row = {name: outcome.row[name] for name in kept} | {"holder_name": None}


# --- Where it is ---


def note_location(outcome: AssetOutcome) -> None:
    _note_step(outcome)
    if outcome.context.is_plan and not outcome.problems:
        _tell_of_state(outcome)
        _tell_of_place(outcome)


def _tell_of_state(outcome: AssetOutcome) -> None:
    """What is reserved stays so, and what is archived keeps its reason."""
    asset, stated = outcome.target, outcome.status
    if asset is None or stated is None or outcome.place:
        return
    known = Status(asset.state, asset.archive_reason)
    if stated.state != known.state or stated.reason not in ("", known.reason):
        told = row_texts.STATE_STAYS(stated=stated.code, known=known.code)
        outcome.warn(told, "state")


def _tell_of_place(outcome: AssetOutcome) -> None:
    """Only what is at a place, or was there when it was archived, keeps the place."""
    place, asset = outcome.row.get("location"), outcome.target
    state = outcome.place.state if outcome.place else asset.state
    was_there = asset is None and state == AssetState.ARCHIVED
    if key(place) and state not in AT_A_PLACE and not was_there:
        told = row_texts.PLACE_LEFT_OUT(value=shortened(place), state=state)
        outcome.warn(told, "location")


def _note_step(outcome: AssetOutcome) -> None:
    asset = outcome.target
    place = _wanted_place(outcome)
    if place is None or outcome.problems:
        return
    old_holder = asset.holder if asset else None
    is_there = asset and asset.state == place.state and old_holder == place.holder
    if is_there:
        return
    if asset and not states.may(TRANSITIONS, asset.state, place.state):
        _refuse_step(outcome, asset, place)
        return
    outcome.place, outcome.moves = place, asset is not None
    if asset or outcome.context.is_plan:
        state = asset.state if asset else ""
        _note_change(outcome, state, old_holder, place)


def _refuse_step(outcome: AssetOutcome, asset: Asset, place: Place) -> None:
    told = row_texts.WRONG_STEP(what=asset, current=asset.state, target=place.state)
    targets = ("state", "holder_email", "holder_name", "location")
    outcome.refuse(told, *targets)


def _note_change(outcome: AssetOutcome, old_state: str, old: Any, place: Place) -> None:
    before, after = old_state, Status(place.state, place.reason).code
    if before != after:
        outcome.changes["state"] = [before, after]
    if old != place.holder:
        new = place.holder
        is_person = isinstance(new, User) or getattr(new, "kind", "") == "person"
        is_person |= new is None and isinstance(old, User)
        label = "holder_name" if is_person else "location"
        names = [getattr(holder, "name", "") for holder in (old, new)]
        if any(names):
            outcome.changes[label] = names


def _wanted_place(outcome: AssetOutcome) -> Place | None:
    """None leaves it where it is."""
    row, asset = outcome.row, outcome.target
    if outcome.state == AssetState.STORAGE and names_a_holder(row):
        ask_beside_holder(outcome)
        if outcome.state == AssetState.STORAGE:
            return _at_place(outcome, outcome.state)
    if row.get("state") and outcome.status is None:
        _ask_about_names(outcome)
        return None
    state = outcome.state
    now = asset.state if asset else ""
    if asked := _contradicted(outcome, state, now):
        if outcome.status is None:
            return None
        if asked == UNUSED and outcome.state != AssetState.ACTIVE:
            said = row_texts.OVERRULED(value=shortened(holder_of(row) or ""))
            outcome.warn(said, *HOLDER_FIELDS)
            _drop_holder(outcome)
        return _wanted_place(outcome)
    if state in (AssetState.ARCHIVED, AssetState.ORDERED):
        return None if state == now else _placeless(outcome, state)
    if state not in NOT_WITH_PEOPLE:
        holder = _holder(outcome)
        if holder is not None or outcome.problems:
            return _at_person(outcome, holder)
        if state == AssetState.ACTIVE and not _stays_in_use(outcome):
            ask_without_holder(outcome)
            return _wanted_place(outcome) if outcome.status else None
    return _at_place(outcome, state)


def _contradicted(outcome: AssetOutcome, state: str, now: str) -> str | None:
    """The kind of question that the word for the state raises beside what else is known
    of the device; it is asked then."""
    if state in OF_WORKFLOWS and state != now:
        asked, refusal = WORKFLOW, row_texts.WORKFLOW_STATE(state=state)
    elif state in NOT_WITH_PEOPLE and names_a_holder(outcome.row):
        asked, refusal = UNUSED, row_texts.HOLDER_BESIDE_STATE(state=state)
    elif state == AssetState.ORDERED and now not in ("", state):
        asked, refusal = ARRIVED, row_texts.ARRIVED(value=outcome.word, state=now)
    else:
        return None
    outcome.status = _meaning(outcome, asked, refusal)
    return asked


def _holder(outcome: AssetOutcome) -> Any:
    present = outcome.target.user if outcome.target else None
    found = outcome.context.people.holder(outcome.row, present)
    holder = outcome.resolve(found)
    is_found = holder is not None and holder is found  # nobody had to say who it is
    if is_found and outcome.context.is_plan:
        _tell_of_holder(outcome, holder)
    return holder


def _tell_of_holder(outcome: AssetOutcome, holder: User | Wanted) -> None:
    """What the row says of them beside what they were found by, where it differs."""
    if isinstance(holder, User):
        login, name, whole = holder.username, holder.name, holder.name_and_email
    else:
        said = outcome.context.said_first(holder)
        login, name = said["username"], f"{said['first_name']} {said['last_name']}"
        whole = holder.value
    for target, stated in differing_names(outcome.row, login, name):
        outcome.warn(row_texts.HOLDER_DIFFERS(stated=stated, name=whole), target)


def _stays_in_use(outcome: AssetOutcome) -> bool:
    """Its holder is known here, if not by the row."""
    asset = outcome.target
    is_in_use = asset is not None and asset.state == AssetState.ACTIVE
    return is_in_use and not _clears_holder(outcome.row)


def _ask_about_names(outcome: AssetOutcome) -> None:
    """Beside the word of the state, so that all is asked at once."""
    if _holder(outcome) is None and not names_a_holder(outcome.row):
        _place(outcome)


def _place(outcome: AssetOutcome) -> Any:
    present = outcome.target.address if outcome.target else None
    return outcome.resolve(outcome.context.places.find(outcome.row, present))


def _placeless(outcome: AssetOutcome, state: str) -> Place:
    """A new device that is archived already was somewhere, if that is known."""
    reason = outcome.status.reason if outcome.status else ""
    if state == AssetState.ARCHIVED and outcome.target is None:
        holder = _place(outcome) or outcome.context.batch.default_address
        return Place(state, holder, reason)
    return Place(state, None, reason)


def _at_person(outcome: AssetOutcome, holder: Any) -> Place | None:
    asset = outcome.target
    if isinstance(holder, User):
        if asset and asset.user_id == holder.id:
            return None
        if holder.state not in RECEIVES:
            told = inventory_texts.PERSON_HAS_LEFT(name=holder.name)
            outcome.refuse(told, *HOLDER_FIELDS)
    return Place(AssetState.ACTIVE, holder)


def _at_place(outcome: AssetOutcome, state: str) -> Place | None:
    asset, row = outcome.target, outcome.row
    target = _state_at_place(row, state, asset)
    now = asset.state if asset else ""
    if asset and target == now and now not in AT_A_PLACE:
        return None
    place = _place(outcome)
    place = place or (asset.address if asset else None)
    place = place or outcome.context.batch.default_address
    if place is None and not outcome.problems:
        outcome.refuse(row_texts.NO_PLACE(), "location")
    return Place(target, place)


def _state_at_place(row: Values, state: str, asset: Asset | None) -> str:
    if state == AssetState.IN_REPAIR or asset is None:
        return state if state == AssetState.IN_REPAIR else AssetState.STORAGE
    if state == AssetState.STORAGE and asset.state != AssetState.RESERVED:
        return AssetState.STORAGE
    is_given_back = _clears_holder(row) and asset.state == AssetState.ACTIVE
    arrives = asset.state == AssetState.ORDERED and row.get("location")
    return AssetState.STORAGE if is_given_back or arrives else asset.state


def check_claim(outcome: AssetOutcome) -> None:
    asset = outcome.target or outcome.taken_from
    claim = outcome.context.claims.get(asset.id) if asset else None
    if asset and claim and (outcome.writes or outcome.moves):
        outcome.refuse(inventory.claimed(asset, claim).told)


def _clears_holder(row: Values) -> bool:
    return any(name in row and row[name] is None for name in HOLDER_FIELDS)


def names_a_holder(row: Values) -> bool:
    return any(row.get(name) for name in HOLDER_FIELDS)
