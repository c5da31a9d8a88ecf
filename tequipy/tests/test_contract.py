"""Our schema has all that the published contract has: nobody who holds to the contract
meets anything else."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import jsonschema
import orjson
import pytest
import yaml
from openapi_spec_validator import OpenAPIV31SpecValidator

from apps.core.api import documents, examples

ROOT = Path(__file__).parents[2]
CONTRACT = yaml.safe_load((ROOT / "docs/contract/integration-api.yaml").read_text())
PREFIX = "/api/v1"
OPERATIONS = [
    pytest.param(path, method, id=operation["operationId"])
    for path, methods in CONTRACT["paths"].items()
    for method, operation in methods.items()
]


@pytest.fixture(scope="module")
def ours() -> dict[str, Any]:
    return orjson.loads(documents.schema_bytes())


def test_schema_is_valid(ours: dict[str, Any]) -> None:
    OpenAPIV31SpecValidator(ours).validate()


def test_contract_has_its_operations() -> None:
    assert len(OPERATIONS) == 33


@pytest.mark.parametrize(("path", "method"), OPERATIONS)
def test_operation_is_there_with_all_it_has(
    path: str, method: str, ours: dict[str, Any]
) -> None:
    wanted = CONTRACT["paths"][path][method]
    found = ours["paths"][PREFIX + path][method]
    assert found["operationId"] == wanted["operationId"]
    assert found["tags"] == wanted["tags"]
    assert found.get("deprecated") == wanted.get("deprecated")
    faults = [
        *_of_parameters(wanted, found, ours),
        *_of_body(wanted, found, ours),
        *_of_answers(wanted, found, ours),
    ]
    assert faults == []


def _of_parameters(wanted: Any, found: Any, ours: Any) -> Iterator[str]:
    known = {(p["name"], p["in"]): p for p in found.get("parameters", [])}
    for parameter in wanted.get("parameters", []):
        parameter = _resolved(parameter, CONTRACT)
        mine = known.get((parameter["name"], parameter["in"]))
        if mine is None:
            yield f"parameter {parameter['name']} is missing"
            continue
        yield from _compare(
            parameter["schema"], mine["schema"], ours, parameter["name"]
        )


def _of_body(wanted: Any, found: Any, ours: Any) -> Iterator[str]:
    if "requestBody" not in wanted:
        return
    mine = found.get("requestBody")
    if mine is None:
        yield "no body"
        return
    if mine.get("required", False) and not wanted["requestBody"]["required"]:
        yield "the body is required"
    yield from _compare(_content(wanted["requestBody"]), _content(mine), ours, "body")


def _of_answers(wanted: Any, found: Any, ours: Any) -> Iterator[str]:
    for status, answer in wanted["responses"].items():
        mine = found["responses"].get(status)
        if mine is None:
            yield f"no answer {status}"
            continue
        yield from _compare(
            _content(answer), _content(mine), ours, "answer", is_answer=True
        )


def _content(holder: Any) -> Any:
    return holder["content"]["application/json"]["schema"]


def _resolved(schema: Any, document: Any) -> Any:
    while "$ref" in schema:
        at: Any = document
        for step in schema["$ref"].removeprefix("#/").split("/"):
            at = at[step]
        schema = {**at, **{k: v for k, v in schema.items() if k != "$ref"}}
    return schema


def _properties(schema: Any, document: Any) -> dict[str, Any]:
    schema = _resolved(schema, document)
    found = dict(schema.get("properties", {}))
    for part in schema.get("allOf", []):
        found |= _properties(part, document)
    return found


def _types(schema: Mapping[str, Any]) -> set[str]:
    kind = schema.get("type")
    kinds = {kind} if isinstance(kind, str) else set(kind or ())
    if not kinds and ("properties" in schema or "allOf" in schema):
        kinds = {"object"}
    return kinds - {"null"}


def _compare(
    wanted: Any, mine: Any, ours: Any, where: str, *, is_answer: bool = False
) -> Iterator[str]:
    wanted, mine = _resolved(wanted, CONTRACT), _resolved(mine, ours)
    if "oneOf" in mine:
        # null clears, and so does "" where the value has a format.
        ways = [one for one in mine["oneOf"] if one.get("type") != "null"]
        mine = _resolved(ways[0], ours)
    if _types(wanted) != _types(mine):
        yield f"{where}: {_types(mine)} is not {_types(wanted)}"
        return
    for word in ("format", "default"):
        if word in wanted and wanted[word] != mine.get(word):
            yield f"{where}: {word} {mine.get(word)} is not {wanted[word]}"
    if "enum" in wanted:
        own = {value for value in mine.get("enum", ()) if value is not None}
        if missing := set(wanted["enum"]) - own:
            yield f"{where}: lacks {missing}"
        if is_answer and (more := own - set(wanted["enum"])):
            yield f"{where}: no client knows {more}"
    if wanted.get("deprecated") and not mine.get("deprecated"):
        yield f"{where} is not said to be deprecated"
    if _types(wanted) == {"array"}:
        yield from _compare(
            wanted["items"], mine["items"], ours, f"{where}[]", is_answer=is_answer
        )
    own = _properties(mine, ours)
    for name, inner in _properties(wanted, CONTRACT).items():
        if name not in own:
            yield f"{where}.{name} is missing"
            continue
        yield from _compare(
            inner, own[name], ours, f"{where}.{name}", is_answer=is_answer
        )


def test_every_operation_says_what_it_is(ours: dict[str, Any]) -> None:
    seen = set()
    for path, methods in ours["paths"].items():
        for method, operation in methods.items():
            where = f"{method} {path}"
            assert operation.get("summary"), where
            assert operation["operationId"] not in seen, where
            seen.add(operation["operationId"])
            for media in examples._bodies(operation):
                assert "example" in media, where


def test_examples_hold_to_the_schema(ours: dict[str, Any]) -> None:
    for path, methods in ours["paths"].items():
        for method, operation in methods.items():
            for media in examples._bodies(operation):
                whole = {**media["schema"], "components": ours["components"]}
                found = jsonschema.Draft202012Validator(whole).iter_errors(
                    media["example"]
                )
                assert [e.message for e in found] == [], f"{method} {path}"
