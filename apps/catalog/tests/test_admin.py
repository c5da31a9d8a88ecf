"""Platform staff set prices and publish, by the verbs."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from django.contrib.messages import get_messages
from django.test import Client
from django.urls import reverse

from apps.accounts.models import User
from apps.catalog import services as catalog
from apps.catalog.models import Product, ProductPrice, ServicePrice, Warranty
from apps.companies.models import Company
from apps.conftest import make_product
from apps.core.actor import SYSTEM
from apps.events.models import Event

LIST = reverse("admin:catalog_product_changelist")


@pytest.fixture
def staff(root: User, client_of: Callable[[User], Client]) -> Client:
    return client_of(root)


@pytest.fixture
def sold(platform: Company) -> Product:
    product = make_product(platform, "Slate", category="TABLET")
    return catalog.set_price(product, actor=SYSTEM, currency="EUR", amount=Decimal(300))


def act(client: Client, action: str, row: Any, **data: Any) -> list[str]:
    chosen = {"action": action, "_selected_action": [str(row.pk)], **data}
    answer = client.post(LIST, {**chosen, "confirmed": "yes"})
    return [str(one) for one in get_messages(answer.wsgi_request)]


def test_publishes_to_a_company(staff: Client, sold: Product, acme: Company) -> None:
    assert act(staff, "publish", sold, to_company="nobody") == [
        "Enter the slug of the company."
    ]
    assert not Product.objects.filter(company=acme).exists()
    assert act(staff, "publish", sold, to_company="acme") == ["1 done."]
    copy = Product.objects.get(company=acme)
    assert (copy.is_orderable, copy.prices.get().amount) == (True, 300)


@pytest.mark.parametrize(
    ("data", "told"),
    [
        ({"currency": "XXX", "amount": "1"}, "XXX"),
        ({"currency": "EUR", "amount": "1.234"}, "decimals"),
        ({"currency": "EUR", "amount": "one"}, "Enter an amount"),
        ({"amount": "1"}, "Enter a currency"),
        ({"currency": "EUR", "amount": "1", "country": "QQ"}, "no country"),
    ],
)
def test_a_price_that_cannot_be_is_refused(
    staff: Client, sold: Product, data: dict, told: str
) -> None:
    [message] = act(staff, "set_price", sold, **data)
    assert told in message
    assert sold.prices.get().amount == 300


def test_sets_and_takes_away_a_price(
    staff: Client, sold: Product, acme: Company
) -> None:
    [copy] = catalog.publish([sold], actor=SYSTEM, company=acme)
    data = {"currency": "pln", "amount": "1200,50", "country": "pl", "is_special": "on"}
    assert act(staff, "set_price", copy, **data) == ["1 done."]
    row = ProductPrice.objects.get(product=copy, currency="PLN")
    assert (row.amount, row.country_id, row.is_special) == (
        Decimal("1200.5"),
        "PL",
        True,
    )
    act(staff, "set_price", copy, currency="PLN", amount="", country="PL")
    assert not copy.prices.filter(currency="PLN").exists()
    act(staff, "withdraw", copy)
    copy.refresh_from_db()
    assert not copy.is_orderable


def test_service_prices_are_added_and_changed_by_the_verb(
    staff: Client, platform: Company
) -> None:
    add = reverse("admin:catalog_serviceprice_add")
    data = {
        "company": platform.pk,
        "kind": "COLLECTION",
        "country": "SK",
        "currency": "EUR",
        "amount": "1.999",
    }
    refused = staff.post(add, data)
    assert refused.status_code == 200
    assert "amount" in refused.context["adminform"].form.errors
    assert staff.post(add, {**data, "amount": "44"}).status_code == 302
    row = ServicePrice.objects.get()
    assert (row.kind, row.country_id, row.amount) == ("COLLECTION", "SK", 44)
    change = reverse("admin:catalog_serviceprice_change", args=[row.pk])
    answer = staff.post(change, {"amount": "45", "kind": "OFFBOARDING"})
    assert answer.status_code == 302
    row.refresh_from_db()
    assert (row.kind, row.amount) == ("COLLECTION", 45)
    told = Event.objects.filter(type="service_price.set").order_by("id")
    assert [one.payload["amount"] for one in told] == ["44.00", "45.00"]
    page = reverse("admin:catalog_serviceprice_changelist")
    chosen = {"action": "take_away", "_selected_action": [str(row.pk)]}
    staff.post(page, {**chosen, "confirmed": "yes"})
    assert not ServicePrice.objects.exists()


def test_warranties_are_added_with_their_prices(
    staff: Client, platform: Company
) -> None:
    add = reverse("admin:catalog_warranty_add")
    data = {
        "company": platform.pk,
        "product": "",
        "category": "TABLET",
        "months": "36",
        "is_active": "on",
    }
    for wrong in ("EUR", "EUR 1, EUR 2", "XXX 1", "EUR 1.999"):
        refused = staff.post(add, {**data, "amounts": wrong})
        assert "amounts" in refused.context["adminform"].form.errors
    for wrong in ({"category": ""}, {"months": "0"}, {"months": "121"}):
        assert staff.post(add, {**data, "amounts": "", **wrong}).status_code == 200
    assert not Warranty.objects.exists()
    answer = staff.post(add, {**data, "amounts": "EUR 49.90, pln 210"})
    assert answer.status_code == 302
    prices = Warranty.objects.get().prices.order_by("currency")
    assert [(one.currency, one.amount) for one in prices] == [
        ("EUR", Decimal("49.9")),
        ("PLN", 210),
    ]
    change = reverse("admin:catalog_warranty_change", args=[Warranty.objects.get().pk])
    assert "EUR 49.90, PLN 210.00" in staff.get(change).content.decode()
    staff.post(change, {"amounts": "EUR 45", "is_active": ""})
    warranty = Warranty.objects.get()
    assert (warranty.is_active, warranty.prices.get().amount) == (False, 45)
    assert Event.objects.filter(type="warranty.set").count() == 2
