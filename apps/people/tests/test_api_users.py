"""People through the API: users in its words."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

import orjson
import pytest

from apps.accounts.models import User
from apps.accounts.shapes import USER
from apps.companies.models import Company, Tag
from apps.conftest import Api, make_product, make_user
from apps.core.actor import Role
from apps.events.models import Event
from apps.inventory.models import Asset

pytestmark = pytest.mark.django_db
NEW = {"fullName": "Lena Maria Wolf", "email": "Lena.Wolf@acme.example"}
ADDRESS = {
    "fullName": "Familie Wolf",
    "streetLine1": "Invalidenstraße 1",
    "streetLine2": "Hinterhaus",
    "postalCode": "10115",
    "city": "Berlin",
    "countryCode": "DE",
    "countrySubdivisionCode": "DE-BE",
    "phoneNumber": "+49 30 1",
}


def make_tag(company: Company, name: str) -> Tag:
    return Tag.objects.create(company=company, name=name)


def refused(answer: Any, status: int) -> list[str]:
    assert answer.status_code == status, answer.content
    assert answer["Content-Type"] == "application/problem+json"
    return [one.get("pointer", one["code"]) for one in answer.json()["errors"]]


def test_creates_somebody_with_all_that_is_stated(api: Api, acme: Company) -> None:
    tag = make_tag(acme, "Engineering")
    body = {
        **NEW,
        "position": "Engineer",
        "phone": "+49 170 1",
        "startDate": "2027-01-04",
        "role": "EMPLOYEE",
        "tags": [str(tag.pk)],
        "privateEmail": "lena@example.org",
        "address": ADDRESS,
        "department": "R&D",
        "employeeNumber": "E-77",
    }
    answer = api.post("users", body)
    assert answer.status_code == 200, answer.content
    found = answer.json()
    assert (found["firstName"], found["lastName"]) == ("Lena Maria", "Wolf")
    assert found["email"] == "lena.wolf@acme.example"
    assert found["state"] == "CREATED"
    assert [one["name"] for one in found["tags"]] == ["Engineering"]
    assert found["address"]["fullName"] == "Familie Wolf"
    assert found["address"]["country"]["code"] == "DE"
    assert found["address"]["streetLine2"] == "Hinterhaus"
    assert found["company"]["id"] == str(acme.pk)
    for name in ("position", "phone", "startDate", "role", "privateEmail"):
        assert found[name] == body[name]
    for name in ("department", "employeeNumber"):
        assert found[name] == body[name]
    assert api.found(f"users/{found['id']}") == found
    assert Event.objects.filter(type="user.created", subject_id=found["id"]).exists()


def test_what_has_no_value_is_left_out(api: Api) -> None:
    found = api.post("users", NEW).json()
    assert None not in found.values()
    for name in ("privateEmail", "phone", "address", "position", "startDate"):
        assert name not in found
    assert found["tags"] == []


@pytest.mark.parametrize(
    ("full_name", "first", "last"),
    [
        ("Cher", "Cher", None),
        ("  Ada   Lovelace ", "Ada", "Lovelace"),
        ("Łukasz Brzęczyszczykiewicz-Müller", "Łukasz", "Brzęczyszczykiewicz-Müller"),
    ],
)
def test_splits_the_name_at_its_last_space(
    full_name: str, first: str, last: str | None, api: Api
) -> None:
    found = api.post("users", {**NEW, "fullName": full_name}).json()
    assert (found["firstName"], found.get("lastName")) == (first, last)


@pytest.mark.parametrize(
    ("change", "pointer"),
    [
        ({"fullName": " "}, "/fullName"),
        ({"fullName": None}, "/fullName"),
        ({"email": "nobody"}, "/email"),
        ({"startDate": "2027-02-30"}, "/startDate"),
        ({"address": {"countryCode": "Atlantis"}}, "/address/countryCode"),
        ({"address": "Berlin"}, "/address"),
        ({"role": "KING"}, "/role"),
        ({"tags": ["00000000-0000-7000-8000-000000000000"]}, "/tags"),
        ({"equipmentIds": ["00000000-0000-7000-8000-000000000000"]}, "/equipmentIds"),
        ({"shoeSize": 42}, "/shoeSize"),
        ({"fullName": "x" * 129}, "/fullName"),
        ({"externalIds": {"HR IS": "1"}}, "/externalIds"),
    ],
)
def test_names_the_field_that_is_wrong(change: Any, pointer: str, api: Api) -> None:
    before = User.objects.count()
    assert pointer in refused(api.post("users", {**NEW, **change}), 422)
    assert User.objects.count() == before


def test_names_the_product_that_cant_be_ordered(api: Api, acme: Company) -> None:
    product = make_product(acme, "Pixel 9", category="PHONE")
    body = {**NEW, "equipmentIds": [str(product.id)]}
    assert refused(api.post("users", body), 422) == ["/equipmentIds/0"]


def test_an_e_mail_is_of_one_person(api: Api, emil: User) -> None:
    body = {**NEW, "email": emil.email.upper()}
    assert refused(api.post("users", body), 409) == ["/email"]


@pytest.mark.parametrize("role", ["TEQUIPY_ADMIN", "INTERNAL_ADMIN", "API_CLIENT"])
def test_gives_no_role_beyond_its_own(role: str, api: Api, emil: User) -> None:
    assert refused(api.post("users", {**NEW, "role": role}), 403) == ["/role"]
    assert refused(api.patch(f"users/{emil.pk}", {"role": role}), 403) == ["/role"]


def test_patch_leaves_alone_what_is_absent_and_clears_null(
    api: Api, acme: Company, emil: User
) -> None:
    tag = make_tag(acme, "Sales")
    first = {"phone": "1", "position": "Clerk", "address": ADDRESS}
    api.patch(f"users/{emil.pk}", {**first, "tags": [str(tag.pk)]})
    found = api.patch(f"users/{emil.pk}", {"phone": None, "fullName": "Emil X"}).json()
    assert "phone" not in found
    assert found["position"] == "Clerk"
    assert found["address"]["city"] == "Berlin"
    assert found["fullName"] == "Emil X"
    assert len(found["tags"]) == 1
    cleared = api.patch(f"users/{emil.pk}", {"address": None, "tags": []}).json()
    assert "address" not in cleared
    assert cleared["tags"] == []


def test_patch_is_refused_where_it_was_changed_meanwhile(api: Api, emil: User) -> None:
    tag = api.get(f"users/{emil.pk}")["ETag"]
    assert (
        api.patch(f"users/{emil.pk}", {"phone": "1"}, If_Match=tag).status_code == 200
    )
    late = api.patch(f"users/{emil.pk}", {"phone": "2"}, If_Match=tag)
    assert late.status_code == 412
    emil.refresh_from_db()
    assert emil.phone == "1"


def test_archives_with_what_they_hold(api: Api, emil: User, laptop: Asset) -> None:
    body = {"equipmentArchivizationType": "GIVEN_AWAY"}
    answer = api.post(f"users/{emil.pk}/archive", body)
    assert answer.json()["state"] == "ARCHIVED"
    laptop.refresh_from_db()
    assert (laptop.state, laptop.archive_reason) == ("ARCHIVED", "GIVEN_AWAY")


def test_archives_without_a_body(api: Api, emil: User, laptop: Asset) -> None:
    assert api.post(f"users/{emil.pk}/archive").json()["state"] == "ARCHIVED"
    laptop.refresh_from_db()
    assert laptop.archive_reason == "WRITTEN_OFF"


def test_other_company_finds_and_changes_nothing(
    outsider: Api, acme: Company, emil: User
) -> None:
    tag = make_tag(acme, "Engineering")
    refused(outsider.get(f"users/{emil.pk}"), 404)
    refused(outsider.patch(f"users/{emil.pk}", {"phone": "1"}), 404)
    refused(outsider.post(f"users/{emil.pk}/archive"), 404)
    body = {"fullName": "X Y", "email": "x@globex.example", "tags": [str(tag.pk)]}
    assert "/tags" in refused(outsider.post("users", body), 422)
    found = outsider.post("users/query", {"searchPhrase": emil.first_name}).json()
    assert found["totalElements"] == 0
    emil.refresh_from_db()
    assert (emil.phone, emil.state) == ("", "ACTIVE")


@pytest.mark.parametrize("role", [Role.API_CLIENT_READONLY, Role.AI_AGENT])
def test_who_reads_changes_nothing(
    role: Role, api_as: Callable[[Any], Api], emil: User
) -> None:
    reader = api_as(role)
    assert reader.found(f"users/{emil.pk}")["id"] == str(emil.pk)
    refused(reader.post("users", NEW), 403)
    refused(reader.patch(f"users/{emil.pk}", {"phone": "1"}), 403)
    refused(reader.post(f"users/{emil.pk}/archive"), 403)


def test_employee_sees_only_themselves(
    api_as: Callable[[Any], Api], emil: User, anna: User
) -> None:
    own = api_as(emil)
    assert own.found(f"users/{emil.pk}")["id"] == str(emil.pk)
    refused(own.get(f"users/{anna.pk}"), 404)
    assert [one["id"] for one in own.found("users")["items"]] == [str(emil.pk)]


def test_finds_by_what_is_asked(
    api: Api, acme: Company, emil: User, anna: User
) -> None:
    tag = make_tag(acme, "Engineering")
    api.patch(f"users/{emil.pk}", {"tags": [str(tag.pk)]})
    asked = {
        f"email={emil.email.upper()}": {emil.pk},
        f"tagIds={tag.pk}": {emil.pk},
        "roles=COMPANY_ADMIN": {anna.pk},
        f"searchPhrase={anna.first_name[:3]}": {anna.pk},
        "states=OFFBOARDED": set(),
    }
    for query, wanted in asked.items():
        found = {UUID(one["id"]) for one in api.found(f"users?{query}")["items"]}
        assert found == wanted, query
    page = api.post("users/query?sort=lastName,asc", {"roles": ["EMPLOYEE"]}).json()
    assert {one["id"] for one in page["content"]} == {str(emil.pk)}


def test_other_systems_find_their_own(
    api: Api, outsider: Api, api_as: Callable[[Any], Api], emil: User, root: User
) -> None:
    body = {**NEW, "externalIds": {"personio": "P-1", "okta": "a:b"}}
    found = api.post("users", body).json()
    assert found["externalIds"] == body["externalIds"]
    for query, count in (
        ("personio:P-1", 1),
        ("okta:a:b", 1),
        ("personio:p-1", 0),
        ("bamboo:P-1", 0),
    ):
        for reader in (api, api_as(root)):
            listed = reader.found(f"users?externalId={query}")["items"]
            assert [one["id"] for one in listed] == [found["id"]] * count
    assert outsider.found("users?externalId=personio:P-1") == {"items": []}
    assert api_as(emil).found("users?externalId=personio:P-1") == {"items": []}
    assert api.get("users?externalId=personio").status_code == 400
    path = f"users/{found['id']}"
    changed = api.patch(path, {"externalIds": {"okta": None, "bamboo": "9"}}).json()
    assert changed["externalIds"] == {"personio": "P-1", "bamboo": "9"}
    fast, user = api.found(path), User.objects.get(pk=found["id"])
    assert fast == orjson.loads(orjson.dumps(USER.serializer_class(user).data))
    assert "externalIds" not in api.patch(path, {"externalIds": None}).json()


def test_an_id_of_another_system_is_of_one_person(api: Api, emil: User) -> None:
    api.patch(f"users/{emil.pk}", {"externalIds": {"personio": "P-1"}})
    body = {**NEW, "externalIds": {"personio": "P-1"}}
    assert refused(api.post("users", body), 409) == ["/externalIds/personio"]
    lena = api.post("users", NEW).json()["id"]
    both = {"phone": "1", "externalIds": {"personio": "P-1"}}
    assert refused(api.patch(f"users/{lena}", both), 409)
    assert "phone" not in api.found(f"users/{lena}")


def test_fast_json_is_what_the_serializer_makes(api: Api, acme: Company) -> None:
    body = {**NEW, "address": ADDRESS, "tags": [str(make_tag(acme, "A").pk)]}
    api.post("users", body)
    make_user(acme, "Nobody")
    for user in User.objects.people():
        slow = orjson.loads(orjson.dumps(USER.serializer_class(user).data))
        assert api.found(f"users/{user.pk}") == slow
