"""Many things in one request, each with a verdict of its own.

What is done to them is an attempt: one call for all, whose statements don't grow with
their number. It says which of them are refused; then all of it is undone, and the next
attempt is made without those.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeVar
from uuid import UUID

from django.db import transaction

from apps.core.errors import Conflict, DomainError

Item = TypeVar("Item")
# An attempt that lost a race is made again; nobody loses so many.
_MOST_RACES = 3


@dataclass(slots=True)
class Outcome:
    """What has become of the items, by where they stand in the request. `names` is
    what bodies call the field of a refusal, if not as the verb does."""

    names: Mapping[str, str] = field(default_factory=dict)
    done: dict[int, UUID] = field(default_factory=dict)
    refused: dict[int, DomainError] = field(default_factory=dict)

    def of(self, at: int, make: Callable[..., Item], *args: Any) -> Item | None:
        """What `make` makes; None if it refuses the item, or it was refused before."""
        if at in self.refused:
            return None
        try:
            return make(*args)
        except DomainError as error:
            self.refuse(at, error)
            return None

    def refuse(self, at: int, error: DomainError) -> None:
        """The first reason counts."""
        if error.field is not None:
            error.field = self.names.get(error.field, error.field)
        self.refused.setdefault(at, error)


def settle(
    items: Mapping[int, Item], attempt: Callable[[Mapping[int, Item]], Outcome]
) -> Outcome:
    """Writes those that nothing refuses, and says why the others are refused."""
    found, left, races = Outcome(), dict(items), 0
    while left:
        try:
            with transaction.atomic():
                outcome = attempt(left)
                if outcome.refused:
                    transaction.set_rollback(True)
        except Conflict:
            races += 1
            if races == _MOST_RACES:
                raise
            continue
        found.refused |= outcome.refused
        if not outcome.refused:
            found.done = outcome.done
            break
        left = {at: one for at, one in left.items() if at not in outcome.refused}
    return found


def settle_one(item: Item, attempt: Callable[[Mapping[int, Item]], Outcome]) -> UUID:
    """The same for a single one. Raises what refuses it."""
    found = settle({0: item}, attempt)
    if found.refused:
        raise found.refused[0]
    return found.done[0]
