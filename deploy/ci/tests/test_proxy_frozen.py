"""One of two replicas is frozen, slow or gone: nginx lets nobody wait for it."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from . import proxy
from .test_proxy_errors import PATH, Told, connect, problem

pytestmark = pytest.mark.full

SLOW_SECONDS = 5.0
PAGE, EXPORT, LOGIN = "/assets/", "/assets/export.csv", "/accounts/login/"
IMPORT = "/api/v1/integration/imports"


class Replica(ThreadingHTTPServer):
    """Says what it was asked, and who it is. Frozen, it takes connections only."""

    daemon_threads = True
    request_queue_size = 200

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Answer)
        self.asked: list[str] = []
        self.goes_on = threading.Event()
        self.goes_on.set()
        threading.Thread(target=self.serve_forever, daemon=True).start()


class Answer(BaseHTTPRequestHandler):
    server: Replica

    def _answer(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        self.server.asked.append(f"{self.command} {self.path} {body.decode()}")
        self.server.goes_on.wait()
        if "dies" in self.path:
            self.connection.shutdown(2)
            return
        if "slow" in self.path:
            time.sleep(SLOW_SECONDS)
        self.send_response(200)
        self.end_headers()
        try:
            self.wfile.write(f"{self.command} {body.decode()}".encode())
        except OSError:
            pass  # nobody waits any more

    do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = _answer

    def log_message(self, *_arguments: object) -> None:
        pass


@pytest.fixture
def replicas() -> Iterator[tuple[Replica, Replica]]:
    made = Replica(), Replica()
    yield made
    for one in made:
        one.goes_on.set()
        one.shutdown()
        one.server_close()


@pytest.fixture
def port(
    request: pytest.FixtureRequest, replicas: tuple[Replica, Replica]
) -> Iterator[int]:
    """nginx's; with the seconds for which a failed replica is left alone."""
    upstream = tuple(one.server_address[1] for one in replicas)
    seconds = getattr(request, "param", 60)
    places = {"fail_timeout=60s": f"fail_timeout={seconds}s"}
    with proxy.running(upstream, places) as (port, _folder):
        yield port


def ask(
    port: int, path: str, method: str = "GET", body: str = ""
) -> tuple[Told, float]:
    """The answer, and after how many seconds it came."""
    connection = connect(port)
    began = time.monotonic()
    connection.request(method, path, body or None)
    answer = connection.getresponse()
    told = answer.status, answer.headers, answer.read().decode()
    connection.close()
    return told, time.monotonic() - began


def are_answered(port: int, path: str, count: int, within: float) -> None:
    with ThreadPoolExecutor(count) as pool:
        for (status, _headers, _body), seconds in pool.map(
            lambda _number: ask(port, path), range(count)
        ):
            assert status == 200
            assert seconds < within


def asked(replicas: tuple[Replica, Replica]) -> list[str]:
    return [what for one in replicas for what in one.asked]


@pytest.mark.parametrize("path", [PAGE, PATH])
def test_the_other_one_answers_within_5_seconds_and_then_at_once(
    path: str, port: int, replicas: tuple[Replica, Replica]
) -> None:
    replicas[0].goes_on.clear()
    are_answered(port, path, 12, within=5)
    for _round in range(20):
        are_answered(port, path, 2, within=1)


@pytest.mark.parametrize("method", ["PUT", "DELETE"])
def test_so_does_it_with_what_may_be_done_twice(
    method: str, port: int, replicas: tuple[Replica, Replica]
) -> None:
    replicas[0].goes_on.clear()
    for _try in range(2):
        told, seconds = ask(port, PATH, method, "all of it")
        assert (told[0], told[2]) == (200, f"{method} all of it")
        assert seconds < 5


@pytest.mark.parametrize("method", ["POST", "PATCH"])
@pytest.mark.parametrize("path", ["/people/slow", f"{PATH}/slow"])
def test_what_is_done_once_is_waited_for(
    method: str, path: str, port: int, replicas: tuple[Replica, Replica]
) -> None:
    told, seconds = ask(port, path, method, "once")
    assert (told[0], told[2]) == (200, f"{method} once")
    assert seconds >= SLOW_SECONDS
    assert asked(replicas) == [f"{method} {path} once"]


@pytest.mark.parametrize("path", [EXPORT, "/imports/1/kept", f"{IMPORT}/1/refused"])
def test_imports_and_exports_take_their_time(
    path: str, port: int, replicas: tuple[Replica, Replica]
) -> None:
    told, _seconds = ask(port, f"{path}?slow")
    assert told[0] == 200
    assert len(asked(replicas)) == 1


def test_what_is_slow_everywhere_is_answered_and_takes_nobody_with_it(
    port: int, replicas: tuple[Replica, Replica]
) -> None:
    with ThreadPoolExecutor(4) as pool:
        slow = [pool.submit(ask, port, "/people/slow") for _one in range(4)]
        time.sleep(4.5)
        # All have been late by now.
        for _round in range(10):
            are_answered(port, PAGE, 2, within=1)
        assert {one.result()[0][0] for one in slow} == {200}


def test_who_is_gone_is_passed_at_once(
    port: int, replicas: tuple[Replica, Replica]
) -> None:
    replicas[1].shutdown()
    replicas[1].server_close()
    for _round in range(10):
        are_answered(port, PAGE, 2, within=1)
        told, seconds = ask(port, PATH, "POST", "x")
        assert (told[0], seconds < 1) == (200, True)


@pytest.mark.parametrize("port", [2], indirect=True)
def test_who_goes_on_is_asked_again(
    port: int, replicas: tuple[Replica, Replica]
) -> None:
    replicas[0].goes_on.clear()
    are_answered(port, PAGE, 4, within=5)
    replicas[0].goes_on.set()
    time.sleep(4)
    before = len(replicas[0].asked)
    are_answered(port, PAGE, 8, within=1)
    assert len(replicas[0].asked) > before


def test_whatever_happened_before_the_other_one_answers(
    port: int, replicas: tuple[Replica, Replica]
) -> None:
    """All have been late: which of them is frozen is not known any more."""
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda _one: ask(port, "/people/slow"), range(4)))
    replicas[0].goes_on.clear()
    for _round in range(3):
        are_answered(port, PAGE, 4, within=5)
    told, _seconds = ask(port, "/people/slow")
    assert told[0] == 200
    replicas[0].goes_on.set()
    told, _seconds = ask(port, "/people/add/", "POST", "once")
    assert told[0] == 200
    assert asked(replicas).count("POST /people/add/ once") == 1


@pytest.mark.parametrize("path", ["/people/dies", f"{PATH}/dies", f"{IMPORT}/dies"])
def test_what_is_done_once_is_not_sent_again_after_a_death(
    path: str, port: int, replicas: tuple[Replica, Replica]
) -> None:
    """Who hung up may have done it before."""
    for _try in range(4):
        told, _seconds = ask(port, path, "POST", "once")
        assert told[0] == 503
    assert asked(replicas) == [f"POST {path} once"] * 4


def test_passwords_are_tried_slowly(
    port: int, replicas: tuple[Replica, Replica]
) -> None:
    def statuses(method: str) -> set[int]:
        with ThreadPoolExecutor(20) as pool:
            told = pool.map(lambda _n: ask(port, LOGIN, method, "x")[0][0], range(180))
            return set(told)

    assert statuses("GET") == {200}
    time.sleep(3)
    assert 429 not in statuses("POST")
    time.sleep(3)
    assert 429 in statuses("POST")


def test_where_nobody_is_a_sentence_stands_in(
    port: int, replicas: tuple[Replica, Replica]
) -> None:
    for one in replicas:
        one.shutdown()
        one.server_close()
    for _try in range(3):
        problem(ask(port, PATH)[0], 503, "unavailable")
        told, seconds = ask(port, PAGE)
        assert (told[0], told[1]["Retry-After"]) == (503, "15")
        assert "Back in a moment" in told[2]
        assert seconds < 1
