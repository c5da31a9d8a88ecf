"""A worker is killed in the middle of a job: each thing is dealt with once, and another
worker goes on within seconds."""

from __future__ import annotations

import subprocess
import sys
import time
from uuid import UUID

import pytest

from apps.accounts.sessions import actor_of
from apps.bulk import progress
from apps.bulk.models import BulkJob, BulkRow
from apps.conftest import make_product
from apps.core.actor import SYSTEM
from apps.events.models import Event
from apps.inventory import services as inventory
from apps.inventory.bulk_verbs import ARCHIVE
from apps.inventory.integrity import problems
from apps.inventory.models import Asset, Custody

from .factories import ask, counts, run

ROWS = 2_000
PATIENCE_SECONDS = 120
WORK = """
import django
django.setup()
from apps.bulk import running, tasks
running.CHUNK = 100
tasks.run_job("{job}")
"""


def killed_at(rows: int, job: BulkJob, environment: dict[str, str]) -> None:
    code = WORK.format(job=job.pk)
    worker = subprocess.Popen([sys.executable, "-c", code], env=environment)
    stop_at = time.monotonic() + PATIENCE_SECONDS
    while job.handled_rows < rows:
        assert worker.poll() is None, "it ended before it was killed"
        assert time.monotonic() < stop_at, f"only {job.handled_rows} rows"
        time.sleep(0.01)
        job.refresh_from_db()
    worker.kill()
    worker.wait()


def handed_on_after() -> float:
    """Seconds until another worker gets the job."""
    started = time.monotonic()
    while not progress.resume_stalled():
        assert time.monotonic() - started < PATIENCE_SECONDS
        time.sleep(0.2)
    return time.monotonic() - started


@pytest.mark.django_db(transaction=True)
@pytest.mark.full
def test_each_is_archived_once_in_spite_of_kills(
    reference_data, acme, anna, office, environment, monkeypatch
):
    sent: list[UUID] = []
    monkeypatch.setattr(progress, "send", sent.append)
    product = make_product(acme)
    devices = [
        inventory.build(acme, product=product, holder=office, serial_number=f"K{n}")
        for n in range(ROWS)
    ]
    inventory.create_many(devices, actor=SYSTEM, company=acme)
    inventory.retire(devices[7], "LOST", actor=SYSTEM)
    job = ask(ARCHIVE, "", acme, actor=actor_of(anna), reason="SOLD")

    for rows in (500, 1_200):
        killed_at(rows, job, environment)
        assert handed_on_after() < 15
    assert sent == [job.pk, job.pk]
    job.refresh_from_db()
    assert job.is_working

    job = run(job)
    assert counts(job) == ("COMPLETED", ROWS - 1, 0, 1)
    rows = BulkRow.objects.of(job)
    assert rows.values("object_id").distinct().count() == rows.count() == ROWS
    assert rows.filter(outcome="DONE").count() == ROWS - 1
    assert rows.get(outcome="REFUSED").object_id == devices[7].pk
    assert Asset.objects.filter(archive_reason="SOLD").count() == ROWS - 1
    told = Event.objects.filter(type="asset.retired", correlation_id=str(job.pk))
    assert told.count() == told.values("subject_id").distinct().count() == ROWS - 1
    assert not Custody.objects.filter(period__endswith__isnull=True).exists()
    assert list(problems()) == []
