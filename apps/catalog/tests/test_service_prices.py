"""What the platform asks for its services."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from apps.accounts.models import User
from apps.accounts.sessions import actor_of
from apps.catalog.models import ServiceKind, ServicePrice
from apps.catalog.services import service_price
from apps.companies.models import Company, Country
from apps.core.money import Money


def price(company: Company, amount: str, **over: Any) -> ServicePrice:
    fields = {"kind": "OFFBOARDING", "country_id": "PL", "currency": "EUR", **over}
    return ServicePrice.objects.create(company=company, amount=amount, **fields)


def test_the_platforms_price_holds_for_every_company(
    platform: Company, acme: Company, globex: Company
) -> None:
    price(platform, "49.5")
    expected = Money(Decimal("49.5"), "EUR")
    assert service_price(acme, ServiceKind.OFFBOARDING, "PL") == expected
    poland = Country.objects.get(code="PL")
    assert service_price(globex, "OFFBOARDING", poland) == expected


def test_a_companys_own_price_comes_first_and_is_nobody_elses(
    platform: Company, acme: Company, globex: Company
) -> None:
    price(platform, "49.50")
    price(acme, "40.00")
    assert service_price(acme, ServiceKind.OFFBOARDING, "PL").amount == 40
    assert service_price(globex, ServiceKind.OFFBOARDING, "PL").amount == Decimal(
        "49.5"
    )


def test_another_country_kind_or_currency_has_no_price(
    platform: Company, acme: Company
) -> None:
    price(platform, "49.50")
    assert service_price(acme, ServiceKind.OFFBOARDING, "DE") is None
    assert service_price(acme, ServiceKind.COLLECTION, "PL") is None
    assert service_price(acme, ServiceKind.OFFBOARDING, "PL", "PLN") is None


def test_the_companys_currency_selects_the_list(
    platform: Company, acme: Company
) -> None:
    price(platform, "49.50")
    price(platform, "215.00", currency="PLN")
    acme.currency = "PLN"
    assert service_price(acme, ServiceKind.OFFBOARDING, "PL") == Money(
        Decimal(215), "PLN"
    )
    assert service_price(acme, ServiceKind.OFFBOARDING, "PL", "EUR").currency == "EUR"


def test_there_is_one_price_for_each_list(platform: Company) -> None:
    price(platform, "49.50")
    with pytest.raises(IntegrityError), transaction.atomic():
        price(platform, "50.00")
    with pytest.raises(IntegrityError), transaction.atomic():
        price(platform, "-1", country_id="DE")


def test_prices_of_other_companies_are_not_visible(
    acme: Company, globex: Company, anna: User, gina: User, wanda: User
) -> None:
    mine = price(acme, "40.00")
    assert list(ServicePrice.objects.visible_to(actor_of(anna))) == [mine]
    assert not ServicePrice.objects.visible_to(actor_of(gina)).exists()
    assert not ServicePrice.objects.visible_to(actor_of(wanda)).exists()
