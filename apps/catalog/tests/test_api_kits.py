"""Kits through the API."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from apps.catalog.models import Kit, KitSlot
from apps.companies.models import Company, Tag
from apps.conftest import Api, make_product
from apps.core.actor import Role
from apps.events.models import Event

SLOTS = [{"type": "PHONE", "quantity": 2, "minimumCondition": 0.5}, {"type": "DOCK"}]


@pytest.fixture
def kit(api: Api) -> dict:
    answer = api.post("kits", {"name": "Field", "slots": SLOTS})
    assert answer.status_code == 200, answer.content
    return answer.json()


def test_creates_a_kit_with_its_slots(api: Api, acme: Company) -> None:
    product = make_product(acme, "Slate")
    tag = Tag.objects.create(company=acme, name="Sales")
    slot = {
        "type": "TABLET",
        "quantity": 3,
        "minimumCondition": 0.75,
        "preferredManufacturer": "Onyx",
        "fallbackEquipmentId": str(product.pk),
    }
    body = {"name": "Sales", "tagId": str(tag.pk), "slots": [slot, {"type": "MOUSE"}]}
    found = api.post("kits", body).json()
    assert {name: found[name] for name in ("name", "tagId")} == {
        "name": "Sales",
        "tagId": str(tag.pk),
    }
    assert found["slots"] == [
        slot,
        {"type": "MOUSE", "quantity": 1, "minimumCondition": 0.0},
    ]
    assert api.found(f"kits/{found['id']}") == found
    assert api.found(f"kits?tagId={tag.pk}")["items"] == [found]


def test_changes_and_removes_a_kit(api: Api, kit: dict) -> None:
    path = f"kits/{kit['id']}"
    found = api.patch(path, {"name": "Road"}).json()
    assert (found["name"], found["slots"]) == ("Road", kit["slots"])
    found = api.patch(path, {"slots": [{"type": "MOUSE"}]}).json()
    assert [one["type"] for one in found["slots"]] == ["MOUSE"]
    assert api.delete(path).status_code == 204
    assert api.get(path).status_code == 404
    assert api.delete(path).status_code == 404
    assert not KitSlot.objects.exists()


def test_a_kit_that_was_changed_is_not_removed_unseen(api: Api, kit: dict) -> None:
    path = f"kits/{kit['id']}"
    tag = api.get(path)["ETag"]
    api.patch(path, {"name": "Road"})
    assert api.delete(path, If_Match=tag).status_code == 412
    assert Kit.objects.get().name == "Road"


@pytest.mark.parametrize(
    ("body", "status", "pointer"),
    [
        ({"name": "X"}, 422, "/slots"),
        ({"name": "X", "slots": []}, 422, "/slots"),
        ({"slots": SLOTS}, 422, "/name"),
        ({"name": "FIELD", "slots": SLOTS}, 409, "/name"),
        ({"name": "X", "slots": [{"type": "TOASTER"}]}, 422, "/slots/0/type"),
        (
            {"name": "X", "slots": [{"type": "DOCK"}, {"type": "DOCK", "quantity": 0}]},
            422,
            "/slots/1/quantity",
        ),
        (
            {"name": "X", "slots": [{"type": "DOCK", "minimumCondition": 0.123}]},
            422,
            "/slots/0/minimumCondition",
        ),
        (
            {"name": "X", "slots": [{"type": "DOCK", "minimumCondition": "0.5"}]},
            422,
            "/slots/0/minimumCondition",
        ),
        ({"name": "X", "slots": SLOTS, "tagId": "x"}, 422, "/tagId"),
    ],
)
def test_what_breaks_a_rule_makes_no_kit(
    api: Api, kit: dict, body: dict, status: int, pointer: str
) -> None:
    answer = api.post("kits", body)
    assert answer.status_code == status, answer.content
    assert answer.json()["errors"][0]["pointer"] == pointer
    assert Kit.objects.count() == 1


def test_what_is_another_companys_does_not_exist(
    api: Api, outsider: Api, kit: dict, globex: Company
) -> None:
    product = make_product(globex, "Secret product")
    tag = Tag.objects.create(company=globex, name="Secret tag")
    slot = {"type": "DOCK", "fallbackEquipmentId": str(product.pk)}
    refused = api.post("kits", {"name": "X", "slots": [slot]})
    assert refused.status_code == 422
    assert refused.json()["errors"][0]["pointer"] == "/slots/0/fallbackEquipmentId"
    assert b"Secret" not in refused.content
    refused = api.patch(f"kits/{kit['id']}", {"tagId": str(tag.pk)})
    assert refused.status_code == 422
    assert refused.json()["errors"][0]["pointer"] == "/tagId"
    assert b"Secret" not in refused.content
    path = f"kits/{kit['id']}"
    assert outsider.get(path).status_code == 404
    assert outsider.patch(path, {"name": "Mine"}).status_code == 404
    assert outsider.delete(path).status_code == 404
    assert outsider.found("kits") == {"items": []}
    assert Kit.objects.get().name == "Field"


def test_readers_change_nothing(api_as: Callable[[Any], Api], kit: dict) -> None:
    reader = api_as(Role.AI_AGENT)
    path = f"kits/{kit['id']}"
    assert reader.get(path).status_code == 200
    before = Event.objects.count()
    assert reader.post("kits", {"name": "X", "slots": SLOTS}).status_code == 403
    assert reader.patch(path, {"name": "X"}).status_code == 403
    assert reader.delete(path).status_code == 403
    assert Kit.objects.get().name == "Field"
    assert Event.objects.count() == before


def test_a_kit_without_slots_is_refused(api: Api) -> None:
    answer = api.post("kits", {"name": "Empty", "slots": []})
    assert answer.status_code == 422
    [problem] = answer.json()["errors"]
    assert (problem["code"], problem["pointer"]) == ("min_length", "/slots")
    assert not Kit.objects.exists()
