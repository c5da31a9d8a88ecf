"""What a caller says is obeyed or refused, never dropped: of each operation there is,
as the schema names them."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from itertools import product
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from apps.conftest import Api
from apps.core.api import documents
from apps.core.api.resources import Changed, Resource

pytestmark = pytest.mark.django_db
NOBODY = "01a22436-999b-7768-8c21-1f668ef20f98"
EDGES = ["0001-01-01", "9999-12-31"]
DOCUMENT = json.loads(documents.schema_bytes())


def operations(*methods: str) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Method, path with ids of nothing, and what the schema says of it."""
    for path, found in DOCUMENT["paths"].items():
        for method, operation in found.items():
            if method in methods:
                yield method.upper(), re.sub(r"{\w+}", NOBODY, path), operation


def body_of(operation: dict[str, Any]) -> dict[str, Any]:
    [ref] = {
        media["schema"]["$ref"]
        for media in operation["requestBody"]["content"].values()
    }
    return DOCUMENT["components"]["schemas"][ref.rpartition("/")[2]]


# --- Operations without a body ----------------------------------------------


WITHOUT_BODY = [
    pytest.param(method, path, id=operation["operationId"])
    for method, path, operation in operations("post", "put", "patch", "delete")
    if "requestBody" not in operation
]


def test_some_have_no_body() -> None:
    assert len(WITHOUT_BODY) > 10


@pytest.mark.parametrize(("method", "path"), WITHOUT_BODY)
@pytest.mark.parametrize(
    ("body", "content_type", "status"),
    [
        ('{"reson"', "application/json", 400),
        ('{"reson": 1}', "application/json", 422),
        ("[]", "application/json", 422),
        ("null", "application/json", 422),
        ("<a/>", "text/xml", 415),
        ("", "application/json", 404),
        ("{}", "application/json", 404),
    ],
)
def test_a_body_that_nobody_asked_for_is_refused(
    method: str, path: str, body: str, content_type: str, status: int, api: Api
) -> None:
    answer = Client(raise_request_exception=False).generic(
        method,
        path,
        body,
        content_type=content_type,
        headers={"Authorization": f"Bearer {api.token}"},
    )
    assert answer.status_code == status, answer.content
    if body.startswith('{"reson":'):
        assert answer.json()["errors"][0]["pointer"] == "/reson"


# --- If-Match ---------------------------------------------------------------


def minimal(operation: dict[str, Any]) -> dict[str, Any] | None:
    """What a body must have, of its example."""
    if "requestBody" not in operation:
        return None
    content = operation["requestBody"]["content"].get("application/json")
    if content is None:  # a file
        return None
    example, required = content["example"], body_of(operation).get("required", ())
    return {name: example[name] for name in required}


CHANGES = [
    (method, path, operation)
    for method, path, operation in operations("post", "patch", "delete")
    if not path.endswith(("/query", "/auth/login", "/auth/refresh", "/auth/logout"))
]


def test_if_match_is_declared_where_it_is_obeyed(
    api: Api, monkeypatch: pytest.MonkeyPatch, subtests: pytest.Subtests
) -> None:
    for method, path, operation in CHANGES:
        with subtests.test(operation["operationId"]):

            def thing(*_args: Any, **_options: Any) -> None:
                raise Changed

            monkeypatch.setattr(Resource, "thing", thing)
            headers = {
                p["name"] for p in operation["parameters"] if p["in"] == "header"
            }
            answer = api.send(method, path, minimal(operation), If_Match='"seen"')
            assert (answer.status_code == 412) == ("If-Match" in headers), (
                answer.content
            )
            assert ("412" in operation["responses"]) == ("If-Match" in headers)


# --- Days at the edge of the calendar ----------------------------------------


def days_of(schema: dict[str, Any]) -> list[str]:
    found = schema.get("properties", {})
    return [name for name, one in found.items() if one.get("format") == "date"]


IN_QUERY_STRINGS = [
    (path, one["name"])
    for _method, path, operation in operations("get")
    for one in operation.get("parameters", [])
    if one["schema"].get("format") == "date"
]
IN_BODIES = [
    (path, name)
    for _method, path, operation in operations("post")
    if path.endswith("/query")
    for name in days_of(body_of(operation))
]
OF_A_CALENDAR_DAY = {"createdAt", "createdFrom", "updatedFrom", "updatedTo"}


def test_a_day_at_the_edge_names_its_parameter(
    api: Api, subtests: pytest.Subtests
) -> None:
    for (path, name), day in product(IN_QUERY_STRINGS, EDGES):
        with subtests.test(path, name=name, day=day):
            answer = api.get(f"{path}?{name}={day}")
            if name not in OF_A_CALENDAR_DAY:
                assert answer.status_code in {200, 404}
                continue
            assert answer.status_code == 400, answer.content
            [error] = answer.json()["errors"]
            assert (error["code"], error["parameter"]) == ("bad_date", name)


def test_a_day_at_the_edge_names_its_field(api: Api, subtests: pytest.Subtests) -> None:
    for (path, name), day in product(IN_BODIES, EDGES):
        with subtests.test(path, name=name, day=day):
            answer = api.post(path, {name: day})
            if name not in OF_A_CALENDAR_DAY:
                assert answer.status_code == 200
                continue
            assert answer.status_code == 422, answer.content
            [error] = answer.json()["errors"]
            assert (error["code"], error["pointer"]) == ("bad_date", f"/{name}")


def test_days_are_asked_for() -> None:
    for found in (IN_QUERY_STRINGS, IN_BODIES):
        assert {name for _path, name in found} >= OF_A_CALENDAR_DAY


# --- Digits, cursors, validators, forms --------------------------------------


@pytest.mark.parametrize("value", ["٣", "３", "+3", "--3", "3.0", "1_0", "", "9" * 30])
@pytest.mark.parametrize("name", ["limit", "page", "size"])
def test_a_whole_number_is_written_in_ascii(name: str, value: str, api: Api) -> None:
    path = "user-equipments?" if name == "limit" else "company-entities?"
    answer = api.get(f"{path}{name}={value.replace('+', '%2B')}")
    assert answer.status_code == 400, answer.content
    assert answer.json()["errors"][0]["parameter"] == name


@pytest.mark.parametrize("day", ["٢٠٢٦-٠١-٣١", "２０２６-01-31"])
def test_a_day_is_written_in_ascii(day: str, api: Api) -> None:
    answer = api.get(f"collections?createdAt={day}")
    assert answer.status_code == 400, answer.content
    assert api.post("collections/query", {"createdAt": day}).status_code == 422


def test_an_id_is_written_in_ascii(api: Api) -> None:
    """What Python takes for an id is no second name of the same thing."""
    made = _tags(api, *(f"Divers {n}" for n in range(20)))
    pk = next(one["id"] for one in made if one["id"][-1].isdigit())
    twin = pk[:-1] + chr(0x660 + int(pk[-1]))
    assert UUID(twin) == UUID(pk)
    assert api.get(f"tags/{twin}").status_code == 404
    slots = [{"type": "LAPTOP", "quantity": 1}]
    answer = api.post("kits", {"name": "K", "tagId": twin, "slots": slots})
    assert answer.status_code == 422
    assert [one["pointer"] for one in answer.json()["errors"]] == ["/tagId"]


def _tags(api: Api, *names: str) -> list[dict[str, Any]]:
    made = [api.post("tags", {"name": name}) for name in names]
    assert {one.status_code for one in made} == {200}
    return [one.json() for one in made]


@pytest.mark.parametrize("form", [" {}", "{} ", "{}%0A", "%09{}", "%20"])
def test_a_cursor_is_taken_as_it_was_given(form: str, api: Api) -> None:
    for name in ("Bridge", "Deck"):
        body = {"name": name, "slots": [{"type": "LAPTOP", "quantity": 1}]}
        assert api.post("kits", body).status_code == 200
    cursor = api.found("kits?limit=1")["next"]
    assert len(api.found(f"kits?limit=1&after={cursor}")["items"]) == 1
    answer = api.get(f"kits?after={form.format(cursor).replace(' ', '%20')}")
    assert answer.status_code == 400, answer.content
    assert answer.json()["errors"][0]["parameter"] == "after"


def test_whoever_has_any_form_of_it_has_this_one(api: Api) -> None:
    [tag] = _tags(api, "Pilots")
    answer = api.get(f"tags/{tag['id']}", If_None_Match="*")
    assert (answer.status_code, answer.content) == (304, b"")
    assert answer["ETag"]
    gone = api.get(f"tags/{uuid4()}", If_None_Match="*")
    assert gone.status_code == 404


@pytest.mark.parametrize("path", ["imports", "user-equipment/{}/attachments"])
@pytest.mark.parametrize("name", ["file", "name"])
def test_a_part_that_comes_twice_is_refused(
    path: str, name: str, api: Api, laptop: Any
) -> None:
    one, two = (SimpleUploadedFile(f"{n}.csv", b"Serial\nX1\n") for n in "ab")
    parts: dict[str, Any] = {"file": one}
    parts[name] = [one, two] if name == "file" else ["a", "b"]
    answer = Client().post(
        f"{api.PREFIX}{path.format(laptop.pk)}",
        parts,
        headers={"Authorization": f"Bearer {api.token}"},
    )
    assert answer.status_code == 422, answer.content
    [error] = answer.json()["errors"]
    assert (error["code"], error["pointer"]) == ("repeated", f"/{name}")
