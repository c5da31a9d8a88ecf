"""Devices through the API: registering, changing and finding them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import orjson
import pytest
from django.utils import timezone

from apps.accounts.models import User
from apps.catalog.models import Product
from apps.companies.models import Address
from apps.conftest import Api, make_asset, make_product, make_user
from apps.core.actor import SYSTEM, Role
from apps.core.ids import uuid7
from apps.events.models import Event
from apps.inventory import integrity, services
from apps.inventory.fields import FIELDS
from apps.inventory.models import Asset, Custody
from apps.inventory.serializers import UpdateUserEquipmentRequest
from apps.inventory.shapes import ASSET
from apps.returns import services as returns

pytestmark = pytest.mark.django_db
ONE, QUERY, LIST = "user-equipment", "user-equipments/query", "user-equipments"


def problem(answer: Any, status: int) -> tuple[str, str | None]:
    assert answer.status_code == status, answer.content
    (found,) = answer.json()["errors"]
    return found["code"], found.get("pointer")


def ids(answer: Any) -> set[str]:
    assert answer.status_code == 200, answer.content
    return {one["id"] for one in answer.json()["content"]}


# --- Registering ------------------------------------------------------------


def test_registers_as_the_contract_says(api: Api, office: Address) -> None:
    body = {
        "serialNumber": " pf3k-9m ",
        "name": "ThinkPad T14",
        "specification": [{"Memory": "32 GB"}, {"Disk": "1 TB"}],
        "companyAddress": {"id": str(office.pk)},
        "type": "LAPTOP",
        "isNew": True,
    }
    found = api.post(ONE, body).json()
    assert found["serialNumber"] == "PF3K-9M"
    assert (found["state"], found["isNew"]) == ("STORAGE", True)
    assert found["storage"]["id"] == str(office.pk)
    assert found["equipment"]["name"] == "ThinkPad T14"
    assert found["equipment"]["type"] == "LAPTOP"
    assert found["equipment"]["specification"] == body["specification"]
    assert found == api.found(f"{ONE}/{found['id']}")
    events = Event.objects.filter(subject_id=found["id"])
    assert [event.type for event in events] == ["asset.created"]
    assert events[0].actor_id == api.user.pk
    assert list(integrity.problems()) == []


def test_a_known_product_is_taken_by_its_name(api: Api, emil: User) -> None:
    product = make_product(emil.company, "Dell U2723", category="MONITOR")
    body = {"serialNumber": "U-1", "name": "dell  u2723", "user": {"id": str(emil.pk)}}
    found = api.post(ONE, body).json()
    assert found["equipment"]["id"] == str(product.pk)
    assert (found["state"], found["user"]["id"]) == ("ACTIVE", str(emil.pk))
    assert Product.objects.count() == 1


def test_all_that_one_may_edit_is_taken(api: Api, office: Address) -> None:
    product = make_product(office.company, "Surface Hub")
    body = {
        "equipmentId": str(product.pk),
        "assetTag": "IT-00071",
        "companyAddress": {"id": str(office.pk)},
        "grade": "B",
        "purchasedOn": "2025-11-30",
        "price": {"amount": "8999.5", "currency": "EUR"},
        "warrantyEndsOn": "2028-11-30",
        "supplier": "Bechtle",
        "orderNumber": "PO-881",
        "costCentre": "4711",
        "notes": "Room 2\nwall",
        "name": "Hub of room 2",
    }
    found = api.post(ONE, body).json()
    shown = {name: found[name] for name in body.keys() & found.keys()}
    wanted = {name: value for name, value in body.items() if name in found}
    assert shown == wanted | {"price": {"amount": "8999.50", "currency": "EUR"}}
    assert body.keys() - found.keys() == {"equipmentId", "companyAddress"}
    assert found["condition"] == 0.75
    assert "serialNumber" not in found


@pytest.mark.parametrize(
    ("change", "status", "code", "pointer"),
    [
        ({"companyAddress": None}, 422, "null", "/companyAddress"),
        ({"serialNumber": ""}, 422, "no_serial_or_tag", "/serialNumber"),
        ({"name": " "}, 422, "no_name", "/name"),
        ({"isNew": "yes"}, 422, "invalid", "/isNew"),
        ({"colour": "red"}, 422, "unknown", "/colour"),
        ({"purchasedOn": "1812-01-01"}, 422, "bad_day", "/purchasedOn"),
        ({"price": {"amount": "1.005", "currency": "EUR"}}, 422, None, "/price/amount"),
        ({"price": {"amount": "1", "currency": "XYZ"}}, 422, None, "/price/currency"),
        ({"specification": [{"a": "b", "c": "d"}]}, 422, "bad_pair", "/specification"),
        ({"serialNumber": "x" * 129}, 422, "max_length", "/serialNumber"),
        ({"at": "2999-01-01T00:00:00Z"}, 422, "in_future", "/at"),
    ],
)
def test_refuses_what_is_no_device(
    change: dict, status: int, code: str | None, pointer: str, api: Api, office: Address
) -> None:
    body = {
        "serialNumber": "N-1",
        "name": "Desk phone",
        "companyAddress": {"id": str(office.pk)},
        **change,
    }
    found = problem(api.post(ONE, body), status)
    assert found[1] == pointer
    assert code is None or found[0] == code
    assert not Asset.objects.exists()
    assert not Product.objects.exists()


def test_it_is_at_one_place_or_with_one_person(
    api: Api, office: Address, emil: User
) -> None:
    both = {"companyAddress": {"id": str(office.pk)}, "user": {"id": str(emil.pk)}}
    for where in ({}, both):
        answer = api.post(ONE, {"serialNumber": "N-1", "name": "Phone", **where})
        assert problem(answer, 422) == ("one_holder", "/companyAddress")
    assert not Asset.objects.exists()


def test_a_serial_number_is_there_once(api: Api, office: Address) -> None:
    make_asset(office, "TWICE")
    body = {"serialNumber": "twice", "name": "New one"}
    answer = api.post(ONE, {**body, "companyAddress": {"id": str(office.pk)}})
    assert problem(answer, 409) == ("serial_taken", "/serialNumber")
    assert Asset.objects.count() == 1
    assert not Product.objects.filter(name="New one").exists()


def test_what_is_said_of_a_known_product_must_fit(api: Api, office: Address) -> None:
    make_product(office.company, "iPad Air", category="TABLET")
    body = {"serialNumber": "I1", "name": "iPad Air", "type": "PHONE"}
    answer = api.post(ONE, {**body, "companyAddress": {"id": str(office.pk)}})
    assert problem(answer, 422) == ("other_type", "/type")
    for model_number in ("M1", "M2"):
        make = {"category": "TABLET", "model_number": model_number}
        Product.objects.create(company=office.company, name="iPad Pro", **make)
    body = {"serialNumber": "I2", "name": "iPad Pro"}
    answer = api.post(ONE, {**body, "companyAddress": {"id": str(office.pk)}})
    assert problem(answer, 422) == ("ambiguous_name", "/name")


def test_a_type_of_their_own_is_a_sub_type(api: Api, office: Address) -> None:
    where = {"companyAddress": {"id": str(office.pk)}}
    for serial in ("R1", "R2"):
        body = {"serialNumber": serial, "name": "Rack A", "type": "Rack", **where}
        assert api.post(ONE, body).status_code == 200
    made = Product.objects.get(name="Rack A")
    assert (made.category, made.subtype) == ("OTHER", "Rack")
    make_asset(office, "C1")
    assert len(ids(api.post(QUERY, {"subTypes": ["RACK", "none"]}))) == 2
    assert ids(api.post(QUERY, {"subTypes": ["none"]})) == set()


def test_nobody_refers_to_things_of_others(
    outsider: Api, office: Address, emil: User, laptop: Asset
) -> None:
    place, person = {"id": str(office.pk)}, {"id": str(emil.pk)}
    product, nothing = {"equipmentId": str(laptop.product_id)}, {"id": str(uuid7())}
    for body, pointer in (
        ({"name": "X", "companyAddress": place}, "/companyAddress/id"),
        ({"name": "X", "user": person}, "/user/id"),
        ({"name": "X", "user": nothing}, "/user/id"),
    ):
        answer = outsider.post(ONE, {"serialNumber": "G1", **body})
        assert problem(answer, 422)[1] == pointer
    shelf = Address.objects.create(company=outsider.user.company, name="Attic")
    body = {"serialNumber": "G1", **product, "companyAddress": {"id": str(shelf.pk)}}
    assert problem(outsider.post(ONE, body), 422)[1] == "/equipmentId"
    assert Asset.objects.count() == 1


def test_nobody_who_has_left_gets_one(api: Api, emil: User) -> None:
    User.objects.filter(pk=emil.pk).update(state="ARCHIVED")
    body = {"serialNumber": "N-1", "name": "Phone", "user": {"id": str(emil.pk)}}
    assert problem(api.post(ONE, body), 409)[0] == "person_has_left"
    assert not Asset.objects.exists()


@pytest.mark.parametrize(
    "role", [Role.API_CLIENT_READONLY, Role.AI_AGENT, Role.STORAGE, Role.EMPLOYEE]
)
def test_who_may_not_changes_nothing(
    role: Role, api_as: Callable[[Any], Api], laptop: Asset, office: Address
) -> None:
    who: Any = role
    if role in (Role.STORAGE, Role.EMPLOYEE):
        who = make_user(office.company, "Willy", role=role)
    client, path = api_as(who), f"{ONE}/{laptop.pk}"
    place = {"companyAddress": {"id": str(office.pk)}}
    answers = (
        client.post(ONE, {"serialNumber": "N-1", "name": "Phone", **place}),
        client.patch(path, {"isNew": True}),
    )
    assert [answer.status_code for answer in answers] == [403, 403]
    assert Asset.objects.get().is_new is None


# --- Changing ---------------------------------------------------------------


def test_absent_is_left_alone_and_null_clears(api: Api, emil: User) -> None:
    asset = make_asset(emil, "S1", asset_tag="T1", supplier="Dell", is_new=True)
    path = f"{ONE}/{asset.pk}"
    found = api.patch(path, {"supplier": None, "serialNumber": "s2"}).json()
    assert (found["serialNumber"], found["assetTag"], found["isNew"]) == (
        "S2",
        "T1",
        True,
    )
    assert "supplier" not in found
    found = api.patch(path, {"isNew": None, "assetTag": None}).json()
    assert "isNew" not in found
    assert "assetTag" not in found
    answer = api.patch(path, {"serialNumber": None})
    assert problem(answer, 422) == ("no_serial_or_tag", "/serialNumber")
    asset.refresh_from_db()
    assert asset.serial_number == "S2"


def test_every_field_that_is_edited_can_be_cleared(api: Api, laptop: Asset) -> None:
    body = dict.fromkeys(UpdateUserEquipmentRequest().fields.keys())
    for name in ("equipmentId", "serialNumber", "userId", "companyAddressId"):
        del body[name]
    assert api.patch(f"{ONE}/{laptop.pk}", body).status_code == 200
    laptop.refresh_from_db()
    assert laptop.purchased_on is None
    taken = {field.name for field in UpdateUserEquipmentRequest.taken()}
    edited = {f.name for f in FIELDS.edited if f.name not in ("currency",)}
    assert edited - taken == UpdateUserEquipmentRequest.apart


def test_the_product_names_what_has_no_name(api: Api, laptop: Asset) -> None:
    path = f"{ONE}/{laptop.pk}"
    assert api.patch(path, {"name": "Kiosk 1"}).json()["name"] == "Kiosk 1"
    assert api.patch(path, {"name": None}).json()["name"] == laptop.product.name


def test_moving_is_a_step_of_its_own(api: Api, laptop: Asset, office: Address) -> None:
    olga = make_user(office.company, "Olga")
    path = f"{ONE}/{laptop.pk}"
    found = api.patch(path, {"companyAddressId": str(office.pk), "notes": "x"}).json()
    assert (found["state"], found["storage"]["id"]) == ("STORAGE", str(office.pk))
    assert "user" not in found
    found = api.patch(path, {"userId": str(olga.pk), "companyAddressId": None}).json()
    assert (found["state"], found["user"]["id"]) == ("ACTIVE", str(olga.pk))
    assert "storage" not in found
    types = Event.objects.filter(subject_id=laptop.pk).order_by("id")
    assert [event.type for event in types] == [
        "asset.created",
        "asset.updated",
        "asset.stored",
        "asset.handed_over",
    ]
    assert Custody.objects.filter(asset=laptop).count() == 3
    assert list(integrity.problems()) == []


def test_where_it_is_already_it_stays(api: Api, laptop: Asset) -> None:
    before = Event.objects.count()
    body = {"userId": str(laptop.user_id), "companyAddressId": None}
    assert api.patch(f"{ONE}/{laptop.pk}", body).status_code == 200
    assert Event.objects.count() == before


@pytest.mark.parametrize(
    "body",
    [
        {"userId": None},
        {"userId": None, "companyAddressId": None},
        {"userId": None, "notes": "gone"},
    ],
)
def test_it_is_always_somewhere(body: dict, api: Api, laptop: Asset) -> None:
    assert problem(api.patch(f"{ONE}/{laptop.pk}", body), 422)[0] == "nowhere"
    laptop.refresh_from_db()
    assert (laptop.user_id is not None, laptop.notes) == (True, "")


def test_it_is_not_at_two_places(
    api: Api, laptop: Asset, emil: User, office: Address
) -> None:
    body = {"userId": str(emil.pk), "companyAddressId": str(office.pk)}
    assert problem(api.patch(f"{ONE}/{laptop.pk}", body), 422)[0] == "one_holder"


def test_a_claimed_one_names_its_workflow(
    api: Api, laptop: Asset, shelf: Address
) -> None:
    ret = returns.start_collection(laptop.user, actor=SYSTEM, asset_ids=[laptop.id])
    for body in ({"isNew": False}, {"companyAddressId": str(shelf.pk)}):
        answer = api.patch(f"{ONE}/{laptop.pk}", body)
        assert problem(answer, 409)[0] == "claimed"
        assert ret.reference in answer.json()["detail"]
    found = api.found(f"{ONE}/{laptop.pk}")
    assert found["claim"] == {
        "kind": "COLLECTION",
        "reference": ret.reference,
        "id": str(ret.pk),
    }
    assert found["state"] == "ACTIVE"


def test_the_state_forbids_it(api: Api, office: Address, emil: User) -> None:
    asset = make_asset(office, "OLD-1")
    services.retire(asset, "LOST", actor=SYSTEM)
    answer = api.patch(f"{ONE}/{asset.pk}", {"userId": str(emil.pk), "notes": "x"})
    assert problem(answer, 409)[0] == "wrong_state"
    asset.refresh_from_db()
    assert asset.notes == ""
    assert api.found(f"{ONE}/{asset.pk}")["archiveReason"] == "LOST"


def test_what_comes_back_needs_its_number_free(api: Api, office: Address) -> None:
    gone = services.retire(make_asset(office, "SAME"), "SOLD", actor=SYSTEM)
    make_asset(office, "SAME")
    answer = api.patch(f"{ONE}/{gone.pk}", {"companyAddressId": str(office.pk)})
    assert problem(answer, 409)[0] == "serial_taken"


def test_only_what_was_seen_is_changed(api: Api, laptop: Asset) -> None:
    path = f"{ONE}/{laptop.pk}"
    tag = api.get(path)["ETag"]
    answer = api.patch(path, {"isNew": True}, If_Match=tag)
    assert answer.status_code == 200
    assert answer["ETag"] == api.get(path)["ETag"] != tag
    assert problem(api.patch(path, {"isNew": False}, If_Match=tag), 412)[0]
    laptop.refresh_from_db()
    assert laptop.is_new is True


def test_another_company_changes_nothing(outsider: Api, laptop: Asset) -> None:
    answer = outsider.patch(f"{ONE}/{laptop.pk}", {"notes": "ours"})
    assert answer.status_code == 404
    laptop.refresh_from_db()
    assert laptop.notes == ""


# --- Finding ----------------------------------------------------------------


def test_a_query_begins_with_what_is_stored(
    api: Api, laptop: Asset, office: Address
) -> None:
    stored = make_asset(office, "STORED")
    assert ids(api.post(QUERY)) == {str(stored.pk)}
    assert ids(api.post(QUERY, {"sourceType": "EMPLOYEE"})) == {str(laptop.pk)}
    both = {str(stored.pk), str(laptop.pk)}
    assert ids(api.post(QUERY, {"sourceType": "ALL"})) == both
    assert {one["id"] for one in api.found(LIST)["items"]} == both
    answer = api.post(QUERY, {"sourceType": "WAREHOUSE"})
    assert problem(answer, 422) == ("invalid_choice", "/sourceType")


def test_filters_of_the_contract(api: Api, office: Address, shelf: Address) -> None:
    office.country_id = "DE"
    office.save()
    screen = make_product(office.company, "Screen", category="MONITOR")
    euro = {"purchase_price": "10", "currency": "EUR"}
    one = make_asset(office, "A1", product=screen, is_new=True, **euro)
    two = make_asset(shelf, "A2", is_new=False, purchase_price="9", currency="PLN")
    for body, wanted in (
        ({"types": ["MONITOR"]}, one),
        ({"types": ["LAPTOP", "PHONE"]}, two),
        ({"storageLocationCountryCode": "DE"}, one),
        ({"storageLocationCountryCode": "PL"}, two),
        ({"currency": "PLN"}, two),
        ({"isNew": True}, one),
        ({"isNew": False}, two),
        ({"userEquipmentIds": [str(two.pk)]}, two),
        ({"companyAddressIds": [str(office.pk)]}, one),
        ({"searchPhrase": "screen"}, one),
    ):
        assert ids(api.post(QUERY, body)) == {str(wanted.pk)}, body
    both = {str(one.pk), str(two.pk)}
    today = office.company.today()
    assert ids(api.post(QUERY, {"updatedFrom": str(today)})) == both
    later = str(today + timedelta(days=1))
    assert ids(api.post(QUERY, {"updatedFrom": later})) == set()
    assert ids(api.post(QUERY, {"updatedTo": str(today)})) == both


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({"storageLocationCountryCode": "Poland"}, "/storageLocationCountryCode"),
        ({"currency": "zł"}, "/currency"),
        ({"types": ["CAR"]}, "/types/0"),
        ({"isNew": 1}, "/isNew"),
    ],
)
def test_refuses_filters_that_mean_nothing(body: dict, pointer: str, api: Api) -> None:
    assert problem(api.post(QUERY, body), 422)[1] == pointer


def test_is_found_by_what_is_printed_on_it(api: Api, laptop: Asset) -> None:
    tagged = make_asset(laptop.user, "c02", asset_tag="IT-7")
    for query, wanted in (
        ("serialNumber=C02", [tagged]),
        ("serialNumber=c02xl0aaa", [laptop]),
        ("assetTag=IT-7", [tagged]),
        ("assetTag=it-7", []),
        ("serialNumber=C02XL", []),
    ):
        found = api.found(f"{LIST}?{query}")["items"]
        assert [one["id"] for one in found] == [str(one.pk) for one in wanted]
    assert api.get(f"{LIST}?assetTag=").status_code == 400


def test_who_sees_no_prices_finds_nothing_by_currency(
    api_as: Callable[[Any], Api], wanda: User, shelf: Address
) -> None:
    make_asset(shelf, "PRICED", purchase_price="10", currency="EUR")
    client = api_as(wanda)
    assert len(ids(client.post(QUERY, {}))) == 1
    assert ids(client.post(QUERY, {"currency": "EUR"})) == set()


def test_shows_what_the_serializer_says(
    api: Api, laptop: Asset, office: Address
) -> None:
    full = make_asset(
        office,
        "FULL",
        asset_tag="T",
        condition=Decimal("0.60"),
        purchase_price="7",
        currency="JPY",
        warranty_ends_on=date(2027, 1, 1),
        is_new=False,
        notes="x",
        specification=[{"a": "b"}],
    )
    returns.start_collection(
        laptop.user, actor=SYSTEM, asset_ids=[laptop.id], address=office
    )
    gone = services.retire(make_asset(office, "GONE"), "SOLD", actor=SYSTEM)
    for asset in Asset.objects.filter(pk__in=[full.pk, laptop.pk, gone.pk]):
        fast = api.found(f"{ONE}/{asset.pk}")
        assert fast == orjson.loads(orjson.dumps(ASSET.serializer_class(asset).data))
        assert None not in fast.values()
    assert api.found(f"{ONE}/{full.pk}")["grade"] == "C"
    assert timezone.now().isoformat()[:10] in fast["heldSince"]


# --- Ids of other systems ---------------------------------------------------


def test_other_systems_find_their_own(api: Api, office: Address) -> None:
    body = {
        "serialNumber": "E1",
        "name": "Kiosk",
        "companyAddress": {"id": str(office.pk)},
        "externalIds": {"jamf": "J-1", "intune": "a:b"},
    }
    found = api.post(ONE, body).json()
    assert found["externalIds"] == body["externalIds"]
    path = f"{ONE}/{found['id']}"
    for query, count in (
        ("jamf:J-1", 1),
        ("intune:a:b", 1),
        ("jamf:j-1", 0),
        ("snipe:J-1", 0),
    ):
        assert len(api.found(f"{LIST}?externalId={query}")["items"]) == count
    for query in ("jamf", "jamf:", ":J-1"):
        assert api.get(f"{LIST}?externalId={query}").status_code == 400
    changed = api.patch(path, {"externalIds": {"jamf": None, "snipe": "9"}}).json()
    assert changed["externalIds"] == {"intune": "a:b", "snipe": "9"}
    fast, asset = api.found(path), Asset.objects.get(pk=found["id"])
    assert fast == orjson.loads(orjson.dumps(ASSET.serializer_class(asset).data))
    assert "externalIds" not in api.patch(path, {"externalIds": None}).json()


def test_an_id_of_another_system_is_there_once(
    api: Api, outsider: Api, laptop: Asset, office: Address
) -> None:
    api.patch(f"{ONE}/{laptop.pk}", {"externalIds": {"jamf": "J-1"}})
    body = {
        "serialNumber": "E1",
        "name": "Kiosk",
        "companyAddress": {"id": str(office.pk)},
        "externalIds": {"jamf": "J-1"},
    }
    answer = api.post(ONE, body)
    assert problem(answer, 409) == ("external_id_taken", "/externalIds/jamf")
    body["externalIds"] = {"Jamf Pro": "1"}
    assert problem(api.post(ONE, body), 422) == ("bad_system", "/externalIds")
    other = make_asset(office, "OTHER")
    ids_of_both = {"externalIds": {"jamf": "J-1"}, "notes": "x"}
    assert problem(api.patch(f"{ONE}/{other.pk}", ids_of_both), 409)
    other.refresh_from_db()
    assert other.notes == ""
    assert not Asset.objects.filter(serial_number="E1").exists()
    assert outsider.found(f"{LIST}?externalId=jamf:J-1") == {"items": []}
    items = [{"id": str(other.pk), **ids_of_both}, {"id": str(laptop.pk), "notes": "y"}]
    verdicts = api.patch(f"{LIST}/bulk", {"items": items}).json()["items"]
    assert [one["status"] for one in verdicts] == ["refused", "updated"]
    other.refresh_from_db()
    assert other.notes == ""
