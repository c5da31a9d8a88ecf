"""What becomes of one row: the same for the plan and, later, for applying it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from django.db.models import Model

from apps.accounts.models import User
from apps.catalog.models import Product
from apps.companies.models import Address
from apps.core.told import Told
from apps.imports.columns.cells import problem
from apps.imports.columns.fields import TARGETS
from apps.imports.models import Unknown
from apps.imports.states import Choice, Verdict
from apps.imports.values import Status

from . import row_texts
from .context import Context
from .references import Unclear, Values, Wanted

# Codes of rows that are refused only because of what nobody has decided about.
UNKNOWN = frozenset(
    {
        "not_created",
        "person_unknown",
        "no_product",
        "unknown_status",
        "in_use_without_holder",
        "stored_with_holder",
        "holder_beside_state",
        "workflow_state",
        "arrived_already",
        "other_key",
        "decided_against",
    }
)


# Rows that are left out for nothing else have a verdict of their own.
_LEFT_OUT_FOR = {
    frozenset({"ambiguous"}): Verdict.AMBIGUOUS,
    frozenset({"other_key"}): Verdict.CONFLICT,
}


@dataclass(slots=True, eq=False)
class Outcome:
    """`writes` are the fields to set, `changes` the same as people read them.

    Writing it notes what undoing needs: `result_id`, `version` and `before`.
    """

    context: Context
    row: Values
    target: Any = None  # of the kind's model; None is created
    writes: dict[str, Any] = field(default_factory=dict)
    changes: dict[str, list[str]] = field(default_factory=dict)
    problems: list[dict[str, Any]] = field(default_factory=list)
    # For these the row is not refused.
    warnings: list[dict[str, Any]] = field(default_factory=list)
    unknowns: list[Wanted] = field(default_factory=list)
    needs: list[Wanted] = field(default_factory=list)
    moves: bool = False
    rehires: bool = False
    taken_from: Any = None  # what gives up keys to the one that is created
    taken: tuple[str, ...] = ()
    result_id: UUID | None = None
    version: datetime | None = None
    before: dict[str, Any] | None = None

    @property
    def is_written(self) -> bool:
        """Whether it creates or changes something."""
        if self.problems:
            return False
        return self.target is None or bool(self.writes) or self.moves or self.rehires

    @property
    def verdict(self) -> Verdict:
        if self.problems:
            codes = {problem["code"] for problem in self.problems}
            return _LEFT_OUT_FOR.get(frozenset(codes), Verdict.REFUSED)
        if self.target is None:
            return Verdict.CREATE
        if self.rehires:
            return Verdict.REHIRE
        return Verdict.CHANGE if self.is_written else Verdict.SAME

    def refuse(
        self,
        told: Told,
        *targets: str,
        candidates: Sequence[Model] = (),
        code: str = "",
    ) -> None:
        """`targets` are the fields it is about; the first that has a column tells."""
        found = self._problem(told, targets, code)
        if candidates:
            found["candidates"] = [
                {"id": str(one.pk), "kind": one._meta.model_name, "text": str(one)}
                for one in candidates
            ]
        self.problems.append(found)

    def warn(self, told: Told, *targets: str, code: str = "") -> None:
        """What is left out of the row, and why; it goes on without that."""
        self.warnings.append(self._problem(told, targets, code))

    def _problem(self, told: Told, targets: Sequence[str], code: str) -> dict[str, Any]:
        columns = self.context.columns
        at = next((columns[target] for target in targets if target in columns), None)
        return problem(told, at, code=code)

    def note_differing(self, facts: Mapping[str, Any]) -> None:
        """Notes the facts that differ: what to write, and what people read of it."""
        target, context = self.target, self.context
        labels = TARGETS[context.kind]
        for name, value in facts.items():
            old = getattr(target, name) if target else ""
            if value == old or (not target and value is None):
                continue
            is_text = target is not None and isinstance(old, str)
            if is_text and value == context.as_written(name, old):
                continue  # stored before texts were written as they are now
            self.writes[name] = value
            if target or context.is_plan:
                change = [shown(old), shown(value)]
                self.changes[labels.get(name, name)] = change

    def resolve(self, found: Any) -> Any:
        """What a look-up found, or what stands for it; None, with the reason noted,
        where that is unclear or not wanted."""
        if isinstance(found, Unclear):
            self.refuse(found.told, found.target, candidates=found.candidates)
            return None
        if not isinstance(found, Wanted):
            return found
        self.unknowns.append(found)
        choice = self.context.choices.get((found.kind, found.key))
        if choice is not None and choice.action == Choice.USE:
            return self._use(found, choice)
        if found.is_usual if choice is None else choice.creates and found.may_create:
            self.needs.append(found)
            return found
        candidates = () if found.may_create else found.candidates
        self.refuse(
            found.refused_as(choice is not None), found.target, candidates=candidates
        )
        return None

    def _use(self, found: Wanted, choice: Unknown) -> Any:
        existing = self.context.existing
        thing = existing.get(choice.use_id) if choice.use_id else None
        if thing is None or not getattr(thing, "is_active", True):
            told = row_texts.MAPPED_GONE(other=choice.use_text, value=found.value)
            self.refuse(told, found.target)
            return None
        return thing

    def drop_needs_if_refused(self) -> None:
        """Last of all: a row that is refused makes nothing."""
        if self.problems:
            self.needs = []


class Place(NamedTuple):
    """Where a device is to be."""

    state: str
    holder: User | Address | Wanted | None = None
    reason: str = ""


@dataclass(slots=True, eq=False)
class AssetOutcome(Outcome):
    product: Product | Wanted | None = None
    place: Place | None = None
    status: Status | None = None  # that the row states, or its word is taken for
    word: str = ""  # by which the row says so

    @property
    def state(self) -> str:
        return self.status.state if self.status else ""


def shown(value: Any) -> str:
    return "" if value is None else str(value)
