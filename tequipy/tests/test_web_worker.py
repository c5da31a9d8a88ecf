"""A web process that is told to stop, as a rolling restart does: no request is lost."""

import os
import signal
import socket
import subprocess
import sys
import time
from contextlib import suppress

import psutil
import pytest

REQUEST = b"POST /api/v1/health HTTP/1.1\r\nHost: localhost\r\n\r\n"


@pytest.fixture
def server():
    """Its port, its master and its only worker."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [sys.executable, "-m", "gunicorn", "--config", "python:tequipy.gunicorn"]
    master = psutil.Popen(
        [*command, "--bind", f"127.0.0.1:{port}"],
        env={**os.environ, "WEB_WORKERS": "1", "WEB_THREADS": "2"},
        stdout=subprocess.DEVNULL,
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
