"""No page, whatever it shows and whatever is asked of it, opens a stored file, parses a
sheet or takes a list apart: a worker does, once."""

from __future__ import annotations

import csv
import os
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO
from pathlib import Path
from typing import Any
from xml.parsers import expat

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from openpyxl import Workbook

from apps.accounts.sessions import actor_of
from apps.conftest import mostly_full
from apps.imports import services, tasks, urls
from apps.imports.models import Batch
from apps.imports.run import reading

pytestmark = pytest.mark.django_db
HEADER = ["Serial", "Model", "Purchase date", "Notes"]
ROWS = [["S1", "XPS", "03/04/2025", "José"], ["S2", "T14", "05/06/2025", ""]]


class _Guard:
    """Sees every opening of a file of this process; there is one, since such a hook
    can't be taken away."""

    folder = ""
    opened: list[str] = []

    def __call__(self, event: str, args: tuple[Any, ...]) -> None:
        if event != "open" or not self.folder:
            return
        path, _mode, flags = args
        is_read = not flags & (os.O_WRONLY | os.O_RDWR)
        if is_read and str(path).startswith(self.folder):
            self.opened.append(str(path))


guard = _Guard()
sys.addaudithook(guard)


@pytest.fixture
def forbidden(settings, monkeypatch):
    """A context in which neither a stored file nor a parser is opened."""

    def refused(*args: Any, **how: Any) -> None:
        raise AssertionError("a request reads a file")

    @contextmanager
    def nothing_is_read() -> Iterator[None]:
        with monkeypatch.context() as patch:
            patch.setattr(csv, "reader", refused)
            patch.setattr(expat, "ParserCreate", refused)
            patch.setattr(guard, "folder", str(settings.MEDIA_ROOT))
            patch.setattr(guard, "opened", [])
            yield
            assert guard.opened == []

    return nothing_is_read


def test_the_guard_sees_what_it_is_for(acme, shelf, forbidden, settings):
    batch = services.upload(acme, csv_file(), actor=actor_of_system())
    with pytest.raises(AssertionError), forbidden():
        next(Path(settings.MEDIA_ROOT).rglob(str(batch.file_id))).read_bytes()
    with pytest.raises(AssertionError, match="reads a file"), forbidden():
        csv.reader([])


def actor_of_system() -> Any:
    from apps.core.actor import SYSTEM

    return SYSTEM


def csv_file() -> SimpleUploadedFile:
    lines = [";".join(row) for row in (HEADER, *ROWS)]
    return SimpleUploadedFile("list.csv", "\n".join(lines).encode("cp1252"))


def workbook() -> SimpleUploadedFile:
    book, stream = Workbook(), BytesIO()
    for row in (HEADER, *ROWS):
        book.active.append(row)
    book.create_sheet("Other").append(["Serial"])
    book.save(stream)
    return SimpleUploadedFile("list.xlsx", stream.getvalue())


PAGES = [route.name for route in urls.urlpatterns if route.name != "options"]


def walk_all(client: Client, batch: Batch) -> None:
    """Every page of the import, looked at and, but for the one that ends it, sent with
    nothing chosen."""
    for name in PAGES:
        args = [] if name in ("list", "create") else [batch.pk]
        address = reverse(f"imports:{name}", args=args)
        send = client.get if name == "discard" else client.post
        for answer in (client.get(address, follow=True), send(address, {})):
            assert answer.status_code < 500
            if answer.streaming:
                assert b"".join(answer) is not None
    assert client.get("/").status_code == 200


@pytest.mark.parametrize("file", mostly_full([csv_file, workbook]))
def test_from_the_upload_to_the_undoing(
    anna, emil, shelf, client_of, forbidden, settings, file
):
    client = client_of(anna)
    with forbidden():
        client.post(reverse("imports:create"), {"file": file(), "kind": ""})
        batch = Batch.objects.get()
        walk_all(client, batch)
    reading.read_rows(batch.pk)

    columns = reverse("imports:columns", args=[batch.pk])
    with forbidden():
        page = client.get(columns)
        assert "XPS" in page.text  # the samples
        form = page.context["form"]
        shown = {name: form[name].value() or "" for name in form.fields}
        shown |= {"answer-0": "DAY_FIRST"}
        # Another meaning of a column: the worker reads again.
        client.post(columns, {**shown, "column-3": "name"})
        batch.refresh_from_db()
        assert batch.state == "READING"
        walk_all(client, batch)
    tasks.read_batch(str(batch.pk))
    batch.refresh_from_db()
    assert batch.state == "PLANNING"
    tasks.plan_batch(str(batch.pk))

    with forbidden():
        way = {"header_line": "1"}
        way |= {"sheet": "Sheet"} if file is workbook else {}
        way |= {} if way.get("sheet") else {"encoding": "cp1252", "delimiter": ";"}
        client.post(reverse("imports:reading", args=[batch.pk]), way)
        batch.refresh_from_db()
        assert (batch.state, batch.headers) == ("READING", [])
    tasks.read_batch(str(batch.pk))
    client.post(columns, shown)
    tasks.plan_batch(str(batch.pk))
    for state in ("PLANNED", "FAILED", "STOPPED", "APPLIED", "UNDONE"):
        Batch.objects.update(state=state)
        with forbidden():
            walk_all(client, batch)


def test_the_widest_list_is_shown_at_once(acme, anna, shelf, client_of):
    """A thousand columns, each of which may become any field."""
    header = ";".join(["Serial", "Model", *(f"Column {n}" for n in range(998))])
    rows = "\n".join(";".join(f"{row} {n}" for n in range(1_000)) for row in range(60))
    file = SimpleUploadedFile("wide.csv", f"{header}\n{rows}\n".encode())
    batch = services.upload(acme, file, actor=actor_of(anna))
    reading.read_rows(batch.pk)
    client = client_of(anna)
    address = reverse("imports:columns", args=[batch.pk])
    client.get(address)
    started = time.process_time()
    assert client.get(address).status_code == 200
    assert time.process_time() - started < 1
