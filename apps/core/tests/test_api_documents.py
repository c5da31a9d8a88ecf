"""The schema and the page that shows it."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.test import Client

pytestmark = pytest.mark.django_db


def test_schema_is_for_everybody() -> None:
    answer = Client().get("/api/schema")
    assert answer["Content-Type"].startswith("application/vnd.oai.openapi+json")
    assert answer.json()["openapi"].startswith("3.1")


def test_page_loads_nothing_from_elsewhere() -> None:
    page = Client().get("/api/docs").content.decode()
    found = re.findall(r'(?:src|href)="([^"]+)"', page)
    assert len(found) >= 4
    assert all(url.startswith("/") for url in found)


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("width", [390, 1440])
@pytest.mark.full
def test_page_shows_the_operations(width: int, window: Any) -> None:
    page = window({"width": width, "height": 900})
    refused: list[str] = []
    page.on("console", lambda said: said.type == "error" and refused.append(said.text))
    page.goto("/api/docs")
    page.locator(".opblock-summary-path", has_text="/auth/login").wait_for()
    page.locator(".opblock-summary-path", has_text="/user-equipments/query").wait_for()
    assert page.errors == []
    assert refused == []
