"""What the API shows of the catalogue."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from decimal import Decimal
from functools import cache
from typing import Any

import orjson
from rest_framework import serializers

from apps.companies.shapes import COUNTRY
from apps.core.api.shapes import (
    Columns,
    Member,
    Money,
    Shape,
    choice,
    flag,
    json,
    looked_up,
    made,
    many,
    moment,
    number,
    shown_money,
    text,
    uid,
    unless_none,
)
from apps.core.permissions import Permission

from .models import Category, Product, Warranty


class Specification(serializers.ListField):
    """One-key objects, in order."""

    child = serializers.DictField(child=serializers.CharField())


# A row of a price list: country, its name, amount, currency; and the company's country.
Price = tuple[str | None, str | None, str, str, str | None]


class _OfPrices(Member):
    """What a function makes of the prices that a product has in one list; none while
    it can't be ordered.

    `currency` is one of ours, so it may stand in the statement; without one it is the
    company's.
    """

    def __init__(
        self,
        kind: Callable[..., serializers.Field],
        make: Callable[[list[Price]], Any],
        currency: str = "",
    ) -> None:
        self.kind, self.make, self.currency = kind, make, currency

    def read(self, columns: Columns) -> str:
        company, _model = columns.join("company")
        sql = self._sql(columns.alias, company)
        if columns.is_json:
            return unless_none(columns, self.make, columns.select(sql))
        return unless_none(columns, self._made, columns.select(f"{sql}::text"))

    def _made(self, found: str) -> Any:
        return self.make(orjson.loads(found))

    def _sql(self, alias: str, company: str) -> str:
        listed = f"'{self.currency}'" if self.currency else f"{company}.currency"
        country = looked_up("companies_country", "c", "code", "p.country_id")
        return (
            f"(CASE WHEN {alias}.is_orderable THEN (SELECT json_agg(json_build_array("
            f"p.country_id, c.name, p.amount::text, p.currency, {company}.country_id) "
            f"ORDER BY c.name) FROM catalog_productprice p {country} "
            f"WHERE p.product_id = {alias}.id AND p.currency = {listed}) END)"
        )

    def of_instance(self, thing: Product) -> Any:
        company = thing.company
        listed = thing.prices.filter(currency=self.currency or company.currency)
        rows = listed.order_by("country__name").select_related("country")
        found: list[Price] = [
            (
                row.country_id,
                row.country.name if row.country else None,
                str(row.amount),
                row.currency,
                company.country_id,
            )
            for row in rows
        ]
        return self.make(found) if found and thing.is_orderable else None

    def field(self) -> serializers.Field:
        return self.kind(read_only=True)


def price_in(country: str) -> Callable[[list[Price]], Any]:
    """The price there; without a country the company's own country's, else that of all
    countries, else the lowest there is."""

    def make(prices: list[Price]) -> Any:
        by_country = {price[0]: price for price in prices}
        wanted = country or prices[0][4]
        found = by_country.get(wanted) or by_country.get(None)
        if found is None and not country:
            found = min(prices, key=lambda price: Decimal(price[2]))
        return shown_money(Decimal(found[2]), found[3]) if found else None

    return make


class _Countries(serializers.ListField):
    def __init__(self, **kwargs: Any) -> None:
        super().__init__(child=COUNTRY.serializer_class(), **kwargs)

    def to_representation(self, data: Any) -> Any:
        return data


def countries(prices: list[Price]) -> Any:
    """Where it can be ordered; left out if that is everywhere."""
    if any(code is None for code, *_rest in prices):
        return None
    return [{"code": code, "displayName": name} for code, name, *_rest in prices]


def _members() -> dict[str, Member]:
    return {
        "id": uid("id"),
        "name": text("name"),
        "specification": json("specification", Specification),
        "imageUrl": text("image_url"),
        "type": choice("category", Category),
        "subtype": text("subtype"),
        "manufacturer": text("manufacturer"),
        "modelNumber": text("model_number"),
        "sku": text("sku"),
        "ean": text("ean"),
        "isOrderable": flag("is_orderable"),
        "price": _OfPrices(Money, price_in("")).needs(Permission.PRICES_READ),
        "countries": _OfPrices(_Countries, countries),
        "createdAt": moment("created_at"),
        "updatedAt": moment("updated_at"),
    }


PRODUCT = Shape("EquipmentResponse", "catalog.Product", _members())
PRICES = "prices"


@cache
def product_in(currency: str) -> Shape:
    """The same with all prices of one list (of a currency that is checked: it stands in
    the statement; "" is the company's), of which `price_in` and `countries` make what
    is shown."""
    members = _members()
    del members["price"], members["countries"]
    members[PRICES] = _OfPrices(serializers.JSONField, list, currency)
    return Shape(PRODUCT.name, PRODUCT.label, members)


class _Amounts(Member):
    """What a warranty costs, in each currency."""

    def read(self, columns: Columns) -> str:
        cell = columns.select(
            "(SELECT json_agg(json_build_array(p.amount::text, p.currency) "
            "ORDER BY p.currency) FROM catalog_warrantyprice p "
            f"WHERE p.warranty_id = {columns.alias}.id)::text"
        )
        return unless_none(columns, self._read, cell)

    def _read(self, found: str) -> list[Any]:
        return self._shown(orjson.loads(found))

    @staticmethod
    def _shown(prices: Iterable[tuple[str, str]]) -> list[Any]:
        return [shown_money(Decimal(amount), code) for amount, code in prices]

    def of_instance(self, thing: Warranty) -> Any:
        prices = thing.prices.order_by("currency")
        return self._shown([(str(one.amount), one.currency) for one in prices]) or None

    def field(self) -> serializers.Field:
        return Money(many=True, read_only=True)


LAYOUT = Shape(
    "KeyboardLayoutResponse",
    "catalog.KeyboardLayout",
    {
        "id": uid("id"),
        "code": text("code"),
        "name": text("name"),
        "isActive": flag("is_active"),
    },
)
WARRANTY = Shape(
    "EquipmentWarrantyResponse",
    "catalog.Warranty",
    {
        "id": uid("id"),
        "months": number("months"),
        "equipmentId": uid("product_id"),
        "type": choice("category", Category),
        "isActive": flag("is_active"),
        "prices": _Amounts().needs(Permission.PRICES_READ),
        "updatedAt": moment("updated_at"),
    },
)
SLOT = Shape(
    "KitSlotResponse",
    "catalog.KitSlot",
    {
        "type": choice("category", Category),
        "quantity": number("quantity"),
        "minimumCondition": made(serializers.FloatField, float, "minimum_condition"),
        "preferredManufacturer": text("preferred_manufacturer"),
        "fallbackEquipmentId": uid("fallback_product_id"),
    },
)
KIT = Shape(
    "KitResponse",
    "catalog.Kit",
    {
        "id": uid("id"),
        "name": text("name"),
        "tagId": uid("tag_id"),
        "slots": many(SLOT, "slots", order="position"),
        "createdAt": moment("created_at"),
        "updatedAt": moment("updated_at"),
    },
)
