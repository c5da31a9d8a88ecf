"""What is asked of the application, the floor and the peer: the same question in the
words of each."""

from __future__ import annotations

import base64
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote, urlencode

import orjson
import psycopg

from .client import Client

PREFIX = "/api/v1/integration"
LIST = f"{PREFIX}/user-equipments"
QUERY = f"{LIST}/query"
SIZE = 20
# How deep the deep pages lie.
DEPTH = 0.8
_DETAILS = 200


@dataclass(frozen=True, slots=True)
class Question:
    path: str
    body: bytes = b""

    @property
    def method(self) -> str:
        return "POST" if self.body else "GET"


@dataclass(frozen=True, slots=True)
class Case:
    """Whose requests are asked in turn; a target without words of its own is asked
    in those of the application, one whose list is empty not at all. `said` is what of
    an answer must be the same in all."""

    name: str
    app: list[Question]
    others: dict[str, list[Question]] = field(default_factory=dict)
    said: Callable[[bytes], Any] = orjson.loads

    def questions(self, target: str) -> list[Question]:
        return self.others.get(target, self.app)


def cases(database: psycopg.Connection[Any], company: str, app: Client) -> list[Case]:
    deep = int(_count(database, company) * DEPTH) // SIZE
    return [
        Case("list, by page", [_query()]),
        Case("list, keyset", [Question(f"{LIST}?limit={SIZE}")]),
        Case("detail", list(_details(database, company))),
        Case("filtered by state", [_query(states=["STORAGE"])]),
        Case("deep, by page", [_query(page=deep)]),
        _deep_keyset(database, company, app, deep * SIZE),
    ]


def _query(page: int = 0, **wanted: Any) -> Question:
    body = orjson.dumps({"sourceType": "ALL", **wanted})
    return Question(f"{QUERY}?page={page}&size={SIZE}", body)


def _count(database: psycopg.Connection[Any], company: str) -> int:
    statement = "SELECT count(*) FROM inventory_asset WHERE company_id = %s"
    found = database.execute(statement, [company]).fetchone()
    return found[0] if found else 0


def _details(database: psycopg.Connection[Any], company: str) -> Iterator[Question]:
    """Devices with a person and devices at a place, as they come."""
    statement = (
        "SELECT id FROM inventory_asset WHERE company_id = %s ORDER BY md5(id::text) "
        "LIMIT %s"
    )
    for (found,) in database.execute(statement, [company, _DETAILS]):
        yield Question(f"{PREFIX}/user-equipment/{found}")


def _deep_keyset(
    database: psycopg.Connection[Any], company: str, app: Client, offset: int
) -> Case:
    """All begin behind the same device. The application keeps to itself what is in a
    cursor: it is walked to."""
    statement = (
        "SELECT created_at, id FROM inventory_asset WHERE company_id = %s "
        "ORDER BY created_at DESC, id DESC OFFSET %s LIMIT 1"
    )
    found = database.execute(statement, [company, offset - 1]).fetchone()
    assert found is not None  # noqa: S101 - by the depth
    after = {
        "app": _walk(app, offset),
        "floor": f"{found[0].isoformat()}_{found[1]}",
        "peer": base64.b64encode(urlencode({"p": str(found[0])}).encode()).decode(),
    }
    asked = {
        target: [Question(f"{LIST}?limit={SIZE}&after={quote(cursor)}")]
        for target, cursor in after.items()
    }
    return Case("deep, keyset", asked["app"], asked)


def _walk(app: Client, offset: int) -> str:
    after, rest = "", offset
    while rest:
        size = min(rest, 1000)
        cursor = f"&after={quote(after)}" if after else ""
        found = app.ask("GET", f"{LIST}?limit={size}{cursor}")
        after = orjson.loads(found.body)["next"]
        rest -= size
    return after


def differences(one: Any, other: Any, path: str = "") -> Iterator[str]:
    """Where two answers differ; cursors may."""
    if isinstance(one, dict) and isinstance(other, dict):
        for name in sorted({*one, *other} - {"next"}):
            inner = f"{path}/{name}"
            yield from differences(one.get(name), other.get(name), inner)
    elif isinstance(one, list) and isinstance(other, list) and len(one) == len(other):
        for place, (mine, its) in enumerate(zip(one, other, strict=True)):
            yield from differences(mine, its, f"{path}/{place}")
    elif one != other:
        yield f"{path}: {one!r} is not {other!r}"
