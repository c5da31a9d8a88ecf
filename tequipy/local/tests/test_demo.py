"""`make demo` with its real processes, in a copy of the clone."""

from __future__ import annotations

import json
import os
import re
import shlex
import shutil
import signal
import socket
import subprocess
import sys
import threading
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tequipy.local.demo import CLONE
from tequipy.local.processes import wait_until

pytestmark = [pytest.mark.slow, pytest.mark.full]
START_SECONDS = 120
SESSION = "n" * 32
# Servers the test run itself was given must not reach the demo under test.
NOT_INHERITED = {"DATABASE_URL", "MIGRATION_DATABASE_URL", "REDIS_URL", "STATIC_ROOT"}
NOT_INHERITED |= {"DEBUG", "PUBLIC_URL", "FILES_URL", "EMAIL_URL", "JWT_SECRET_KEY"}


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Demo:
    """One clone of its own in which the demo is started and stopped."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.port = free_port()
        self.output = folder / "output"
        self.process: subprocess.Popen[bytes] | None = None

    def launch(self, output: Path | None = None) -> subprocess.Popen[bytes]:
        kept = {k: v for k, v in os.environ.items() if k not in NOT_INHERITED}
        with (output or self.output).open("wb") as stream:
            return subprocess.Popen(
                [sys.executable, "-m", "tequipy.local.demo"],
                cwd=self.folder,
                env={**kept, "PORT": str(self.port)},
                stdout=stream,
                stderr=subprocess.STDOUT,
            )

    def start(self) -> None:
        self.process = process = self.launch()
        wait_until(
            lambda: "runs on" in self.text() or process.poll() is not None,
            START_SECONDS,
        )
        assert "runs on" in self.text(), self.text()

    def end(self, how: signal.Signals = signal.SIGTERM) -> int:
        assert self.process is not None
        self.process.send_signal(how)
        return self.process.wait(30)

    def text(self) -> str:
        return self.output.read_text()

    def processes(self) -> list[int]:
        """All that work in this clone."""
        found = []
        for entry in Path("/proc").glob("[0-9]*"):
            try:
                cwd = (entry / "cwd").resolve(strict=True)
            except OSError:
                continue
            if cwd.is_relative_to(self.folder):
                found.append(int(entry.name))
        return found

    def secrets(self) -> str:
        return (self.folder / "var" / "secrets.json").read_text()


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demo]:
    private = tmp_path_factory.mktemp("private")
    private.chmod(0o700)
    clone = private / "clone"
    skipped = shutil.ignore_patterns(".*", "var", "__pycache__", "node_modules")
    shutil.copytree(CLONE, clone, ignore=skipped, symlinks=True)
    running = Demo(clone.resolve())
    try:
        yield running
    finally:
        if running.process is not None and running.process.poll() is None:
            running.end()


def command(pid: int) -> str:
    return Path(f"/proc/{pid}/cmdline").read_text().replace("\0", " ")


def page(port: int, path: str) -> tuple[int, str]:
    """As a browser that has a session, so that the database is asked."""
    url = f"http://127.0.0.1:{port}{path}"
    request = urllib.request.Request(url, headers={"Cookie": f"sessionid={SESSION}"})
    try:
        with urllib.request.urlopen(request, timeout=30) as answer:  # noqa: S310
            return int(answer.status), answer.read().decode()
    except urllib.error.HTTPError as error:
        return error.code, error.read().decode()


def call(demo: Demo) -> list[str]:
    """The command that the demo prints for trying the API."""
    found = re.search(r"^  (curl .+)$", demo.text(), re.MULTILINE)
    assert found is not None, demo.text()
    return shlex.split(found[1])


def run(command: list[str]) -> dict[str, Any]:
    asked = subprocess.run([*command, "-s"], check=True, capture_output=True)
    return dict(json.loads(asked.stdout))


def modes_above(folder: Path) -> dict[Path, int]:
    return {path: path.stat().st_mode for path in folder.parents}


def ask(port: int) -> int:
    url = f"http://127.0.0.1:{port}/api/v1/readiness"
    with urllib.request.urlopen(url, timeout=10) as answer:
        return int(answer.status)


def test_starts_serves_and_ends_without_a_trace(demo: Demo) -> None:
    before = modes_above(demo.folder)
    demo.start()
    assert ask(demo.port) == 200
    assert len(demo.processes()) > 5
    printed = call(demo)
    assert run(printed)["items"][0]["id"]
    assert run([*printed, "-X", "POST", "-d", "{}"])["status"] == 405
    address = printed[-1].replace("user-equipments", "tags")
    change = [*printed[:-1], address, "--json", '{"name": "Pilots"}']
    assert run(change)["status"] == 403
    token = printed[2].removeprefix("Authorization: Bearer ")
    logs = (demo.folder / "var" / "log").iterdir()
    assert not any(token in log.read_text(errors="replace") for log in logs)
    stack_env = demo.folder / "var" / "stack.env"
    assert stack_env.stat().st_mode & 0o777 == 0o600
    assert modes_above(demo.folder) == before

    beside = demo.folder / "output-beside"
    assert demo.launch(beside).wait(30) == 1
    assert beside.read_text() == (
        "make demo: it runs already in this folder: stop it first.\n"
    )

    assert demo.end() == 0
    assert demo.processes() == []
    assert not stack_env.exists()


def test_next_start_finds_the_data_also_after_a_kill(demo: Demo) -> None:
    secrets, printed = demo.secrets(), call(demo)
    marker = demo.folder / "var" / "postgres" / "PG_VERSION"
    made_at = marker.stat().st_mtime_ns
    demo.start()
    assert demo.process is not None
    # The pages take longer than a moment to follow, as on a busy machine.
    pages = [pid for pid in demo.processes() if "gunicorn" in command(pid)]
    assert pages
    for pid in pages:
        os.kill(pid, signal.SIGSTOP)
    demo.process.kill()
    demo.process.wait()
    go_on = threading.Timer(4, lambda: [os.kill(p, signal.SIGCONT) for p in pages])
    go_on.start()
    demo.start()
    go_on.join()
    assert ask(demo.port) == 200
    assert demo.secrets() == secrets
    assert call(demo) == printed
    assert marker.stat().st_mtime_ns == made_at
    assert demo.end(signal.SIGINT) == 0
    assert demo.processes() == []


def test_answers_as_production_does(demo: Demo) -> None:
    demo.start()
    status, text = page(demo.port, "/no-such-page/")
    assert status == 404
    assert "There is nothing here" in text
    status, text = page(demo.port, "/accounts/login/")
    assert status == 200
    style = re.search(r'href="(/static/css/base[^"]*)"', text)
    assert style is not None
    assert page(demo.port, style[1])[0] == 200
    servers = [pid for pid in demo.processes() if "postgres" in command(pid)]
    assert servers
    for pid in servers:
        os.kill(pid, signal.SIGSTOP)
    try:
        status, text = page(demo.port, "/assets/")
    finally:
        for pid in servers:
            os.kill(pid, signal.SIGCONT)
    assert status == 503
    assert "Back in a moment" in text
    assert demo.end() == 0


def test_taken_port_is_one_line(demo: Demo) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        demo.port = taken.getsockname()[1]
        process = demo.launch()
        assert process.wait(30) == 1
    assert demo.text().count("\n") == 1
    assert f"port {demo.port} is taken" in demo.text()
