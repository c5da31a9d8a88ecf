"""Rows of devices: which one each is about, what becomes of it, how it is written."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import partial
from operator import attrgetter
from typing import Any
from uuid import UUID

from apps.accounts import services as accounts
from apps.accounts.models import User
from apps.catalog import services as catalog
from apps.catalog.models import Product
from apps.companies import services as companies
from apps.companies.models import Address
from apps.core.actor import Actor
from apps.core.keys import Index, any_of, code, codes
from apps.imports.columns.cells import OVERRULED
from apps.imports.columns.fields import KEYS
from apps.imports.models import Made
from apps.imports.states import Kind
from apps.imports.values import status_label
from apps.imports.values.text import shortened
from apps.inventory import services as inventory
from apps.inventory.models import Asset, Claim
from apps.inventory.states import AT_A_PLACE, AssetState

from . import identity, row_texts
from .asset_attributes import note_attributes
from .asset_location import check_claim, note_location, note_nobody, note_state
from .before import TAKEN, Edits, fields_of, note_found, place_of, taken, write_changes
from .context import Context
from .holders import People
from .outcome import AssetOutcome, Place
from .references import Places, Products, Values, Wanted
from .target import Target
from .undo_rules import AssetRestore

_HELD = AT_A_PLACE | {AssetState.ACTIVE}


class AssetTarget(Target):
    kind = Kind.ASSETS
    model = Asset
    keys = KEYS[Kind.ASSETS]
    restore = AssetRestore
    page = "inventory:detail"
    has_places = True
    shown_as = {"state": status_label}

    def load(self, rows: Sequence[Values], *, lock: bool) -> None:
        context, found = self.context, list(rows)
        context.products = Products(context.company, found)
        context.people = People(context.company, found)
        meant = context.existing.values() if context.are_nobody else ()
        context.places = Places(context.company, found, meant)
        assets = self._assets(found, lock=lock)
        context.by_key = {
            name: Index(assets, attrgetter(name), normalise=code) for name in self.keys
        }
        claims = Claim.objects.filter(asset__in=[asset.id for asset in assets])
        context.claims = {claim.asset_id: claim for claim in claims}

    def _assets(self, rows: list[Values], *, lock: bool) -> list[Asset]:
        wanted = {name: codes(row.get(name) for row in rows) for name in self.keys}
        found = Asset.objects.filter(
            any_of(wanted, are_partial=True), company=self.context.company
        )
        found = found.order_by("pk")
        found = found.select_related("product", "user", "address", "shipment")
        return list(found.select_for_update(of=("self",)) if lock else found)

    def judge(self, row: Values) -> AssetOutcome:
        outcome = AssetOutcome(self.context, row)
        self._match(outcome)
        if not outcome.problems:
            note_state(outcome)
            note_nobody(outcome)
            self._check_keys(outcome)
            note_attributes(outcome)
            note_location(outcome)
            check_claim(outcome)
            for name, text in row.get(OVERRULED, {}).items():
                outcome.warn(row_texts.OVERRULED(value=shortened(text)), name)
        outcome.drop_needs_if_refused()
        return outcome

    def _match(self, outcome: AssetOutcome) -> None:
        found: dict[UUID, Asset] = {}
        for name in self.keys:
            known = self.context.by_key[name].find(outcome.row.get(name))
            if not known:
                continue
            # Serial numbers may come back after a device was archived.
            present = [a for a in known if a.state != AssetState.ARCHIVED]
            found |= {a.id: a for a in present or known[-1:]}
        assets = found.values()
        identity.match(
            outcome, self.kind, assets, row_texts.SEVERAL_DEVICES, _described
        )

    def _check_keys(self, outcome: AssetOutcome) -> None:
        row, asset = outcome.row, outcome.target
        if row.get("serial_number") or row.get("asset_tag") or outcome.problems:
            return
        after = {
            name: (row[name] or "") if name in row else getattr(asset, name, "")
            for name in self.keys
        }
        is_ordered = (
            bool(row.get("external_id")) and outcome.state == AssetState.ORDERED
        )
        if not (after["serial_number"] or after["asset_tag"] or is_ordered):
            outcome.refuse(row_texts.NO_SERIAL_OR_TAG(), *self.keys[:2])

    # Writing

    def write(self, outcomes: Sequence[AssetOutcome], *, actor: Actor) -> None:
        self._take_over([o for o in outcomes if o.taken], actor)
        note_found(outcomes)
        created = Created(self.context, outcomes, actor)
        self._create([o for o in outcomes if o.target is None], created, actor)
        moving = [o for o in outcomes if o.moves or _is_archived(o)]
        old = {id(o): place_of(o.target) for o in moving if o.target}
        self._change([o for o in outcomes if o.target and o.writes], created, actor)
        self._move(moving, [_move(o, created) for o in moving], old, actor)
        # People last: docs/locking.md.
        inventory.require_receivers(
            o.place.holder.pk
            for o in outcomes
            if o.target is None and o.place and isinstance(o.place.holder, User)
        )

    def _take_over(self, outcomes: Sequence[AssetOutcome], actor: Actor) -> None:
        """Before the others are written, since a key is one device's."""
        edits, batch_id = Edits(), self.context.batch.id
        for outcome in outcomes:
            old, facts = outcome.taken_from, dict.fromkeys(outcome.taken, "")
            outcome.before = {TAKEN: taken(old, fields_of(old, facts))}
            draft = inventory.apply_changes(old, facts, batch_id=batch_id)
            edits.add(old, facts, draft)
        edits.save(partial(inventory.update_many, actor=actor))
        for outcome in outcomes:
            outcome.before[TAKEN]["left"] = outcome.taken_from.updated_at.isoformat()

    def _create(
        self, outcomes: Sequence[AssetOutcome], created: Created, actor: Actor
    ) -> None:
        company = self.context.company
        assets = (self._build(outcome, created) for outcome in outcomes)
        inventory.create_many(
            assets, actor=actor, company=company, batch_id=self.context.batch.id
        )

    def _build(self, outcome: AssetOutcome, created: Created) -> Asset:
        place = outcome.place or Place(AssetState.ORDERED)
        return inventory.build(
            self.context.company,
            id=outcome.result_id,
            holder=created.holder(place.holder),
            state=None if place.state == AssetState.ARCHIVED else place.state,
            product=created.product(outcome.product),
            **outcome.writes,
        )

    def _change(
        self, outcomes: Sequence[AssetOutcome], created: Created, actor: Actor
    ) -> None:
        for outcome in outcomes:
            product = created.product(outcome.product)
            if product is not None:
                outcome.writes["product_id"] = product.id
        write_changes(
            outcomes,
            partial(inventory.apply_changes, batch_id=self.context.batch.id),
            partial(inventory.update_many, actor=actor),
        )

    def _move(
        self,
        outcomes: Sequence[AssetOutcome],
        moves: Sequence[inventory.Move],
        old: Mapping[int, Any],
        actor: Actor,
    ) -> None:
        batch_id = self.context.batch.id
        moved = inventory.move_many(moves, actor=actor, batch_id=batch_id)
        for outcome, asset in zip(outcomes, moved, strict=True):
            outcome.version = asset.updated_at
            if outcome.target:
                places = [old[id(outcome)], place_of(asset)]
                outcome.before = {**(outcome.before or {}), "place": places}


def _move(outcome: AssetOutcome, created: Created) -> inventory.Move:
    place = outcome.place
    asset_id = outcome.target.id if outcome.target else outcome.result_id
    holder = None if place.state not in _HELD else created.holder(place.holder)
    return inventory.Move(asset_id, place.state, holder, place.reason)


def _is_archived(outcome: AssetOutcome) -> bool:
    place = outcome.place
    return place is not None and place.state == AssetState.ARCHIVED


def _described(asset: Asset) -> str:
    tag = f" ({asset.asset_tag})" if asset.asset_tag and asset.serial_number else ""
    return f"{asset}{tag}"


# --- What rows name and the register lacks ---


class Created:
    """Creates what a chunk of rows needs, each once, and finds it for each row."""

    def __init__(
        self, context: Context, outcomes: Sequence[AssetOutcome], actor: Actor
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
