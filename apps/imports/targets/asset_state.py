"""Which state a row of a device states, and what is asked about the word it uses.

A word is asked about once, by its kind of question; what it means holds for the company
(see `unresolved.inherit`). Nothing is taken for another state without that.
"""

from __future__ import annotations

from collections.abc import Mapping

from apps.core.keys import key
from apps.core.told import Told
from apps.imports.states import Choice
from apps.imports.values import Status, folded
from apps.imports.values.texts import UNKNOWN_STATUS
from apps.inventory.states import ArchiveReason, AssetState

from . import texts
from .outcome import AssetOutcome
from .references import Wanted

# Kinds of questions: a word that says nothing to us; one that means “In use” where no
# holder is named; one that means “In storage” where one is.
STATUS, IN_USE, HELD = "status", "in_use", "held"

_ARCHIVED = tuple(Status(AssetState.ARCHIVED, reason).code for reason in ArchiveReason)
_NOT_HELD = (AssetState.STORAGE.value, AssetState.IN_REPAIR.value)
# By the kind of question: what its word may be taken for, as codes of a Status.
MEANINGS: Mapping[str, tuple[str, ...]] = {
    STATUS: (*_NOT_HELD, AssetState.ACTIVE.value, AssetState.ORDERED.value, *_ARCHIVED),
    IN_USE: (*_NOT_HELD, *_ARCHIVED),
    HELD: (AssetState.ACTIVE.value, AssetState.STORAGE.value),
}

# Snipe-IT's status labels say what may be done with a device, not whether it is checked
# out: https://snipe-it.readme.io/docs/status-labels
_OF_CHECKED_OUT_TOO = frozenset({"ready to deploy", "deployable", "pending"})


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
    refusal = texts.IN_USE_WITHOUT_HOLDER(value=outcome.word)
    outcome.status = _meaning(outcome, IN_USE, refusal)


def ask_beside_holder(outcome: AssetOutcome) -> None:
    """“In storage” nobody has it, and the row names a holder."""
    if folded(outcome.word) in _OF_CHECKED_OUT_TOO:
        outcome.status = Status(AssetState.ACTIVE)
        return
    refusal = texts.STORED_WITH_HOLDER(value=outcome.word)
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
        created_unasked=False,
        refusal=refusal,
    )
    outcome.unknowns.append(asked)
    choice = outcome.context.choices.get((kind, unknown))
    if choice is None or choice.action != Choice.USE:
        outcome.refuse(asked.refused_as(choice is not None), "state")
        return None
    return Status.of(choice.use_text)
