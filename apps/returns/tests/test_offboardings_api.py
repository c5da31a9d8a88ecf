"""Offboardings through the API."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import orjson
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from apps.accounts.models import User
from apps.companies.models import Address, Country
from apps.conftest import Api, make_asset, make_user
from apps.core.actor import SYSTEM, Role
from apps.events.models import Event
from apps.inventory.models import Asset
from apps.returns import services
from apps.returns.models import Return
from apps.returns.shapes import OFFBOARDING

from .conftest import CHANGES, READS, devices, refused, set_service_price, shown

pytestmark = pytest.mark.django_db
PATH = "offboardings"
LAST_DAY = "2027-03-31T15:30:00Z"


def body(user: User, **more: Any) -> dict[str, Any]:
    laptop, phone, _screen = devices(user)
    return {
        "userId": str(user.pk),
        "offboardingEquipmentIds": [str(laptop.pk)],
        "givenEquipmentIds": [str(phone.pk)],
        "lastWorkingDayAt": LAST_DAY,
        **more,
    }


def made(api: Api, user: User, **more: Any) -> dict[str, Any]:
    answer = api.post(PATH, body(user, **more))
    assert answer.status_code == 200, answer.content
    return answer.json()


# --- Create -----------------------------------------------------------------


def test_create_says_what_was_asked_for(api: Api, rosa: User, shelf: Address) -> None:
    found = made(
        api,
        rosa,
        notes="Key of the locker, too\n2nd floor",
        firstContactAt="2027-03-20T08:00:00+01:00",
        isChargerReplacementAllowed=True,
    )
    assert found["state"] == "SCHEDULED"
    assert found["contactEmail"] == "rosa@home.example"
    assert found["user"]["id"] == str(rosa.pk)
    assert found["user"]["state"] == "OFFBOARDING_IN_PROGRESS"
    assert found["companyAddress"]["id"] == str(shelf.pk)
    assert found["lastWorkingDayAt"] == LAST_DAY
    assert found["firstContactAt"] == "2027-03-20T07:00:00Z"
    assert found["notes"] == "Key of the locker, too\n2nd floor"
    assert found["deliveryAddress"] == {
        "fullName": rosa.name,
        "address": "Prosta 1, 00-001 Warszawa",
        "streetLine1": "Prosta 1",
        "city": "Warszawa",
        "postalCode": "00-001",
        "phoneNumber": "+48 600 100 200",
        "country": {"code": "PL", "displayName": "Poland"},
        "countrySubdivisionCode": "MZ",
    }
    items = {one["serialNumber"]: one for one in found["offboardingEquipments"]}
    assert {name: one.get("action") for name, one in items.items()} == {
        "LAPTOP-7": "RETURN",
        "PHONE-8": "GIVE_AWAY",
        "SCREEN-9": None,
    }
    assert {one["state"] for one in items.values()} == {"ACTIVE"}
    assert items["SCREEN-9"]["equipment"]["name"] == "MacBook Pro 14"
    assert not {"completedAt", "cancelledAt", "price", "failedAt"} & found.keys()
    ret = Return.objects.get(pk=found["id"])
    assert ret.is_charger_replacement_allowed


def test_reads_what_create_said_by_id_and_reference(api: Api, rosa: User) -> None:
    found = made(api, rosa)
    ret = Return.objects.get()
    assert api.found(f"{PATH}/{found['id']}") == found
    assert api.found(f"{PATH}/{ret.reference.lower()}") == found
    assert api.get(f"collections/{ret.reference}").status_code == 404


def test_last_working_day_is_a_day_of_the_company(api: Api, rosa: User) -> None:
    """Warsaw is two hours ahead then: the next day has begun."""
    found = made(api, rosa, lastWorkingDayAt="2027-06-30T22:30:00Z")
    assert str(Return.objects.get().last_working_on) == "2027-07-01"
    assert found["lastWorkingDayAt"] == "2027-06-30T22:30:00Z"
    for day, count in (("2027-06-30", 0), ("2027-07-01", 1)):
        page = api.post(f"{PATH}/query", {"lastWorkingDay": day}).json()
        assert page["totalElements"] == count


def test_address_that_is_said_stands_for_the_known_one(api: Api, rosa: User) -> None:
    place = {
        "privateEmail": "elsewhere@home.example",
        "fullName": "Rosa at her sister's",
        "streetLine1": "Lange Str. 4",
        "streetLine2": "Hinterhof",
        "city": "Berlin",
        "postalCode": "10115",
        "country": "France",
        "countryCode": "de",
        "countrySubdivisionCode": "BE",
    }
    found = made(api, rosa, pickUpDetails=place)
    assert found["contactEmail"] == "elsewhere@home.example"
    assert found["deliveryAddress"] == {
        "fullName": "Rosa at her sister's",
        "address": "Lange Str. 4, Hinterhof, 10115 Berlin",
        "streetLine1": "Lange Str. 4",
        "streetLine2": "Hinterhof",
        "city": "Berlin",
        "postalCode": "10115",
        "phoneNumber": "+48 600 100 200",
        "country": {"code": "DE", "displayName": "Germany"},
        "countrySubdivisionCode": "BE",
    }


@pytest.mark.parametrize("country", ["cz", "Czechia"])
def test_country_by_its_older_field(country: str, api: Api, rosa: User) -> None:
    Country.objects.filter(pk="CZ").update(name="Czechia")
    found = made(api, rosa, pickUpDetails={"city": "Brno", "country": country})
    assert found["deliveryAddress"]["country"]["code"] == "CZ"
    assert "streetLine1" not in found["deliveryAddress"]


def _swap(user: User, stranger: User, name: str) -> tuple[dict[str, Any], str]:
    laptop = devices(user)[0]
    theirs = str(stranger.assets.get().pk)
    return {
        "in both": ({"givenEquipmentIds": [str(laptop.pk)]}, str(laptop.pk)),
        "of another": ({"offboardingEquipmentIds": [theirs]}, theirs),
        "given of another": ({"givenEquipmentIds": [theirs]}, theirs),
        "unknown": ({"givenEquipmentIds": [str(user.pk)]}, str(user.pk)),
    }[name]


@pytest.mark.parametrize(
    ("name", "code", "pointer"),
    [
        ("in both", "in_both_lists", "/givenEquipmentIds"),
        ("of another", "not_held", "/offboardingEquipmentIds"),
        ("given of another", "not_held", "/givenEquipmentIds"),
        ("unknown", "not_held", "/givenEquipmentIds"),
    ],
)
def test_refuses_devices_by_name(
    name: str, code: str, pointer: str, api: Api, rosa: User, laptop: Asset
) -> None:
    change, named = _swap(rosa, laptop.user, name)
    problem = refused(api.post(PATH, body(rosa, **change)), 422, code)
    assert problem["pointer"] == pointer
    assert named in problem["detail"]
    assert not Return.objects.exists()
    rosa.refresh_from_db()
    assert rosa.state == "ACTIVE"


@pytest.mark.parametrize(
    ("change", "pointer"),
    [
        ({"userId": None}, "/userId"),
        ({"lastWorkingDayAt": "2027-03-31"}, "/lastWorkingDayAt"),
        ({"lastWorkingDayAt": "9999-12-31T23:59:59Z"}, "/lastWorkingDayAt"),
        ({"lastWorkingDayAt": "0001-01-01T00:00:00Z"}, "/lastWorkingDayAt"),
        ({"firstContactAt": "9999-12-31T23:59:59Z"}, "/firstContactAt"),
        ({"pickUpDetails": {"countryCode": "XX"}}, "/pickUpDetails/countryCode"),
        ({"pickUpDetails": {"country": "Atlantis"}}, "/pickUpDetails/country"),
        ({"pickUpDetails": {"privateEmail": "no"}}, "/pickUpDetails/privateEmail"),
        ({"pickUpDetails": {"floor": "2"}}, "/pickUpDetails/floor"),
        ({"companyId": "1"}, "/companyId"),
    ],
)
def test_refuses_what_nobody_can_mean(
    change: dict[str, Any], pointer: str, api: Api, rosa: User
) -> None:
    answer = api.post(PATH, body(rosa, **change))
    assert answer.status_code == 422
    assert [one["pointer"] for one in answer.json()["errors"]] == [pointer]
    assert not Return.objects.exists()


def test_second_one_is_refused_by_the_name_of_the_first(api: Api, rosa: User) -> None:
    made(api, rosa)
    events = Event.objects.count()
    problem = refused(api.post(PATH, body(rosa)), 409, "offboarding_exists")
    assert Return.objects.get().reference in problem["detail"]
    assert Event.objects.count() == events


def test_nobody_of_another_company_is_offboarded(outsider: Api, rosa: User) -> None:
    problem = refused(outsider.post(PATH, body(rosa)), 422, "unknown_user")
    assert str(rosa.pk) in problem["detail"]
    assert rosa.name not in problem["detail"]
    assert not Return.objects.exists()


def test_price_is_frozen_when_it_is_asked_for(api: Api, rosa: User) -> None:
    set_service_price("OFFBOARDING", "PL", "49.5", "EUR")
    set_service_price("COLLECTION", "PL", "19", "EUR")
    set_service_price("OFFBOARDING", "PL", "210", "PLN")
    found = made(api, rosa)
    assert found["price"] == {"amount": "49.50", "currency": "EUR"}
    set_service_price("OFFBOARDING", "PL", "80", "EUR")
    assert api.found(f"{PATH}/{found['id']}")["price"] == found["price"]


def test_price_is_of_where_it_is_picked_up(api: Api, rosa: User) -> None:
    set_service_price("OFFBOARDING", "PL", "49.5", "EUR")
    set_service_price("OFFBOARDING", "DE", "70", "EUR")
    where = {"city": "Berlin", "countryCode": "DE"}
    assert made(api, rosa, pickUpDetails=where)["price"]["amount"] == "70.00"


# --- Read -------------------------------------------------------------------


def test_other_company_finds_nothing(api: Api, outsider: Api, rosa: User) -> None:
    found = made(api, rosa)
    ret = Return.objects.get()
    for name in (found["id"], ret.reference):
        assert outsider.get(f"{PATH}/{name}").status_code == 404
        assert outsider.post(f"{PATH}/{name}/cancel").status_code == 404
    assert outsider.post(f"{PATH}/query", {}).json()["content"] == []
    assert outsider.found(PATH) == {"items": []}
    ret.refresh_from_db()
    assert ret.state == "SCHEDULED"


def test_query_filters(api: Api, rosa: User, emil: User, laptop: Asset) -> None:
    mine = made(api, rosa)["id"]
    other = services.start_offboarding(
        emil,
        actor=SYSTEM,
        last_working_on=timezone.now().date() + timedelta(days=9),
        decisions={},
        at=datetime(2026, 5, 31, 22, 30, tzinfo=UTC),
    )
    services.cancel(other, actor=SYSTEM, reason="STAYS")
    services.start_collection(emil, actor=SYSTEM, asset_ids=[laptop.pk])

    def ids(**wanted: Any) -> set[str]:
        page = api.post(f"{PATH}/query", wanted).json()
        assert page["totalElements"] == len(page["content"])
        return {one["id"] for one in page["content"]}

    assert ids() == {mine, str(other.pk)}
    assert ids(states=["SCHEDULED"]) == {mine}
    assert ids(states=["CANCELLED", "PAUSED"]) == {str(other.pk)}
    assert ids(searchPhrase="rosa") == {mine}
    assert ids(searchPhrase=other.reference[-5:]) == {str(other.pk)}
    assert ids(createdAt="2026-06-01") == {str(other.pk)}
    assert ids(createdAt="2026-05-31") == set()


def test_sorts_and_pages(api: Api, rosa: User, emil: User, shelf: Address) -> None:
    mine = made(api, rosa)["id"]
    later = services.start_offboarding(
        emil, actor=SYSTEM, last_working_on=date(2027, 9, 1), decisions={}
    )
    page = api.post(f"{PATH}/query?sort=lastWorkingDayAt,desc&size=1").json()
    assert [one["id"] for one in page["content"]] == [str(later.pk)]
    assert (page["totalElements"], page["last"]) == (2, False)
    first = api.found(f"{PATH}?limit=1")
    assert [one["id"] for one in first["items"]] == [str(later.pk)]
    rest = api.found(f"{PATH}?limit=1&after={first['next']}")
    assert [one["id"] for one in rest["items"]] == [mine]
    assert "next" not in rest


def test_every_change_is_found_by_when_it_happened(api: Api, rosa: User) -> None:
    ret = Return.objects.get(pk=made(api, rosa)["id"])
    screen = ret.lines.get(asset__serial_number="SCREEN-9")

    def changed_since(verb: Callable[[], object]) -> bool:
        since = timezone.now().isoformat().replace("+00:00", "Z")
        verb()
        return bool(api.found(f"{PATH}?updatedSince={since}")["items"])

    assert not changed_since(lambda: None)
    assert changed_since(lambda: services.decide(screen, "RETURN", actor=SYSTEM))
    assert changed_since(lambda: services.pause(ret, actor=SYSTEM))


def test_deleted_ones_are_not_there(api: Api, rosa: User) -> None:
    found = made(api, rosa)
    ret = services.cancel(Return.objects.get(), actor=SYSTEM, reason="STAYS")
    services.delete(ret, actor=SYSTEM)
    assert api.get(f"{PATH}/{found['id']}").status_code == 404
    wanted = {"states": ["DELETED", "CANCELLED"]}
    assert api.post(f"{PATH}/query", wanted).json()["content"] == []


@pytest.mark.parametrize("count", [1, 7])
def test_a_list_costs_one_statement(
    count: int, api: Api, acme: Any, shelf: Address
) -> None:
    for number in range(count):
        user = make_user(acme, f"Leaver{number}")
        make_asset(user, f"LEFT-{number}")
        services.start_offboarding(
            user,
            actor=SYSTEM,
            last_working_on=date(2027, 9, 1),
            decisions={},
        )
    one = Return.objects.first()
    api.known()
    for call in (
        lambda: api.get(PATH),
        lambda: api.post(f"{PATH}/query", {"states": ["SCHEDULED"]}),
        lambda: api.get(f"{PATH}/{one.pk}"),
    ):
        with CaptureQueriesContext(connection) as queries:
            assert call().status_code == 200
        assert len(queries) == 1, [query["sql"] for query in queries]


# --- Times ------------------------------------------------------------------


def at(day: int, hour: int = 12) -> datetime:
    """On the so many-th of the last forty days."""
    first = timezone.now().date() - timedelta(days=40)
    return datetime.combine(first + timedelta(days=day), time(hour), UTC)


def midnight(day: int) -> str:
    """In Warsaw, where Acme is."""
    begins = datetime.combine(at(day).date(), time(), ZoneInfo("Europe/Warsaw"))
    return shown(begins)


def test_every_time_has_its_source(api: Api, emil: User, shelf: Address) -> None:
    laptop = make_asset(emil, "HELD-LONG", at=at(0))
    ret = services.start_offboarding(
        emil,
        actor=SYSTEM,
        last_working_on=at(1).date(),
        decisions={laptop.pk: "RETURN"},
        at=at(1),
    )

    def told() -> dict[str, Any]:
        return api.found(f"{PATH}/{ret.pk}")

    assert told()["createdAt"] == shown(at(1))
    assert told()["lastWorkingDayAt"] == midnight(1)
    for day in (1, 5, 9, 20):
        services.contact_due(ret.pk, actor=SYSTEM, at=at(day))
    found = told()
    assert found["state"] == "EMPLOYEE_NOT_RESPONDING"
    assert found["firstEmailSentAt"] == shown(at(1))
    assert found["firstReminderSentAt"] == shown(at(5))
    assert found["secondReminderSentAt"] == shown(at(9))
    assert found["employeeNotRespondingAt"] == shown(at(20))
    services.answer(ret, actor=SYSTEM, method="PICKUP", wants_packaging=True, at=at(21))
    services.send_materials(ret, actor=SYSTEM, at=at(22))
    services.materials_arrived(ret, actor=SYSTEM, at=at(23))
    assert told()["materialsSentAt"] == shown(at(22))
    assert told()["readyForPickupAt"] == shown(at(23))
    services.pause(ret, actor=SYSTEM, at=at(23, 13))
    services.resume(ret, actor=SYSTEM, at=at(23, 14))
    assert told()["readyForPickupAt"] == shown(at(23))
    assert not {"courierScheduledAt", "estimatedCompletedAt"} & told().keys()
    parcel = services.book_parcel(
        ret,
        actor=SYSTEM,
        carrier="DPD",
        tracking_number="1",
        expected_on=at(28).date(),
        at=at(24),
    )
    assert told()["courierScheduledAt"] == shown(at(24))
    assert told()["estimatedCompletedAt"] == midnight(28)
    services.track_parcel(ret, parcel, "FAILED", actor=SYSTEM, at=at(25))
    assert told()["failedAt"] == shown(at(25))
    assert told()["state"] == "PICKUP_FAILED"
    assert "deviceInTransitAt" not in told()
    services.track_parcel(ret, parcel, "IN_TRANSIT", actor=SYSTEM, at=at(26))
    services.track_parcel(ret, parcel, "OUT_FOR_DELIVERY", actor=SYSTEM, at=at(27))
    assert told()["deviceInTransitAt"] == shown(at(26))
    services.receive(ret, {laptop: None}, shelf, actor=SYSTEM, at=at(28))
    found = told()
    assert found["state"] == "COMPLETED"
    assert found["deviceInTequipyWarehouseAt"] == shown(at(28))
    assert found["completedAt"] == shown(at(28))
    assert "estimatedCompletedAt" not in found
    (item,) = found["offboardingEquipments"]
    assert (item["createdAt"], item["updatedAt"]) == (shown(at(1)), shown(at(28)))


def test_no_courier_is_scheduled_once_the_booking_is_cancelled(
    api: Api, rosa: User
) -> None:
    ret = Return.objects.get(pk=made(api, rosa)["id"])
    parcel = services.book_parcel(
        ret, actor=SYSTEM, carrier="OTHER", expected_on=at(28).date()
    )
    assert "courierScheduledAt" in api.found(f"{PATH}/{ret.pk}")
    services.track_parcel(ret, parcel, "CANCELLED", actor=SYSTEM)
    found = api.found(f"{PATH}/{ret.pk}")
    assert not {"courierScheduledAt", "estimatedCompletedAt"} & found.keys()


def test_other_decisions_are_told_in_the_two_words_there_are(
    api: Api, rosa: User
) -> None:
    ret = Return.objects.get(pk=made(api, rosa)["id"])
    laptop, phone, screen = ret.lines.order_by("asset__serial_number")
    services.decide(laptop, "ALREADY_BACK", actor=SYSTEM)
    services.decide(phone, "WRITE_OFF", actor=SYSTEM, reason="Fell into the sea")
    items = api.found(f"{PATH}/{ret.pk}")["offboardingEquipments"]
    told = {one["serialNumber"]: (one["state"], one.get("action")) for one in items}
    assert told == {
        "LAPTOP-7": ("DELETED", "RETURN"),
        "PHONE-8": ("DELETED", "RETURN"),
        "SCREEN-9": ("ACTIVE", None),
    }
    assert screen.asset.serial_number == "SCREEN-9"


# --- Cancel -----------------------------------------------------------------


@pytest.mark.parametrize(
    ("said", "reason"), [(None, "OTHER"), ({"reason": "STAYS"}, "STAYS")]
)
def test_cancel(said: Any, reason: str, api: Api, rosa: User) -> None:
    found = made(api, rosa)
    answer = api.post(f"{PATH}/{found['id']}/cancel", said)
    assert answer.status_code == 200
    assert answer.json()["state"] == "CANCELLED"
    assert answer.json()["user"]["state"] == "ACTIVE"
    event = Event.objects.get(type="return.cancelled")
    assert event.payload["reason"] == reason
    assert api.post(f"{PATH}/{found['id']}/cancel").json() == answer.json()
    assert Event.objects.filter(type="return.cancelled").count() == 1


def test_cancel_is_refused_once_something_is_under_way(api: Api, rosa: User) -> None:
    ret = Return.objects.get(pk=made(api, rosa)["id"])
    parcel = services.book_parcel(ret, actor=SYSTEM, carrier="OTHER")
    services.track_parcel(ret, parcel, "IN_TRANSIT", actor=SYSTEM)
    events = Event.objects.count()
    assert api.post(f"{PATH}/{ret.reference}/cancel").status_code == 409
    assert api.post(f"{PATH}/{ret.pk}/cancel", {"reason": "NO"}).status_code == 422
    ret.refresh_from_db()
    assert ret.state == "DEVICE_IN_TRANSIT"
    assert Event.objects.count() == events


def test_cancel_only_what_was_seen(api: Api, rosa: User) -> None:
    found = made(api, rosa)
    path = f"{PATH}/{found['id']}"
    tag = api.get(path)["ETag"]
    services.pause(Return.objects.get(), actor=SYSTEM)
    assert api.post(f"{path}/cancel", If_Match=tag).status_code == 412
    assert api.found(path)["state"] == "PAUSED"
    tag = api.get(path)["ETag"]
    assert api.post(f"{path}/cancel", If_Match=tag).status_code == 200


# --- Roles ------------------------------------------------------------------


@pytest.mark.parametrize("role", list(Role))
def test_roles(
    role: Role,
    api: Api,
    api_as: Callable[[Any], Api],
    acme: Any,
    rosa: User,
    root: User,
) -> None:
    platform = {Role.TEQUIPY_ADMIN, Role.INTERNAL_ADMIN}
    company = root.company if role in platform else acme
    user = make_user(company, "Asking", role=role) if role in platform else None
    if role in {Role.API_CLIENT, Role.API_CLIENT_READONLY, Role.AI_AGENT}:
        asking = api_as(role)
    else:
        asking = api_as(user or make_user(acme, "Asking", role=role))
    answer = asking.post(PATH, body(rosa))
    assert answer.status_code == (200 if role in CHANGES else 403)
    found = answer.json() if role in CHANGES else made(api, rosa)
    path = f"{PATH}/{found['id']}"
    assert asking.get(path).status_code == (200 if role in READS else 404)
    total = asking.post(f"{PATH}/query", {}).json()["totalElements"]
    assert total == (1 if role in READS else 0)
    assert len(asking.found(PATH)["items"]) == total
    assert asking.post(f"{path}/cancel").status_code == (
        200 if role in CHANGES else 403
    )
    ret = Return.objects.get()
    assert (ret.state == "CANCELLED") == (role in CHANGES)


def test_who_sees_no_people_sees_no_addresses(
    api: Api, api_as: Callable[[Any], Api], rosa: User, wanda: User
) -> None:
    found = made(api, rosa, notes="Is cross with us")
    seen = api_as(wanda).found(f"{PATH}/{found['id']}")
    hidden = {"contactEmail", "user", "deliveryAddress", "notes"}
    assert found.keys() - seen.keys() == hidden
    own = api_as(rosa).found(f"{PATH}/{found['id']}")
    assert not hidden & own.keys()


# --- One read path ----------------------------------------------------------


def test_fast_json_is_what_the_serializer_makes(api: Api, rosa: User) -> None:
    made(api, rosa, notes="Late shift")
    ret = Return.objects.get()
    services.book_parcel(
        ret,
        actor=SYSTEM,
        carrier="GLS",
        tracking_number="2",
        expected_on=timezone.now().date(),
    )
    for ret in Return.objects.all():
        fast = api.found(f"{PATH}/{ret.pk}")
        slow = OFFBOARDING.serializer_class(ret).data
        assert fast == orjson.loads(orjson.dumps(slow))
