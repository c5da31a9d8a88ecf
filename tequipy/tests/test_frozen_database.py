"""A database that is frozen, as by `docker pause`: it takes connections and answers
nothing. No thread is held by it for long, and it is used again once it goes on."""

from __future__ import annotations

import os
import re
import socket
import socketserver
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from typing import Any

import pytest
from django.db import Error
from django.db import connection as of_tests

from tequipy.breaker import Breaker
from tequipy.database import base
from tequipy.database import connection as module
from tequipy.database.base import DatabaseWrapper
from tequipy.database.connection import ANSWER_SECONDS, CHECK_SECONDS, BoundedConnection
from tequipy.database.pulse import Pulse

THREADS = 4
# What a thread may lose: it waits, asks beside, and the machine is busy.
HELD_SECONDS = 2 * CHECK_SECONDS + 1.5


class Gate(socketserver.ThreadingTCPServer):
    """The way to the tests' server, which can be frozen."""

    daemon_threads = True
    allow_reuse_address = True
    request_queue_size = 100

    def __init__(self, path: str) -> None:
        self.path = path
        self.flows = threading.Event()
        self.flows.set()
        super().__init__(("127.0.0.1", 0), socketserver.BaseRequestHandler)
        threading.Thread(target=self.serve_forever, daemon=True).start()

    def finish_request(self, request: Any, client_address: object) -> None:
        with socket.socket(socket.AF_UNIX) as server:
            server.connect(self.path)
            back = threading.Thread(target=self._copy, args=(server, request))
            back.start()
            self._copy(request, server)
            back.join()

    def _copy(self, source: socket.socket, target: socket.socket) -> None:
        with suppress(OSError):
            while data := source.recv(65536):
                self.flows.wait()
                target.sendall(data)
            target.shutdown(socket.SHUT_WR)


@pytest.fixture
def gate(db: None) -> Iterator[Gate]:
    folder = of_tests.get_connection_params()["host"]
    with Gate(f"{folder}/.s.PGSQL.5432") as made:
        yield made
        made.flows.set()
        made.shutdown()


def _of_web_processes() -> dict[str, Any]:
    """The settings' options of the pool, which no test process has."""
    code = "from tequipy import settings; print(settings._database_options['pool'])"
    said = subprocess.run(
        [sys.executable, "-c", code],
        env={**os.environ, "DATABASE_POOL": "true"},
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    return {name: float(value) for name, value in re.findall(r"'(\w+)': (\d+)", said)}


@pytest.fixture
def run(
    request: pytest.FixtureRequest, gate: Gate, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Callable[[str], float]]:
    """Runs a statement as one request of a web process does; says how long the thread
    was held, below zero if the database did not answer."""
    size = getattr(request, "param", THREADS + 1)
    breaker = Breaker()
    for place in (base, module):
        monkeypatch.setattr(place, "breaker", breaker)
    monkeypatch.setattr(module, "_pulse", Pulse(CHECK_SECONDS))
    of_web = _of_web_processes()
    options = {
        "connect_timeout": 3,
        "options": "-c statement_timeout=7000",
        "pool": {
            "connection_class": BoundedConnection,
            "min_size": min(size, 2),
            "max_size": size,
            **{name: of_web[name] for name in ("timeout", "reconnect_timeout")},
        },
    }
    made = {
        **of_tests.settings_dict,
        "HOST": "127.0.0.1",
        "PORT": gate.server_address[1],
        "CONN_MAX_AGE": 0,
        "OPTIONS": options,
    }

    def run(sql: str) -> float:
        wrapper = DatabaseWrapper(made, alias=of_tests.alias)
        began = time.monotonic()
        try:
            with wrapper.cursor() as cursor:
                cursor.execute(sql)
        except Error:
            return began - time.monotonic()
        finally:
            with suppress(Error):
                wrapper.close()
        return time.monotonic() - began

    yield run
    gate.flows.set()
    DatabaseWrapper(made, alias=of_tests.alias).close_pool()


def at_once(run: Callable[[str], float], count: int, sql: str) -> list[float]:
    with ThreadPoolExecutor(THREADS) as pool:
        return list(pool.map(run, [sql] * count))


def test_connections_that_were_just_in_use_hold_no_thread_either(gate, run) -> None:
    """All threads at once, on connections that nobody asks whether they live."""
    assert min(at_once(run, THREADS, "SELECT pg_sleep(0.3)")) > 0
    gate.flows.clear()
    began = time.monotonic()
    held = at_once(run, 40, "SELECT 1")
    assert max(held) < 0
    assert -min(held) < HELD_SECONDS
    # Who comes after the first is turned away at once.
    assert time.monotonic() - began < 2 * HELD_SECONDS


@pytest.mark.full
def test_nor_do_connections_that_lay_idle(gate, run, monkeypatch) -> None:
    monkeypatch.setattr(module, "TRUSTED_SECONDS", -1.0)
    assert min(at_once(run, THREADS, "SELECT pg_sleep(0.1)")) > 0
    gate.flows.clear()
    held = at_once(run, 40, "SELECT 1")
    assert max(held) < 0
    assert -min(held) < HELD_SECONDS


@pytest.mark.full
def test_a_statement_that_takes_long_is_waited_for(gate, run) -> None:
    """As long as the server talks to others."""
    assert CHECK_SECONDS + 1 < run(f"SELECT pg_sleep({CHECK_SECONDS + 1})") < 7


@pytest.mark.full
def test_a_server_that_talks_but_never_answers_is_given_up(gate, run, monkeypatch):
    assert run("SELECT 1") > 0
    gate.flows.clear()
    monkeypatch.setattr(Pulse, "is_felt", lambda *_args: True)
    held = -run("SELECT 1")
    assert ANSWER_SECONDS <= held < ANSWER_SECONDS + 1


@pytest.mark.parametrize("run", [1], indirect=True)
@pytest.mark.full
def test_it_is_used_again_soon_after_a_long_time(gate, run) -> None:
    """However long it was away: no connection is tried ever more rarely."""
    assert run("SELECT 1") > 0
    gate.flows.clear()
    frozen_until = time.monotonic() + 16
    while time.monotonic() < frozen_until:
        run("SELECT 1")
        time.sleep(0.5)
    gate.flows.set()
    went_on_at = time.monotonic()
    while run("SELECT 1") < 0:
        assert time.monotonic() - went_on_at < 2
        time.sleep(0.1)
