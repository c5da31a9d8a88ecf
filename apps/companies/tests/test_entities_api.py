"""The legal entities of the company, through the API."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import orjson
import pytest

from apps.accounts.models import User
from apps.companies import entities
from apps.companies.models import Company, Entity
from apps.companies.shapes import ENTITY
from apps.conftest import Api
from apps.core.actor import SYSTEM, Role
from apps.core.errors import Conflict
from apps.events.models import Event

pytestmark = pytest.mark.django_db
PATH = "company-entities"
PORTO = {
    "legalName": "Norte Lda.",
    "streetLine1": "Rua das Flores 1",
    "streetLine2": "Loja B",
    "postalCode": "4050-262",
    "city": "Porto",
    "invoicingEmail": "Faturas@norte.example",
    "countryCode": "PT",
    "countrySubdivisionCode": "PT-13",
    "currency": "EUR",
    "vatId": "pt 501 964 843",
}


def make_entity(company: Company, name: str, **fields: Any) -> Entity:
    told = {"country_id": "PT", "currency": "EUR", **fields}
    return entities.create_entity(
        actor=SYSTEM, company=company, legal_name=name, **told
    )


def test_what_was_said_is_what_is_read(api: Api) -> None:
    made = api.post(PATH, PORTO)
    assert made.status_code == 200, made.content
    found = api.found(f"{PATH}/{made.json()['id']}")
    assert found == made.json()
    assert api.found(PATH)["content"] == [found]
    for name in ("id", "createdAt", "updatedAt"):
        found.pop(name)
    assert found == {
        **{name: value for name, value in PORTO.items() if name != "countryCode"},
        "country": {"code": "PT", "displayName": "Portugal"},
        "invoicingEmail": "faturas@norte.example",
        "vatId": "PT501964843",
        "vies": False,
        "isDefault": True,
        "isActive": True,
    }


def test_pages_say_where_they_end(api: Api, acme: Company) -> None:
    for name in ("Gamma SA", "Alfa SA", "Beta SA"):
        make_entity(acme, name)
    page = api.found(f"{PATH}?page=1&size=2")
    assert [one["legalName"] for one in page["content"]] == ["Gamma SA"]
    assert (page["totalElements"], page["totalPages"], page["last"]) == (3, 2, True)
    turned = api.found(f"{PATH}?sort=legalName,desc&size=1")
    assert [one["legalName"] for one in turned["content"]] == ["Gamma SA"]
    assert api.get(f"{PATH}?sort=vatId").status_code == 400


@pytest.mark.parametrize(
    ("change", "pointer", "status"),
    [
        ({"legalName": " "}, "/legalName", 422),
        ({"legalName": "ALFA sa"}, "/legalName", 409),
        ({"vatId": "PT 1"}, "/vatId", 409),
        ({"countryCode": "XX"}, "/countryCode", 422),
        ({"countryCode": None}, "/countryCode", 422),
        ({"currency": "EURO"}, "/currency", 422),
        ({"currency": "XXQ"}, "/currency", 422),
        ({"invoicingEmail": "at home"}, "/invoicingEmail", 422),
        ({"vies": True}, "/vies", 422),
    ],
)
def test_refuses_and_names_the_field(
    change: dict[str, Any], pointer: str, status: int, api: Api, acme: Company
) -> None:
    make_entity(acme, "Alfa SA", vat_id="PT1")
    before = Entity.objects.count(), Event.objects.count()
    answer = api.post(PATH, {**PORTO, **change})
    assert answer.status_code == status
    assert [one["pointer"] for one in answer.json()["errors"]] == [pointer]
    assert (Entity.objects.count(), Event.objects.count()) == before


def test_one_is_the_default(api: Api, acme: Company) -> None:
    first, second = make_entity(acme, "Alfa SA"), make_entity(acme, "Beta SA")
    assert (first.is_default, second.is_default) == (True, False)
    answer = api.patch(f"{PATH}/{first.pk}", {"isDefault": False})
    assert answer.status_code == 409
    assert api.patch(f"{PATH}/{second.pk}", {"isDefault": True}).status_code == 200
    found = {one["legalName"]: one["isDefault"] for one in api.found(PATH)["content"]}
    assert found == {"Alfa SA": False, "Beta SA": True}


def test_an_archived_one_is_read_and_not_listed(api: Api, acme: Company) -> None:
    first, second = make_entity(acme, "Alfa SA"), make_entity(acme, "Beta SA")
    assert api.post(f"{PATH}/{first.pk}/archive").status_code == 409
    assert api.post(f"{PATH}/{second.pk}/archive").json()["isActive"] is False
    assert api.post(f"{PATH}/{second.pk}/archive").status_code == 200
    assert [one["legalName"] for one in api.found(PATH)["content"]] == ["Alfa SA"]
    assert api.found(f"{PATH}/{second.pk}")["isActive"] is False
    assert api.patch(f"{PATH}/{second.pk}", {"city": "Faro"}).status_code == 409
    told = Event.objects.filter(subject_id=second.pk).order_by("id")
    assert [one.type for one in told] == ["entity.created", "entity.archived"]
    # Its name, and number, are free again.
    assert make_entity(acme, "Beta SA").is_active


def test_the_last_one_may_go_and_the_next_is_the_default(acme: Company) -> None:
    entities.archive_entity(make_entity(acme, "Alfa SA"), actor=SYSTEM)
    assert make_entity(acme, "Beta SA").is_default


def test_another_number_is_not_validated(acme: Company) -> None:
    entity = make_entity(acme, "Alfa SA")
    with pytest.raises(Conflict, match="no VAT number"):
        entities.note_vat_check(entity, actor=SYSTEM, is_valid=True)
    entities.update_entity(entity, actor=SYSTEM, vat_id="PT1")
    assert entities.note_vat_check(entity, actor=SYSTEM, is_valid=True).is_vat_validated
    same = entities.update_entity(entity, actor=SYSTEM, vat_id="pt 1", city="Faro")
    assert same.is_vat_validated
    other = entities.update_entity(entity, actor=SYSTEM, vat_id="PT2")
    assert not other.is_vat_validated
    last = Event.objects.filter(subject_id=entity.pk).latest("id")
    assert last.payload["changed"] == ["is_vat_validated", "vat_id"]


def test_what_changes_nothing_is_no_event(acme: Company) -> None:
    entity = make_entity(acme, "Alfa SA", city="Faro")
    before = Event.objects.count()
    entities.update_entity(entity, actor=SYSTEM, city=" Faro ", legal_name="Alfa  SA")
    assert Event.objects.count() == before


def test_a_stale_change_is_refused(api: Api, acme: Company) -> None:
    path = f"{PATH}/{make_entity(acme, 'Alfa SA').pk}"
    tag = api.get(path)["ETag"]
    assert api.patch(path, {"city": "Faro"}, If_Match=tag).status_code == 200
    assert api.patch(path, {"city": "Beja"}, If_Match=tag).status_code == 412
    assert api.found(path)["city"] == "Faro"


def test_another_company_neither_sees_nor_changes(outsider: Api, acme: Company) -> None:
    entity = make_entity(acme, "Alfa SA")
    path = f"{PATH}/{entity.pk}"
    assert outsider.found(PATH)["totalElements"] == 0
    assert outsider.get(path).status_code == 404
    assert outsider.patch(path, {"city": "x"}).status_code == 404
    assert outsider.post(f"{path}/archive").status_code == 404
    entity.refresh_from_db()
    assert (entity.is_active, entity.city) == (True, "")


def test_readers_read(api_as: Callable[[Any], Api], acme: Company, wanda: User) -> None:
    entity = make_entity(acme, "Alfa SA")
    reader, path = api_as(Role.AI_AGENT), f"{PATH}/{entity.pk}"
    assert reader.get(path).status_code == 200
    for answer in (
        reader.post(PATH, PORTO),
        reader.patch(path, {"city": "x"}),
        reader.post(f"{path}/archive"),
        api_as(wanda).get(path),
    ):
        assert answer.status_code == 403
    entity.refresh_from_db()
    assert (Entity.objects.count(), entity.is_active, entity.city) == (1, True, "")


def test_fast_json_is_what_the_serializer_makes(api: Api, acme: Company) -> None:
    entity = make_entity(acme, "Alfa SA", region="PT-08", vat_id="PT1")
    slow = ENTITY.serializer_class(entity).data
    assert api.found(f"{PATH}/{entity.pk}") == orjson.loads(orjson.dumps(slow))
