"""What an order costs."""

from __future__ import annotations

from decimal import Decimal

import pytest

from apps.accounts.models import User
from apps.accounts.sessions import actor_of
from apps.catalog import services as catalog
from apps.catalog.models import KeyboardLayout, Product, Warranty
from apps.catalog.services import Item
from apps.companies.models import Company, Country
from apps.conftest import make_product
from apps.core.actor import Actor
from apps.core.errors import Invalid
from apps.core.money import Money


@pytest.fixture
def staff(root: User) -> Actor:
    return actor_of(root)


@pytest.fixture
def tablet(acme: Company, staff: Actor) -> Product:
    """1,000 EUR anywhere, 1,010 in Spain; 4,300 PLN in Poland alone."""
    product = make_product(acme, "Slate", category="TABLET")
    for currency, amount, code in (
        ("EUR", 1000, None),
        ("EUR", 1010, "ES"),
        ("PLN", 4300, "PL"),
    ):
        catalog.set_price(
            product,
            actor=staff,
            currency=currency,
            amount=Decimal(amount),
            country=Country.objects.get(code=code) if code else None,
        )
    return catalog.set_orderable(product, actor=staff, is_orderable=True)


@pytest.fixture
def warranty(acme: Company, staff: Actor) -> Warranty:
    prices = {"EUR": Decimal("49.90")}
    return catalog.set_warranty(
        acme, actor=staff, months=36, category="TABLET", prices=prices
    )


def set_delivery(company: Company, staff: Actor, kind: str, amount: int) -> None:
    catalog.set_service_price(
        company,
        actor=staff,
        kind=kind,
        country=Country.objects.get(code="ES"),
        currency="EUR",
        amount=Decimal(amount),
    )


def refusal(company: Company, *args: object) -> tuple[str, str | None]:
    with pytest.raises(Invalid) as refused:
        catalog.quote(company, *args)  # type: ignore[arg-type]
    return refused.value.code, refused.value.field


def test_pieces_warranties_and_delivery_add_up(
    acme: Company, platform: Company, staff: Actor, tablet: Product, warranty: Warranty
) -> None:
    set_delivery(platform, staff, "EXPRESS_DELIVERY", 25)
    items = [Item(tablet, 3, warranty), Item(tablet, 1)]
    found = catalog.quote(acme, items, "EUR", "ES", "EXPRESS")
    first, second = found.items
    assert first.product_price == Money(Decimal(1010), "EUR")
    assert first.warranty_price == Money(Decimal("49.90"), "EUR")
    assert first.unit_price.amount == Decimal("1059.90")
    assert second.warranty_price is None
    assert found.delivery == Money(Decimal(25), "EUR")
    assert found.total == Money(Decimal("4214.70"), "EUR")


def test_a_country_without_a_price_of_its_own_has_the_general_one(
    acme: Company, tablet: Product
) -> None:
    poland = Country.objects.get(code="PL")
    found = catalog.quote(acme, [Item(tablet, 1)], "EUR", poland)
    assert found.total == Money(Decimal(1000), "EUR")
    assert found.delivery is None


def test_later_prices_leave_a_quote_as_it_was(
    acme: Company, staff: Actor, tablet: Product
) -> None:
    found = catalog.quote(acme, [Item(tablet, 2)], "PLN", "PL")
    catalog.set_price(
        tablet,
        actor=staff,
        currency="PLN",
        amount=Decimal(1),
        country=Country.objects.get(code="PL"),
    )
    assert found.total == Money(Decimal(8600), "PLN")


def test_nothing_is_converted(acme: Company, tablet: Product) -> None:
    items = [Item(tablet, 1), Item(tablet, 1)]
    assert refusal(acme, items, "GBP", "PL") == (
        "no_price_in_currency",
        "equipment/0/id",
    )
    assert refusal(acme, items, "PLN", "DE") == (
        "not_orderable_in_country",
        "equipment/0/id",
    )


def test_what_is_not_sold_is_named(
    acme: Company, globex: Company, staff: Actor, tablet: Product
) -> None:
    other = make_product(acme, "Chair", category="OTHER")
    catalog.set_price(other, actor=staff, currency="EUR", amount=Decimal(1))
    items = [Item(tablet, 1), Item(other, 1)]
    assert refusal(acme, items, "EUR", "PL") == ("not_orderable", "equipment/1/id")
    theirs = make_product(globex, "Slate")
    assert refusal(acme, [Item(theirs, 1)], "EUR", "PL") == (
        "no_product",
        "equipment/0/id",
    )


@pytest.mark.parametrize("quantity", [0, -1, 1001])
def test_how_many_is_from_1_to_1000(
    acme: Company, tablet: Product, quantity: int
) -> None:
    items = [Item(tablet, quantity)]
    assert refusal(acme, items, "EUR", "PL") == ("bad_quantity", "equipment/0/size")


def test_a_warranty_must_fit_and_have_a_price(
    acme: Company, globex: Company, staff: Actor, tablet: Product, warranty: Warranty
) -> None:
    field = "equipment/0/equipment_warranty_id"
    items = [Item(tablet, 1, warranty)]
    assert refusal(acme, items, "PLN", "PL") == ("no_warranty_price", field)
    prices = {"EUR": Decimal(1)}
    phones = catalog.set_warranty(
        acme, actor=staff, months=36, category="PHONE", prices=prices
    )
    theirs = catalog.set_warranty(
        globex, actor=staff, months=36, category="TABLET", prices=prices
    )
    for wrong in (phones, theirs):
        items = [Item(tablet, 1, wrong)]
        assert refusal(acme, items, "EUR", "PL") == ("no_warranty", field)
    gone = catalog.set_warranty(
        acme,
        actor=staff,
        months=36,
        category="TABLET",
        prices=prices,
        is_active=False,
    )
    assert refusal(acme, [Item(tablet, 1, gone)], "EUR", "PL") == ("no_warranty", field)


def test_a_layout_that_is_not_sold_any_more_is_refused(
    acme: Company, tablet: Product
) -> None:
    layout = KeyboardLayout(code="DVORAK", name="Dvorak", is_active=False)
    items = [Item(tablet, 1, keyboard_layout=layout)]
    assert refusal(acme, items, "EUR", "PL") == (
        "no_layout",
        "equipment/0/keyboard_layout_id",
    )


def test_express_needs_a_price_and_nothing_is_no_order(
    acme: Company, tablet: Product
) -> None:
    items = [Item(tablet, 1)]
    assert refusal(acme, items, "EUR", "ES", "EXPRESS") == (
        "no_delivery",
        "delivery_type",
    )
    assert refusal(acme, items, "EUR", "ES", "DRONE") == (
        "no_delivery",
        "delivery_type",
    )
    assert refusal(acme, [], "EUR", "ES") == ("no_items", "equipment")


def test_it_costs_as_many_statements_for_many_items_as_for_one(
    acme: Company,
    tablet: Product,
    warranty: Warranty,
    django_assert_num_queries: object,
) -> None:
    for count in (1, 20):
        with django_assert_num_queries(3):  # type: ignore[operator]
            items = [Item(tablet, 1, warranty)] * count
            catalog.quote(acme, items, "EUR", "ES")
