"""Pages that are asked of the application, and of the floor in the same words."""

from __future__ import annotations

import re
from typing import Any

import psycopg

from .cases import Case, Question

HOME, ASSETS, PEOPLE, SEARCH, EMPTY = (
    "/",
    "/assets/",
    "/people/",
    "/search/",
    "/accounts/language/",
)
_ASKED = 200
# A list leads to its own rows by their ids alone.
_LINK = re.compile(rb'href="(?:/(?:assets|people|returns)/)?([0-9a-f-]{36})/"')


def pages(database: psycopg.Connection[Any], company: str) -> list[Case]:
    found = _some(database, company)
    return [
        _case("asset list of 50", ASSETS),
        _case("asset list, filtered", f"{ASSETS}?state=STORAGE"),
        _case(
            "search, part of serial",
            *(f"{SEARCH}?q={serial[-6:]}" for _id, serial in found),
        ),
        _case("asset page", *(f"{ASSETS}{one}/" for one, _serial in found)),
        # The floor says less on these: there is no list to compare.
        _case("home", HOME, links=False),
        _case("people", PEOPLE),
        _case("an almost empty page", EMPTY, links=False),
    ]


def _case(name: str, *paths: str, links: bool = True) -> Case:
    asked = [Question(path) for path in paths]
    return Case(name, asked, {"peer": []}, linked if links else lambda _body: None)


def linked(body: bytes) -> list[str]:
    """What a page leads to, each once: that is what must be the same."""
    return sorted({found.decode() for found in _LINK.findall(body)})


def _some(database: psycopg.Connection[Any], company: str) -> list[tuple[Any, ...]]:
    """Devices as they come, whose serial numbers are long enough to be cut."""
    statement = (
        "SELECT id::text, serial_number FROM inventory_asset WHERE company_id = %s "
        "AND length(serial_number) > 6 ORDER BY md5(id::text) LIMIT %s"
    )
    return database.execute(statement, [company, _ASKED]).fetchall()
