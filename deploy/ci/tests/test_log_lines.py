"""Logs of servers that know no JSON: deploy/logging/json-lines.sh, in the shells of the
images, and around a real nginx."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from ci.machine import CLONE

from . import proxy
from .test_proxy_errors import Upstream, ask

SCRIPT = CLONE / "deploy" / "logging" / "json-lines.sh"
NAMES = ("timestamp", "level", "logger", "message", "correlation_id")
SAID = [
    ('2026/11/29 07:50:01 [crit] 29#29: *5 open() "/tmp/x" failed', "CRITICAL"),
    ("2026-11-29 07:50:01.123 UTC [1] ERROR:  no \\d of yours", "ERROR"),
    ("1:M 29 Nov 2026 07:50:01.123 # WARNING: much\tis low", "WARNING"),
    ("ts=2026-11-29T07:50:01Z caller=main.go:1 level=warn msg=slow", "WARNING"),
    ("nginx: [emerg] host not found", "CRITICAL"),
    ("schedule.sh: x was NOT made; the next try is in a minute", "ERROR"),
    ("\x1b[31mLäuft\x1b[0m\r", "INFO"),
]


def run(
    shell: list[str], text: str, *options: str, name: str = "server"
) -> tuple[str, str]:
    """What comes of it on stdout and stderr; the server ends by 3."""
    server = ["sh", "-c", 'printf %s "$SAID"; echo error >&2; exit 3']
    done = subprocess.run(
        [*shell, SCRIPT, *options, name, *server],
        env={**os.environ, "SAID": text},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 3
    return done.stdout, done.stderr


@pytest.mark.parametrize("shell", [["dash"], ["busybox", "sh"]])
def test_each_line_is_one_object(shell: list[str]) -> None:
    text = "\n".join(line for line, _level in SAID)
    out, _err = run(shell, f"{text}\n\nno end")
    told = [json.loads(line) for line in out.splitlines()]
    assert [tuple(one) for one in told] == [NAMES] * (len(SAID) + 1)
    levels = {one["message"]: one["level"] for one in told}
    for line, level in SAID:
        clean = line.replace("\t", " ").translate(dict.fromkeys(map(ord, "\x1b\r")))
        assert levels[clean] == level
    assert told[0]["timestamp"] == "2026-11-29T07:50:01+00:00"
    assert told[1]["timestamp"] == "2026-11-29T07:50:01.123+00:00"
    assert "no enderror" in levels


@pytest.mark.parametrize("shell", [["dash"], ["busybox", "sh"]])
def test_what_tells_of_a_request_is_left_out(shell: list[str]) -> None:
    line = SAID[0][0] + ', client: 1.2.3.4, server: , request: "GET /?MARKED HTTP/1.1"'
    out, _err = run(shell, f"{line}\n")
    assert "MARKED" not in out
    assert json.loads(out.splitlines()[0])["message"] == SAID[0][0]


@pytest.mark.parametrize("shell", [["dash"], ["busybox", "sh"]])
def test_values_of_statements_are_left_out(shell: list[str]) -> None:
    said = "2026-11-29 07:50:01 UTC [1] LOG:  duration: 1200 ms  statement: "
    asked = f"{said}SELECT 'MARKED' = 'it''s MARKED', x\nWHERE y = 'MARKED\nMARKED'"
    lines = run(shell, asked.replace("\nMARKED'", ""), name="postgres")[0].splitlines()
    told = [json.loads(line)["message"] for line in lines]
    assert told[0] == f"{said}SELECT '…' = '…''…', x"
    assert told[1].startswith("WHERE y = '…")


def test_a_line_of_json_stays_as_it_is() -> None:
    line = '{"timestamp":"t","level":"INFO","message":"m","correlation_id":"c"}'
    assert run(["dash"], f"{line}\n")[0].splitlines()[0] == line


def test_stdout_can_stay_as_it_is() -> None:
    out, _err = run(["dash"], "as it is\n", "--errors")
    assert out.splitlines()[0] == "as it is"
    assert json.loads(out.splitlines()[1])["message"] == "error"


@pytest.mark.parametrize("name", ["TERM", "INT", "QUIT", "HUP"])
def test_signals_come_through_and_last_words_are_told(name: str) -> None:
    # No shell: one that a shell started beside it can't trap what that has ignored.
    python = (
        "import signal, sys, time\n"
        f"signal.signal(signal.SIG{name}, lambda *_: (print('last'), sys.exit(5)))\n"
        "print('here', flush=True)\n"
        "while True: time.sleep(1)"
    )
    running = subprocess.Popen(
        [SCRIPT, "server", "python3", "-c", python], stdout=subprocess.PIPE, text=True
    )
    assert running.stdout is not None
    assert json.loads(running.stdout.readline())["message"] == "here"
    running.send_signal(signal.Signals[f"SIG{name}"])
    assert running.wait(10) == 5
    assert json.loads(running.stdout.read())["message"] == "last"


@pytest.fixture
def nginx() -> Iterator[tuple[int, Path]]:
    """Its port, its folder; nobody stands behind it."""
    upstream = Upstream()
    with proxy.running(upstream.port) as running:
        yield running
    upstream.socket.close()


def lines(folder: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (folder / "log").read_text().splitlines()]


def test_all_of_nginx_is_json(nginx: tuple[int, Path]) -> None:
    """Also what it says about a full disk, and about requests that are none."""
    port, folder = nginx
    shutil.rmtree(folder / "nginx" / "client_body")
    ask(port, "/people/?q=MARKED", method="GET", Referer="https://x/?MARKED")
    told = ask(port, "/people/?q=MARKED", method="POST", body="x" * 1_000_000)
    assert told[0] == 503
    ask(port, '/"\\%22?MARKED')
    ask(port, f"/?MARKED={'x' * 9_000}")
    with proxy.talking(port) as connection:
        connection.sendall(b"GET /?MARKED\r\n\r\n")
        connection.recv(1000)
    with proxy.talking(port) as connection:
        connection.sendall(b"GET /never-finished?MARKED HTTP/1.1\r\nHo")
    time.sleep(0.5)
    found = lines(folder)
    assert all(set(one) >= set(NAMES) for one in found)
    requests = [one for one in found if one["message"] == "request"]
    assert len(requests) >= 6
    for one in requests:
        assert type(one["status"]) is int
        assert type(one["upstream_status"]) in (int, type(None))
    [disk] = [one for one in found if one["level"] == "CRITICAL"]
    assert "client_body" in disk["message"]
    assert "MARKED" not in (folder / "log").read_text()
