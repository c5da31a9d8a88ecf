"""Places of the company, through the API."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import orjson
import pytest

from apps.companies.models import Address
from apps.companies.shapes import ADDRESS
from apps.conftest import Api, make_asset
from apps.core.actor import Role
from apps.events.models import Event

pytestmark = pytest.mark.django_db
PATH = "company-addresses"
LISBON = {
    "addressName": "Lisbon hub",
    "streetLine1": "Rua Áurea 7",
    "streetLine2": "3rd floor",
    "postalCode": "1100-063",
    "city": "Lisboa",
    "countryCode": "PT",
    "countrySubdivisionCode": "PT-11",
    "supportedCountries": ["PT", "ES", "PT"],
    "contactPersonFullName": "Rui Tavares",
    "contactPersonPhone": "+351 21 000",
    "contactPersonEmail": "Rui@Acme.example",
    "orderSupported": False,
}


def test_what_was_said_is_what_is_read(api: Api) -> None:
    made = api.post(PATH, LISBON)
    assert made.status_code == 200, made.content
    found = api.found(f"{PATH}/{made.json()['id']}")
    assert found == made.json()
    told = {k: v for k, v in found.items() if k != "id"}
    assert told == {
        **{k: v for k, v in LISBON.items() if k != "countryCode"},
        "country": {"code": "PT", "displayName": "Portugal"},
        "supportedCountries": [
            {"code": "PT", "displayName": "Portugal"},
            {"code": "ES", "displayName": "Spain"},
        ],
        "contactPersonEmail": "rui@acme.example",
        "type": "INTERNAL",
        "isDefault": False,
    }


def test_no_event_tells_whom_to_call(api: Api) -> None:
    made = api.post(PATH, LISBON).json()
    api.patch(f"{PATH}/{made['id']}", {"contactPersonPhone": "+351 99"})
    told = Event.objects.filter(subject_id=made["id"]).order_by("id")
    assert [one.type for one in told] == ["address.created", "address.updated"]
    assert told[1].payload["changed"] == ["contact_phone"]
    assert not any(word in str(one.payload) for one in told for word in ("Rui", "351"))


def test_a_shelf_stands_and_serves_as_its_warehouse(api: Api, shelf: Address) -> None:
    found = api.found(f"{PATH}/{shelf.pk}")
    assert (found["type"], found["streetLine1"]) == ("TEQUIPY", "Magazynowa 5")
    assert [one["code"] for one in found["supportedCountries"]] == ["DE", "PL"]
    for body in ({"streetLine1": "Elsewhere 1"}, {"supportedCountries": ["DE"]}):
        answer = api.patch(f"{PATH}/{shelf.pk}", body)
        assert answer.status_code == 422
        assert answer.json()["errors"][0]["pointer"] == f"/{next(iter(body))}"
    assert api.found(f"{PATH}/{shelf.pk}") == found


@pytest.mark.parametrize(
    ("change", "pointer", "status"),
    [
        ({"addressName": "  "}, "/addressName", 422),
        ({"addressName": "warsaw OFFICE"}, "/addressName", 409),
        ({"countryCode": "XX"}, "/countryCode", 422),
        ({"countryCode": "de"}, "/countryCode", 422),
        ({"supportedCountries": ["PL", "XX"]}, "/supportedCountries", 422),
        ({"contactPersonEmail": "nobody"}, "/contactPersonEmail", 422),
        ({"streetLine1": "x" * 256}, "/streetLine1", 422),
        ({"type": "TEQUIPY"}, "/type", 422),
        ({"orderSupported": "yes"}, "/orderSupported", 422),
    ],
)
def test_refuses_and_names_the_field(
    change: dict[str, Any], pointer: str, status: int, api: Api, office: Address
) -> None:
    before = Address.objects.count(), Event.objects.count()
    answer = api.post(PATH, {**LISBON, **change})
    assert answer.status_code == status
    assert [one["pointer"] for one in answer.json()["errors"]] == [pointer]
    assert (Address.objects.count(), Event.objects.count()) == before


def test_null_empties_and_what_is_absent_stays(api: Api) -> None:
    made = api.post(PATH, LISBON).json()
    path = f"{PATH}/{made['id']}"
    body = {"streetLine2": None, "countryCode": None, "contactPersonEmail": ""}
    found = api.patch(path, body).json()
    gone = {"streetLine2", "country", "contactPersonEmail"}
    assert found == {k: v for k, v in made.items() if k not in gone}
    assert api.patch(path, {"addressName": None}).status_code == 422


def test_a_stale_change_is_refused(api: Api, office: Address) -> None:
    path = f"{PATH}/{office.pk}"
    tag = api.get(path)["ETag"]
    assert api.patch(path, {"city": "Łódź"}, If_Match=tag).status_code == 200
    assert api.patch(path, {"city": "Radom"}, If_Match=tag).status_code == 412
    assert api.found(path)["city"] == "Łódź"


def test_finds_by_type_words_and_what_is_there(
    api: Api, office: Address, shelf: Address
) -> None:
    def found(body: dict[str, Any]) -> set[str]:
        page = api.post(f"{PATH}/query", body).json()
        assert page["totalElements"] == len(page["content"])
        return {one["addressName"] for one in page["content"]}

    assert found({}) == {"Warsaw office", "Poznań shelf"}
    assert found({"type": "TEQUIPY"}) == {"Poznań shelf"}
    assert found({"searchPhrase": "prosta"}) == {"Warsaw office"}
    assert found({"withEquipment": True}) == set()
    make_asset(shelf, "ON-SHELF")
    assert found({"withEquipment": True}) == {"Poznań shelf"}
    assert found({"withEquipment": False}) == {"Warsaw office", "Poznań shelf"}
    listed = api.found(f"{PATH}?withEquipment=true")["items"]
    assert [one["id"] for one in listed] == [str(shelf.pk)]


def test_another_company_neither_sees_nor_changes(
    outsider: Api, office: Address
) -> None:
    assert outsider.found(PATH) == {"items": []}
    assert outsider.post(f"{PATH}/query").json()["empty"]
    assert outsider.get(f"{PATH}/{office.pk}").status_code == 404
    answer = outsider.patch(f"{PATH}/{office.pk}", {"city": "Berlin"})
    assert answer.status_code == 404
    office.refresh_from_db()
    assert office.city == "Warszawa"


def test_readers_read_and_employees_do_not(
    api_as: Callable[[Any], Api], office: Address
) -> None:
    reader = api_as(Role.API_CLIENT_READONLY)
    assert reader.get(f"{PATH}/{office.pk}").status_code == 200
    assert reader.patch(f"{PATH}/{office.pk}", {"city": "x"}).status_code == 403
    assert reader.post(PATH, LISBON).status_code == 403
    office.refresh_from_db()
    assert office.city == "Warszawa"


def test_fast_json_is_what_the_serializer_makes(
    api: Api, office: Address, shelf: Address
) -> None:
    api.post(PATH, LISBON)
    for place in Address.objects.all():
        slow = ADDRESS.serializer_class(place).data
        fast = api.found(f"{PATH}/{place.pk}")
        assert fast == orjson.loads(orjson.dumps(slow))
