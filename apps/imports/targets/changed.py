"""Rows that change what there is: written at once, and what undoing needs is noted."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from apps.events.services import Draft

from .outcome import Decision
from .snapshot import facts_of

Apply = Callable[[Any, dict[str, Any]], Draft | None]
Update = Callable[[list[Any], list[str], list[Draft]], object]


def write_changes(decisions: Sequence[Decision], apply: Apply, update: Update) -> None:
    """`apply` sets the values of one and says what to record; `update` writes all."""
    drafts: list[Draft] = []
    fields: set[str] = set()
    targets: list[Any] = [decision.target for decision in decisions]
    for decision, target in zip(decisions, targets, strict=True):
        fields |= decision.writes.keys()
        old = facts_of(target, decision.writes)
        draft = apply(target, decision.writes)
        drafts += [draft] if draft else []
        new = facts_of(target, decision.writes)
        decision.before = {"facts": {name: [old[name], new[name]] for name in old}}
    if targets:
        update(targets, sorted(fields), drafts)
    for decision, target in zip(decisions, targets, strict=True):
        decision.version = target.updated_at
