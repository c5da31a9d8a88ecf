"""How people get from one state to the next: declared beside each TRANSITIONS, shown in
docs/states.md, proved by apps/ops/tests/test_doors.py."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from .states import Transitions, may


@dataclass(frozen=True, slots=True)
class Door:
    """One verb (dotted, below `apps`) that takes a thing from any of `leaves` to any
    of `enters` that TRANSITIONS lets follow, and where it is called: "page" or
    "api" and the URL's name, "admin" with app, model and action, "command", "task" or
    "event".

    A Door without verb says by `why_not` why nobody can go that way.
    """

    leaves: frozenset[str]
    enters: frozenset[str]
    verb: str = ""
    places: tuple[str, ...] = ()
    why_not: str = ""

    def opens(self, current: str, target: str) -> bool:
        return current in self.leaves and target in self.enters


def door(leaves: Iterable[str], enters: Iterable[str], verb: str, *places: str) -> Door:
    return Door(frozenset(leaves), frozenset(enters), verb, places)


def no_door(leaves: Iterable[str], enters: Iterable[str], why_not: str) -> Door:
    return Door(frozenset(leaves), frozenset(enters), why_not=why_not)


def final(ends: Iterable[str], why: str) -> Door:
    """States that nothing follows."""
    return Door(frozenset(ends), frozenset(), why_not=why)


def pairs(table: Transitions) -> Iterator[tuple[str, str]]:
    for current in sorted(table):
        for target in sorted(table[current]):
            yield str(current), str(target)


def through(table: Transitions, one: Door) -> dict[str, list[str]]:
    """Each state that the door leads to, with those that it leads there from."""
    found: dict[str, list[str]] = {}
    for target in sorted(one.enters):
        leaves = [str(s) for s in sorted(one.leaves) if may(table, s, target)]
        if leaves:
            found[str(target)] = leaves
    return found


def unexplained(table: Transitions, doors: Sequence[Door]) -> list[tuple[str, str]]:
    """Transitions that nobody says how to take, and ends ("") that nobody explains."""
    explained = frozenset().union(*(d.leaves for d in doors if not d.enters))
    ends = [(str(s), "") for s in sorted(table) if not table[s] and s not in explained]
    return ends + [
        (current, target)
        for current, target in pairs(table)
        if not any(one.opens(current, target) for one in doors)
    ]
