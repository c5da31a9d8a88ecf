"""The one reader of TRANSITIONS tables."""

from __future__ import annotations

from collections.abc import Mapping, Set

from django.utils.translation import gettext as _

from .errors import Conflict

Transitions = Mapping[str, Set[str]]


def may(table: Transitions, current: str, target: str) -> bool:
    return target in table.get(current, frozenset())


def require(table: Transitions, current: str, target: str, *, what: str) -> None:
    """Raises Conflict `wrong_state` unless `table` lets `target` follow `current`."""
    if not may(table, current, target):
        raise Conflict(
            "wrong_state",
            _("%(what)s is %(current)s and can't become %(target)s.")
            % {
                "what": what,
                "current": current.replace("_", " ").lower(),
                "target": target.replace("_", " ").lower(),
            },
        )
