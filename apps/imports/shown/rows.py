"""What a row of a plan says: why it is refused, and what it changes."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from apps.imports.columns.cells import told_of
from apps.imports.columns.fields import FIELDS, field_label
from apps.imports.states import Kind
from apps.imports.targets import TARGETS


def faults_of(
    problems: Sequence[Mapping[str, Any]], cells: Sequence[str]
) -> list[dict[str, Any]]:
    """All that is wrong with a row: code, sentence, position of the column and the cell
    in it, things that may be meant."""
    return [
        {
            "code": problem.get("code", "other"),
            "message": told_of(problem),
            "column": problem.get("column"),
            "cell": at(cells, problem.get("column")),
            "candidates": problem.get("candidates", []),
        }
        for problem in problems
    ]


def changes_of(kind: Kind, changes: Mapping[str, Any]) -> list[dict[str, str]]:
    """Field by field, in the order of the fields, as people read them."""
    target = TARGETS[kind]
    return [
        {
            "field": name,
            "label": field_label(kind, name),
            "old": target.shown(name, old),
            "new": target.shown(name, new),
        }
        for name, (old, new) in sorted(changes.items(), key=_order[kind])
    ]


def _in_order_of(kind: Kind) -> Callable[[tuple[str, Any]], int]:
    """As the fields are listed; the database keeps no order of changes."""
    places = {field.target: place for place, field in enumerate(FIELDS[kind])}
    return lambda change: places.get(change[0], len(places))


_order = {kind: _in_order_of(kind) for kind in Kind}


def at(texts: Sequence[str], position: int | None) -> str:
    is_there = position is not None and 0 <= position < len(texts)
    return str(texts[position]) if is_there else ""
