"""A process that applies or undoes an import is killed: nothing is lost or doubled, and
another goes on within seconds."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from datetime import timedelta
from threading import Event as Signal
from threading import Thread
from uuid import UUID

import pytest
from django.db import connection, transaction
from django.utils import timezone

from apps.core.actor import SYSTEM
from apps.events import services as events
from apps.events.models import Event
from apps.imports import services, tasks
from apps.imports.models import Batch
from apps.imports.run import progress
from apps.inventory.integrity import problems
from apps.inventory.models import Asset, Custody

from .factories import apply_all, make_plan, planned, undo_all

pytestmark = pytest.mark.full

ROWS = 5_000
PATIENCE_SECONDS = 120
WORK = """
import django
django.setup()
from apps.imports import tasks
from apps.imports.run import applying, undoing
applying.CHUNK = undoing.CHUNK = 250
tasks.{task}("{batch}")
"""

# Dies as by the kernel for lack of memory: over a plan, and over the chunk of a line.
POISON = """
import os, signal
import django
django.setup()
from apps.imports import tasks
from apps.imports.columns import meaning
from apps.imports.run import applying, undoing
applying.CHUNK = undoing.CHUNK = 10
def dying(module, name):
    work = getattr(module, name)
    def die(rows, *rest):
        found = work(rows, *rest)
        if any({line} <= getattr(row, "line", 0) <= {line} + 9 for row in rows):
            os.kill(os.getpid(), signal.SIGKILL)
        return found
    setattr(module, name, die)
dying(applying, "_apply")
dying(undoing, "_undo")
meaning.table_of = lambda batch: os.kill(os.getpid(), signal.SIGKILL)
tasks.{task}("{batch}")
"""


def start(task: str, batch: Batch, environment: dict[str, str]) -> subprocess.Popen:
    code = WORK.format(task=task, batch=batch.pk)
    return subprocess.Popen([sys.executable, "-c", code], env=environment)


def kill_at(worker: subprocess.Popen, batch: Batch, field: str, rows: int) -> None:
    stop_at = time.monotonic() + PATIENCE_SECONDS
    while getattr(batch, field) < rows:
        assert worker.poll() is None, "it ended before it was killed"
        assert time.monotonic() < stop_at, f"only {getattr(batch, field)} rows"
        time.sleep(0.02)
        batch.refresh_from_db()
    worker.kill()
    worker.wait()


def resumed(sent: list[UUID]) -> float:
    """Seconds until the batch is handed to another worker."""
    started = time.monotonic()
    while not progress.resume_stalled():
        assert time.monotonic() - started < PATIENCE_SECONDS
        time.sleep(0.2)
    sent.clear()
    return time.monotonic() - started


@pytest.mark.django_db(transaction=True)
def test_applied_and_undone_in_spite_of_kills(
    reference_data, acme, shelf, environment, monkeypatch
):
    sent: list[UUID] = []
    monkeypatch.setattr(progress, "send", lambda pk, state: sent.append(pk))
    lines = "".join(f"K{n};Model {n % 7};Office {n % 3}\n" for n in range(ROWS))
    batch = planned(acme, "Serial;Model;Location\n" + lines)
    services.request_apply(batch, actor=SYSTEM, in_background=False)
    for rows in (500, 2_000, 3_500):
        kill_at(start("apply_batch", batch, environment), batch, "applied_rows", rows)
        assert resumed(sent) < 15
    tasks.apply_batch(str(batch.pk))
    batch.refresh_from_db()
    assert (batch.state, batch.applied_rows) == ("APPLIED", ROWS)
    assert Asset.objects.count() == Custody.objects.count() == ROWS
    assert Event.objects.filter(type="asset.created").count() == ROWS
    assert batch.made.count() == 10
    assert list(problems()) == []

    services.undo(batch, reason="WRONG_FILE", actor=SYSTEM, in_background=False)
    kill_at(start("undo_batch", batch, environment), batch, "undone_rows", 2_000)
    assert resumed(sent) < 15
    tasks.undo_batch(str(batch.pk))
    batch.refresh_from_db()
    assert (batch.state, batch.undone_rows, batch.kept_rows) == ("UNDONE", ROWS, 0)
    assert not Asset.objects.exists()
    assert not Custody.objects.exists()
    assert not batch.made.filter(undone_at=None).exists()
    assert Event.objects.filter(type="asset.removed").count() == ROWS
    assert list(problems()) == []
    while events.seal():
        pass
    assert list(events.verify()) == []


def killed_until_given_up(task: str, batch: Batch, environment: dict) -> int:
    """How many workers die over it, each of them sent by beat."""
    code = POISON.format(task=task, batch=batch.pk, line=22)
    for killed in range(10):
        worker = subprocess.run([sys.executable, "-c", code], env=environment)
        if worker.returncode == 0:
            return killed
        assert worker.returncode == -signal.SIGKILL
        Batch.objects.update(alive_at=timezone.now() - timedelta(minutes=1))
        resumed([])
    return 99


@pytest.mark.django_db(transaction=True)
def test_what_kills_every_worker_is_given_up(
    reference_data, acme, shelf, environment, monkeypatch
):
    monkeypatch.setattr(progress, "send", lambda pk, state: None)
    lines = "".join(f"K{n};Model {n % 7}\n" for n in range(45))
    batch = planned(acme, "Serial;Model\n" + lines)

    services.request_plan(batch, actor=SYSTEM, in_background=False)
    assert killed_until_given_up("plan_batch", batch, environment) == 5
    batch.refresh_from_db()
    assert batch.state == "FAILED"
    assert "begun 5 times" in str(batch.error)
    batch = make_plan(batch)

    services.request_apply(batch, actor=SYSTEM, in_background=False)
    assert killed_until_given_up("apply_batch", batch, environment) == 5
    batch.refresh_from_db()
    assert (batch.state, batch.applied_rows) == ("FAILED", 20)
    assert "None of them is written" in str(batch.error)
    assert Asset.objects.count() == 20
    assert progress.resume_stalled() == 0
    assert Event.objects.filter(type="import.failed").count() == 2

    batch = apply_all(batch)
    assert (batch.state, batch.error, batch.applied_rows) == ("APPLIED", "", 45)
    services.undo(batch, actor=SYSTEM, reason="OTHER", in_background=False)
    assert killed_until_given_up("undo_batch", batch, environment) == 5
    batch.refresh_from_db()
    assert batch.state == "UNDO_STOPPED"
    assert 0 < batch.undone_rows < 45
    assert Asset.objects.count() == 45 - batch.undone_rows
    assert "None of them is undone" in str(batch.error)
    assert undo_all(batch).state == "UNDONE"
    assert not Asset.objects.exists()
    assert list(problems()) == []


@pytest.mark.django_db(transaction=True)
def test_who_writes_is_left_alone(reference_data, acme, shelf, monkeypatch):
    """However long a chunk takes: its worker holds the lock."""
    monkeypatch.setattr(progress, "send", lambda pk, state: None)
    batch = planned(acme, "Serial;Model\nS1;XPS\n")
    services.request_apply(batch, actor=SYSTEM, in_background=False)
    long_ago = timezone.now() - timedelta(minutes=5)
    Batch.objects.filter(pk=batch.pk).update(alive_at=long_ago)
    is_locked, is_checked = Signal(), Signal()

    def write() -> None:
        with transaction.atomic():
            progress.lock(batch.pk)
            is_locked.set()
            is_checked.wait(30)
        connection.close()

    worker = Thread(target=write)
    worker.start()
    is_locked.wait(30)
    assert progress.resume_stalled() == 0
    is_checked.set()
    worker.join()
    assert progress.resume_stalled() == 1
