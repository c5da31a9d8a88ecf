"""What nginx itself answers for the API: problems, as the application's own are."""

from __future__ import annotations

import http.client
import json
import socket
import ssl
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from . import proxy

PATH = "/api/v1/integration/user-equipments"


class Upstream:
    """Takes a connection and hangs up, or never says a word."""

    def __init__(self) -> None:
        self.is_silent = False
        self.socket = socket.create_server(("127.0.0.1", 0))
        self.port = self.socket.getsockname()[1]
        self.held: list[socket.socket] = []
        threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self) -> None:
        while True:
            try:
                connection, _address = self.socket.accept()
            except OSError:
                return
            if self.is_silent:
                self.held.append(connection)
            else:
                connection.close()


@pytest.fixture(scope="module")
def upstream() -> Iterator[Upstream]:
    made = Upstream()
    yield made
    for connection in (made.socket, *made.held):
        connection.close()


@pytest.fixture(scope="module")
def nginx(upstream: Upstream) -> Iterator[tuple[int, Path]]:
    # A busy machine does not come to 100 a second.
    places = {"rate=100r/s": "rate=10r/s"}
    with proxy.running(upstream.port, places, proxy_read_timeout="1s") as running:
        port, folder = running
        yield port, folder / "nginx"


Told = tuple[int, Any, str]


def connect(port: int) -> http.client.HTTPSConnection:
    context = ssl._create_unverified_context()
    return http.client.HTTPSConnection("127.0.0.1", port, timeout=20, context=context)


def ask(
    port: int,
    path: str,
    connection: http.client.HTTPSConnection | None = None,
    *,
    method: str = "GET",
    body: str | None = None,
    **headers: str,
) -> Told:
    connection = connection or connect(port)
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    connection.request(method, path, body, named)
    answer = connection.getresponse()
    return answer.status, answer.headers, answer.read().decode()


def problem(told: Told, status: int, code: str) -> dict[str, Any]:
    found, headers, body = told
    assert found == status, body
    assert headers["Content-Type"] == "application/problem+json"
    assert headers["Cache-Control"] == "no-store"
    said = json.loads(body)
    assert said["type"] == f"urn:tequipy:problem:{code}"
    assert said["status"] == status
    assert said["errors"] == [{"code": code, "detail": said["detail"]}]
    assert said["correlationId"] == headers["X-Correlation-ID"] != ""
    return said


def test_nobody_answers(nginx: tuple[int, Path]) -> None:
    told = ask(nginx[0], f"{PATH}?after=x", X_Correlation_ID="caller-4711")
    said = problem(told, 503, "unavailable")
    assert said["instance"] == PATH
    assert said["correlationId"] == "caller-4711"
    assert told[1]["Retry-After"] == "15"


def test_who_answers_too_late(nginx: tuple[int, Path], upstream: Upstream) -> None:
    upstream.is_silent = True
    try:
        problem(ask(nginx[0], PATH), 503, "unavailable")
    finally:
        upstream.is_silent = False


def test_maintenance(nginx: tuple[int, Path]) -> None:
    switch = nginx[1] / "tequipy" / "maintenance.on"
    switch.touch()
    try:
        problem(ask(nginx[0], PATH), 503, "unavailable")
        status, headers, _body = ask(nginx[0], "/assets/")
        assert (status, headers["Content-Type"]) == (503, "text/html")
    finally:
        switch.unlink()


def test_a_body_that_is_too_large(nginx: tuple[int, Path]) -> None:
    told = ask(nginx[0], PATH, method="POST", Content_Length=str(26 * 1024 * 1024))
    problem(told, 413, "too_large")
    told = ask(nginx[0], "/assets/", method="POST", Content_Length=str(1 << 30))
    assert (told[0], told[1]["Content-Type"]) == (413, "text/html")


def test_an_address_that_is_too_long(nginx: tuple[int, Path]) -> None:
    """Of such a line nginx reads neither path nor headers."""
    said = problem(ask(nginx[0], f"{PATH}?ids={'x' * 9_000}"), 414, "uri_too_long")
    assert said["instance"] == "/api/"
    status, headers, body = ask(nginx[0], f"/assets/?q={'x' * 9_000}")
    assert (status, headers["Content-Type"]) == (414, "text/html")
    assert "This address is too long" in body


def test_headers_that_are_too_large(nginx: tuple[int, Path]) -> None:
    told = ask(nginx[0], PATH, X_Much="x" * 9_000)
    assert problem(told, 431, "headers_too_large")["instance"] == PATH
    status, headers, body = ask(nginx[0], "/assets/", X_Much="x" * 9_000)
    assert (status, headers["Content-Type"]) == (431, "text/html")
    assert "Your browser sent too much" in body


@pytest.mark.parametrize("sent", ['x"},{"a":"b', "short", "x" * 65])
def test_what_a_caller_says_breaks_no_answer(
    sent: str, nginx: tuple[int, Path]
) -> None:
    told = ask(nginx[0], f'{PATH}/"%22', X_Correlation_ID=sent)
    said = problem(told, 503, "unavailable")
    assert said["correlationId"] != sent
    assert said["instance"] == "/api/"


def test_too_many_from_one_address(nginx: tuple[int, Path]) -> None:
    """Last: the address has used up what it may."""
    connection = connect(nginx[0])
    for _number in range(1_500):
        told = ask(nginx[0], PATH, connection)
        if told[0] == 429:
            break
    said = problem(told, 429, "too_many")
    assert said["instance"] == PATH
    assert told[1]["Retry-After"] == "1"
    status, headers, body = ask(nginx[0], "/assets/", connection)
    if status == 429:  # a tenth of a second may have passed
        assert headers["Content-Type"] == "text/html"
        assert "Too many requests" in body
