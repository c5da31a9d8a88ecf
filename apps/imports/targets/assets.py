"""Rows of devices: which device each is about, and what becomes of it."""

from __future__ import annotations

from collections.abc import Sequence
from operator import attrgetter
from uuid import UUID

from apps.core.actor import Actor
from apps.core.keys import Index, any_of, code, codes
from apps.imports.columns.fields import SPECIFICATION
from apps.imports.models import Batch
from apps.inventory.models import Asset, Claim
from apps.inventory.states import AssetState

from . import texts
from .asset_attributes import note_facts
from .asset_decision import KEYS, AssetDecision
from .asset_location import check_claim, note_place, state_in
from .asset_writing import write
from .outcome import Rules
from .references import People, Places, Products, Values


class AssetRules(Rules):
    keys = KEYS

    def __init__(self, batch: Batch) -> None:
        super().__init__(batch)
        self.specifications = [t for t in self.columns if t.startswith(SPECIFICATION)]

    def load(self, rows: Sequence[Values], *, lock: bool) -> None:
        self.tells_all = not lock  # what is created is told in the plan only
        found = list(rows)
        self.products = Products(self.company, found)
        self.people = People(self.company, found)
        self.places = Places(self.company, found)
        assets = self._assets(found, lock=lock)
        self.by_key = {
            name: Index(assets, attrgetter(name), normalise=code) for name in KEYS
        }
        claims = Claim.objects.filter(asset__in=[asset.id for asset in assets])
        self.claims = {claim.asset_id: claim for claim in claims}

    def _assets(self, rows: list[Values], *, lock: bool) -> list[Asset]:
        wanted = {name: codes(row.get(name) for row in rows) for name in KEYS}
        found = Asset.objects.filter(
            any_of(wanted, are_partial=True), company=self.company
        )
        found = found.order_by("pk")
        found = found.select_related("product", "user", "address", "shipment")
        return list(found.select_for_update(of=("self",)) if lock else found)

    def decide(self, row: Values) -> AssetDecision:
        decision = AssetDecision(row)
        self._match(decision)
        if not decision.problems:
            note_facts(self, decision)
            note_place(self, decision)
            check_claim(self, decision)
        self.check_needs(decision)
        return decision

    def _match(self, decision: AssetDecision) -> None:
        found: dict[UUID, Asset] = {}
        for name in KEYS:
            known = self.by_key[name].find(decision.row.get(name))
            # Serial numbers may come back after a device was archived.
            present = [a for a in known if a.state != AssetState.ARCHIVED]
            found |= {a.id: a for a in present or known[-1:]}
        self.take_only(decision, found.values(), texts.SEVERAL_DEVICES, _described)
        self._check_keys(decision)

    def _check_keys(self, decision: AssetDecision) -> None:
        row, asset = decision.row, decision.target
        if row.get("serial_number") or row.get("asset_tag"):
            return
        after = {
            name: (row[name] or "") if name in row else getattr(asset, name, "")
            for name in KEYS
        }
        is_ordered = (
            bool(row.get("external_id")) and state_in(row) == AssetState.ORDERED
        )
        if not (after["serial_number"] or after["asset_tag"] or is_ordered):
            self.refuse(decision, texts.NO_SERIAL_OR_TAG(), *KEYS[:2])

    def write(self, decisions: Sequence[AssetDecision], *, actor: Actor) -> None:
        write(self, decisions, actor)


def _described(asset: Asset) -> str:
    tag = f" ({asset.asset_tag})" if asset.asset_tag and asset.serial_number else ""
    return f"{asset}{tag}"
