"""What each kind of file says of itself: one class per kind."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from typing import Any, ClassVar

from django.db import transaction
from django.db.models import Model

from apps.core.actor import Actor
from apps.core.bulk import prefer_indexes
from apps.imports.models import Batch
from apps.imports.states import Kind

from .context import Context
from .outcome import Outcome
from .references import Values
from .undo_rules import Restore


class Target(ABC):
    """Judges and writes the rows of one batch."""

    kind: ClassVar[Kind]
    model: ClassVar[type[Model]]
    # By these a file can't name the same thing twice.
    keys: ClassVar[tuple[str, ...]]
    restore: ClassVar[type[Restore]]
    # The page of one, by its id.
    page: ClassVar[str]
    # Whether rows may leave open where it is.
    has_places: ClassVar[bool] = False
    # Changes that are kept as codes, with what people read.
    shown_as: ClassVar[Mapping[str, Callable[[str], str]]] = {}

    def __init__(self, batch: Batch) -> None:
        self.context = Context.of(batch)

    @transaction.atomic
    def look_up(self, rows: Sequence[Values], *, lock: bool = False) -> None:
        """Finds what these rows are about; `lock` holds it for the transaction."""
        prefer_indexes()
        self.context.is_plan = not lock
        self.load(rows, lock=lock)

    @abstractmethod
    def load(self, rows: Sequence[Values], *, lock: bool) -> None: ...

    @abstractmethod
    def judge(self, row: Values) -> Outcome:
        """What becomes of one of the rows that were looked up."""

    @abstractmethod
    def write(self, outcomes: Sequence[Any], *, actor: Actor) -> None:
        """Writes those that create or change something, in the caller's transaction."""

    @classmethod
    def shown(cls, name: str, value: str) -> str:
        """The value of a change as people read it."""
        return cls.shown_as[name](value) if name in cls.shown_as else value

    def unreadable(self, row: Values, problems: list[dict[str, Any]]) -> Outcome:
        return Outcome(self.context, row, problems=problems)
