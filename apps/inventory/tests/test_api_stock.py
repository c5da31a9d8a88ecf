"""Stock levels through the API."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from apps.accounts.models import User
from apps.companies.models import Address
from apps.conftest import Api, make_asset, make_product
from apps.core.actor import SYSTEM
from apps.inventory import services as inventory

PATH = "stock-levels"


@pytest.fixture
def stocked(office: Address, shelf: Address, emil: User) -> None:
    """Two pens and a pad in the office, a pen on the shelf; Emil has a pad."""
    pen = make_product(office.company, "Pen", category="ACCESSORY")
    pad = make_product(office.company, "Pad", category="TABLET")
    for serial, product, holder in (
        ("P-1", pen, office),
        ("P-2", pen, office),
        ("P-3", pen, shelf),
        ("T-1", pad, office),
        ("T-2", pad, emil),
    ):
        make_asset(holder, serial, product=product)


def levels(answer: Any) -> list[tuple[str, str, int]]:
    return sorted(
        (one["equipment"]["name"], one["storage"]["addressName"], one["quantity"])
        for one in answer["items"]
    )


def test_counts_what_is_in_storage_by_product_and_place(
    api: Api, stocked: None, emil: User
) -> None:
    found = api.found(PATH)
    assert levels(found) == [
        ("Pad", "Warsaw office", 1),
        ("Pen", "Poznań shelf", 1),
        ("Pen", "Warsaw office", 2),
    ]
    assert {one["equipment"]["type"] for one in found["items"]} == {
        "TABLET",
        "ACCESSORY",
    }
    [pad] = emil.assets.all()
    office = Address.objects.get(name="Warsaw office")
    inventory.receive(pad, office, actor=SYSTEM)
    assert ("Pad", "Warsaw office", 2) in levels(api.found(PATH))


def test_filters_by_product_place_and_type(
    api: Api, stocked: None, shelf: Address, office: Address
) -> None:
    pen = make_product(office.company, "Pen")
    for query, expected in (
        (
            f"equipmentIds={pen.pk}",
            [("Pen", "Poznań shelf", 1), ("Pen", "Warsaw office", 2)],
        ),
        (f"companyAddressIds={shelf.pk}", [("Pen", "Poznań shelf", 1)]),
        ("type=TABLET", [("Pad", "Warsaw office", 1)]),
        (f"type=TABLET&companyAddressIds={shelf.pk}", []),
    ):
        assert levels(api.found(f"{PATH}?{query}")) == expected


def test_walks_page_by_page(api: Api, stocked: None) -> None:
    seen, after = [], ""
    for _page in range(3):
        found = api.found(f"{PATH}?limit=1{after}")
        seen += levels(found)
        after = f"&after={found.get('next')}"
    assert "next" not in found
    assert len(set(seen)) == len(seen) == 3


@pytest.mark.parametrize(
    ("query", "parameter"),
    [
        ("after=made-up", "after"),
        ("limit=0", "limit"),
        ("type=TOASTER", "type"),
        ("colour=red", "colour"),
        ("equipmentIds=x", "equipmentIds"),
    ],
)
def test_what_nobody_can_mean_is_refused(
    api: Api, stocked: None, query: str, parameter: str
) -> None:
    answer = api.get(f"{PATH}?{query}")
    assert answer.status_code == 400
    assert answer.json()["errors"][0]["parameter"] == parameter


def test_another_company_sees_nothing_also_with_our_cursor(
    api: Api, outsider: Api, stocked: None
) -> None:
    assert outsider.found(PATH) == {"items": []}
    cursor = api.found(f"{PATH}?limit=1")["next"]
    assert outsider.get(f"{PATH}?after={cursor}").status_code == 400


def test_a_worker_sees_what_is_where_they_work(
    api_as: Callable[[Any], Api], wanda: User, stocked: None
) -> None:
    assert levels(api_as(wanda).found(PATH)) == [("Pen", "Poznań shelf", 1)]


def test_employees_see_no_stock_but_their_own(
    api_as: Callable[[Any], Api], emil: User, stocked: None
) -> None:
    assert api_as(emil).found(PATH) == {"items": []}


def test_it_costs_two_statements(api: Api, stocked: None) -> None:
    api.known()
    with CaptureQueriesContext(connection) as queries:
        assert api.get(f"{PATH}?type=TABLET").status_code == 200
    assert len(queries) == 2
