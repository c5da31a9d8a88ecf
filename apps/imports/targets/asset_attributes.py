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
from apps.imports.columns import column_texts
from apps.imports.columns.fields import SPECIFICATION, plain_facts
from apps.imports.columns.formats import CURRENCY
from apps.imports.states import Choice, Kind
from apps.imports.values import folded

from . import row_texts
from .outcome import AssetOutcome, shown
from .references import Wanted

UNKNOWN_CATEGORY = "category_text"  # the cell, where it is none of our categories
# What such a category means unless somebody says so: of each model what its name says.
BY_NAME = "BY_NAME"


def note_attributes(outcome: AssetOutcome) -> None:
    _product(outcome)
    facts = plain_facts(Kind.ASSETS, outcome.row)
    facts.pop("name", None)  # it depends on the product: see below
    facts |= _money(outcome) | _warranty(outcome, facts)
    outcome.note_differing(facts)
    _note_name(outcome)
    _note_specification(outcome)


def _product(outcome: AssetOutcome) -> None:
    row, asset = outcome.row, outcome.target
    found = outcome.context.products.find(row, asset.product if asset else None)
    if isinstance(found, Wanted) and row.get(UNKNOWN_CATEGORY):
        found = _in_category(outcome, found)
    outcome.product = product = outcome.resolve(found)
    if product is None and asset is None and not outcome.problems:
        outcome.refuse(row_texts.NO_PRODUCT(), "product_name")
    model = product or (asset.product if asset else None)
    if model and outcome.context.is_plan:
        _tell_of_model(outcome, model)
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
    meaning, is_refused = _decided_category(outcome, text)
    if is_refused:
        outcome.refuse(row_texts.NO_CATEGORY(value=text), "category")
    if not meaning:
        return product
    return replace(product, fields={**product.fields, "category": meaning})


def _decided_category(outcome: AssetOutcome, text: str) -> tuple[str, bool]:
    """What somebody took the name of a category for, and whether they refused it."""
    choice = outcome.context.choices.get(("category", key(text) or ""))
    if choice is None:
        return "", False
    meaning = "" if choice.use_text == BY_NAME else choice.use_text
    return meaning, choice.action == Choice.REFUSE


def _tell_of_model(outcome: AssetOutcome, model: Product | Wanted) -> None:
    """A row of a device changes no model: what it says of one that is known, or that an
    earlier row creates, is told where it differs."""
    row, text = outcome.row, outcome.row.get(UNKNOWN_CATEGORY)
    category = row.get("category") or (text and _decided_category(outcome, text)[0])
    if isinstance(model, Wanted):
        said = outcome.context.said_first(model)
        name, maker, known = model.value, said["manufacturer"], said["category"]
    else:
        name, maker, known = model.label, model.manufacturer, model.category
        category = category or text
    stated = row.get("manufacturer")
    if stated and stated != maker and folded(stated) != folded(maker):
        told = {"stated": stated, "model": name}
        outcome.warn(
            row_texts.OTHER_MANUFACTURER(**told, known=maker)
            if maker
            else row_texts.NO_MANUFACTURER(**told),
            "manufacturer",
        )
    if category and category != known:
        told = row_texts.OTHER_CATEGORY(stated=category, model=name, known=known)
        outcome.warn(told, "category")


def _money(outcome: AssetOutcome) -> dict[str, Any]:
    row, asset = outcome.row, outcome.target
    stated = row.get("currency")
    is_cleared = "currency" in row and not stated
    if row.get("purchase_price") is None:
        empty = {"purchase_price": None} if "purchase_price" in row else {}
        if is_cleared and not empty and asset and asset.purchase_price is not None:
            outcome.warn(column_texts.CANNOT_CLEAR(), "currency")
            return {}
        return empty | ({"currency": stated or ""} if "currency" in row else {})
    if is_cleared:
        outcome.warn(column_texts.CANNOT_CLEAR(), "currency")
    amount, own = row["purchase_price"]
    if own and stated and own != stated:
        told = row_texts.TWO_CURRENCIES(own=own, other=stated)
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
    if new != old and new != outcome.context.as_written("name", old):
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
    """A day of its own comes before the months, which may say another one."""
    row, asset = outcome.row, outcome.target
    months, is_told = row.get("warranty_months"), "warranty_ends_on" in row
    if months is None:
        return {}
    if not (months or is_told):
        return {"warranty_ends_on": None}
    bought = facts.get("purchased_on") or (asset.purchased_on if asset else None)
    if not bought:
        outcome.warn(row_texts.WARRANTY_WITHOUT_DATE(), "warranty_months")
        return {}
    ends, stated = months_later(bought, months), facts.get("warranty_ends_on")
    if not is_sane(ends):
        outcome.warn(core_texts.BAD_DAY(day=ends.isoformat()), "warranty_months")
        return {}
    if stated and stated != ends:
        told = row_texts.WARRANTY_DIFFERS(months=months, ends=ends, stated=stated)
        outcome.warn(told, "warranty_months")
    return {} if is_told else {"warranty_ends_on": ends}


def months_later(day: date, months: int) -> date:
    """The same day of the month, or its last one."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    last = calendar.monthrange(year, month + 1)[1]
    return date(year, month + 1, min(day.day, last))
