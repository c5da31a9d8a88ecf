"""Who calls, as a process remembers it, and the database's word that it is still so.

A caller who was here before is known without asking. What was known is true if the rows
it came from are the same versions, and any statement can say so beside its own answer.
Nothing that was read for a caller leaves before that is proven.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from apps.core.prepared import execute


class Stale(Exception):
    """What was known of the caller is so no more: the operation begins anew."""


@dataclass(slots=True)
class Proof:
    """`sql` with `params` selects one text, which must be `seen`."""

    sql: str
    params: tuple[Any, ...]
    seen: str
    is_given: bool = False

    def check(self, found: str | None) -> None:
        """Raises Stale."""
        if found != self.seen:
            raise Stale
        self.is_given = True

    def ask(self) -> None:
        """In a statement of its own. Raises Stale."""
        rows = execute(self.sql, self.params, is_plain=True)
        self.check(rows[0][0] if rows else None)
