"""The schema says of requests and answers what is true, neither less nor more."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any
from uuid import uuid4

import pytest
from rest_framework.exceptions import ValidationError

from apps.conftest import Api
from apps.core.api import documents
from apps.core.api.fields import (
    NOT_BLANK,
    Amount,
    CountryCode,
    ExternalId,
    Secret,
    Text,
)


@pytest.fixture(scope="module")
def document() -> dict[str, Any]:
    return json.loads(documents.schema_bytes())


def operations(document: dict[str, Any]) -> Iterator[dict[str, Any]]:
    for path in document["paths"].values():
        yield from path.values()


def parameters(document: dict[str, Any], name: str) -> list[dict[str, Any]]:
    found = [
        parameter["schema"]
        for operation in operations(document)
        for parameter in operation.get("parameters", [])
        if parameter["name"] == name
    ]
    assert found
    return found


def test_a_list_by_cursor_is_an_object(document: dict[str, Any]) -> None:
    """Not an array of such objects."""
    answer = document["paths"]["/api/v1/integration/kits"]["get"]["responses"]["200"]
    schema = answer["content"]["application/json"]["schema"]
    assert set(schema) == {"$ref"}
    listed = document["components"]["schemas"][schema["$ref"].rpartition("/")[2]]
    assert set(listed["properties"]) == {"items", "next"}


def test_a_bare_list_is_an_array(document: dict[str, Any]) -> None:
    answer = document["paths"]["/api/v1/integration/tags"]["get"]["responses"]["200"]
    assert answer["content"]["application/json"]["schema"]["type"] == "array"


def test_lists_in_query_strings_fit_into_them(document: dict[str, Any]) -> None:
    lists = [
        parameter
        for operation in operations(document)
        for parameter in operation.get("parameters", [])
        if parameter["schema"].get("type") == "array"
    ]
    assert len(lists) > 20
    assert {one["schema"]["maxItems"] for one in lists if one["in"] == "query"} == {50}


def test_all_operations_may_be_asked_too_long(document: dict[str, Any]) -> None:
    for operation in operations(document):
        for status in ("414", "431"):
            told = operation["responses"][status]["content"]
            assert set(told) == {"application/problem+json"}


def test_bodies_have_no_other_fields(document: dict[str, Any]) -> None:
    components = document["components"]["schemas"]
    bodies = [
        media["schema"]["$ref"].rpartition("/")[2]
        for operation in operations(document)
        for media in operation.get("requestBody", {}).get("content", {}).values()
        if "$ref" in media["schema"]
    ]
    assert len(bodies) > 30
    lenient = [name for name in bodies if components[name]["additionalProperties"]]
    assert lenient == []


def test_lists_of_objects_have_their_lengths(document: dict[str, Any]) -> None:
    create = document["paths"]["/api/v1/integration/kits"]["post"]
    ref = create["requestBody"]["content"]["application/json"]["schema"]["$ref"]
    body = document["components"]["schemas"][ref.rpartition("/")[2]]
    slots = body["properties"]["slots"]
    assert (slots["minItems"], slots["maxItems"]) == (1, 50)


def test_a_key_is_printable(document: dict[str, Any]) -> None:
    for schema in parameters(document, "Idempotency-Key"):
        assert re.search(schema["pattern"], "order 4711")
        assert not re.search(schema["pattern"], "  ")
        assert not re.search(schema["pattern"], "zażółć")
        assert schema["maxLength"] == 255


@pytest.mark.django_db
def test_a_body_is_judged_before_what_it_is_for(
    document: dict[str, Any], api: Api
) -> None:
    """And so before If-Match (RFC 9110, 13.2.1)."""
    patched = [path for path, found in document["paths"].items() if "patch" in found]
    assert len(patched) > 8
    for path in patched:
        answer = api.patch(re.sub(r"{\w+}", str(uuid4()), path), {"nonsense": 1})
        assert answer.status_code == 422, (path, answer.content)


def test_a_text_is_blank_where_python_says_so() -> None:
    for character in map(chr, range(0x3100)):
        is_blank = not re.search(NOT_BLANK, character)
        assert is_blank == (not character.strip()), ascii(character)


def test_sorts_are_named(document: dict[str, Any]) -> None:
    query = document["paths"]["/api/v1/integration/users/query"]["post"]
    [schema] = [p["schema"] for p in query["parameters"] if p["name"] == "sort"]
    assert re.search(schema["pattern"], "lastName,desc")
    assert re.search(schema["pattern"], "email")
    assert not re.search(schema["pattern"], "password,desc")
    assert not re.search(schema["pattern"], "email,down")


def test_parameters_have_their_lengths(document: dict[str, Any]) -> None:
    assert all(one["maxLength"] == 100 for one in parameters(document, "searchPhrase"))


@pytest.mark.parametrize(
    ("field", "good", "bad"),
    [
        (Text(), " x ", " "),
        (Amount(), "1299.50", "1,5"),
        (CountryCode(), "DE", "Germany"),
        (CountryCode(allow_blank=True), "", "D"),
        (ExternalId(), "jamf:4711", "jamf"),
    ],
)
def test_patterns_take_what_fields_take(field: Text, good: str, bad: str) -> None:
    pattern = field.limits()["pattern"]
    assert re.search(pattern, good)
    assert not re.search(pattern, bad)
    field.run_validation(good)
    with pytest.raises(ValidationError):
        field.run_validation(bad)


def test_a_secret_may_be_blank_but_not_empty() -> None:
    assert Secret().limits() == {"minLength": 1}


def test_what_is_made_or_listed_leads_on(document: dict[str, Any]) -> None:
    kits = document["paths"]["/api/v1/integration/kits"]
    for method, pointer in [("get", "#/items/0/id"), ("post", "#/id")]:
        links = kits[method]["responses"]["200"]["links"]
        assert set(links) == {"retrieveKit", "updateKit", "removeKit"}
        told = {"path.id": f"$response.body{pointer}"}
        assert links["retrieveKit"] == {
            "operationId": "retrieveKit",
            "parameters": told,
        }
    tags = document["paths"]["/api/v1/integration/tags"]["get"]["responses"]["200"]
    assert {str(link["parameters"]) for link in tags["links"].values()} == {
        "{'path.id': '$response.body#/0/id'}"
    }


def test_a_file_is_bytes_and_no_address(document: dict[str, Any]) -> None:
    content = document["paths"]["/api/v1/integration/imports"]["post"]["requestBody"][
        "content"
    ]
    whole = content["application/octet-stream"]["schema"]
    assert whole == {"type": "string", "format": "binary"}
    parts = document["components"]["schemas"]["ImportUploadRequest"]["properties"]
    assert parts["file"] == whole
