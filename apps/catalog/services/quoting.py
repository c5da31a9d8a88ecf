"""What an order costs, before it is made; its prices are frozen from here."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.utils.translation import gettext as _

from apps.catalog.models import (
    KeyboardLayout,
    Product,
    ProductPrice,
    ServiceKind,
    Warranty,
    WarrantyPrice,
)
from apps.companies.models import Company, Country
from apps.core.errors import Invalid
from apps.core.money import Money

from .pricing import service_price

MOST_PIECES = 1000  # of one item
DELIVERIES = {
    "STANDARD": ServiceKind.STANDARD_DELIVERY,
    "EXPRESS": ServiceKind.EXPRESS_DELIVERY,
}


@dataclass(frozen=True, slots=True)
class Item:
    """What is wanted: so many pieces, each with that warranty and on its keys that
    layout."""

    product: Product
    quantity: int
    warranty: Warranty | None = None
    keyboard_layout: KeyboardLayout | None = None


@dataclass(frozen=True, slots=True)
class QuotedItem:
    """What one piece costs; the warranty apart."""

    item: Item
    product_price: Money
    warranty_price: Money | None

    @property
    def unit_price(self) -> Money:
        warranty = self.warranty_price.amount if self.warranty_price else Decimal(0)
        return self.product_price._replace(amount=self.product_price.amount + warranty)


@dataclass(frozen=True, slots=True)
class Quote:
    """`delivery` is None where it is in the products' prices."""

    items: tuple[QuotedItem, ...]
    delivery: Money | None
    currency: str

    @property
    def total(self) -> Money:
        pieces = (one.unit_price.amount * one.item.quantity for one in self.items)
        delivery = self.delivery.amount if self.delivery else Decimal(0)
        return Money(sum(pieces, start=delivery), self.currency)


def quote(
    company: Company,
    items: Sequence[Item],
    currency: str,
    country: Country | str,
    delivery: str = "STANDARD",
    *,
    field: str = "equipment",
) -> Quote:
    """Prices by that currency's list in the country it is delivered to. Standard
    delivery without a price of its own is in the products' prices.

    Raises Invalid whose field names the item (`equipment/0/id`): `no_product`,
    `not_orderable`, `no_price_in_currency`, `not_orderable_in_country`,
    `bad_quantity`, `no_warranty`, `no_warranty_price`, `no_layout`; and `no_items`,
    `no_delivery`.
    """
    code = country.code if isinstance(country, Country) else country
    if not items:
        raise Invalid("no_items", _("Say what to order."), field=field)
    prices = _product_prices(company, items, currency)
    warranties = _warranty_prices(company, items, currency)
    quoted = []
    for place, item in enumerate(items):
        at = f"{field}/{place}"
        _require_orderable(company, item, at)
        product_price = _price(prices, item.product, currency, code, at)
        warranty_price = None
        if item.warranty is not None:
            warranty_price = warranties.get(item.warranty.id)
            _require_warranty(company, item, warranty_price, currency, at)
        quoted.append(QuotedItem(item, product_price, warranty_price))
    return Quote(tuple(quoted), _delivery(company, delivery, code, currency), currency)


def _product_prices(
    company: Company, items: Iterable[Item], currency: str
) -> dict[object, dict[str | None, Money]]:
    """By product, then by country; None: all that have no price of their own."""
    rows = ProductPrice.objects.filter(
        company=company,
        product__in={item.product.id for item in items},
        currency=currency,
    )
    found: dict[object, dict[str | None, Money]] = {}
    for row in rows:
        price = Money(row.amount, row.currency)
        found.setdefault(row.product_id, {})[row.country_id] = price
    return found


def _warranty_prices(
    company: Company, items: Iterable[Item], currency: str
) -> dict[object, Money]:
    wanted = {item.warranty.id for item in items if item.warranty is not None}
    if not wanted:
        return {}
    rows = WarrantyPrice.objects.filter(
        company=company, warranty__in=wanted, currency=currency
    )
    return {row.warranty_id: Money(row.amount, row.currency) for row in rows}


def _require_orderable(company: Company, item: Item, at: str) -> None:
    product = item.product
    if product.company_id != company.id:
        told = _("There is no such product.")
        raise Invalid("no_product", told, field=f"{at}/id")
    if not product.is_orderable:
        told = _("%(product)s can't be ordered.") % {"product": product.label}
        raise Invalid("not_orderable", told, field=f"{at}/id")
    if not 1 <= item.quantity <= MOST_PIECES:
        told = _("Enter a number from 1 to %(count)d.") % {"count": MOST_PIECES}
        raise Invalid("bad_quantity", told, field=f"{at}/size")
    if item.keyboard_layout is not None and not item.keyboard_layout.is_active:
        told = _("This keyboard layout can't be ordered.")
        raise Invalid("no_layout", told, field=f"{at}/keyboard_layout_id")


def _price(
    prices: dict[object, dict[str | None, Money]],
    product: Product,
    currency: str,
    country: str,
    at: str,
) -> Money:
    by_country = prices.get(product.id)
    words = {"product": product.label, "currency": currency, "country": country}
    if by_country is None:
        told = _("%(product)s has no price in %(currency)s.") % words
        raise Invalid("no_price_in_currency", told, field=f"{at}/id")
    found = by_country.get(country) or by_country.get(None)
    if found is None:
        told = _("%(product)s can't be ordered to %(country)s for %(currency)s.")
        raise Invalid("not_orderable_in_country", told % words, field=f"{at}/id")
    return found


def _require_warranty(
    company: Company, item: Item, price: Money | None, currency: str, at: str
) -> None:
    warranty, product = item.warranty, item.product
    assert warranty is not None  # noqa: S101  the caller has asked
    fits = warranty.product_id == product.id or warranty.category == product.category
    field = f"{at}/equipment_warranty_id"
    if warranty.company_id != company.id or not fits or not warranty.is_active:
        told = _("%(product)s can't be had with this warranty.")
        raise Invalid("no_warranty", told % {"product": product.label}, field=field)
    if price is None:
        told = _("This warranty has no price in %(currency)s.")
        raise Invalid("no_warranty_price", told % {"currency": currency}, field=field)


def _delivery(
    company: Company, delivery: str, country: str, currency: str
) -> Money | None:
    kind = DELIVERIES.get(delivery)
    price = service_price(company, kind, country, currency) if kind else None
    if price is None and kind is not ServiceKind.STANDARD_DELIVERY:
        told = _("There is no such delivery to %(country)s for %(currency)s.")
        words = {"country": country, "currency": currency}
        raise Invalid("no_delivery", told % words, field="delivery_type")
    return price
