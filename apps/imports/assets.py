"""Rows of devices: what each becomes, and how it is written."""

from __future__ import annotations

import calendar
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from apps.accounts.models import User
from apps.accounts.states import RECEIVES
from apps.catalog.models import Product
from apps.companies.models import Address
from apps.core import states
from apps.core.actor import Actor
from apps.core.errors import Conflict
from apps.inventory import services as inventory
from apps.inventory.models import Asset, Claim
from apps.inventory.states import AT_A_PLACE, TRANSITIONS, ArchiveReason, AssetState

from .columns import SPECIFICATION
from .decisions import Decision, Rules, shown
from .facts import facts_of, place_of
from .lookups import People, Places, Products, Values, Wanted, any_of
from .making import Maker
from .models import Batch
from .states import Action

KEYS = ("serial_number", "asset_tag", "external_id")
UNKNOWN_CATEGORY = "category_text"  # the cell, where it is none of our categories
_TEXTS = (*KEYS, "supplier", "order_number", "notes")
_LABELS = {"purchased_on": "purchase_date", "product_id": "product_name"}
_EVENTS = {
    AssetState.ACTIVE: "asset.handed_over",
    AssetState.STORAGE: "asset.stored",
    AssetState.IN_REPAIR: "asset.sent_to_repair",
    AssetState.ARCHIVED: "asset.retired",
}

Holder = User | Address | Wanted | None


@dataclass(frozen=True, slots=True)
class Place:
    """Where a device is to be."""

    state: str
    holder: Holder = None
    reason: str = ""


@dataclass(slots=True)
class AssetDecision(Decision):
    target: Asset | None = None
    product: Product | Wanted | None = None
    place: Place | None = None


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
        self.by_key: dict[str, dict[str, list[Asset]]] = {name: {} for name in KEYS}
        for asset in assets:
            for name in KEYS:
                if text := getattr(asset, name):
                    self.by_key[name].setdefault(text, []).append(asset)
        claims = Claim.objects.filter(asset__in=[asset.id for asset in assets])
        self.claims = {claim.asset_id: claim for claim in claims}

    def _assets(self, rows: list[Values], *, lock: bool) -> list[Asset]:
        wanted = {name: {row[name] for row in rows if row.get(name)} for name in KEYS}
        found = Asset.objects.filter(any_of(wanted), company=self.company)
        found = found.order_by("pk")
        found = found.select_related("product", "user", "address", "shipment")
        return list(found.select_for_update(of=("self",)) if lock else found)

    def decide(self, row: Values) -> AssetDecision:
        decision = AssetDecision(row)
        self._match(decision)
        if not decision.problems:
            self._facts(decision)
            self._place(decision)
            self._check_claim(decision)
        self.check_needs(decision)
        return decision

    # Which device

    def _match(self, decision: AssetDecision) -> None:
        found: dict[UUID, Asset] = {}
        for name in KEYS:
            known = self.by_key[name].get(decision.row.get(name) or "")
            if known is None:
                continue
            # Serial numbers may come back after a device was archived.
            present = [a for a in known if a.state != AssetState.ARCHIVED]
            found |= {a.id: a for a in present or known[-1:]}
        if len(found) > 1:
            message = _("The row fits more than one device: %(candidates)s.")
            listed = "; ".join(sorted(map(_described, found.values())))
            self.refuse(
                decision,
                "ambiguous",
                message % {"candidates": listed},
                candidates=list(found.values()),
            )
        elif found:
            (decision.target,) = found.values()
        self._check_keys(decision)

    def _check_keys(self, decision: AssetDecision) -> None:
        row, asset = decision.row, decision.target
        if row.get("serial_number") or row.get("asset_tag"):
            return
        after = {
            name: (row[name] or "") if name in row else getattr(asset, name, "")
            for name in KEYS
        }
        is_ordered = bool(row.get("external_id")) and _state(row) == AssetState.ORDERED
        if not (after["serial_number"] or after["asset_tag"] or is_ordered):
            message = _("A serial number or an asset tag is needed: add one of them.")
            self.refuse(decision, "no_serial_or_tag", message, *KEYS[:2])

    # What is known about it

    def _facts(self, decision: AssetDecision) -> None:
        row, asset = decision.row, decision.target
        self._product(decision)
        facts: dict[str, Any] = {n: row[n] or "" for n in _TEXTS if n in row}
        if "purchase_date" in row:
            facts["purchased_on"] = _date(row["purchase_date"])
        facts |= self._money(decision) | _warranty(row, facts, asset)
        if "condition" in row:
            value = row["condition"]
            facts["condition"] = Decimal(value) if value else None
        self._note_facts(decision, facts)
        self._note_name(decision)
        self._note_specification(decision)

    def _product(self, decision: AssetDecision) -> None:
        row, asset = decision.row, decision.target
        found = self.products.find(row, is_new=asset is None)
        if isinstance(found, Wanted) and row.get(UNKNOWN_CATEGORY):
            found = self._in_category(decision, found)
        decision.product = product = self.settle(decision, found)
        if product is None and asset is None and not decision.problems:
            message = _("Which model is it? Add a column with the model or the name.")
            self.refuse(decision, "no_product", message, "product_name")
        if isinstance(product, Product) and asset and product.id == asset.product_id:
            decision.product = None
        elif product is not None:
            old = asset.product.name if asset else ""
            decision.changes["product_name"] = [old, product.name]
            if asset:
                decision.writes["product_id"] = getattr(product, "id", None)

    def _in_category(self, decision: AssetDecision, product: Wanted) -> Wanted:
        """A model that would be new, in a category whose name says nothing to us."""
        text = decision.row[UNKNOWN_CATEGORY]
        category = Wanted("category", text.lower(), text, product.fields, "category")
        decision.unknowns.append(category)
        choice = self.choices.get((category.kind, category.key))
        if choice is None:
            return product
        if choice.action == Action.REFUSE:
            message = _("“%(value)s” is no category here.") % {"value": text}
            self.refuse(decision, "not_created", message, "category")
            return product
        return replace(product, fields={**product.fields, "category": choice.use_text})

    def _money(self, decision: AssetDecision) -> dict[str, Any]:
        row, asset = decision.row, decision.target
        stated = row.get("currency")
        if row.get("purchase_price") is None:
            empty = {"purchase_price": None} if "purchase_price" in row else {}
            return empty | ({"currency": stated} if stated else {})
        amount, own = row["purchase_price"]
        if own and stated and own != stated:
            message = _(
                "The price is in %(own)s, the column of currencies says %(other)s."
            )
            message %= {"own": own, "other": stated}
            self.refuse(decision, "two_currencies", message, "purchase_price")
        currency = own or stated or self.batch.options.get("currency")
        currency = currency or (asset.currency if asset else "")
        return {
            "purchase_price": Decimal(amount),
            "currency": currency or self.company.currency,
        }

    def _note_facts(self, decision: AssetDecision, facts: dict[str, Any]) -> None:
        asset = decision.target
        for name, value in facts.items():
            old = getattr(asset, name) if asset else ""
            if value == old or (not asset and value in ("", None)):
                continue
            decision.writes[name] = value
            if asset or self.tells_all:
                label = _LABELS.get(name, name)
                decision.changes[label] = [shown(old), shown(value)]

    def _note_name(self, decision: AssetDecision) -> None:
        """A device called like its model follows the model."""
        row, asset, product = decision.row, decision.target, decision.product
        old = asset.name if asset else ""
        new = row.get("name") or old
        if asset and product and not row.get("name") and old == asset.product.name:
            new = product.name
        elif asset and "name" in row and not row["name"]:
            new = (product or asset.product).name
        if new != old:
            decision.writes["name"] = new
            decision.changes["name"] = [old, new]

    def _note_specification(self, decision: AssetDecision) -> None:
        stated = {
            target.removeprefix(SPECIFICATION): decision.row[target]
            for target in self.specifications
            if target in decision.row
        }
        if not stated:
            return
        present = decision.target.specification if decision.target else []
        old: dict[str, Any] = {k: v for pair in present for k, v in pair.items()}
        new = {**old, **stated}
        for name, value in stated.items():
            if value != old.get(name):
                change = [shown(old.get(name)), shown(value)]
                decision.changes[f"{SPECIFICATION}{name}"] = change
        kept = {name: value for name, value in new.items() if value is not None}
        if kept != old:
            decision.writes["specification"] = [{k: v} for k, v in kept.items()]

    # Where it is

    def _place(self, decision: AssetDecision) -> None:
        asset = decision.target
        place = self._wanted_place(decision)
        if place is None or decision.problems:
            return
        old_holder = asset.holder if asset else None
        is_there = asset and asset.state == place.state and old_holder == place.holder
        if is_there:
            return
        if asset and not states.may(TRANSITIONS, asset.state, place.state):
            self._refuse_step(decision, asset, place)
            return
        decision.place, decision.moves = place, asset is not None
        if asset or self.tells_all:
            state = asset.state if asset else ""
            self._note_place(decision, state, old_holder, place)

    def _refuse_step(self, decision: AssetDecision, asset: Asset, place: Place) -> None:
        try:
            states.require(TRANSITIONS, asset.state, place.state, what=str(asset))
        except Conflict as error:
            targets = ("state", "holder_email", "holder_name", "location")
            self.refuse(decision, error.code, error.message, *targets)

    def _note_place(
        self, decision: AssetDecision, old_state: str, old: Any, place: Place
    ) -> None:
        before = str(AssetState(old_state).label) if old_state else ""
        after = str(AssetState(place.state).label)
        if place.reason:
            after += f" ({ArchiveReason(place.reason).label})"
        if before != after:
            decision.changes["state"] = [before, after]
        if old != place.holder:
            new = place.holder
            is_person = isinstance(new, User) or getattr(new, "kind", "") == "person"
            is_person |= new is None and isinstance(old, User)
            label = "holder_name" if is_person else "location"
            names = [getattr(holder, "name", "") for holder in (old, new)]
            if any(names):
                decision.changes[label] = names

    def _wanted_place(self, decision: AssetDecision) -> Place | None:
        """None leaves it where it is."""
        row, asset = decision.row, decision.target
        state = _state(row)
        now = asset.state if asset else ""
        if state in (AssetState.ARCHIVED, AssetState.ORDERED):
            return None if state == now else self._placeless(decision, state)
        if state in (AssetState.RESERVED, AssetState.IN_TRANSIT):
            if state != now:
                self._refuse_workflow_state(decision, state)
            return None
        if state != AssetState.IN_REPAIR:
            holder = self.settle(decision, self.people.holder(row))
            if holder is not None or decision.problems:
                return self._at_person(decision, holder)
        return self._at_place(decision, state)

    def _placeless(self, decision: AssetDecision, state: str) -> Place:
        """A new device that is archived already was somewhere, if that is known."""
        reason = (decision.row.get("state") or ["", ""])[1]
        if state == AssetState.ARCHIVED and decision.target is None:
            place = self.places.find(decision.row)
            holder = place if isinstance(place, Address) else None
            return Place(state, holder or self.batch.default_address, reason)
        return Place(state, None, reason)

    def _refuse_workflow_state(self, decision: AssetDecision, state: str) -> None:
        message = _(
            "“%(state)s” comes from an order or a return and can't be imported: write "
            "Available or In use."
        ) % {"state": AssetState(state).label}
        self.refuse(decision, "workflow_state", message, "state")

    def _at_person(self, decision: AssetDecision, holder: Any) -> Place | None:
        asset = decision.target
        if isinstance(holder, User):
            if asset and asset.user_id == holder.id:
                return None
            if holder.state not in RECEIVES:
                message = _("%(name)s has left and can't be handed anything.")
                self.refuse(
                    decision,
                    "person_has_left",
                    message % {"name": holder.name},
                    "holder_email",
                    "holder_username",
                    "holder_name",
                    "holder_last_name",
                )
        return Place(AssetState.ACTIVE, holder)

    def _at_place(self, decision: AssetDecision, state: str) -> Place | None:
        asset, row = decision.target, decision.row
        target = self._state_at_place(row, state, asset)
        now = asset.state if asset else ""
        if asset and target == now and now not in AT_A_PLACE:
            return None
        place = self.settle(decision, self.places.find(row))
        place = place or (asset.address if asset else None)
        place = place or self.batch.default_address
        if place is None and not decision.problems:
            message = _(
                "The row names neither a holder nor a place: choose on the page of "
                "the columns where such devices are."
            )
            self.refuse(decision, "no_place", message, "location")
        return Place(target, place)

    def _state_at_place(self, row: Values, state: str, asset: Asset | None) -> str:
        if state == AssetState.IN_REPAIR or asset is None:
            return state if state == AssetState.IN_REPAIR else AssetState.STORAGE
        if state == AssetState.STORAGE and asset.state != AssetState.RESERVED:
            return AssetState.STORAGE
        is_given_back = _clears_holder(row) and asset.state == AssetState.ACTIVE
        arrives = asset.state == AssetState.ORDERED and row.get("location")
        return AssetState.STORAGE if is_given_back or arrives else asset.state

    def _check_claim(self, decision: AssetDecision) -> None:
        asset = decision.target
        claim = self.claims.get(asset.id) if asset else None
        if asset and claim and (decision.writes or decision.moves):
            error = inventory.claimed(asset, claim)
            self.refuse(decision, error.code, error.message)

    # Writing

    def write(self, decisions: Sequence[AssetDecision], *, actor: Actor) -> None:
        made = Maker(self, decisions, actor)
        self._create([d for d in decisions if d.target is None], made, actor)
        moving = [d for d in decisions if d.moves or _retires(d)]
        old = {id(d): place_of(d.target) for d in moving if d.target}
        self._change([d for d in decisions if d.target and d.writes], made, actor)
        moves = [self._move(decision, made) for decision in moving]
        if not moves:
            return
        moved = inventory.move_many(moves, actor=actor, batch_id=self.batch.id)
        for decision, asset in zip(moving, moved, strict=True):
            decision.version = asset.updated_at
            if decision.target:
                places = [old[id(decision)], place_of(asset)]
                decision.before = {**(decision.before or {}), "place": places}

    def _create(
        self, decisions: Sequence[AssetDecision], made: Maker, actor: Actor
    ) -> None:
        assets = (self._build(decision, made) for decision in decisions)
        inventory.create_many(
            assets, actor=actor, company=self.company, batch_id=self.batch.id
        )

    def _build(self, decision: AssetDecision, made: Maker) -> Asset:
        place = decision.place or Place(AssetState.ORDERED)
        return inventory.build(
            self.company,
            id=decision.result_id,
            holder=made.holder(place.holder),
            state=None if place.state == AssetState.ARCHIVED else place.state,
            product=made.product(decision.product),
            **decision.writes,
        )

    def _change(
        self, decisions: Sequence[AssetDecision], made: Maker, actor: Actor
    ) -> None:
        drafts, fields = [], set()
        for decision in decisions:
            if decision.product is not None:
                decision.writes["product_id"] = made.product(decision.product).id
            fields |= decision.writes.keys()
            old = facts_of(decision.target, decision.writes)
            draft = inventory.apply_changes(
                decision.target, decision.writes, batch_id=self.batch.id
            )
            drafts += [draft] if draft else []
            new = facts_of(decision.target, decision.writes)
            decision.before = {"facts": {name: [old[name], new[name]] for name in old}}
        if decisions:
            assets = [decision.target for decision in decisions]
            inventory.update_many(assets, sorted(fields), drafts, actor=actor)
        for decision in decisions:
            decision.version = decision.target.updated_at

    def _move(self, decision: AssetDecision, made: Maker) -> inventory.Move:
        place = decision.place
        asset_id = decision.target.id if decision.target else decision.result_id
        holder = None if place.state not in _HELD else made.holder(place.holder)
        event_type = _EVENTS.get(place.state, "asset.moved")
        return inventory.Move(asset_id, place.state, holder, event_type, place.reason)


_HELD = AT_A_PLACE | {AssetState.ACTIVE}


def _retires(decision: AssetDecision) -> bool:
    place = decision.place
    return place is not None and place.state == AssetState.ARCHIVED


def _described(asset: Asset) -> str:
    tag = f" ({asset.asset_tag})" if asset.asset_tag and asset.serial_number else ""
    return f"{asset}{tag}"


def _state(row: Values) -> str:
    return (row.get("state") or [""])[0]


def _clears_holder(row: Values) -> bool:
    names = ("holder_email", "holder_username", "holder_name", "holder_last_name")
    return any(name in row and row[name] is None for name in names)


def _date(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


def _warranty(
    row: Values, facts: dict[str, Any], asset: Asset | None
) -> dict[str, Any]:
    if "warranty_ends_on" in row:
        return {"warranty_ends_on": _date(row["warranty_ends_on"])}
    bought = facts.get("purchased_on") or (asset.purchased_on if asset else None)
    if not row.get("warranty_months") or not bought:
        return {}
    return {"warranty_ends_on": months_later(bought, row["warranty_months"])}


def months_later(day: date, months: int) -> date:
    """The same day of the month, or its last one."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    last = calendar.monthrange(year, month + 1)[1]
    return date(year, month + 1, min(day.day, last))
