"""Many devices in one request."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from apps.accounts.models import User
from apps.catalog.models import Product
from apps.companies.models import Address
from apps.conftest import Api, make_asset, make_product, make_user
from apps.core.actor import SYSTEM, Role
from apps.core.ids import uuid7
from apps.events.models import Event
from apps.inventory import integrity, services
from apps.inventory.models import Asset
from apps.returns import services as returns

pytestmark = pytest.mark.django_db
BULK = "user-equipments/bulk"


def verdicts(answer: Any) -> list[Any]:
    """Per item: its status, or the codes and pointers of what is wrong."""
    assert answer.status_code == 200, answer.content
    items = answer.json()["items"]
    assert [one["index"] for one in items] == list(range(len(items)))
    return [
        [(e["code"], e.get("pointer")) for e in one["errors"]]
        if one["status"] == "refused"
        else one["status"]
        for one in items
    ]


def device(serial: str, office: Address, **more: Any) -> dict[str, Any]:
    place = {"companyAddress": {"id": str(office.pk)}}
    return {"serialNumber": serial, "name": "XPS 13", **place, **more}


# --- Registering ------------------------------------------------------------


def test_each_has_a_verdict_of_its_own(api: Api, office: Address, emil: User) -> None:
    make_asset(office, "THERE", asset_tag="T1")
    person = {"user": {"id": str(emil.pk)}}
    items = [
        device("N1", office, isNew=True),
        device("there", office),
        device("N2", office, **person),
        {"serialNumber": "N3", "name": "Phone", **person},
        device("n1", office),
        device("N4", office, assetTag="T1"),
        device("N5", office, colour="red", isNew="yes"),
        {"serialNumber": "N6", "name": "Phone", "user": {"id": str(uuid7())}},
        "nothing",
    ]
    answer = api.post(BULK, {"items": items})
    assert verdicts(answer) == [
        "created",
        [("serial_taken", "/serialNumber")],
        [("one_holder", "/companyAddress")],
        "created",
        [("serial_taken", "/serialNumber")],
        [("tag_taken", "/assetTag")],
        [("unknown", "/colour")],
        [("unknown_user", "/user/id")],
        [("invalid", "")],
    ]
    made = {one["id"] for one in answer.json()["items"] if "id" in one}
    found = Asset.objects.filter(pk__in=made)
    assert {asset.serial_number for asset in found} == {"N1", "N3"}
    assert Asset.objects.count() == 3
    assert Event.objects.filter(type="asset.created").count() == 3
    assert list(integrity.problems()) == []


def test_all_or_nothing(api: Api, office: Address) -> None:
    items = [device("N1", office), device("N2", office, type="PHONE"), {"name": "x"}]
    make_product(office.company, "XPS 13")
    before = Event.objects.count()
    answer = api.post(BULK, {"items": items, "atomic": True})
    assert answer.status_code == 422
    assert [(e["code"], e["pointer"]) for e in answer.json()["errors"]] == [
        ("other_type", "/items/1/type"),
        ("one_holder", "/items/2/companyAddress"),
    ]
    assert (Asset.objects.count(), Event.objects.count()) == (0, before)
    answer = api.post(BULK, {"items": items[:1], "atomic": True})
    assert verdicts(answer) == ["created"]


def test_a_new_product_is_made_once(api: Api, office: Address) -> None:
    items = [device(f"N{n}", office, name="Framework 13") for n in range(3)]
    assert verdicts(api.post(BULK, {"items": items})) == ["created"] * 3
    assert Product.objects.filter(name="Framework 13").count() == 1


def test_no_statement_more_for_more_items(api: Api, office: Address) -> None:
    people = [make_user(office.company, name) for name in ("Ola", "Ben", "Kim")]

    def counts(first: int, count: int) -> int:
        items = [
            {
                "serialNumber": f"M{first + n}",
                "name": f"Model {first + n}",
                "user": {"id": str(people[n % 3].pk)},
            }
            for n in range(count)
        ]
        items += [device("BAD", office, name="")]
        with CaptureQueriesContext(connection) as queries:
            answer = api.post(BULK, {"items": items})
        assert verdicts(answer).count("created") == count
        return len(queries)

    counts(0, 3)
    assert counts(100, 3) == counts(200, 60)


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({}, "/items"),
        ({"items": []}, "/items"),
        ({"items": "all"}, "/items"),
        ({"items": [{}] * 1001}, "/items"),
        ({"items": [{}], "atomic": "yes"}, "/atomic"),
        ({"items": [{}], "dryRun": True}, "/dryRun"),
    ],
)
def test_refuses_what_is_no_list(body: Any, pointer: str, api: Api) -> None:
    answer = api.post(BULK, body)
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["pointer"] == pointer


# --- Changing ---------------------------------------------------------------


def test_each_is_changed_by_its_id_or_number(
    api: Api, laptop: Asset, office: Address
) -> None:
    stored, claimed = make_asset(office, "S1"), make_asset(laptop.user, "S2")
    gone = services.retire(make_asset(office, "S3"), "LOST", actor=SYSTEM)
    returns.start_collection(
        laptop.user, actor=SYSTEM, asset_ids=[claimed.id], address=office
    )
    person = str(laptop.user_id)
    items = [
        {"id": str(laptop.pk), "serialNumber": "new-1", "notes": "changed"},
        {"serialNumber": "s1", "userId": person, "isNew": False},
        {"serialNumber": "S2", "isNew": False},
        {"serialNumber": "S3", "isNew": False},
        {"id": str(gone.pk), "userId": person, "notes": "x"},
        {"id": str(stored.pk), "notes": "again"},
        {"notes": "whose?"},
        {"id": str(uuid7()), "notes": "x"},
    ]
    answer = api.patch(BULK, {"items": items})
    assert verdicts(answer) == [
        "updated",
        "updated",
        [("claimed", None)],
        [("unknown_user_equipment", "/serialNumber")],
        [("wrong_state", None)],
        [("repeated", "/id")],
        [("no_key", "/id")],
        [("unknown_user_equipment", "/id")],
    ]
    laptop.refresh_from_db()
    assert (laptop.serial_number, laptop.notes) == ("NEW-1", "changed")
    stored.refresh_from_db()
    assert (stored.user_id, stored.is_new, stored.notes) == (
        laptop.user_id,
        False,
        "",
    )
    assert not Asset.objects.filter(pk__in=[claimed.pk, gone.pk], is_new=False)
    assert not Asset.objects.filter(notes="x").exists()
    assert list(integrity.problems()) == []


def test_changes_of_all_or_none(api: Api, laptop: Asset, office: Address) -> None:
    make_asset(office, "S1")
    items = [
        {"serialNumber": "S1", "notes": "x"},
        {"id": str(laptop.pk), "serialNumber": "S1"},
    ]
    before = Event.objects.count()
    answer = api.patch(BULK, {"items": items, "atomic": True})
    assert answer.status_code == 422
    (found,) = answer.json()["errors"]
    assert (found["code"], found["pointer"]) == (
        "serial_taken",
        "/items/1/serialNumber",
    )
    assert not Asset.objects.filter(notes="x").exists()
    assert Event.objects.count() == before


def test_no_statement_more_for_more_changes(
    api: Api, office: Address, emil: User
) -> None:
    gone = services.retire(make_asset(office, "GONE"), "LOST", actor=SYSTEM)

    def counts(first: int, count: int) -> int:
        for n in range(count):
            make_asset(office, f"C{first + n}")
        items: list[Any] = [
            {"serialNumber": f"C{first + n}", "userId": str(emil.pk), "notes": f"{n}"}
            for n in range(count)
        ]
        items += [{"id": str(gone.pk), "userId": str(emil.pk)}]
        with CaptureQueriesContext(connection) as queries:
            answer = api.patch(BULK, {"items": items})
        assert verdicts(answer).count("updated") == count
        return len(queries)

    counts(0, 3)
    assert counts(100, 3) == counts(200, 40)


# --- Who --------------------------------------------------------------------


def test_others_change_nothing(
    outsider: Api,
    api_as: Callable[[Any], Api],
    laptop: Asset,
    office: Address,
    emil: User,
) -> None:
    reader, own = api_as(Role.AI_AGENT), api_as(emil)
    before = Event.objects.count()
    changes = {"items": [{"id": str(laptop.pk), "notes": "x"}]}
    by_serial = {"items": [{"serialNumber": laptop.serial_number, "notes": "x"}]}
    made = {"items": [device("N1", office)]}
    for body in (changes, by_serial):
        (found,) = verdicts(outsider.patch(BULK, body))
        assert found[0][0] == "unknown_user_equipment"
    assert verdicts(outsider.post(BULK, made)) == [
        [("unknown_address", "/companyAddress/id")]
    ]
    for client in (reader, own):
        assert client.post(BULK, made).status_code == 403
        assert client.patch(BULK, changes).status_code == 403
    assert Event.objects.count() == before


def test_a_key_makes_it_once(api: Api, office: Address) -> None:
    body = {"items": [device("N1", office), device("N2", office, name="")]}
    answers = [api.post(BULK, body, Idempotency_Key="batch-7") for _ in range(2)]
    assert answers[0].content == answers[1].content
    assert answers[1]["Idempotent-Replayed"] == "true"
    assert Asset.objects.count() == 1
