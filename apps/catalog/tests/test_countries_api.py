"""Where what can be had, through the API."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from apps.accounts.models import User
from apps.catalog.models import ProductPrice, ServicePrice
from apps.companies.models import Company, Country, Warehouse
from apps.conftest import Api, make_product
from apps.core.actor import Role

pytestmark = pytest.mark.django_db


def codes(api: Api, support: str) -> set[str]:
    answer = api.post("countries/query", {"type": support})
    assert answer.status_code == 200, answer.content
    return {one["code"] for one in answer.json()}


def service(company: Company, kind: str, country: str) -> None:
    money = {"currency": "EUR", "amount": "20.00"}
    ServicePrice.objects.create(company=company, kind=kind, country_id=country, **money)


def price(company: Company, country: str | None) -> None:
    product = make_product(company, f"Thing of {country}")
    ProductPrice.objects.create(
        company=company,
        product=product,
        country_id=country,
        currency="EUR",
        amount="7.00",
    )


def test_all_are_listed_by_name(api: Api) -> None:
    found = api.found("countries")
    assert len(found) == Country.objects.count()
    assert found == api.post("countries/query", {"type": "ALL"}).json()
    assert {"code": "PT", "displayName": "Portugal"} in found
    names = list(Country.objects.order_by("name").values_list("name", flat=True))
    assert [one["displayName"] for one in found] == names


def test_by_what_a_country_is_supported_for(
    api: Api, acme: Company, globex: Company, warehouse: Warehouse
) -> None:
    platform = Company.objects.get(kind=Company.Kind.PLATFORM)
    Country.objects.filter(pk="IE").update(allows_sellback=True)
    service(platform, "OFFBOARDING", "PT")
    service(acme, "COLLECTION", "GR")
    service(globex, "OFFBOARDING", "NO")
    price(acme, "MT")
    price(globex, "JP")
    assert codes(api, "SELLBACK") == {"IE"}
    assert codes(api, "WAREHOUSE") == {"PL", "DE"}
    assert codes(api, "OFFBOARDING") == {"PT"}
    assert codes(api, "PRICING") == {"PT", "GR", "MT"}


def test_a_price_without_a_country_holds_in_all(api: Api, acme: Company) -> None:
    price(acme, None)
    assert len(codes(api, "PRICING")) == Country.objects.count()


@pytest.mark.parametrize("body", [None, {}, {"type": "MOON"}, {"type": None}])
def test_the_kind_of_support_is_asked(body: Any, api: Api) -> None:
    answer = api.post("countries/query", body)
    assert answer.status_code in {400, 422}


def test_whoever_is_signed_in_may_ask(
    api_as: Callable[[Any], Api], emil: User, wanda: User
) -> None:
    for who in (emil, wanda, Role.AI_AGENT):
        assert api_as(who).get("countries").status_code == 200
