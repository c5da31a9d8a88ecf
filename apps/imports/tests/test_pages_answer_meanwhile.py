"""Nine hostile workbooks at once, on real processes: every page answers as before, and
each file is refused with a sentence."""

from __future__ import annotations

import http.client
import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from threading import Event as Signal

import pytest
from django.conf import settings
from django.db import connection
from django.test.client import BOUNDARY, MULTIPART_CONTENT, encode_multipart
from django.urls import reverse

from apps.imports.models import Batch

from . import hostile

pytestmark = pytest.mark.full

# These pass for lists of rows by their archives' directories.
WAYS = (
    "blank_rows",
    "blank_styled_rows",
    "blank_cells",
    "wide_rows",
    "one_cell_of_100_mb",
    "shared_strings_without_end",
    "many_merges",
    "merged_over_every_column",
    "many_styles",
)
PAGES = ("/", "/imports/", "/imports/new/", "/assets/", "/people/")
READY_SECONDS, PATIENCE_SECONDS = 60, 150
# On a machine that others use too, a page may take longer than a second by itself.
SLOWER = 3


def start(environment: dict[str, str], *command: str) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [sys.executable, "-m", *command],
        cwd=settings.BASE_DIR,
        env=environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )


@pytest.fixture
def port(transactional_db: None, tmp_path: Path) -> Iterator[int]:
    """Of pages that are served beside a worker, both on the database of the test."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        number = probe.getsockname()[1]
    name = connection.settings_dict["NAME"]
    base, _, query = os.environ["DATABASE_URL"].partition("?")
    url = base.rpartition("/")[0] + f"/{name}" + (f"?{query}" if query else "")
    environment = {
        **os.environ,
        "DATABASE_URL": url,
        "REDIS_URL": settings.REDIS_URL.rpartition("/")[0] + "/8",
        "FILES_URL": f"file://{tmp_path}",
        "PUBLIC_URL": f"http://127.0.0.1:{number}",
    }
    web = ("gunicorn", "--config", "python:tequipy.gunicorn")
    worker = ("celery", "-A", "tequipy", "worker", "-c", "2", "-l", "WARNING")
    running = [
        start(environment, *web, "--bind", f"127.0.0.1:{number}"),
        start(environment, *worker),
    ]
    try:
        yield number
    finally:
        for process in running:
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()


class Visitor:
    def __init__(self, port: int, session: str) -> None:
        self.port, self.session = port, session

    def ask(
        self, method: str, path: str, body: bytes | None = None, token: str = ""
    ) -> tuple[int, str, float]:
        """Status, text, seconds."""
        headers = {"Cookie": f"sessionid={self.session}; csrftoken={token}"}
        if body is not None:
            headers |= {"Content-Type": MULTIPART_CONTENT, "X-CSRFToken": token}
        started = time.monotonic()
        link = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        try:
            link.request(method, path, body, headers)
            answer = link.getresponse()
            text = answer.read().decode(errors="replace")
        finally:
            link.close()
        return answer.status, text, time.monotonic() - started

    def look(self, until: Signal) -> list[float]:
        seconds = []
        while not until.is_set():
            for page in PAGES:
                status, _text, spent = self.ask("GET", page)
                assert status == 200, page
                seconds.append(spent)
            time.sleep(0.1)
        return seconds

    def wait_until_served(self) -> None:
        deadline = time.monotonic() + READY_SECONDS
        while True:
            with suppress(OSError):
                if self.ask("GET", "/imports/new/")[0] == 200:
                    return
            assert time.monotonic() < deadline
            time.sleep(0.2)


def looked_at(visitor: Visitor, pool: ThreadPoolExecutor, seconds: float) -> float:
    """The longest that a page took."""
    until = Signal()
    looking = pool.submit(visitor.look, until)
    time.sleep(seconds)
    until.set()
    return max(looking.result())


def body_of(path: Path) -> bytes:
    with path.open("rb") as file:
        return encode_multipart(BOUNDARY, {"file": file, "kind": ""})


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_nine_hostile_workbooks_take_no_page_away(
    reference_data, acme, anna, shelf, client_of, tmp_path, port
):
    made = [hostile.save(tmp_path / f"{way}.xlsx", hostile.WAYS[way]()) for way in WAYS]
    bodies = [body_of(path) for path in made]
    visitor = Visitor(port, client_of(anna).cookies["sessionid"].value)
    visitor.wait_until_served()
    _status, page, _spent = visitor.ask("GET", "/imports/new/")
    token = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', page)
    assert token
    address = reverse("imports:create")

    def send(body: bytes) -> float:
        status, text, spent = visitor.ask("POST", address, body, token[1])
        assert status == 302, text[:2_000]
        return spent

    with ThreadPoolExecutor(len(WAYS) + 2) as pool:
        before = looked_at(visitor, pool, 3)
        until = Signal()
        looking = pool.submit(visitor.look, until)
        uploads = list(pool.map(send, bodies))
        deadline = time.monotonic() + PATIENCE_SECONDS
        while Batch.objects.filter(state="READING").exists():
            assert time.monotonic() < deadline
            time.sleep(0.2)
        until.set()
        pages = looking.result()
    batches = Batch.objects.values_list("state", "error")
    assert len(batches) == len(WAYS)
    assert {state for state, _error in batches} == {"FAILED"}
    assert not [error for _state, error in batches if error.code == "failed"]
    longest = {"page": max(pages), "upload": max(uploads), "before": before}
    assert max(pages + uploads) < max(1, SLOWER * before), longest
