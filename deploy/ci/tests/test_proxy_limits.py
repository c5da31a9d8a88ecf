"""What is too long for nginx, for Gunicorn, or for both: whoever refuses, it is a
problem, and what one of them takes the other does."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from .test_proxy_errors import PATH, ask, connect, problem
from .test_secret_paths import Stack

pytestmark = pytest.mark.full


@pytest.fixture(scope="module")
def port() -> Iterator[int]:
    with Stack() as app:
        app.web("frontend")
        app.nginx()
        yield app.port("nginx")


def test_an_address_is_taken_by_both_or_refused(port: int) -> None:
    found = []
    for length in range(8_000, 8_300, 10):
        path = f"{PATH}?userIds=".ljust(length, "a")
        told = ask(port, path)
        code = "not_authenticated" if told[0] == 401 else "uri_too_long"
        problem(told, 401 if told[0] == 401 else 414, code)
        found.append(told[0])
    assert (found[0], found[-1]) == (401, 414)
    assert found == sorted(found)


def test_a_header_is_taken_by_both_or_refused(port: int) -> None:
    found = []
    for length in range(8_000, 8_300, 10):
        told = ask(port, PATH, X_Much="a" * length)
        code = "not_authenticated" if told[0] == 401 else "headers_too_large"
        problem(told, 401 if told[0] == 401 else 431, code)
        found.append(told[0])
    assert (found[0], found[-1]) == (401, 431)
    assert found == sorted(found)


def test_too_many_headers_for_gunicorn(port: int) -> None:
    many = {f"X_Much_{number}": "a" for number in range(120)}
    problem(ask(port, PATH, connect(port), **many), 431, "headers_too_large")
