"""How much a page weighs, and how many statements it asks: neither depends on the
machine, so that each change is measured."""

from __future__ import annotations

import gzip
import re
from collections.abc import Callable

import pytest
from django.contrib.staticfiles import finders
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from apps.accounts.models import User
from apps.companies.models import Address, Company
from apps.conftest import make_asset, make_user

pytestmark = pytest.mark.django_db
FIRST_VISIT, LATER_VISIT = 150_000, 20_000
UNCOMPRESSED = 40_000  # of the page alone
# Statements of a page for somebody who is known; that which says so is one of them.
STATEMENTS = {
    "/accounts/language/": 1,
    "/assets/": 3,
    "/assets/?category=LAPTOP&q=s1&sort=-since": 4,
    "/people/": 3,
    "/returns/": 4,
    "/imports/": 3,
    "/addresses/": 3,
    "/mails/": 4,
    "/assets/{laptop}/": 5,
    "/": 10,
}
_LOADED = re.compile(r'(?:src|href)="/static/([^"#?]+)')


def compressed(content: bytes) -> int:
    return len(gzip.compress(content, 5))  # as nginx does


@pytest.fixture
def browser(
    acme: Company, anna: User, office: Address, client_of: Callable[[User], Client]
) -> Client:
    for number in range(60):
        make_asset(office, f"S{number}", purchase_price=number, currency="EUR")
        make_user(acme, f"Person{number}")
    return client_of(anna)


@pytest.mark.parametrize("path", ["/", "/assets/", "/people/", "/accounts/language/"])
def test_pages_are_light(path: str, browser: Client) -> None:
    page = browser.get(path).content
    loaded = set(_LOADED.findall(page.decode()))
    assert any(name.endswith(".css") for name in loaded)
    files = {}
    for name in loaded:
        with open(str(finders.find(name)), "rb") as file:
            files[name] = compressed(file.read())
    assert compressed(page) <= LATER_VISIT
    assert len(page) <= UNCOMPRESSED
    assert compressed(page) + sum(files.values()) <= FIRST_VISIT, files


@pytest.mark.parametrize("path", list(STATEMENTS))
def test_pages_ask_few_statements(path: str, browser: Client, laptop) -> None:
    address = path.format(laptop=laptop.pk)
    for _again in range(2):
        with CaptureQueriesContext(connection) as asked:
            assert browser.get(address).status_code == 200
    said = [str(one["sql"])[:80] for one in asked]
    assert len(said) <= STATEMENTS[path], said
