"""What is known about a device: its model, name, money, dates, specification."""

from __future__ import annotations

import calendar
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

from apps.catalog.models import Product
from apps.core import money
from apps.core import texts as core_texts
from apps.core.clean import is_sane, one_line
from apps.core.errors import Invalid
from apps.core.keys import key
from apps.imports.columns import texts as column_texts
from apps.imports.columns.fields import SPECIFICATION, TARGETS, plain_facts
from apps.imports.columns.formats import CURRENCY
from apps.imports.states import Choice, Kind

from . import texts
from .outcome import AssetOutcome, shown
from .references import Wanted

UNKNOWN_CATEGORY = "category_text"  # the cell, where it is none of our categories


def note_attributes(outcome: AssetOutcome) -> None:
    _product(outcome)
    facts = plain_facts(Kind.ASSETS, outcome.row)
    facts.pop("name", None)  # it depends on the product: see below
    facts |= _money(outcome) | _warranty(outcome, facts)
    labels = TARGETS[Kind.ASSETS]
    outcome.note_differing(facts, labels, tells_created=outcome.context.tells_created)
    _note_name(outcome)
    _note_specification(outcome)


def _product(outcome: AssetOutcome) -> None:
    row, asset = outcome.row, outcome.target
    found = outcome.context.products.find(row, asset.product if asset else None)
    if isinstance(found, Wanted) and row.get(UNKNOWN_CATEGORY):
        found = _in_category(outcome, found)
    outcome.product = product = outcome.resolve(found)
    if product is None and asset is None and not outcome.problems:
        outcome.refuse(texts.NO_PRODUCT(), "product_name")
    if isinstance(product, Product) and asset and product.id == asset.product_id:
        outcome.product = None
    elif product is not None:
        old = asset.product.name if asset else ""
        outcome.changes["product_name"] = [old, product.name]
        if asset:
            outcome.writes["product_id"] = getattr(product, "id", None)


def _in_category(outcome: AssetOutcome, product: Wanted) -> Wanted:
    """A model that would be new, in a category whose name says nothing to us."""
    text = outcome.row[UNKNOWN_CATEGORY]
    category = Wanted("category", key(text) or "", text, product.fields, "category")
    outcome.unknowns.append(category)
    choice = outcome.context.choices.get((category.kind, category.key))
    if choice is None:
        return product
    if choice.action == Choice.REFUSE:
        outcome.refuse(texts.NO_CATEGORY(value=text), "category")
        return product
    return replace(product, fields={**product.fields, "category": choice.use_text})


def _money(outcome: AssetOutcome) -> dict[str, Any]:
    row, asset = outcome.row, outcome.target
    stated = row.get("currency")
    if row.get("purchase_price") is None:
        empty = {"purchase_price": None} if "purchase_price" in row else {}
        return empty | ({"currency": stated} if stated else {})
    amount, own = row["purchase_price"]
    if own and stated and own != stated:
        told = texts.TWO_CURRENCIES(own=own, other=stated)
        outcome.refuse(told, "purchase_price")
    currency = own or stated or outcome.context.options.get(CURRENCY)
    currency = currency or (asset.currency if asset else "")
    currency = currency or outcome.context.company.currency
    price = Decimal(amount)
    try:
        price = money.exact(price, currency, field="purchase_price")
    except Invalid as error:
        outcome.warn(error.told, "purchase_price", code=error.code)
        if stated:
            outcome.warn(column_texts.BESIDE_LEFT_OUT(value=amount), "currency")
        return {}
    return {"purchase_price": price, "currency": currency}


def _note_name(outcome: AssetOutcome) -> None:
    """A device called like its model follows the model."""
    row, asset, product = outcome.row, outcome.target, outcome.product
    old = asset.name if asset else ""
    new = row.get("name") or old
    if asset and product and not row.get("name") and old == asset.product.name:
        new = product.name
    elif asset and "name" in row and not row["name"]:
        new = (product or asset.product).name
    if new != outcome.context.as_written("name", old):
        outcome.writes["name"] = new
        outcome.changes["name"] = [old, new]


def _note_specification(outcome: AssetOutcome) -> None:
    stated = {
        target.removeprefix(SPECIFICATION): outcome.row[target]
        for target in outcome.context.specifications
        if target in outcome.row
    }
    if not stated:
        return
    present = outcome.target.specification if outcome.target else []
    old: dict[str, Any] = {k: v for pair in present for k, v in pair.items()}
    new = {**old, **stated}
    for name, value in stated.items():
        if value != _as_written(old.get(name)):
            change = [shown(old.get(name)), shown(value)]
            outcome.changes[f"{SPECIFICATION}{name}"] = change
    kept = {name: value for name, value in new.items() if value is not None}
    if {name: _as_written(value) for name, value in old.items()} != kept:
        outcome.writes["specification"] = [{k: v} for k, v in kept.items()]


def _as_written(value: Any) -> Any:
    return one_line(value) if isinstance(value, str) else value


def _warranty(outcome: AssetOutcome, facts: dict[str, Any]) -> dict[str, Any]:
    row, asset = outcome.row, outcome.target
    if "warranty_ends_on" in row or not row.get("warranty_months"):
        return {}
    bought = facts.get("purchased_on") or (asset.purchased_on if asset else None)
    if not bought:
        outcome.warn(texts.WARRANTY_WITHOUT_DATE(), "warranty_months")
        return {}
    day = months_later(bought, row["warranty_months"])
    if not is_sane(day):
        outcome.warn(core_texts.BAD_DAY(day=day.isoformat()), "warranty_months")
        return {}
    return {"warranty_ends_on": day}


def months_later(day: date, months: int) -> date:
    """The same day of the month, or its last one."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    last = calendar.monthrange(year, month + 1)[1]
    return date(year, month + 1, min(day.day, last))
