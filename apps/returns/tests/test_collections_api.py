"""Collections through the API."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import orjson
import pytest
from django.utils import timezone

from apps.accounts.models import User
from apps.companies.models import Address, Company
from apps.conftest import Api, make_asset, make_user
from apps.core.actor import SYSTEM, Role
from apps.events.models import Event
from apps.returns import services
from apps.returns.models import Return
from apps.returns.shapes import COLLECTION

from .conftest import CHANGES, READS, devices, refused, shown

pytestmark = pytest.mark.django_db
PATH = "collections"


def body(user: User, **more: Any) -> dict[str, Any]:
    laptop, phone, _screen = devices(user)
    ids = [str(laptop.pk), str(phone.pk), str(phone.pk)]
    return {"userId": str(user.pk), "collectionEquipmentIds": ids, **more}


def made(api: Api, user: User, **more: Any) -> dict[str, Any]:
    answer = api.post(PATH, body(user, **more))
    assert answer.status_code == 200, answer.content
    return answer.json()


def test_create_says_what_was_asked_for(
    api: Api, rosa: User, office: Address, shelf: Address
) -> None:
    found = made(
        api,
        rosa,
        companyAddressId=str(office.pk),
        startAt="2027-02-01T09:00:00+01:00",
        notes="Behind the desk",
        pickUpDetails={"phoneNumber": "+48 1", "privateEmail": "r@home.example"},
    )
    ret = Return.objects.get(pk=found["id"])
    assert ret.reference.startswith("COL-")
    assert shown(ret.starts_at) == "2027-02-01T08:00:00Z"
    assert found["state"] == "SCHEDULED"
    assert found["companyAddress"]["id"] == str(office.pk)
    assert found["contactEmail"] == "r@home.example"
    assert found["notes"] == "Behind the desk"
    assert found["user"]["state"] == "ACTIVE"
    assert found["deliveryAddress"]["phoneNumber"] == "+48 1"
    assert found["deliveryAddress"]["streetLine1"] == "Prosta 1"
    assert found["initiatedAt"] == found["createdAt"] == shown(ret.created_at)
    serials = [one["serialNumber"] for one in found["userEquipment"]]
    assert sorted(serials) == ["LAPTOP-7", "PHONE-8"]
    assert {one["state"] for one in found["userEquipment"]} == {"ACTIVE"}
    assert not {"pickedUpAt", "dropOffAgreedAt", "completedAt"} & found.keys()
    assert api.found(f"{PATH}/{ret.reference}") == found
    assert api.get(f"offboardings/{ret.pk}").status_code == 404


def test_without_an_address_it_goes_to_the_shelf_of_its_country(
    api: Api, rosa: User, office: Address, shelf: Address
) -> None:
    assert made(api, rosa)["companyAddress"]["id"] == str(shelf.pk)


def test_refuses_what_is_not_there_by_name(
    api: Api, rosa: User, gina: User, globex: Company
) -> None:
    theirs = make_asset(gina, "OF-GINA")
    place = Address.objects.create(company=globex, name="Globex", country_id="DE")
    for change, code, pointer, named in (
        ({"userId": str(gina.pk)}, "unknown_user", "/userId", gina),
        (
            {"companyAddressId": str(place.pk)},
            "unknown_address",
            "/companyAddressId",
            place,
        ),
        (
            {"collectionEquipmentIds": [str(theirs.pk)]},
            "not_held",
            "/collectionEquipmentIds",
            theirs,
        ),
    ):
        problem = refused(api.post(PATH, body(rosa, **change)), 422, code)
        assert problem["pointer"] == pointer
        assert str(named.pk) in problem["detail"]
    assert not Return.objects.exists()


def test_refuses_nothing_and_nonsense(api: Api, rosa: User) -> None:
    empty = body(rosa, collectionEquipmentIds=[])
    refused(api.post(PATH, empty), 422, "nothing_to_collect")
    far = body(rosa, startAt="9999-12-31T23:59:59Z")
    assert refused(api.post(PATH, far), 422, "bad_day")["pointer"] == "/startAt"
    assert not Return.objects.exists()


def test_what_is_asked_for_already_is_refused(api: Api, rosa: User) -> None:
    made(api, rosa)
    events = Event.objects.count()
    problem = refused(api.post(PATH, body(rosa)), 409, "claimed")
    assert Return.objects.get().reference in problem["detail"]
    assert Event.objects.count() == events


def test_other_company_finds_nothing(api: Api, outsider: Api, rosa: User) -> None:
    found = made(api, rosa)
    path = f"{PATH}/{found['id']}"
    assert outsider.get(path).status_code == 404
    assert outsider.post(f"{path}/cancel").status_code == 404
    assert outsider.post(f"{PATH}/query", {}).json()["totalElements"] == 0
    wanted = {"userIds": [str(rosa.pk)]}
    assert outsider.post(f"{PATH}/query", wanted).json()["totalElements"] == 0
    refused(outsider.post(PATH, body(rosa)), 422, "unknown_user")
    assert Return.objects.get().state == "SCHEDULED"


def test_query_filters(
    api: Api, rosa: User, acme: Company, office: Address, shelf: Address
) -> None:
    mine = made(api, rosa)["id"]
    nils = make_user(acme, "Nils")
    asset = make_asset(nils, "OF-NILS")
    other = services.start_collection(
        nils, actor=SYSTEM, asset_ids=[asset.pk], address=office
    )
    services.answer(other, actor=SYSTEM, method="DROPOFF")

    def ids(**wanted: Any) -> set[str]:
        page = api.post(f"{PATH}/query", wanted).json()
        return {one["id"] for one in page["content"]}

    assert ids() == {mine, str(other.pk)}
    assert ids(userIds=[str(nils.pk)]) == {str(other.pk)}
    assert ids(companyAddressIds=[str(shelf.pk)]) == {mine}
    assert ids(companyAddressIds=[str(shelf.pk)], userIds=[str(nils.pk)]) == set()
    assert ids(states=["READY_FOR_DROPOFF"]) == {str(other.pk)}
    assert ids(searchPhrase="nils") == {str(other.pk)}
    today = timezone.localdate(timezone=nils.zone(acme))
    assert ids(createdAt=today.isoformat()) == {mine, str(other.pk)}
    assert ids(createdAt="2020-01-01") == set()
    # A collection is never paused.
    paused = api.post(f"{PATH}/query", {"states": ["PAUSED"]})
    assert paused.status_code == 422
    found = api.found(f"{PATH}?userIds={nils.pk}&states=READY_FOR_DROPOFF,COMPLETED")
    assert [one["id"] for one in found["items"]] == [str(other.pk)]
    other.refresh_from_db()
    assert found["items"][0]["dropOffAgreedAt"] == shown(other.answered_at)


def test_cancel(api: Api, rosa: User) -> None:
    found = made(api, rosa)
    answer = api.post(f"{PATH}/{found['id']}/cancel")
    assert answer.status_code == 200
    assert answer.json()["state"] == "CANCELLED"
    assert answer.json()["cancelledAt"]
    assert made(api, rosa)["state"] == "SCHEDULED"  # what it asked for is free again


def test_cancel_is_refused_once_it_has_ended(
    api: Api, rosa: User, shelf: Address
) -> None:
    ret = Return.objects.get(pk=made(api, rosa)["id"])
    laptop, phone, _screen = devices(rosa)
    services.receive(ret, {laptop: None, phone: "A"}, shelf, actor=SYSTEM)
    events = Event.objects.count()
    answer = api.post(f"{PATH}/{ret.pk}/cancel")
    assert answer.status_code == 409
    assert Event.objects.count() == events
    found = api.found(f"{PATH}/{ret.pk}")
    assert found["state"] == "COMPLETED"
    assert {one["storage"]["id"] for one in found["userEquipment"]} == {str(shelf.pk)}


@pytest.mark.parametrize("role", list(Role))
def test_roles(
    role: Role, api: Api, asking_as: Callable[[Role], Api], rosa: User
) -> None:
    asking = asking_as(role)
    answer = asking.post(PATH, body(rosa))
    assert answer.status_code == (200 if role in CHANGES else 403)
    found = answer.json() if role in CHANGES else made(api, rosa)
    path = f"{PATH}/{found['id']}"
    assert asking.get(path).status_code == (200 if role in READS else 404)
    total = asking.post(f"{PATH}/query", {}).json()["totalElements"]
    assert total == (1 if role in READS else 0)
    cancelled = asking.post(f"{path}/cancel")
    assert cancelled.status_code == (200 if role in CHANGES else 403)


def test_fast_json_is_what_the_serializer_makes(api: Api, rosa: User) -> None:
    ret = Return.objects.get(pk=made(api, rosa, notes="x")["id"])
    services.answer(ret, actor=SYSTEM, method="DROPOFF")
    services.book_parcel(
        ret, actor=SYSTEM, carrier="OTHER", expected_on=date(2027, 1, 2)
    )
    ret.refresh_from_db()
    fast = api.found(f"{PATH}/{ret.pk}")
    slow = COLLECTION.serializer_class(ret).data
    assert fast == orjson.loads(orjson.dumps(slow))
    assert {"dropOffAgreedAt", "estimatedCompletedAt"} <= fast.keys()
    assert "courierScheduledAt" not in fast
