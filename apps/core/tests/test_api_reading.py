"""Reading lists and single things through the API, by the example of devices."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode
from uuid import uuid4

import orjson
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from apps.accounts.models import User
from apps.companies.models import Address
from apps.conftest import Api, make_asset
from apps.core.actor import Role
from apps.inventory.models import Asset
from apps.inventory.shapes import ASSET

pytestmark = pytest.mark.django_db
LIST, ONE = "user-equipments", "user-equipment"
NAME = "userEquipmentIds"


def many(office: Address, count: int) -> list[Asset]:
    return [make_asset(office, f"SN{place:03d}") for place in range(count)]


def test_says_what_the_contract_says(api: Api, laptop: Asset) -> None:
    found = api.found(f"{ONE}/{laptop.pk}")
    assert found["id"] == str(laptop.pk)
    assert found["serialNumber"] == laptop.serial_number
    assert found["state"] == "ACTIVE"
    assert found["user"]["fullName"] == laptop.user.name
    assert found["equipment"]["name"] == laptop.product.name
    assert "storage" not in found
    assert None not in found.values()


def test_other_company_finds_nothing(outsider: Api, laptop: Asset) -> None:
    assert outsider.get(f"{ONE}/{laptop.pk}").status_code == 404
    assert outsider.found(LIST) == {"items": []}
    assert outsider.post(f"{LIST}/query", {}).json()["totalElements"] == 0


@pytest.mark.parametrize("name", ["nothing", "-", "0" * 36, "x" * 400, "ORD-AAAAAA"])
def test_what_is_no_id_is_not_there(name: str, api: Api) -> None:
    answer = api.get(f"{ONE}/{name}")
    assert answer.status_code == 404
    assert answer["Content-Type"] == "application/problem+json"


@pytest.mark.parametrize("count", [1, 60])
def test_a_list_costs_one_statement(count: int, api: Api, office: Address) -> None:
    many(office, count)
    path = f"{ONE}/{Asset.objects.first().pk}"
    api.known()
    for call in (
        lambda: api.get(f"{LIST}?limit=100"),
        lambda: api.post(f"{LIST}/query?size=100", {"states": ["STORAGE"]}),
        lambda: api.get(path),
    ):
        with CaptureQueriesContext(connection) as queries:
            assert call().status_code == 200
        assert len(queries) == 1, [query["sql"] for query in queries]


def test_keyset_walks_all_once(api: Api, office: Address) -> None:
    wanted = {str(asset.pk) for asset in many(office, 7)}
    seen, path = [], f"{LIST}?limit=3"
    while path:
        answer = api.get(path)
        seen += [one["id"] for one in answer.json()["items"]]
        link = answer.get("Link", "")
        assert ("next" in answer.json()) == bool(link)
        path = link[1 : link.index(">")] if link else ""
    assert len(seen) == 7
    assert set(seen) == wanted


def test_updated_since_begins_with_the_oldest_change(api: Api, office: Address) -> None:
    _first, second, third = many(office, 3)
    since = second.updated_at.isoformat().replace("+00:00", "Z")
    found = api.found(f"{LIST}?updatedSince={since}&limit=1")
    assert [one["id"] for one in found["items"]] == [str(second.pk)]
    rest = api.found(f"{LIST}?updatedSince={since}&after={found['next']}")
    assert [one["id"] for one in rest["items"]] == [str(third.pk)]


def test_pages_say_where_they_end(api: Api, office: Address) -> None:
    many(office, 5)
    for number, (count, last) in enumerate([(2, False), (2, False), (1, True)]):
        page = api.post(f"{LIST}/query?page={number}&size=2", {}).json()
        assert len(page["content"]) == count
        assert (page["first"], page["last"]) == (number == 0, last)
        assert (page["totalElements"], page["totalPages"]) == (5, 3)
    beyond = api.post(f"{LIST}/query?page=9&size=2", {}).json()
    assert (beyond["empty"], beyond["last"], beyond["totalElements"]) == (True, True, 5)


def test_sorts_by_what_is_asked(api: Api, office: Address) -> None:
    many(office, 3)
    found = api.post(f"{LIST}/query?sort=serialNumber,desc").json()["content"]
    assert [one["serialNumber"] for one in found] == ["SN002", "SN001", "SN000"]


@pytest.mark.parametrize(
    ("query", "parameter"),
    [
        ("sort=nothing,asc", "sort"),
        ("sort=createdAt,up", "sort"),
        ("size=0", "size"),
        ("size=1001", "size"),
        ("size=ten", "size"),
        ("page=-1", "page"),
        ("page=99999999999999999999", "page"),
        ("page=1&page=2", "page"),
        ("limit=3", "limit"),
    ],
)
def test_refuses_what_no_page_is_meant_by(query: str, parameter: str, api: Api) -> None:
    answer = api.post(f"{LIST}/query?{query}", {})
    assert answer.status_code == 400
    assert answer.json()["errors"][0]["parameter"] == parameter


@pytest.mark.parametrize(
    ("query", "parameter"),
    [
        ("after=made-up", "after"),
        ("limit=0", "limit"),
        ("states=NOWHERE", "states"),
        ("updatedSince=yesterday", "updatedSince"),
        ("updatedFrom=2026-02-30", "updatedFrom"),
        ("colour=red", "colour"),
    ],
)
def test_refuses_filters_nobody_can_mean(query: str, parameter: str, api: Api) -> None:
    answer = api.get(f"{LIST}?{query}")
    assert answer.status_code == 400
    assert answer.json()["errors"][0]["parameter"] == parameter


@pytest.mark.parametrize("day", ["0001-01-01", "9999-12-31"])
def test_ends_of_the_calendar_are_no_fault_of_ours(day: str, api: Api) -> None:
    body = {"updatedFrom": day, "updatedTo": day}
    assert api.post(f"{LIST}/query", body).status_code in {200, 422}


def test_filters_by_lists_and_words(api: Api, office: Address, laptop: Asset) -> None:
    many(office, 2)
    found = api.found(f"{LIST}?states=ACTIVE,IN_REPAIR&searchPhrase=c02")
    assert [one["id"] for one in found["items"]] == [str(laptop.pk)]
    body = {"companyAddressIds": [str(office.pk)], "states": ["STORAGE"]}
    assert api.post(f"{LIST}/query", body).json()["totalElements"] == 2


def test_a_query_string_holds_fifty_values(api: Api, laptop: Asset) -> None:
    """And a body a thousand: no longer line gets through all that stands in front."""
    ids = [str(laptop.pk), *(str(uuid4()) for _number in range(49))]
    for query in (f"{NAME}={','.join(ids)}", urlencode({NAME: ids}, True)):
        assert len(api.found(f"{LIST}?{query}")["items"]) == 1
        answer = api.get(f"{LIST}?{query}&{NAME}={uuid4()}")
        assert answer.status_code == 400
        [error] = answer.json()["errors"]
        assert error["parameter"] == NAME
        assert error["code"] == "too_many_values"
        assert "POST" in error["detail"]
    more = {NAME: [*ids, *(str(uuid4()) for _number in range(950))]}
    told = api.post(f"{LIST}/query", {**more, "sourceType": "ALL"}).json()
    assert told["totalElements"] == 1


@pytest.mark.parametrize("path", [LIST, f"{LIST}/query", "../auth/me", "../auth/login"])
def test_options_are_no_operation(path: str, api: Api) -> None:
    answer = api.send("OPTIONS", f"{Api.PREFIX}{path}".replace("integration/../", ""))
    assert answer.status_code == 405
    assert answer["Content-Type"] == "application/problem+json"
    assert "OPTIONS" not in answer["Allow"]


def test_unknown_fields_of_a_body_are_refused(api: Api) -> None:
    answer = api.post(f"{LIST}/query", {"colour": "red"})
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["pointer"] == "/colour"


def test_etag_is_the_same_until_something_changes(api: Api, laptop: Asset) -> None:
    tag = api.get(f"{ONE}/{laptop.pk}")["ETag"]
    assert api.get(f"{ONE}/{laptop.pk}")["ETag"] == tag
    assert api.get(f"{ONE}/{laptop.pk}", If_None_Match=tag).status_code == 304
    Asset.objects.filter(pk=laptop.pk).update(notes="x", serial_number="OTHER")
    assert api.get(f"{ONE}/{laptop.pk}")["ETag"] != tag


def test_who_does_not_see_prices_or_people_gets_none(
    api_as: Callable[[Any], Api], wanda: User, laptop: Asset, shelf: Address
) -> None:
    stored = make_asset(shelf, "STORED", purchase_price="10.00", currency="EUR")
    assert "price" in api_as(Role.AI_AGENT).found(f"{ONE}/{stored.pk}")
    seen = api_as(wanda).found(f"{ONE}/{stored.pk}")
    assert "price" not in seen
    assert api_as(wanda).get(f"{ONE}/{laptop.pk}").status_code == 404


def test_fast_json_is_what_the_serializer_makes(
    api: Api, office: Address, laptop: Asset
) -> None:
    many(office, 2)
    for asset in Asset.objects.all():
        fast = api.found(f"{ONE}/{asset.pk}")
        slow = ASSET.serializer_class(asset).data
        assert fast == orjson.loads(orjson.dumps(slow))
