"""Products through the API."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from apps.accounts.models import User
from apps.accounts.sessions import actor_of
from apps.catalog import services as catalog
from apps.catalog.models import KeyboardLayout, Product
from apps.catalog.services import Slot
from apps.companies.models import Company, Country, Tag
from apps.conftest import Api, make_product
from apps.core.actor import SYSTEM, Role
from apps.events.models import Event

LIST = "equipments"
QUERY = "equipments/query"


def sell(product: Product, *prices: tuple[str, int, str | None]) -> Product:
    for currency, amount, code in prices:
        catalog.set_price(
            product,
            actor=SYSTEM,
            currency=currency,
            amount=Decimal(amount),
            country=Country.objects.get(code=code) if code else None,
        )
    return catalog.set_orderable(product, actor=SYSTEM, is_orderable=True)


@pytest.fixture
def slate(acme: Company) -> Product:
    product = make_product(
        acme,
        "Slate 11",
        category="TABLET",
        manufacturer="Onyx",
        sku="SL-11",
        subtype="E_INK",
        image_url="https://img.example/slate.png",
        ean="96385074",
        specification=[{"Storage": "64 GB"}],
    )
    prices = ("EUR", 500, None), ("EUR", 520, "ES"), ("PLN", 2200, "PL")
    return sell(product, *prices)


@pytest.fixture
def desk(acme: Company) -> Product:
    """Nobody sells it."""
    return make_product(acme, "Desk", category="OTHER", manufacturer="")


def names(answer: Any) -> list[str]:
    assert answer.status_code == 200, answer.content
    return [one["name"] for one in answer.json()["content"]]


def test_says_what_the_contract_says(api: Api, slate: Product) -> None:
    found = api.found(f"{LIST}/{slate.pk}")
    expected = {
        "id": str(slate.pk),
        "name": "Slate 11",
        "specification": [{"Storage": "64 GB"}],
        "imageUrl": "https://img.example/slate.png",
        "type": "TABLET",
        "subtype": "E_INK",
        "manufacturer": "Onyx",
        "sku": "SL-11",
        "ean": "96385074",
        "isOrderable": True,
        "price": {"amount": "500.00", "currency": "EUR"},
    }
    times = {name: found.pop(name) for name in ("createdAt", "updatedAt")}
    assert found == expected
    assert all(time.endswith("Z") for time in times.values())


def test_lists_say_the_same(api: Api, slate: Product, desk: Product) -> None:
    one = {row["id"]: row for row in api.found(LIST)["items"]}
    two = {row["id"]: row for row in api.post(QUERY).json()["content"]}
    assert one == two
    for product in (slate, desk):
        assert one[str(product.pk)] == api.found(f"{LIST}/{product.pk}")
    assert "price" not in one[str(desk.pk)]


@pytest.mark.parametrize(
    ("asked", "price", "codes"),
    [
        ({"currency": "EUR"}, "500.00", None),
        ({"currency": "EUR", "countryCode": "ES"}, "520.00", None),
        ({"countryCode": "ES"}, "520.00", None),
        ({"currency": "PLN"}, "2200.00", ["PL"]),
        ({"currency": "PLN", "countryCode": "PL"}, "2200.00", ["PL"]),
        ({"currency": "GBP"}, None, None),
    ],
)
def test_currency_and_country_select_the_price_list(
    api: Api, slate: Product, asked: dict, price: str | None, codes: list | None
) -> None:
    query = "&".join(f"{name}={value}" for name, value in asked.items())
    for [row] in (
        api.post(QUERY, asked).json()["content"],
        api.found(f"{LIST}?{query}")["items"],
    ):
        assert row.get("price", {}).get("amount") == price
        found = row.get("countries")
        assert (found and [one["code"] for one in found]) == codes


def test_a_country_leaves_out_what_cannot_be_ordered_there(
    api: Api, slate: Product, desk: Product, acme: Company
) -> None:
    assert names(api.post(QUERY, {"countryCode": "DE"})) == ["Slate 11"]
    assert names(api.post(QUERY, {"countryCode": "DE", "currency": "PLN"})) == []
    Company.objects.filter(pk=acme.pk).update(currency="PLN")
    assert names(api.post(QUERY, {"countryCode": "PL"})) == ["Slate 11"]
    assert names(api.post(QUERY, {"countryCode": "DE"})) == []
    catalog.set_orderable(slate, actor=SYSTEM, is_orderable=False)
    assert names(api.post(QUERY, {"countryCode": "PL"})) == []


def test_filters_by_what_a_product_is(api: Api, slate: Product, desk: Product) -> None:
    for body, expected in (
        ({"type": "TABLET"}, ["Slate 11"]),
        ({"type": "TOASTER"}, []),
        ({"subType": "E_INK"}, ["Slate 11"]),
        ({"searchPhrase": "onyx sla"}, ["Slate 11"]),
        ({"equipmentIds": [str(desk.pk)]}, ["Desk"]),
        ({"employeeOnboarding": False}, ["Desk", "Slate 11"]),
    ):
        assert sorted(names(api.post(QUERY, body))) == expected
    for query in ("isOrderable=true", "sku=SL-11", "ean=96385074"):
        found = api.found(f"{LIST}?{query}")["items"]
        assert [one["name"] for one in found] == ["Slate 11"]
    assert api.found(f"{LIST}?sku=SL") == {"items": []}


def test_a_tag_finds_what_its_kit_orders(
    api: Api, anna: User, slate: Product, desk: Product, acme: Company
) -> None:
    tag = Tag.objects.create(company=acme, name="Readers")
    other = Tag.objects.create(company=acme, name="Writers")
    for name, of_tag, product in (("A", tag, slate), ("B", other, desk)):
        catalog.create_kit(
            actor=actor_of(anna),
            company=acme,
            name=name,
            tag=of_tag,
            slots=[Slot("OTHER", fallback_product=product), Slot("MOUSE")],
        )
    make_product(acme, "In no kit")
    assert names(api.post(QUERY, {"tagId": str(tag.pk)})) == ["Slate 11"]
    found = names(api.post(QUERY, {"employeeOnboarding": True}))
    assert sorted(found) == ["Desk", "Slate 11"]


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({"currency": "DEM"}, "/currency"),
        ({"currency": "eur"}, "/currency"),
        ({"countryCode": "XX"}, "/countryCode"),
        ({"countryCode": "'; --"}, "/countryCode"),
        ({"currency": ["EUR"]}, "/currency"),
        ({"tagId": "x"}, "/tagId"),
        ({"colour": "red"}, "/colour"),
    ],
)
def test_what_nobody_can_mean_is_refused(
    api: Api, slate: Product, body: dict, pointer: str
) -> None:
    answer = api.post(QUERY, body)
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["pointer"] == pointer


@pytest.mark.parametrize("count", [1, 40])
def test_a_list_costs_one_statement(api: Api, acme: Company, count: int) -> None:
    api.known()
    for place in range(count):
        sell(make_product(acme, f"Pen {place}"), ("EUR", 3, None), ("EUR", 4, "PL"))
    one = Product.objects.first()
    assert one is not None
    for call in (
        lambda: api.get(f"{LIST}?currency=EUR&countryCode=PL"),
        lambda: api.post(QUERY, {"currency": "EUR", "countryCode": "PL"}),
        lambda: api.get(f"{LIST}/{one.pk}"),
    ):
        with CaptureQueriesContext(connection) as queries:
            assert call().status_code == 200
        assert len(queries) == 1


def test_another_company_finds_and_changes_nothing(
    outsider: Api, slate: Product
) -> None:
    assert outsider.get(f"{LIST}/{slate.pk}").status_code == 404
    assert outsider.found(LIST) == {"items": []}
    assert outsider.patch(f"{LIST}/{slate.pk}", {"name": "Mine"}).status_code == 404
    slate.refresh_from_db()
    assert slate.name == "Slate 11"


def test_who_does_not_see_prices_sees_none(
    api_as: Callable[[Any], Api], wanda: User, slate: Product
) -> None:
    worker = api_as(wanda)
    for row in (
        worker.found(f"{LIST}/{slate.pk}"),
        worker.found(f"{LIST}?currency=EUR")["items"][0],
        worker.post(QUERY, {"currency": "EUR"}).json()["content"][0],
    ):
        assert row["name"] == "Slate 11"
        assert not {"price", "prices"} & row.keys()


def test_employees_do_not_read_the_catalogue(
    api_as: Callable[[Any], Api], emil: User, slate: Product
) -> None:
    assert api_as(emil).get(LIST).status_code == 403
    assert api_as(emil).get("keyboard-layouts").status_code == 403


def test_creates_and_changes_a_product(api: Api, acme: Company) -> None:
    body = {"name": "Chair", "type": "OTHER", "sku": "CH-1", "modelNumber": "C1"}
    made = api.post(LIST, body)
    assert made.status_code == 200, made.content
    found = made.json()
    assert {name: found[name] for name in body} == body
    assert found["isOrderable"] is False
    path = f"{LIST}/{found['id']}"
    changed = api.patch(path, {"sku": None, "subtype": "STOOL"}).json()
    assert "sku" not in changed
    assert (changed["subtype"], changed["modelNumber"]) == ("STOOL", "C1")
    assert Product.objects.get(pk=found["id"]).company == acme


def test_a_change_is_refused_if_something_else_was_seen(
    api: Api, slate: Product
) -> None:
    path = f"{LIST}/{slate.pk}"
    tag = api.get(path)["ETag"]
    assert api.patch(path, {"name": "Slate"}, If_Match=tag).status_code == 200
    stale = api.patch(path, {"name": "Board"}, If_Match=tag)
    assert stale.status_code == 412
    slate.refresh_from_db()
    assert slate.name == "Slate"
    # A price is something that is shown, too.
    tag = api.get(path)["ETag"]
    sell(slate, ("EUR", 1, None))
    assert api.patch(path, {"name": "Board"}, If_Match=tag).status_code == 412


@pytest.mark.parametrize(
    ("body", "status", "pointer"),
    [
        ({}, 422, "/name"),
        ({"name": "Slate 11"}, 409, "/name"),
        ({"name": "New", "sku": "SL-11"}, 409, "/sku"),
        ({"name": "New", "ean": "1"}, 422, "/ean"),
        ({"name": "New", "imageUrl": "x"}, 422, "/imageUrl"),
        (
            {"name": "New", "specification": [{"a": "b", "c": "d"}]},
            422,
            "/specification",
        ),
        ({"name": "New", "type": "TOASTER"}, 422, "/type"),
        ({"name": "New", "price": "1"}, 422, "/price"),
    ],
)
def test_what_breaks_a_rule_makes_no_product(
    api: Api, slate: Product, body: dict, status: int, pointer: str
) -> None:
    answer = api.post(LIST, body)
    assert answer.status_code == status
    assert answer.json()["errors"][0]["pointer"] == pointer
    assert Product.objects.count() == 1


def test_readers_change_nothing(api_as: Callable[[Any], Api], slate: Product) -> None:
    reader = api_as(Role.API_CLIENT_READONLY)
    assert reader.get(f"{LIST}/{slate.pk}").status_code == 200
    assert reader.post(LIST, {"name": "New"}).status_code == 403
    assert reader.patch(f"{LIST}/{slate.pk}", {"name": "New"}).status_code == 403
    assert Product.objects.count() == 1
    assert not Event.objects.filter(type="product.updated").exists()


def test_lists_keyboard_layouts(api: Api, db: None) -> None:
    KeyboardLayout.objects.all().delete()
    for code, name, is_active in (("XX", "Neo", True), ("YY", "Bépo", False)):
        KeyboardLayout.objects.create(code=code, name=name, is_active=is_active)
    found = api.found("keyboard-layouts")["items"]
    assert [(one["code"], one["isActive"]) for one in found] == [
        ("YY", False),
        ("XX", True),
    ]
    active = api.found("keyboard-layouts?isActive=true")["items"]
    assert [one["name"] for one in active] == ["Neo"]


def test_lists_warranties_that_fit_a_product(
    api: Api, outsider: Api, acme: Company, slate: Product, desk: Product
) -> None:
    prices = {"EUR": Decimal("49.9"), "PLN": Decimal(210)}
    for months, of in (
        (24, {"product": slate}),
        (36, {"category": "TABLET"}),
        (12, {"category": "PHONE"}),
    ):
        catalog.set_warranty(acme, actor=SYSTEM, months=months, prices=prices, **of)
    path = "equipment-warranties"
    found = api.found(f"{path}?equipmentId={slate.pk}")["items"]
    assert sorted(one["months"] for one in found) == [24, 36]
    [own] = [one for one in found if one["months"] == 24]
    assert own["equipmentId"] == str(slate.pk)
    assert own["prices"] == [
        {"amount": "49.90", "currency": "EUR"},
        {"amount": "210.00", "currency": "PLN"},
    ]
    assert api.found(f"{path}/{own['id']}") == own
    assert len(api.found(path)["items"]) == 3
    assert api.found(f"{path}?equipmentId={desk.pk}") == {"items": []}
    assert outsider.found(f"{path}?equipmentId={slate.pk}") == {"items": []}
    assert outsider.get(f"{path}/{own['id']}").status_code == 404
