"""Where something has a price."""

from __future__ import annotations

from decimal import Decimal

from apps.catalog import countries
from apps.catalog import services as catalog
from apps.catalog.models import ServiceKind
from apps.companies.models import Company, Country
from apps.conftest import make_product
from apps.core.actor import SYSTEM


def set_service(company: Company, kind: str, code: str) -> None:
    catalog.set_service_price(
        company,
        actor=SYSTEM,
        kind=kind,
        country=Country.objects.get(code=code),
        currency="CZK",
        amount=Decimal(900),
    )


def offboarded(company: Company) -> set[str]:
    found = countries.with_service(company.id, ServiceKind.OFFBOARDING)
    return {country.code for country in found}


def priced(company: Company) -> set[str]:
    return {country.code for country in countries.with_prices(company.id)}


def test_offboarding_is_where_it_has_a_price_for_the_company(
    platform: Company, acme: Company, globex: Company
) -> None:
    set_service(platform, "OFFBOARDING", "CZ")
    set_service(acme, "OFFBOARDING", "SK")
    set_service(acme, "COLLECTION", "HU")
    assert offboarded(acme) == {"CZ", "SK"}
    assert offboarded(globex) == {"CZ"}
    assert priced(acme) == {"CZ", "SK", "HU"}


def test_a_product_counts_while_it_can_be_ordered(
    acme: Company, globex: Company
) -> None:
    product = make_product(acme, "Slate")
    price = {"actor": SYSTEM, "currency": "EUR", "amount": Decimal(9)}
    catalog.set_price(product, country=Country.objects.get(code="IE"), **price)
    assert priced(acme) == set()
    catalog.set_orderable(product, actor=SYSTEM, is_orderable=True)
    assert priced(acme) == {"IE"}
    catalog.set_price(product, **price)
    assert priced(acme) == {country.code for country in Country.objects.all()}
    assert priced(globex) == set()
