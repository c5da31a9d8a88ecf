"""What the API of returns has besides the contract."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import orjson
import pytest
from django.utils import timezone

from apps.accounts.models import User
from apps.conftest import Api, make_asset
from apps.core.actor import SYSTEM, Role
from apps.events.models import Event
from apps.returns import services
from apps.returns.models import Return
from apps.returns.shapes import ITEMS, PARCEL

from .conftest import CHANGES, READS, devices, refused

pytestmark = pytest.mark.django_db


@pytest.fixture
def ret(rosa: User) -> Return:
    """Rosa's offboarding: the laptop comes back, the rest is undecided."""
    laptop, _phone, _screen = devices(rosa)
    return services.start_offboarding(
        rosa,
        actor=SYSTEM,
        last_working_on=timezone.now().date() + timedelta(days=20),
        decisions={laptop.pk: "RETURN"},
    )


@pytest.fixture
def path(ret: Return) -> str:
    return f"offboardings/{ret.pk}"


def items(api: Api, path: str) -> dict[str, dict[str, Any]]:
    found = api.found(f"{path}/items")["items"]
    return {one["serialNumber"]: one for one in found}


def events() -> int:
    return Event.objects.count()


# --- Life -------------------------------------------------------------------


def test_pauses_and_resumes(api: Api, ret: Return, path: str) -> None:
    for _twice in range(2):
        answer = api.post(f"{path}/pause")
        assert (answer.status_code, answer.json()["state"]) == (200, "PAUSED")
    assert Event.objects.filter(type="return.paused").count() == 1
    answer = api.post(f"{path}/resume")
    assert (answer.status_code, answer.json()["state"]) == (200, "SCHEDULED")


def test_what_is_under_way_is_not_paused(api: Api, ret: Return, path: str) -> None:
    parcel = services.book_parcel(ret, actor=SYSTEM, carrier="OTHER")
    services.track_parcel(ret, parcel, "IN_TRANSIT", actor=SYSTEM)
    before = events()
    refused(api.post(f"{path}/pause"), 409, "too_late_to_pause")
    assert events() == before


def test_reschedules(api: Api, ret: Return, path: str) -> None:
    Return.objects.update(last_working_at=timezone.now())
    body = {"lastWorkingDay": "2027-07-01", "firstContactAt": "2027-06-20T09:00:00Z"}
    found = api.post(f"{path}/reschedule", body).json()
    assert found["lastWorkingDayAt"] == "2027-06-30T22:00:00Z"
    assert found["firstContactAt"] == "2027-06-20T09:00:00Z"
    problem = refused(
        api.post(f"{path}/reschedule", {"lastWorkingDay": "9999-01-01"}), 422, "bad_day"
    )
    assert problem["pointer"] == "/lastWorkingDay"
    services.cancel(ret, actor=SYSTEM, reason="STAYS")
    before = events()
    body = {"lastWorkingDay": "2027-08-01"}
    refused(api.post(f"{path}/reschedule", body), 409, "return_finished")
    assert events() == before


def test_collection_is_rescheduled_by_its_start(api: Api, rosa: User) -> None:
    ids = [one.pk for one in devices(rosa)]
    later = timezone.now() + timedelta(days=9)
    ret = services.start_collection(rosa, actor=SYSTEM, asset_ids=ids, starts_at=later)
    path = f"collections/{ret.reference}"
    answer = api.post(f"{path}/reschedule", {"startDay": "2027-02-01"})
    assert answer.status_code == 200
    ret.refresh_from_db()
    assert ret.starts_at.isoformat() == "2027-01-31T23:00:00+00:00"
    problem = refused(
        api.post(f"{path}/reschedule", {"startDay": "1900-01-01"}), 422, "bad_day"
    )
    assert problem["pointer"] == "/startDay"
    assert api.post(f"{path}/pause").status_code == 404


# --- Items ------------------------------------------------------------------


def test_items_say_what_was_decided_and_how_it_ended(
    api: Api, ret: Return, path: str
) -> None:
    laptop, phone, _screen = ret.lines.order_by("asset__serial_number")
    services.decide(laptop, "ALREADY_BACK", actor=SYSTEM)
    services.decide(phone, "WRITE_OFF", actor=SYSTEM, reason="Sunk")
    found = items(api, path)
    assert found["LAPTOP-7"]["outcome"] == "ALREADY_BACK"
    assert found["LAPTOP-7"]["closedAt"]
    assert found["PHONE-8"]["decision"] == "WRITE_OFF"
    assert found["PHONE-8"]["reason"] == "Sunk"
    assert not {"decision", "reason", "outcome"} & found["SCREEN-9"].keys()
    fast = api.found(f"{path}/items")
    assert fast == orjson.loads(orjson.dumps(ITEMS.serializer_class(ret).data))


def test_decides_and_decides_again(api: Api, ret: Return, path: str) -> None:
    screen = ret.lines.get(asset__serial_number="SCREEN-9")
    where = f"{path}/items/{screen.asset_id}"
    found = api.patch(where, {"decision": "GIVE_AWAY", "reason": "Too old"}).json()
    assert (found["decision"], found["action"]) == ("GIVE_AWAY", "GIVE_AWAY")
    assert found["userEquipmentId"] == str(screen.asset_id)
    assert found == items(api, path)["SCREEN-9"]
    found = api.patch(where, {"decision": None}).json()
    assert not {"decision", "action", "reason"} & found.keys()
    assert Event.objects.filter(type="return.item_decided").count() == 2


@pytest.mark.parametrize("decision", ["GIVE_AWAY", "WRITE_OFF"])
def test_nothing_leaves_the_register_without_a_reason(
    decision: str, api: Api, ret: Return, path: str
) -> None:
    screen = ret.lines.get(asset__serial_number="SCREEN-9")
    before = events()
    answer = api.patch(f"{path}/items/{screen.asset_id}", {"decision": decision})
    assert refused(answer, 422, "no_reason")["pointer"] == "/reason"
    assert events() == before


def test_decides_only_what_was_seen(api: Api, ret: Return, path: str) -> None:
    tag = api.get(path)["ETag"]
    laptop, phone, _screen = ret.lines.order_by("asset__serial_number")
    services.decide(phone, "RETURN", actor=SYSTEM)
    where, body = f"{path}/items/{laptop.asset_id}", {"decision": "ALREADY_BACK"}
    assert api.patch(where, body, If_Match=tag).status_code == 412
    assert items(api, path)["LAPTOP-7"]["decision"] == "RETURN"
    tag = api.get(path)["ETag"]
    assert api.patch(where, body, If_Match=tag).status_code == 200
    refused(api.patch(where, {"decision": "RETURN"}), 409, "line_closed")


def test_no_item_of_that_device(api: Api, path: str, laptop: Any) -> None:
    before = events()
    answer = api.patch(f"{path}/items/{laptop.pk}", {"decision": "RETURN"})
    assert answer.status_code == 404
    assert events() == before


def test_adds_what_else_the_person_holds(
    api: Api, ret: Return, path: str, rosa: User, laptop: Any, gina: User
) -> None:
    tablet = make_asset(rosa, "TABLET-10")
    body = {"userEquipmentId": str(tablet.pk)}
    for _twice in range(2):
        answer = api.post(f"{path}/items", body)
        assert answer.status_code == 200
        assert answer.json()["serialNumber"] == "TABLET-10"
        assert answer.json()["decision"] == "RETURN"
    assert len(items(api, path)) == 4
    theirs = make_asset(gina, "GINAS")
    before = events()
    for asset, code in ((laptop, "not_held"), (theirs, "unknown_user_equipment")):
        answer = api.post(f"{path}/items", {"userEquipmentId": str(asset.pk)})
        assert refused(answer, 422, code)["pointer"] == "/userEquipmentId"
    assert events() == before


# --- Answer and parcels -----------------------------------------------------


def test_answers_for_the_person(api: Api, ret: Return, path: str) -> None:
    body = {
        "method": "PICKUP",
        "readyDay": (timezone.now().date() + timedelta(days=2)).isoformat(),
        "phoneNumber": "+48 1",
        "streetLine1": "Długa 9",
        "city": "Gdańsk",
        "postalCode": "80-001",
        "countryCode": "pl",
        "message": "Ring twice",
    }
    found = api.post(f"{path}/answer", body).json()
    assert found["state"] == "READY_FOR_PICKUP"
    assert found["deliveryAddress"]["address"] == "Długa 9, 80-001 Gdańsk"
    assert "countrySubdivisionCode" not in found["deliveryAddress"]
    assert found["deliveryAddress"]["fullName"] == ret.full_name
    found = api.post(f"{path}/answer", {"method": "DROPOFF"}).json()
    assert found["state"] == "READY_FOR_DROPOFF"
    assert found["deliveryAddress"]["city"] == "Gdańsk"


@pytest.mark.parametrize(
    ("change", "code", "pointer"),
    [
        ({"readyDay": "2020-01-01"}, "day_has_passed", "/readyDay"),
        ({"city": "Gdańsk", "countryCode": "PL"}, "no_address", "/streetLine1"),
        ({"streetLine1": "Długa 9", "city": "Łódź"}, "no_address", "/countryCode"),
        ({"countryCode": "XX"}, "unknown_country", "/countryCode"),
    ],
)
def test_refuses_answers_nobody_can_follow(
    change: dict[str, str], code: str, pointer: str, api: Api, path: str
) -> None:
    before = events()
    answer = api.post(f"{path}/answer", {"method": "PICKUP", **change})
    assert refused(answer, 422, code)["pointer"] == pointer
    assert events() == before


def test_books_and_follows_a_parcel(api: Api, ret: Return, path: str) -> None:
    assert api.found(f"{path}/tracking") == []
    laptop = ret.lines.get(asset__serial_number="LAPTOP-7").asset
    body = {
        "carrier": "DPD",
        "trackingNumber": "0998 1",
        "expectedDay": "2027-01-02",
        "userEquipmentIds": [str(laptop.pk)],
    }
    found = api.post(f"{path}/parcels", body).json()
    assert found["carrier"] == "DPD"
    assert found["trackingUrl"].endswith("query=0998%201")
    assert found["expectedDay"] == "2027-01-02"
    assert [one["serialNumber"] for one in found["userEquipments"]] == ["LAPTOP-7"]
    again = api.post(f"{path}/parcels", body).json()
    assert again["id"] == found["id"]
    shipment = ret.lines.get(asset=laptop).shipment
    services.track_parcel(ret, shipment, "IN_TRANSIT", actor=SYSTEM, note="Łódź")
    (told,) = api.found(f"{path}/tracking")
    assert told["state"] == "IN_TRANSIT"
    assert [(e["state"], e["note"]) for e in told["events"]] == [("IN_TRANSIT", "Łódź")]
    shipment.refresh_from_db()
    slow = PARCEL.serializer_class(shipment).data
    assert told == orjson.loads(orjson.dumps(slow))
    assert items(api, path)["LAPTOP-7"]["shipmentId"] == told["id"]


@pytest.mark.parametrize(
    ("change", "code", "pointer"),
    [
        ({"trackingNumber": None}, "null", "/trackingNumber"),
        ({"carrier": "DHL"}, "no_tracking_number", "/trackingNumber"),
        ({"expectedDay": "9999-01-01"}, "bad_day", "/expectedDay"),
        ({"carrier": "PIGEON"}, "invalid_choice", "/carrier"),
    ],
)
def test_refuses_parcels_nobody_can_send(
    change: dict[str, Any], code: str, pointer: str, api: Api, path: str
) -> None:
    before = events()
    answer = api.post(f"{path}/parcels", {"carrier": "OTHER", **change})
    assert refused(answer, 422, code)["pointer"] == pointer
    assert events() == before


def test_sends_only_items_that_are_asked_back(
    api: Api, ret: Return, path: str, laptop: Any
) -> None:
    screen = ret.lines.get(asset__serial_number="SCREEN-9").asset
    before = events()
    for asset, code in ((screen, "nothing_to_send"), (laptop, "not_an_item")):
        body = {"carrier": "OTHER", "userEquipmentIds": [str(asset.pk)]}
        answer = api.post(f"{path}/parcels", body)
        assert refused(answer, 422, code)["pointer"] == "/userEquipmentIds"
    assert events() == before


# --- Who may ----------------------------------------------------------------

CALLS: dict[str, tuple[str, str, Any]] = {
    "pause": ("POST", "/pause", None),
    "resume": ("POST", "/resume", None),
    "reschedule": ("POST", "/reschedule", {"lastWorkingDay": "2027-05-01"}),
    "items": ("GET", "/items", None),
    "add": ("POST", "/items", {"userEquipmentId": "{laptop}"}),
    "decide": ("PATCH", "/items/{laptop}", {"decision": "RETURN"}),
    "answer": ("POST", "/answer", {"method": "DROPOFF"}),
    "parcels": ("POST", "/parcels", {"carrier": "OTHER"}),
    "tracking": ("GET", "/tracking", None),
}


def send(asking: Api, name: str, ret: Return) -> Any:
    method, path, body = CALLS[name]
    laptop = str(ret.lines.get(asset__serial_number="LAPTOP-7").asset_id)
    path = f"offboardings/{ret.pk}{path}".replace("{laptop}", laptop)
    told = orjson.loads(orjson.dumps(body).replace(b"{laptop}", laptop.encode()))
    return asking.send(method, path, told)


@pytest.mark.parametrize("name", CALLS)
def test_other_company_does_nothing(name: str, outsider: Api, ret: Return) -> None:
    before = events()
    assert send(outsider, name, ret).status_code == 404
    assert events() == before


@pytest.mark.parametrize("role", list(Role))
def test_roles(role: Role, asking_as: Callable[[Role], Api], ret: Return) -> None:
    asking = asking_as(role)
    before = events()
    for name, (method, _path, _body) in CALLS.items():
        status = send(asking, name, ret).status_code
        if role in CHANGES:
            assert status == 200, name
        elif method == "GET":
            assert status == (200 if role in READS else 404), name
        else:
            # Employees answer for themselves; this is not theirs.
            is_open = name == "answer" and role in {Role.EMPLOYEE, Role.STORAGE}
            assert status == (404 if is_open else 403), name
    assert (events() > before) == (role in CHANGES)


def test_who_leaves_answers_for_themselves(
    api_as: Callable[[Any], Api], rosa: User, ret: Return, path: str
) -> None:
    asking = api_as(rosa)
    answer = asking.post(f"{path}/answer", {"method": "DROPOFF"})
    assert answer.json()["state"] == "READY_FOR_DROPOFF"
    assert asking.post(f"{path}/cancel").status_code == 403
    assert len(asking.found(f"{path}/items")["items"]) == 3
