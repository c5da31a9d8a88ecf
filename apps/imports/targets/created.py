"""What rows want and the register doesn't have: made while their batch is applied, and
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

from .outcome import Decision, Rules
from .references import Wanted


class Maker:
    """Makes what a chunk of rows wants, each once."""

    def __init__(
        self, rules: Rules, decisions: Sequence[Decision], actor: Actor
    ) -> None:
        self.batch, self.company = rules.batch, rules.company
        self.ours: dict[str, Any] = {
            "actor": actor,
            "company": self.company,
            "batch_id": self.batch.id,
        }
        wanted: dict[str, dict[str, Wanted]] = {}
        for need in (need for decision in decisions for need in decision.needs):
            wanted.setdefault(need.kind, {}).setdefault(need.key, need)
        self.products = self._products(wanted.get("product", {}).values())
        self.places = self._places(wanted.get("place", {}).values())
        self.people = self._people(wanted.get("person", {}).values())

    def _products(self, wanted: Iterable[Wanted]) -> Index[Product]:
        new = [Product(company=self.company, **need.fields) for need in wanted]
        if not new:
            return Index()
        found = catalog.create_many(new, **self.ours)
        ids = {product.id for product in new}
        self._note("product", (one for one in found if one.id in ids))
        return found

    def _places(self, wanted: Iterable[Wanted]) -> Index[Address]:
        new = [Address(company=self.company, name=need.value) for need in wanted]
        if not new:
            return Index()
        found = companies.create_addresses(new, **self.ours)
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
        accounts.create_many(new, **self.ours)
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
            name, number = found.key.split("\n")
            return self.products[name, number]
        return found

    def holder(self, found: User | Address | Wanted | None) -> User | Address | None:
        if isinstance(found, Wanted):
            if found.kind == "person":
                return self.people[found.key]
            return self.places[found.key]
        return found
