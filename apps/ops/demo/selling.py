"""What the demo's platform sells, for how much, and the kits of Acme."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

from apps.catalog import services as catalog
from apps.catalog.models import Category, Product, ServiceKind
from apps.catalog.services import Slot
from apps.companies.models import Company, Country, Tag
from apps.core.actor import SYSTEM

from . import catalogue, people

_C, _S = Category, ServiceKind
# What one euro's worth is sold for by the other lists: lists are set, not converted.
_LISTS = {"PL": ("PLN", Decimal("4.3")), "GB": ("GBP", Decimal("0.87"))}
_NOT_SOLD = frozenset({_C.PRINTER, _C.NETWORK, _C.SERVER})
_SERVICES = {
    _S.OFFBOARDING: 59,
    _S.COLLECTION: 49,
    _S.REDEPLOYMENT: 39,
    _S.STANDARD_DELIVERY: 15,
    _S.EXPRESS_DELIVERY: 35,
}
_ABROAD = {"GB": 20, "PT": 8, "ES": 6}  # more, in euros
_WARRANTIES = {_C.LAPTOP: (36, 119), _C.PHONE: (24, 79), _C.MONITOR: (36, 49)}


def price_lists(founded: datetime) -> list[Product]:
    """The platform's own catalogue, with prices in all countries of the demo."""
    platform = Company.objects.get(kind=Company.Kind.PLATFORM)
    made = catalog.create_many(
        catalogue.products(platform), actor=SYSTEM, company=platform, at=founded
    )
    countries = [Country.objects.get(code=land.code) for land in people.LANDS]
    for country in countries:
        for kind, euros in _SERVICES.items():
            euros += _ABROAD.get(country.code, 0)
            for currency, amount in _prices(Decimal(euros), country.code):
                catalog.set_service_price(
                    platform,
                    actor=SYSTEM,
                    kind=kind,
                    country=country,
                    currency=currency,
                    amount=amount,
                )
    for category, (months, euros) in _WARRANTIES.items():
        lists = dict(_LISTS.values())
        prices = {"EUR": Decimal(1), **lists}
        catalog.set_warranty(
            platform,
            actor=SYSTEM,
            months=months,
            category=category,
            prices={
                code: (euros * factor).quantize(1) for code, factor in prices.items()
            },
        )
    return [
        _price(made[model.name, model.model_number], model, countries)
        for model in catalogue.MODELS
        if model.category not in _NOT_SOLD
    ]


def _price(
    product: Product, model: catalogue.Model, countries: list[Country]
) -> Product:
    for country in countries:
        for currency, amount in _prices(Decimal(model.price), country.code):
            catalog.set_price(
                product,
                actor=SYSTEM,
                currency=currency,
                amount=amount,
                country=country,
            )
    return product


def _prices(euros: Decimal, country: str) -> list[tuple[str, Decimal]]:
    found = [("EUR", euros)]
    if country in _LISTS:
        currency, factor = _LISTS[country]
        found.append((currency, (euros * factor).quantize(Decimal(1))))
    return found


def kits(company: Company) -> None:
    """One for who builds things, one for everybody else."""
    ours = {
        product.name: product
        for product in Product.objects.filter(company=company, is_orderable=True)
    }
    engineering = [
        Slot(_C.LAPTOP, 1, Decimal("0.75"), "Apple", ours["MacBook Pro 14″ M3 Pro"]),
        Slot(_C.MONITOR, 2, Decimal("0.5"), "Dell", ours["UltraSharp U2723QE"]),
        Slot(_C.DOCK, 1, fallback_product=ours["WD22TB4 Thunderbolt Dock"]),
        Slot(_C.HEADSET, 1, Decimal("0.75"), fallback_product=ours["Evolve2 65"]),
    ]
    office = [
        Slot(_C.LAPTOP, 1, Decimal("0.5"), "Lenovo", ours["Latitude 7440"]),
        Slot(_C.PHONE, 1, Decimal("0.5"), fallback_product=ours["iPhone 14"]),
    ]
    tags = {tag.name: tag for tag in Tag.objects.filter(company=company)}
    for name, slots in (("Engineering", engineering), ("Sales", office)):
        catalog.create_kit(
            actor=SYSTEM,
            company=company,
            name=name,
            slots=slots,
            tag=tags.get(name),
        )
