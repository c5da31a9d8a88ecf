"""What rows name and the register lacks: created while their batch is applied, and
noted, so that undoing finds it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from operator import attrgetter
from typing import Any

from apps.accounts import services as accounts
from apps.accounts.models import User
from apps.catalog import services as catalog
from apps.catalog.models import Product
from apps.companies import services as companies
from apps.companies.models import Address
from apps.core.actor import Actor
from apps.core.keys import Index
from apps.imports.models import Made

from .context import Context
from .outcome import Outcome
from .references import Wanted


class Created:
    """Creates what a chunk of rows needs, each once, and finds it for each row."""

    def __init__(
        self, context: Context, outcomes: Sequence[Outcome], actor: Actor
    ) -> None:
        self.batch, self.company = context.batch, context.company
        self.by: dict[str, Any] = {
            "actor": actor,
            "company": self.company,
            "batch_id": self.batch.id,
        }
        wanted: dict[str, dict[Any, Wanted]] = {}
        for need in (need for outcome in outcomes for need in outcome.needs):
            wanted.setdefault(need.kind, {}).setdefault(need.made_as, need)
        self.products = self._products(wanted.get("product", {}).values())
        self.places = self._places(wanted.get("place", {}).values())
        self.people = self._people(wanted.get("person", {}).values())

    def _products(self, wanted: Iterable[Wanted]) -> Index[Product]:
        new = [Product(company=self.company, **need.fields) for need in wanted]
        if not new:
            return Index()
        found = catalog.create_many(new, **self.by)
        ids = {product.id for product in new}
        self._note("product", (one for one in found if one.id in ids))
        return found

    def _places(self, wanted: Iterable[Wanted]) -> Index[Address]:
        new = [Address(company=self.company, name=need.value) for need in wanted]
        if not new:
            return Index()
        found = companies.create_addresses(new, **self.by)
        ids = {place.id for place in new}
        self._note("place", (one for one in found if one.id in ids))
        return found

    def _people(self, wanted: Iterable[Wanted]) -> Index[User]:
        today = self.company.today()
        new = [
            accounts.build(self.company, need.fields, today=today) for need in wanted
        ]
        if not new:
            return Index()
        accounts.create_many(new, **self.by)
        self._note("person", new)
        return Index(new, attrgetter("email"))

    def _note(self, kind: str, things: Iterable[Any]) -> None:
        Made.objects.bulk_create(
            Made(
                company=self.company,
                batch=self.batch,
                kind=kind,
                target_id=thing.pk,
                value=str(thing),
                version=getattr(thing, "updated_at", None),
            )
            for thing in things
        )

    def product(self, found: Product | Wanted | None) -> Product | None:
        if isinstance(found, Wanted):
            return self.products[found.made_as]
        return found

    def holder(self, found: User | Address | Wanted | None) -> User | Address | None:
        if isinstance(found, Wanted):
            if found.kind == "person":
                return self.people[found.key]
            return self.places[found.key]
        return found
