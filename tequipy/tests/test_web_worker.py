"""A web process that is told to stop, as a rolling restart does: no request is lost.
And requests that it can't read are answered as the API answers."""

import json
import os
import signal
import socket
import sys
import time
from contextlib import suppress
from pathlib import Path

import psutil
import pytest
from django.conf import settings

CODES = Path(settings.BASE_DIR, "docs", "problems.md").read_text()
REQUEST = b"POST /api/v1/health HTTP/1.1\r\nHost: localhost\r\n\r\n"


@pytest.fixture
def log(tmp_path):
    return tmp_path / "log"


@pytest.fixture
def config(request, tmp_path):
    """Gunicorn's, which a test may begin by other lines."""
    if text := getattr(request, "param", ""):
        path = tmp_path / "config.py"
        path.write_text(text)
        return f"file:{path}"
    return "python:tequipy.gunicorn"


@pytest.fixture
def server(log, config):
    """Its port, its master and its only worker."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [sys.executable, "-m", "gunicorn", "--config", config]
    master = psutil.Popen(
        [*command, "--bind", f"127.0.0.1:{port}"],
        env={**os.environ, "WEB_WORKERS": "1", "WEB_THREADS": "2"},
        stdout=log.open("wb"),
    )
    started = [master]
    try:
        deadline = time.monotonic() + 30
        while not answered(connected(port)):
            assert time.monotonic() < deadline
            time.sleep(0.2)
        [worker] = master.children()
        started.append(worker)
        yield port, master, worker
    finally:
        for process in started:
            with suppress(psutil.NoSuchProcess):
                process.kill()
        master.wait()


def connected(port: int) -> socket.socket | None:
    try:
        connection = socket.create_connection(("127.0.0.1", port), timeout=20)
    except ConnectionRefusedError:
        return None
    connection.sendall(REQUEST)
    return connection


def answered(connection: socket.socket | None) -> bool:
    """Whatever the answer is: this form has no token."""
    if connection is None:
        return False
    with connection, suppress(ConnectionResetError):
        return connection.recv(100).startswith(b"HTTP/1.1 403")
    return False


def test_who_had_connected_is_answered(server):
    port, master, worker = server
    worker.suspend()
    waiting = [connected(port) for _one in range(20)]
    master.send_signal(signal.SIGTERM)
    time.sleep(0.5)
    worker.resume()
    assert [answered(connection) for connection in waiting] == [True] * 20
    assert master.wait(10) == 0


@pytest.mark.full
def test_who_comes_while_it_ends_is_refused(server):
    port, master, _worker = server
    in_hand = socket.create_connection(("127.0.0.1", port), timeout=20)
    in_hand.sendall(REQUEST[:-2])
    time.sleep(0.3)
    master.send_signal(signal.SIGTERM)
    time.sleep(0.5)
    assert connected(port) is None
    in_hand.sendall(REQUEST[-2:])
    assert answered(in_hand)
    assert master.wait(10) == 0


STUCK = """\
from tequipy import web_worker
from tequipy.gunicorn import *
web_worker.STUCK_SECONDS = 2
"""


@pytest.mark.parametrize("config", [STUCK], indirect=True)
@pytest.mark.full
def test_a_worker_whose_threads_all_hang_is_replaced(server, log):
    """Half a request holds a thread, as anything does that never ends."""
    port, master, worker = server
    hanging = [
        socket.create_connection(("127.0.0.1", port), timeout=20) for _two in range(2)
    ]
    for one in hanging:
        one.sendall(REQUEST[:-2])
    time.sleep(0.3)
    # Who waits for a thread meets the end of the worker; who comes then is answered.
    assert not answered(connected(port))
    deadline = time.monotonic() + 10
    while not answered(connected(port)):
        assert time.monotonic() < deadline
    assert master.children() != [worker]
    lines = [json.loads(line) for line in log.read_text().splitlines()]
    [told] = [line for line in lines if line["level"] == "CRITICAL"]
    assert "no thread came free for 2 s" in told["message"]
    assert "in readline" in told["message"] or "recv" in told["message"]


@pytest.mark.full
def test_a_worker_that_has_much_to_do_is_not(server):
    """Each waits, but threads come free."""
    port, _master, worker = server
    assert [answered(connected(port)) for _one in range(50)] == [True] * 50
    assert worker.is_running()


LINE = "GET /api/v1/integration/users?{} HTTP/1.1\r\nHost: localhost\r\n"
HEADERS = "GET /api/v1/health HTTP/1.1\r\nHost: localhost\r\nX-Much: {}\r\n"
UNREADABLE = [
    (LINE.format("a" * 8_190), 414, "uri_too_long"),
    (LINE.format("a" * 60_000), 414, "uri_too_long"),
    (HEADERS.format("a" * 8_190), 431, "headers_too_large"),
    (HEADERS.format("a\r\nX-More: b" * 100), 431, "headers_too_large"),
    ("GET /api/v1/health HTTP/1.1\r\nHo st: x\r\n", 400, "malformed"),
    ("GET\r\n", 400, "malformed"),
]


def sent(port: int, text: str) -> tuple[str, str]:
    """Head and body of the answer, up to the end of the connection."""
    with socket.create_connection(("127.0.0.1", port), timeout=20) as connection:
        connection.sendall(f"{text}\r\n".encode())
        answer = b"".join(iter(lambda: connection.recv(65_536), b"")).decode()
    head, _blank, body = answer.partition("\r\n\r\n")
    return head, body


def test_what_it_cannot_read_is_a_problem(server, log):
    for text, status, code in UNREADABLE:
        head, body = sent(server[0], text)
        assert head.startswith(f"HTTP/1.1 {status} "), (text[:200], head)
        assert "Content-Type: application/problem+json" in head
        said = json.loads(body)
        assert said["status"] == status
        assert said["type"] == f"urn:tequipy:problem:{code}"
        assert f"| `{code}` | {status} |" in CODES or code == "malformed"
        assert said["detail"] in CODES
        assert f"X-Correlation-ID: {said['correlationId']}" in head
        lines = [json.loads(line) for line in log.read_text().splitlines()]
        told = [x for x in lines if x["correlation_id"] == said["correlationId"]]
        assert [one["level"] for one in told] == ["WARNING"]
    ids = ",".join(["01a22436-999b-7768-8c21-1f668ef20f98"] * 50)
    three = "&".join(f"{name}Ids={ids}" for name in ("companyAddress", "user", "tag"))
    head, _body = sent(server[0], LINE.format(three) + "Connection: close\r\n")
    assert head.startswith("HTTP/1.1 401 ")


def said(port: int, sent: bytes, *, is_cut: bool = False) -> tuple[int, bytes]:
    """Status and body of the answer."""
    with socket.create_connection(("127.0.0.1", port), timeout=20) as connection:
        connection.sendall(sent)
        if is_cut:
            connection.shutdown(socket.SHUT_WR)
        received = b""
        while part := connection.recv(65536):
            received += part
    head, _blank, body = received.partition(b"\r\n\r\n")
    return int(head.split()[1]), body


LOGIN = b"POST /api/v1/auth/login HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n"
LOGIN += b"Content-Type: application/json\r\n"
BODY = b'{"email": "a@b.example", "nonsense": 1}'


def test_a_body_that_was_cut_off_is_not_taken_for_a_whole_one(server):
    """Not even where what came of it is good JSON."""
    port, _master, _worker = server
    for length, status in ((len(BODY), 422), (len(BODY) + 5, 400)):
        head = LOGIN + f"Content-Length: {length}\r\n\r\n".encode()
        answer, body = said(port, head + BODY, is_cut=True)
        assert answer == status, body
    assert json.loads(body)["errors"][0]["code"] == "malformed"


FORM = b"login=a%40b.example&password=much"
PART = b'Content-Disposition: form-data; name="login"\r\n\r\na@b.example'
PARTS = b"--x\r\n%s\r\n--x--\r\n" % PART


@pytest.mark.parametrize(
    ("kind", "form"),
    [
        (b"application/x-www-form-urlencoded", FORM),
        (b"multipart/form-data; boundary=x", PARTS),
    ],
    ids=["pairs", "parts"],
)
@pytest.mark.full
def test_a_form_that_was_cut_off_is_not_served_as_an_empty_one(server, kind, form):
    """Its key stands in a header, as of every form that htmx sends: it is proven
    without the body."""
    port, _master, _worker = server
    key = b"k" * 32
    head = b"POST /accounts/login/ HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n"
    head += b"Cookie: csrftoken=%s\r\nX-CSRFToken: %s\r\n" % (key, key)
    head += b"Content-Type: %s\r\nContent-Length: %d\r\n\r\n" % (kind, len(form) + 5)
    assert said(port, head + form, is_cut=True)[0] == 400


@pytest.mark.parametrize(
    "path", ["/api/v1/auth/login", "/api/v1/integration/tags", "/accounts/login/"]
)
@pytest.mark.full
def test_a_body_without_length_is_refused_and_not_dropped(server, path):
    port, _master, _worker = server
    head = LOGIN.replace(b"/api/v1/auth/login", path.encode())
    chunks = b"%x\r\n%s\r\n0\r\n\r\n" % (len(BODY), BODY)
    answer, body = said(port, head + b"Transfer-Encoding: chunked\r\n\r\n" + chunks)
    assert answer == 411
    if path.startswith("/api/"):
        assert b'"code":"length_required"' in body


@pytest.mark.full
def test_no_header_says_where_we_are_mounted(server):
    port, _master, _worker = server
    head = b"GET /api/v1/integration/tags HTTP/1.1\r\nHost: localhost\r\n"
    head += b"Connection: close\r\nSCRIPT_NAME: /api\r\n\r\n"
    assert said(port, head)[0] == 401
