"""What becomes of one row: the same for the plan and, later, for applying it."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Model

from apps.accounts.models import User
from apps.catalog.models import Product
from apps.companies.models import Address
from apps.core.bulk import prefer_indexes
from apps.core.told import Sentence, Told
from apps.imports.columns.cells import problem
from apps.imports.models import Batch
from apps.imports.states import Action, Verdict
from apps.imports.values.base import bare

from . import texts
from .references import Unclear, Values, Wanted

# Codes of rows that are refused only because of a name nobody has decided about.
UNKNOWN = frozenset({"not_created", "person_unknown"})
EXISTING: Mapping[str, type[Model]] = {
    "product": Product,
    "person": User,
    "holder": User,
    "place": Address,
}


@dataclass(frozen=True, slots=True)
class Decided:
    """What the person who imports decided about an unknown name."""

    action: str
    use_id: UUID | None
    use_text: str


@dataclass(slots=True)
class Decision:
    """`writes` are the fields to set, `changes` the same as people read them.

    Writing it notes what undoing needs: `result_id`, `version` and `before`.
    """

    row: Values
    target: Model | None = None
    writes: dict[str, Any] = field(default_factory=dict)
    changes: dict[str, list[str]] = field(default_factory=dict)
    problems: list[dict[str, Any]] = field(default_factory=list)
    unknowns: list[Wanted] = field(default_factory=list)
    needs: list[Wanted] = field(default_factory=list)
    moves: bool = False
    rehires: bool = False
    result_id: UUID | None = None
    version: datetime | None = None
    before: dict[str, Any] | None = None

    @property
    def verdict(self) -> Verdict:
        if self.problems:
            codes = {problem["code"] for problem in self.problems}
            return Verdict.AMBIGUOUS if codes == {"ambiguous"} else Verdict.REFUSED
        if self.target is None:
            return Verdict.CREATE
        if self.rehires:
            return Verdict.REHIRE
        return Verdict.CHANGE if self.writes or self.moves else Verdict.SAME


class Rules:
    """What the rules of assets and of people share."""

    def __init__(self, batch: Batch) -> None:
        self.batch = batch
        self.company = batch.company
        self.columns = {
            target: int(position) for position, target in batch.mapping.items()
        }
        decided = batch.unknowns.exclude(action=Action.CREATE)
        found = decided.values_list("kind", "key", "action", "use_id", "use_text")
        self.choices = {(kind, key): Decided(*rest) for kind, key, *rest in found}
        self.existing = self._existing()

    def _existing(self) -> dict[UUID, Model]:
        """What unknown names are mapped to."""
        wanted: dict[type[Model], list[UUID]] = {}
        for (kind, _key), choice in self.choices.items():
            if choice.use_id and kind in EXISTING:
                wanted.setdefault(EXISTING[kind], []).append(choice.use_id)
        return {
            pk: thing
            for model, ids in wanted.items()
            for pk, thing in model._default_manager.filter(company=self.company)
            .in_bulk(ids)
            .items()
        }

    @transaction.atomic
    def look_up(self, rows: Sequence[Values], *, lock: bool = False) -> None:
        """Finds what these rows are about; `lock` holds it for the transaction."""
        prefer_indexes()
        self.load(rows, lock=lock)

    def load(self, rows: Sequence[Values], *, lock: bool) -> None:
        raise NotImplementedError

    def refuse(
        self,
        decision: Decision,
        told: Told,
        *targets: str,
        candidates: Sequence[Model] = (),
        code: str = "",
    ) -> None:
        """`targets` are the fields it is about; the first that has a column tells."""
        columns = (self.columns[target] for target in targets if target in self.columns)
        found = problem(told, next(columns, None), code=code)
        if candidates:
            found["candidates"] = [
                {"id": str(one.pk), "kind": one._meta.model_name, "text": str(one)}
                for one in candidates
            ]
        decision.problems.append(found)

    def take_only(
        self,
        decision: Decision,
        found: Collection[Model],
        several: Sentence,
        described: Callable[[Any], str],
    ) -> None:
        """What the row is about; it is told that there are `several` candidates."""
        if len(found) > 1:
            told = several(candidates=sorted(map(described, found)))
            self.refuse(decision, told, candidates=list(found))
        elif found:
            (decision.target,) = found

    def note_facts(
        self,
        decision: Decision,
        facts: Mapping[str, Any],
        labels: Mapping[str, str],
        *,
        tells_created: bool = True,
    ) -> None:
        """Notes the facts that differ: what to write, and what people read of it."""
        target = decision.target
        for name, value in facts.items():
            old = getattr(target, name) if target else ""
            # A cell can't say which kind of blank is meant.
            as_read = bare(old) if isinstance(old, str) else old
            if value in (old, as_read) or (not target and value in ("", None)):
                continue
            decision.writes[name] = value
            if target or tells_created:
                change = [shown(old), shown(value)]
                decision.changes[labels.get(name, name)] = change

    def settle(self, decision: Decision, found: Any) -> Any:
        """Notes what a look-up needs or what is unclear about it; else returns it."""
        if isinstance(found, Unclear):
            candidates = found.candidates
            self.refuse(decision, found.told, found.target, candidates=candidates)
            return None
        if not isinstance(found, Wanted):
            return found
        decision.unknowns.append(found)
        choice = self.choices.get((found.kind, found.key))
        if choice is not None and choice.action == Action.USE:
            return self._use(decision, found, choice)
        if choice is None and found.may_create:
            decision.needs.append(found)
            return found
        candidates = () if found.may_create else found.candidates
        told = found.refusal or texts.NOT_CREATED(value=found.value)
        self.refuse(decision, told, found.target, candidates=candidates)
        return None

    def _use(self, decision: Decision, found: Wanted, choice: Decided) -> Any:
        thing = self.existing.get(choice.use_id) if choice.use_id else None
        if thing is None or not getattr(thing, "is_active", True):
            told = texts.MAPPED_GONE(other=choice.use_text, value=found.value)
            self.refuse(decision, told, found.target)
            return None
        return thing

    def check_needs(self, decision: Decision) -> None:
        """Last of all: a row that is refused makes nothing."""
        if decision.problems:
            decision.needs = []


def shown(value: Any) -> str:
    return "" if value is None else str(value)
