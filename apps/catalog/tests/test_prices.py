"""Who sets what products, services and warranties cost."""

from __future__ import annotations

from decimal import Decimal

import pytest

from apps.accounts.models import User
from apps.accounts.sessions import actor_of
from apps.catalog import services as catalog
from apps.catalog.models import ProductPrice, ServicePrice, Warranty
from apps.companies.models import Company, Country
from apps.conftest import make_product
from apps.core.errors import Invalid, NotAllowed
from apps.events.models import Event


@pytest.fixture
def poland(reference_data: None) -> Country:
    return Country.objects.get(code="PL")


def told(type_: str) -> list[dict]:
    rows = Event.objects.filter(type=type_).order_by("id")
    return list(rows.values_list("payload", flat=True))


def test_a_product_has_a_price_for_each_currency_and_country(
    root: User, acme: Company, poland: Country
) -> None:
    product, actor = make_product(acme, "Zenbook"), actor_of(root)
    before = product.updated_at
    catalog.set_price(product, actor=actor, currency="EUR", amount=Decimal(1200))
    catalog.set_price(
        product, actor=actor, currency="EUR", amount=Decimal(1250), country=poland
    )
    catalog.set_price(
        product, actor=actor, currency="PLN", amount=Decimal("5199.9"), country=poland
    )
    rows = ProductPrice.objects.in_list("EUR", "PL")
    assert [(row.country_id, row.amount) for row in rows] == [
        ("PL", 1250),
        (None, 1200),
    ]
    assert [row.amount for row in ProductPrice.objects.in_list("EUR", "DE")] == [1200]
    assert told("product.priced")[2] == {
        "product_name": "Zenbook",
        "amount": "5199.90",
        "currency": "PLN",
        "country": "PL",
    }
    product.refresh_from_db()
    assert product.updated_at > before


def test_a_new_amount_replaces_the_old_one_and_none_takes_it_away(
    root: User, acme: Company
) -> None:
    product, actor = make_product(acme, "Zenbook"), actor_of(root)
    for amount in (Decimal(10), Decimal(10), Decimal(12), None, None):
        catalog.set_price(product, actor=actor, currency="EUR", amount=amount)
    assert not product.prices.exists()
    assert [one["amount"] for one in told("product.priced")] == ["10.00", "12.00"]
    assert len(told("product.price_removed")) == 1


@pytest.mark.parametrize(
    ("currency", "amount", "code", "field"),
    [
        ("XXX", "1", "bad_currency", "currency"),
        ("DEM", "1", "bad_currency", "currency"),
        ("", "1", "price_without_currency", "currency"),
        ("EUR", "-1", "bad_amount", "amount"),
        ("EUR", "NaN", "bad_amount", "amount"),
        ("EUR", "1.999", "too_many_decimals", "amount"),
        ("JPY", "1.5", "too_many_decimals", "amount"),
    ],
)
def test_money_that_cannot_be_is_refused(
    root: User, acme: Company, currency: str, amount: str, code: str, field: str
) -> None:
    product = make_product(acme, "Zenbook")
    with pytest.raises(Invalid) as refused:
        catalog.set_price(
            product, actor=actor_of(root), currency=currency, amount=Decimal(amount)
        )
    assert (refused.value.code, refused.value.field) == (code, field)
    assert not product.prices.exists()
    assert not told("product.priced")


def test_a_company_does_not_set_what_it_pays(
    anna: User, acme: Company, poland: Country
) -> None:
    product, actor = make_product(acme, "Zenbook"), actor_of(anna)
    with pytest.raises(NotAllowed):
        catalog.set_price(product, actor=actor, currency="EUR", amount=Decimal(1))
    with pytest.raises(NotAllowed):
        catalog.set_service_price(
            acme,
            actor=actor,
            kind="COLLECTION",
            country=poland,
            currency="EUR",
            amount=Decimal(1),
        )
    with pytest.raises(NotAllowed):
        catalog.set_warranty(acme, actor=actor, months=24, category="LAPTOP", prices={})
    assert not ServicePrice.objects.exists()
    assert not Warranty.objects.exists()


def test_a_service_price_is_set_changed_and_taken_away(
    root: User, platform: Company, poland: Country
) -> None:
    for amount in ("30", "30", "35", None, None):
        catalog.set_service_price(
            platform,
            actor=actor_of(root),
            kind="REDEPLOYMENT",
            country=poland,
            currency="PLN",
            amount=Decimal(amount) if amount else None,
        )
    assert not ServicePrice.objects.exists()
    assert [one["amount"] for one in told("service_price.set")] == ["30.00", "35.00"]
    assert told("service_price.removed") == [
        {"kind": "REDEPLOYMENT", "country": "PL", "currency": "PLN"}
    ]


def test_a_service_that_nobody_offers_is_refused(
    root: User, platform: Company, poland: Country
) -> None:
    with pytest.raises(Invalid) as refused:
        catalog.set_service_price(
            platform,
            actor=actor_of(root),
            kind="HAIRCUT",
            country=poland,
            currency="PLN",
            amount=Decimal(1),
        )
    assert (refused.value.code, refused.value.field) == ("bad_kind", "kind")


def test_a_warranty_has_exactly_the_prices_it_was_given(
    root: User, acme: Company
) -> None:
    product, actor = make_product(acme, "Zenbook"), actor_of(root)
    for prices in ({"EUR": Decimal(90)}, {"PLN": Decimal(400)}, {"PLN": Decimal(400)}):
        warranty = catalog.set_warranty(
            acme, actor=actor, months=36, product=product, prices=prices
        )
    assert [(one.currency, one.amount) for one in warranty.prices.all()] == [
        ("PLN", 400)
    ]
    assert Warranty.objects.count() == 1
    assert len(told("warranty.set")) == 2
    assert list(Warranty.objects.of(product)) == [warranty]


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"months": 0}, "months"),
        ({"months": 121}, "months"),
        ({"category": ""}, "category"),
        ({"category": "TOASTER"}, "category"),
        ({"prices": {"EUR": Decimal("-1")}}, "amount"),
    ],
)
def test_a_warranty_that_cannot_be_is_refused(
    root: User, acme: Company, wrong: dict, field: str
) -> None:
    fields = {"months": 24, "category": "PHONE", "prices": {}, **wrong}
    with pytest.raises(Invalid) as refused:
        catalog.set_warranty(acme, actor=actor_of(root), **fields)
    assert refused.value.field == field
    assert not Warranty.objects.exists()


def test_a_warranty_is_for_a_product_or_a_category(root: User, acme: Company) -> None:
    product = make_product(acme, "Zenbook")
    with pytest.raises(Invalid):
        catalog.set_warranty(
            acme,
            actor=actor_of(root),
            months=24,
            product=product,
            category="LAPTOP",
            prices={},
        )
