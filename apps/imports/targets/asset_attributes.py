"""What is known about a device: its model, name, money, dates, specification."""

from __future__ import annotations

import calendar
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from apps.catalog.models import Product
from apps.core import money
from apps.core.errors import Invalid
from apps.core.keys import key
from apps.imports.columns.fields import SPECIFICATION, TARGETS, plain_facts
from apps.imports.columns.formats import CURRENCY
from apps.imports.states import Action, Kind
from apps.inventory.models import Asset

from . import texts
from .asset_decision import AssetDecision
from .outcome import shown
from .references import Values, Wanted

if TYPE_CHECKING:
    from .assets import AssetRules

UNKNOWN_CATEGORY = "category_text"  # the cell, where it is none of our categories


def note_facts(rules: AssetRules, decision: AssetDecision) -> None:
    row, asset = decision.row, decision.target
    _product(rules, decision)
    facts = plain_facts(Kind.ASSETS, row)
    facts.pop("name", None)  # it depends on the product: see below
    facts |= _money(rules, decision) | _warranty(row, facts, asset)
    labels = TARGETS[Kind.ASSETS]
    rules.note_facts(decision, facts, labels, tells_created=rules.tells_all)
    _note_name(rules, decision)
    _note_specification(rules, decision)


def _product(rules: AssetRules, decision: AssetDecision) -> None:
    row, asset = decision.row, decision.target
    found = rules.products.find(row, is_new=asset is None)
    if isinstance(found, Wanted) and row.get(UNKNOWN_CATEGORY):
        found = _in_category(rules, decision, found)
    decision.product = product = rules.settle(decision, found)
    if product is None and asset is None and not decision.problems:
        rules.refuse(decision, texts.NO_PRODUCT(), "product_name")
    if isinstance(product, Product) and asset and product.id == asset.product_id:
        decision.product = None
    elif product is not None:
        old = asset.product.name if asset else ""
        decision.changes["product_name"] = [old, product.name]
        if asset:
            decision.writes["product_id"] = getattr(product, "id", None)


def _in_category(rules: AssetRules, decision: AssetDecision, product: Wanted) -> Wanted:
    """A model that would be new, in a category whose name says nothing to us."""
    text = decision.row[UNKNOWN_CATEGORY]
    category = Wanted("category", key(text) or "", text, product.fields, "category")
    decision.unknowns.append(category)
    choice = rules.choices.get((category.kind, category.key))
    if choice is None:
        return product
    if choice.action == Action.REFUSE:
        rules.refuse(decision, texts.NO_CATEGORY(value=text), "category")
        return product
    return replace(product, fields={**product.fields, "category": choice.use_text})


def _money(rules: AssetRules, decision: AssetDecision) -> dict[str, Any]:
    row, asset = decision.row, decision.target
    stated = row.get("currency")
    if row.get("purchase_price") is None:
        empty = {"purchase_price": None} if "purchase_price" in row else {}
        return empty | ({"currency": stated} if stated else {})
    amount, own = row["purchase_price"]
    if own and stated and own != stated:
        told = texts.TWO_CURRENCIES(own=own, other=stated)
        rules.refuse(decision, told, "purchase_price")
    currency = own or stated or rules.batch.options.get(CURRENCY)
    currency = currency or (asset.currency if asset else "") or rules.company.currency
    price = Decimal(amount)
    try:
        price = money.exact(price, currency, field="purchase_price")
    except Invalid as error:
        rules.refuse(decision, error.told, "purchase_price", code=error.code)
    return {"purchase_price": price, "currency": currency}


def _note_name(rules: AssetRules, decision: AssetDecision) -> None:
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


def _note_specification(rules: AssetRules, decision: AssetDecision) -> None:
    stated = {
        target.removeprefix(SPECIFICATION): decision.row[target]
        for target in rules.specifications
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


def _warranty(
    row: Values, facts: dict[str, Any], asset: Asset | None
) -> dict[str, Any]:
    if "warranty_ends_on" in row:
        return {}
    bought = facts.get("purchased_on") or (asset.purchased_on if asset else None)
    if not row.get("warranty_months") or not bought:
        return {}
    return {"warranty_ends_on": months_later(bought, row["warranty_months"])}


def months_later(day: date, months: int) -> date:
    """The same day of the month, or its last one."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    last = calendar.monthrange(year, month + 1)[1]
    return date(year, month + 1, min(day.day, last))
