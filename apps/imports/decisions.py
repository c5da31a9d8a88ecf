"""What becomes of one row: the same for the plan and, later, for applying it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.db.models import Model
from django.utils.translation import gettext as _

from .cells import problem
from .lookups import Unclear, Values, Wanted
from .models import Batch
from .states import Verdict

# Decisions of the person who imports, by (kind, key) of what is unknown.
Choices = Mapping[tuple[str, str], bool]


@dataclass(slots=True)
class Decision:
    """`writes` are the fields to set, `changes` the same as people read them."""

    row: Values
    target: Model | None = None
    writes: dict[str, Any] = field(default_factory=dict)
    changes: dict[str, list[str]] = field(default_factory=dict)
    problems: list[dict[str, Any]] = field(default_factory=list)
    needs: list[Wanted] = field(default_factory=list)
    moves: bool = False
    result_id: UUID | None = None

    @property
    def verdict(self) -> Verdict:
        if self.problems:
            return Verdict.REFUSED
        if self.target is None:
            return Verdict.CREATE
        return Verdict.CHANGE if self.writes or self.moves else Verdict.SAME


class Rules:
    """What the rules of assets and of people share."""

    def __init__(self, batch: Batch) -> None:
        self.batch = batch
        self.company = batch.company
        self.columns = {
            target: int(position) for position, target in batch.mapping.items()
        }
        self.choices: Choices = {
            (unknown["kind"], unknown["key"]): bool(unknown["create"])
            for unknown in batch.unknowns
        }

    def refuse(
        self, decision: Decision, code: str, message: str, *targets: str
    ) -> None:
        """`targets` are the fields it is about; the first that has a column tells."""
        columns = (self.columns[target] for target in targets if target in self.columns)
        decision.problems.append(problem(code, str(message), next(columns, None)))

    def settle(self, decision: Decision, found: Any) -> Any:
        """Notes what a look-up needs or what is unclear about it; else returns it."""
        if isinstance(found, Unclear):
            self.refuse(decision, found.code, found.message, found.target)
            return None
        if isinstance(found, Wanted):
            decision.needs.append(found)
        return found

    def check_needs(self, decision: Decision) -> None:
        """Last of all: a row refused for another reason makes nothing."""
        if decision.problems:
            decision.needs = []
        for wanted in decision.needs:
            if not self.choices.get((wanted.kind, wanted.key), True):
                message = _("“%(value)s” is not known, and is not to be created.")
                self.refuse(decision, "not_created", message % {"value": wanted.value})


def shown(value: Any) -> str:
    return "" if value is None else str(value)
