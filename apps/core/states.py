"""The one reader of TRANSITIONS tables."""

from __future__ import annotations

from collections.abc import Mapping, Set

from django.utils.translation import gettext as _

from .errors import Conflict

# Its keys are all members of one TextChoices: so a table knows what states are called.
Transitions = Mapping[str, Set[str]]


def may(table: Transitions, current: str, target: str) -> bool:
    return target in table.get(current, frozenset())


def require(table: Transitions, current: str, target: str, *, what: str) -> None:
    """Raises Conflict `wrong_state` unless `table` lets `target` follow `current`."""
    if not may(table, current, target):
        raise Conflict(
            "wrong_state",
            _("%(what)s can't go from “%(current)s” to “%(target)s”.")
            % {
                "what": what,
                "current": label(table, current),
                "target": label(table, target),
            },
        )


def label(table: Transitions, state: str) -> str:
    """What people call a state, as it stands: other languages write nouns otherwise
    than adjectives. The code of a state that the table does not know."""
    known = {str(key): key.label for key in table}  # type: ignore[attr-defined]
    return str(known.get(state, state))
