"""What is known of a file, and of the register, while a chunk of its rows is judged."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import UUID

from django.db.models import Model

from apps.accounts.models import User
from apps.catalog.models import Product
from apps.companies.models import Address, Company
from apps.core.clean import one_line
from apps.core.keys import Index
from apps.imports.columns.cells import HELD_BY_DEVICE
from apps.imports.columns.fields import SPECIFICATION, TABLES
from apps.imports.models import Batch, Unknown
from apps.imports.states import HOLDERS, Choice, Kind
from apps.inventory.models import Claim

from .holders import People
from .references import Places, Products, Wanted

# By the kind of name: what an unknown one may be taken for.
EXISTING: Mapping[str, tuple[type[Model], ...]] = {
    "product": (Product,),
    "person": (User, Address),
    "holder": (User, Address),
    "place": (Address,),
}


MOST_FIRST_SAID = 20_000  # about 12 MB
_DECIDED = ("kind", "key", "action", "use_id", "use_text")


@dataclass(slots=True)
class Context:
    """The first part is known of the whole file. The second is looked up for each
    chunk, as far as its kind needs it."""

    batch: Batch
    kind: Kind
    company: Company
    options: Mapping[str, Any]
    columns: dict[str, int]  # target -> position
    specifications: tuple[str, ...]  # targets of this sort, in their order
    choices: dict[tuple[str, str], Unknown]  # that somebody decided
    existing: dict[UUID, Model]  # what names are taken for
    are_nobody: bool  # some names of holders, as somebody decided
    today: date

    # What the first row says of something that is to be created, by kind and key.
    first_said: dict[tuple[str, Any], dict[str, Any]] = field(default_factory=dict)
    # A plan tells what a row creates and leaves out; applying needs none of it.
    is_plan: bool = True
    by_key: dict[str, Index[Any]] = field(init=False)  # what rows may be about
    products: Products = field(init=False)
    people: People = field(init=False)
    places: Places = field(init=False)
    claims: dict[UUID, Claim] = field(init=False)  # by device
    left_on: Mapping[UUID, date | None] = field(init=False)  # by person
    countries: set[str] = field(init=False)

    def said_first(self, wanted: Wanted) -> dict[str, Any]:
        """The fields that it is created with, as the first row names it; of so many
        new things that a file of serial numbers in place of models has no more."""
        name = (wanted.kind, wanted.made_as)
        if len(self.first_said) >= MOST_FIRST_SAID:
            return self.first_said.get(name, wanted.fields)
        return self.first_said.setdefault(name, wanted.fields)

    def as_written(self, name: str, text: str) -> str:
        """The text of a column of the model as its verb writes it today."""
        return TABLES[self.kind].cleaners.get(name, one_line)(text)

    @classmethod
    def of(cls, batch: Batch) -> Context:
        columns = {target: int(at) for at, target in batch.mapping.items()}
        decided = batch.unknowns.filter(decided_at__isnull=False).only(*_DECIDED)
        choices = {(name.kind, name.key): name for name in decided}
        existing = _existing(batch.company, choices.values())
        return cls(
            batch=batch,
            kind=Kind(batch.kind),
            company=batch.company,
            options=batch.options,
            columns=columns,
            specifications=_specifications(columns),
            choices=choices,
            existing=existing,
            are_nobody=any(
                name.action == Choice.NOBODY
                or (
                    name.kind in HOLDERS
                    and isinstance(existing.get(name.use_id), Address)
                )
                for name in choices.values()
            ),
            today=batch.company.today(),
        )


def _specifications(columns: Mapping[str, int]) -> tuple[str, ...]:
    named = tuple(target for target in columns if target.startswith(SPECIFICATION))
    is_held = "holder_kind" in columns or "holder_place" in columns
    return (*named, HELD_BY_DEVICE) if is_held else named


def _existing(company: Company, names: Iterable[Unknown]) -> dict[UUID, Model]:
    wanted: dict[type[Model], list[UUID]] = {}
    for name in names:
        if name.use_id:
            for model in EXISTING.get(name.kind, ()):
                wanted.setdefault(model, []).append(name.use_id)
    return {
        pk: thing
        for model, ids in wanted.items()
        for pk, thing in model._default_manager.filter(company=company)
        .in_bulk(ids)
        .items()
    }
