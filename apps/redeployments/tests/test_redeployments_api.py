from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import orjson
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from apps.accounts.models import User
from apps.catalog.models import ServicePrice
from apps.companies.models import Address, Company, Entity, Tag
from apps.conftest import Api, make_api, make_asset, make_user
from apps.core.actor import SYSTEM, Role
from apps.core.ids import uuid7
from apps.events.models import Event
from apps.inventory.models import Asset, Claim
from apps.redeployments.models import Redeployment, RedeploymentLine
from apps.redeployments.shapes import REDEPLOYMENT
from apps.shipping import services as shipping

pytestmark = pytest.mark.django_db
PATH = "redeployments"


@pytest.fixture
def client(umbrella: Company) -> Api:
    return make_api(umbrella)


@pytest.fixture
def asset(store: Address) -> Asset:
    return make_asset(store, "API-1")


def create(client: Api, *assets: Asset, **body: Any) -> Any:
    ids = [str(asset.pk) for asset in assets]
    answer = client.post(PATH, {"storageEquipmentIds": ids, **body})
    assert answer.status_code == 200, answer.content
    return answer.json()


def refused(client: Api, status: int, body: dict[str, Any]) -> Any:
    """What is wrong; nothing is written."""
    events = Event.objects.count()
    answer = client.post(PATH, body)
    assert answer.status_code == status, answer.content
    assert not Redeployment.objects.exists()
    assert not Claim.objects.exists()
    assert Event.objects.count() == events
    (error,) = answer.json()["errors"]
    return error


def test_answers_with_what_was_asked_for(
    client: Api, asset: Asset, rui: User, umbrella: Company
) -> None:
    entity = Entity.objects.create(
        company=umbrella, legal_name="Umbrella Lda", country_id="PT", currency="EUR"
    )
    ServicePrice.objects.create(
        company=umbrella,
        kind="REDEPLOYMENT",
        country_id="PT",
        currency="EUR",
        amount=Decimal("39.5"),
    )
    found = create(
        client,
        asset,
        employeeId=str(rui.pk),
        companyEntityId=str(entity.pk),
        contactPersonEmail="Ops@Umbrella.pt",
        startDate="2027-03-01",
        notes="Toque duas vezes.",
    )
    made = Redeployment.objects.get()
    assert found["id"] == str(made.pk)
    assert found["state"] == "INITIATED"
    assert found["user"]["id"] == str(rui.pk)
    assert found["deliveryAddress"] == {
        "fullName": "Rui Sá Nogueira",
        "address": "Rua do Ouro 7, 3.º esq., 1100-060 Lisboa",
        "streetLine1": "Rua do Ouro 7",
        "streetLine2": "3.º esq.",
        "city": "Lisboa",
        "postalCode": "1100-060",
        "phoneNumber": "+351 912 000 111",
        "country": found["deliveryAddress"]["country"],
        "countrySubdivisionCode": "PT-11",
    }
    assert found["deliveryAddress"]["country"]["code"] == "PT"
    assert found["companyEntity"]["legalName"] == "Umbrella Lda"
    assert found["contactPersonEmail"] == "ops@umbrella.pt"
    assert (found["startDate"], found["notes"]) == ("2027-03-01", "Toque duas vezes.")
    assert found["price"] == {"amount": "39.50", "currency": "EUR"}
    (device,) = found["userEquipment"]
    assert (device["id"], device["state"]) == (str(asset.pk), "RESERVED")
    assert found["delayed"] is False
    assert not {"companyAddress", "sentAt", "completedAt", "delayReason"} & {*found}
    assert None not in found.values()


def test_one_is_found_by_its_id_and_by_its_reference(
    client: Api, asset: Asset, rui: User
) -> None:
    made = create(client, asset, employeeId=str(rui.pk))
    for name in (made["id"], made["reference"], made["reference"].lower()):
        assert client.found(f"{PATH}/{name}") == made


def test_somebody_new_gets_it(client: Api, asset: Asset) -> None:
    employee = {
        "fullName": "Maria João Vaz",
        "email": "mj@umbrella.pt",
        "position": "Engineer",
        "address": {"streetLine1": "Calle 5", "city": "Vigo", "countryCode": "es"},
    }
    found = create(client, asset, employee=employee)
    assert (found["user"]["firstName"], found["user"]["lastName"]) == (
        "Maria João",
        "Vaz",
    )
    assert found["deliveryAddress"]["city"] == "Vigo"
    assert found["deliveryAddress"]["country"]["code"] == "ES"
    assert User.objects.get(email="mj@umbrella.pt").job_title == "Engineer"


def test_somebody_new_has_the_tags_that_are_said(
    client: Api, umbrella: Company, asset: Asset, acme: Company
) -> None:
    tag = Tag.objects.create(company=umbrella, name="Vendas")
    theirs = Tag.objects.create(company=acme, name="Sales")
    employee = {"fullName": "Mia Vaz", "email": "mia@umbrella.pt"}
    body = {"storageEquipmentIds": [str(asset.pk)]}
    error = refused(
        client, 422, {**body, "employee": {**employee, "tags": [str(theirs.pk)]}}
    )
    assert (error["code"], error["pointer"]) == ("unknown_tag", "/employee/tags")
    assert not User.objects.filter(email="mia@umbrella.pt").exists()
    found = create(client, asset, employee={**employee, "tags": [str(tag.pk)]})
    assert [one["name"] for one in found["user"]["tags"]] == ["Vendas"]


def test_a_new_place_gets_it(client: Api, asset: Asset) -> None:
    place = {"addressName": "Faro", "streetLine1": "Rua 1", "countryCode": "PT"}
    found = create(client, asset, companyAddress=place)
    assert found["companyAddress"]["addressName"] == "Faro"
    assert "user" not in found


def test_a_stated_address_is_where_it_goes(
    client: Api, asset: Asset, rui: User
) -> None:
    where = {"streetLine1": "Calle 9", "city": "Vigo", "country": "spain"}
    body = {"employeeId": str(rui.pk), "deliveryAddress": where}
    found = create(client, asset, **body)
    assert found["deliveryAddress"]["streetLine1"] == "Calle 9"
    assert found["deliveryAddress"]["country"]["code"] == "ES"
    assert "postalCode" not in found["deliveryAddress"]


@pytest.mark.parametrize("count", [0, 2])
def test_exactly_one_target_is_said(
    client: Api, asset: Asset, rui: User, store: Address, count: int
) -> None:
    targets = {"employeeId": str(rui.pk), "companyAddressId": str(store.pk)}
    said = dict(list(targets.items())[:count])
    body = {"storageEquipmentIds": [str(asset.pk)], **said}
    assert refused(client, 422, body)["code"] == "one_target"


@pytest.mark.parametrize(
    ("field", "value", "pointer"),
    [
        ("employeeId", "unknown", "/employeeId"),
        ("companyAddressId", "unknown", "/companyAddressId"),
        ("companyEntityId", "unknown", "/companyEntityId"),
        ("storageEquipmentIds", ["unknown"], "/storageEquipmentIds"),
        ("storageEquipmentIds", [], "/storageEquipmentIds"),
        ("deliveryAddress", {"countryCode": "QQ"}, "/deliveryAddress/countryCode"),
        ("contactPersonEmail", "nobody", "/contactPersonEmail"),
        ("startDate", "2027-02-30", "/startDate"),
        ("colour", "red", "/colour"),
        (
            "employee",
            {"fullName": "A B", "email": "a@b.pt", "equipmentIds": [str(uuid7())]},
            "/employee/equipmentIds",
        ),
        ("employee", {"fullName": "A B", "email": "no"}, "/employee/email"),
        ("employee", {"email": "a@b.pt"}, "/employee/fullName"),
        (
            "employee",
            {"fullName": "A B", "email": "rui@umbrella.example"},
            "/employee/email",
        ),
        ("companyAddress", {"addressName": "loja"}, "/companyAddress/addressName"),
    ],
)
def test_what_is_wrong_is_named_and_nothing_is_written(
    client: Api, asset: Asset, rui: User, field: str, value: Any, pointer: str
) -> None:
    text = orjson.dumps(value).decode().replace("unknown", str(uuid7()))
    body = {"storageEquipmentIds": [str(asset.pk)], field: orjson.loads(text)}
    if field not in {"employeeId", "companyAddressId", "employee", "companyAddress"}:
        body["employeeId"] = str(rui.pk)
    people = User.objects.count()
    is_taken = "rui@" in text or "loja" in text
    error = refused(client, 409 if is_taken else 422, body)
    assert error["pointer"] == pointer
    assert User.objects.count() == people


def test_what_belongs_to_another_company_does_not_exist(
    client: Api, asset: Asset, rui: User, gina: User, office: Address, shelf: Address
) -> None:
    theirs = make_asset(office, "THEIRS-1")
    entity = Entity.objects.create(
        company=office.company, legal_name="Acme", country_id="PL", currency="EUR"
    )
    ours = {"storageEquipmentIds": [str(asset.pk)], "employeeId": str(rui.pk)}
    for body, named in (
        ({**ours, "storageEquipmentIds": [str(theirs.pk)]}, theirs),
        ({**ours, "employeeId": str(gina.pk)}, gina),
        ({**ours, "companyEntityId": str(entity.pk)}, entity),
        (
            {
                "storageEquipmentIds": [str(asset.pk)],
                "companyAddressId": str(shelf.pk),
            },
            shelf,
        ),
    ):
        error = refused(client, 422, body)
        assert error["code"].startswith("unknown_")
        assert str(named.pk) in error["detail"]
        assert str(named) not in error["detail"]


def test_what_somebody_waits_for_is_refused_with_its_reference(
    client: Api, asset: Asset, rui: User
) -> None:
    made = create(client, asset, employeeId=str(rui.pk))
    body = {"storageEquipmentIds": [str(asset.pk)], "employeeId": str(rui.pk)}
    answer = client.post(PATH, body)
    assert answer.status_code == 409
    assert made["reference"] in answer.json()["detail"]
    assert Redeployment.objects.count() == 1


@pytest.mark.parametrize("role", [Role.API_CLIENT_READONLY, Role.AI_AGENT])
def test_readers_read_and_change_nothing(
    client: Api, umbrella: Company, asset: Asset, rui: User, role: Role
) -> None:
    reader = make_api(umbrella, role)
    body = {"storageEquipmentIds": [str(asset.pk)], "employeeId": str(rui.pk)}
    assert refused(reader, 403, body)["code"] == "not_allowed"
    made = create(client, asset, employeeId=str(rui.pk))
    assert reader.found(f"{PATH}/{made['id']}") == made
    assert reader.post(f"{PATH}/{made['id']}/cancel").status_code == 403
    assert Redeployment.objects.get().state == "INITIATED"


@pytest.mark.parametrize("name", ["emil", "wanda"])
def test_employees_and_warehouse_see_none(
    api_as: Callable[[Any], Api], request: pytest.FixtureRequest, name: str
) -> None:
    somebody = api_as(request.getfixturevalue(name))
    assert somebody.get(PATH).status_code == 403
    assert somebody.post(f"{PATH}/query", {}).status_code == 403


# --- Cancel -----------------------------------------------------------------


def test_cancel_frees_what_was_reserved(client: Api, asset: Asset, rui: User) -> None:
    made = create(client, asset, employeeId=str(rui.pk))
    for name in (made["id"], made["reference"]):
        answer = client.post(f"{PATH}/{name}/cancel")
        assert answer.status_code == 200
        assert answer.json()["state"] == "CANCELLED"
        assert "cancelledAt" in answer.json()
    asset.refresh_from_db()
    assert asset.state == "STORAGE"
    assert Event.objects.filter(type="redeployment.cancelled").count() == 1


def test_what_is_on_its_way_is_not_cancelled(
    client: Api, asset: Asset, rui: User
) -> None:
    made = create(client, asset, employeeId=str(rui.pk))
    Redeployment.objects.update(state="SENT")
    answer = client.post(f"{PATH}/{made['id']}/cancel")
    assert answer.status_code == 409
    assert answer.json()["errors"][0]["code"] == "wrong_state"
    assert Claim.objects.count() == 1


def test_another_company_finds_nothing(
    client: Api, outsider: Api, asset: Asset, rui: User
) -> None:
    made = create(client, asset, employeeId=str(rui.pk))
    assert outsider.get(f"{PATH}/{made['id']}").status_code == 404
    assert outsider.get(f"{PATH}/{made['reference']}").status_code == 404
    assert outsider.post(f"{PATH}/{made['id']}/cancel").status_code == 404
    assert outsider.found(PATH) == {"items": []}
    assert outsider.post(f"{PATH}/query", {}).json()["totalElements"] == 0
    assert Redeployment.objects.get().state == "INITIATED"


def test_tracking_lists_the_parcels_of_that_redeployment(
    client: Api, outsider: Api, asset: Asset, rui: User, store: Address
) -> None:
    made = create(client, asset, employeeId=str(rui.pk))
    path = f"{PATH}/{made['reference']}/tracking"
    assert client.found(path) == []
    parcels = [
        shipping.book(
            actor=SYSTEM,
            sender=store,
            recipient=rui,
            carrier="DHL",
            tracking_number=f"JD0{number}",
        )
        for number in range(2)
    ]
    RedeploymentLine.objects.update(shipment=parcels[0])
    (found,) = client.found(path)
    assert found["id"] == str(parcels[0].pk)
    assert found["userEquipments"] == [
        {"userEquipmentId": str(asset.pk), "serialNumber": "API-1"}
    ]
    assert outsider.get(path).status_code == 404


# --- Lists ------------------------------------------------------------------


@pytest.fixture
def three(client: Api, store: Address, rui: User) -> list[Any]:
    ana = make_user(store.company, "Ana", last_name="Brito")
    to = [{"employeeId": str(rui.pk)}, {"employeeId": str(ana.pk)}]
    to.append({"companyAddressId": str(store.pk)})
    return [
        create(client, make_asset(store, f"LIST-{number}"), **target)
        for number, target in enumerate(to)
    ]


def test_filters_find_what_they_say(
    client: Api, three: list[Any], rui: User, store: Address
) -> None:
    client.post(f"{PATH}/{three[1]['id']}/cancel")
    day = Redeployment.objects.first().created_at.date().isoformat()
    for body, wanted in (
        ({}, [2, 1, 0]),
        ({"states": ["CANCELLED"]}, [1]),
        ({"states": ["INITIATED", "SENT"]}, [2, 0]),
        ({"userIds": [str(rui.pk)]}, [0]),
        ({"companyAddressIds": [str(store.pk)]}, [2]),
        ({"searchPhrase": "brito"}, [1]),
        ({"searchPhrase": "loja"}, [2]),
        ({"searchPhrase": three[0]["reference"]}, [0]),
        ({"createdAt": "2020-01-01"}, []),
    ):
        page = client.post(f"{PATH}/query", body).json()
        ids = [one["id"] for one in page["content"]]
        assert ids == [three[place]["id"] for place in wanted], body
        assert page["totalElements"] == len(wanted)
    assert client.post(f"{PATH}/query", {"createdAt": day}).status_code == 200
    assert client.post(f"{PATH}/query", {"states": ["LOST"]}).status_code == 422


def test_keyset_list_walks_all_and_follows_changes(
    client: Api, three: list[Any]
) -> None:
    first = client.found(f"{PATH}?limit=2")
    rest = client.found(f"{PATH}?limit=2&after={first['next']}")
    ids = [one["id"] for one in first["items"] + rest["items"]]
    assert ids == [one["id"] for one in reversed(three)]
    client.post(f"{PATH}/{three[0]['id']}/cancel")
    since = client.found(f"{PATH}/{three[0]['id']}")["updatedAt"]
    changed = client.found(f"{PATH}?updatedSince={since}")["items"]
    assert [one["id"] for one in changed] == [three[0]["id"]]


def test_reads_cost_one_statement(client: Api, three: list[Any]) -> None:
    client.known()
    for path in (f"{PATH}?limit=100", f"{PATH}/{three[0]['id']}"):
        with CaptureQueriesContext(connection) as queries:
            client.get(path)
        assert len(queries) == 1, [query["sql"] for query in queries]


def test_fast_json_is_what_the_serializer_makes(client: Api, three: list[Any]) -> None:
    for thing in Redeployment.objects.all():
        slow = REDEPLOYMENT.serializer_class(thing).data
        assert client.found(f"{PATH}/{thing.pk}") == orjson.loads(orjson.dumps(slow))
