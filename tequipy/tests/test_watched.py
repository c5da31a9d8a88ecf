"""What no longer answers is ended, and its container with it."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest

FOLDER = Path(__file__).parent.parent
# As the entrypoint starts it, but quicker.
WATCHED = """
import sys
sys.path.insert(0, {folder!r})
import watched
watched.EVERY_SECONDS, watched.ANSWER_SECONDS, watched.TERM_SECONDS = 0.2, 0.5, 0.5
sys.exit(watched.main(sys.argv[1], sys.argv[2:]))
"""
# Answers, and has a child that would outlive it.
SERVER = """
import http.server, subprocess, sys
class Answer(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200 if self.path == "/api/v1/health" else 404)
        self.end_headers()
    def log_message(self, *arguments):
        pass
server = http.server.HTTPServer(("127.0.0.1", int(sys.argv[1])), Answer)
child = subprocess.Popen(["sleep", "600"])
print(child.pid, flush=True)
server.serve_forever()
"""


def watch(process: str, *command: str, **environment: str) -> subprocess.Popen[str]:
    code = WATCHED.format(folder=str(FOLDER))
    return subprocess.Popen(
        [sys.executable, "-I", "-c", code, process, *command],
        env={**os.environ, **environment},
        stdout=subprocess.PIPE,
        text=True,
    )


@pytest.fixture
def server(unused_port):
    """The watched one, what it started, and the child of that."""
    bind = f"127.0.0.1:{unused_port}"
    command = (sys.executable, "-c", SERVER, str(unused_port))
    watching = watch("backend", *command, BIND=bind)
    child = psutil.Process(int(watching.stdout.readline()))
    [main] = psutil.Process(watching.pid).children()
    yield watching, main, child
    for one in (watching, main, child):
        try:
            one.kill()
        except psutil.NoSuchProcess:
            continue
    watching.wait(10)


@pytest.fixture
def unused_port():
    import socket

    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def is_gone(process: psutil.Process) -> bool:
    return not process.is_running() or process.status() == psutil.STATUS_ZOMBIE


@pytest.mark.full
def test_who_answers_is_left_alone(server):
    watching, main, _child = server
    time.sleep(3)
    assert watching.poll() is None
    assert main.is_running()


@pytest.mark.full
def test_who_is_frozen_is_ended_with_its_children(server):
    watching, main, child = server
    time.sleep(1)
    main.suspend()
    assert watching.wait(20) == 70
    assert is_gone(main)
    assert is_gone(child)
    line = json.loads(watching.stdout.read())
    assert line["level"] == "CRITICAL"
    assert "backend answered none of 6 health checks" in line["message"]
    assert {"timestamp", "correlation_id"} <= set(line)


@pytest.mark.full
def test_who_stands_still_for_a_moment_is_not(server):
    watching, main, _child = server
    time.sleep(1)
    main.suspend()
    time.sleep(1.5)
    main.resume()
    time.sleep(3)
    assert watching.poll() is None


def test_a_signal_comes_through_and_an_exit_code_back():
    """Also of what has not answered yet."""
    trap = "trap 'echo asked; exit 7' TERM; echo here; while :; do sleep 0.1; done"
    bind = "127.0.0.1:1"  # where nobody listens
    watching = watch("frontend", "sh", "-c", trap, BIND=bind)
    assert watching.stdout.readline() == "here\n"
    watching.send_signal(signal.SIGTERM)
    assert watching.wait(5) == 7
    assert watching.stdout.read() == "asked\n"


def test_who_is_killed_is_told_as_a_shell_does():
    watching = watch("beat", "sh", "-c", "kill -9 $$")
    assert watching.wait(5) == 137


@pytest.mark.full
def test_a_worker_that_does_not_turn_any_more_is_ended(tmp_path, monkeypatch):
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    from tequipy import alive

    alive.touch("beat")
    watching = watch("beat", "sleep", "600", TMPDIR=str(tmp_path))
    time.sleep(1.5)
    assert watching.poll() is None
    long_ago = time.time() - 90
    os.utime(alive.file_of("beat"), (long_ago, long_ago))
    assert watching.wait(20) == 70
