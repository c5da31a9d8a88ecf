# ruff: noqa: T201 - a script: sets Django up, then prints
"""Applies an import whose worker is killed three times, undoes it with as many
killed, looks at what stands in the register each time, and compares the speed of
applying with a bare COPY. Ends with 1 where something is lost, doubled or too slow.

    python -m tequipy.local.throwaway python bench/import_killed.py [ROWS]
"""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

# Sets Django up.
from bench import import_vs_copy as bare  # isort: skip

import subprocess
import time
from uuid import UUID

from django.core.management import call_command

from apps.core.actor import SYSTEM
from apps.events.models import Event
from apps.imports import services, tasks
from apps.imports.models import Batch
from apps.imports.run import progress
from apps.inventory.integrity import problems
from apps.inventory.models import Asset, Custody

ROWS = 200_000
KILLS = 3
LEAST_OF_COPY = 0.47
PATIENCE = 600  # seconds until a worker has written its share
WORKER = "import django; django.setup(); from apps.imports import tasks; "


def worked_through(batch: Batch, task: str, field: str, rows: int) -> float:
    """Seconds until the last worker is done; those before it are killed, each after
    another share of the rows."""
    started = time.perf_counter()
    for kill in range(1, KILLS + 1):
        code = f"{WORKER}tasks.{task}({str(batch.pk)!r})"
        worker = subprocess.Popen([sys.executable, "-c", code])
        share = rows * kill // (KILLS + 1)
        while getattr(batch, field) < share:
            late = time.perf_counter() - started > PATIENCE * kill
            if worker.poll() is not None or late:
                raise SystemExit(f"{task} wrote {getattr(batch, field):,} rows only")
            time.sleep(0.05)
            batch.refresh_from_db()
        worker.kill()
        worker.wait()
        print(f"  killed at {getattr(batch, field):,} rows", flush=True)
        while not progress.resume_stalled():
            time.sleep(0.2)
    while batch.is_working:
        getattr(tasks, task)(str(batch.pk))
        batch.refresh_from_db()
    return time.perf_counter() - started


def check(what: str, found: object, expected: object) -> None:
    if found != expected:
        raise SystemExit(f"{what}: {found}, not {expected}")
    print(f"  {what}: {found}", flush=True)


def killed_and_undone(rows: int) -> None:
    batch = bare.planned(bare.bench_company(), rows)
    services.request_apply(batch, actor=SYSTEM, in_background=False)
    seconds = worked_through(batch, "apply_batch", "applied_rows", rows)
    print(f"applied in {seconds:,.0f} s, with what it takes to notice a dead worker")
    check("written", (batch.state, batch.applied_rows), ("APPLIED", rows))
    check("devices", Asset.objects.count(), rows)
    check("custodies", Custody.objects.count(), rows)
    check("events", Event.objects.filter(type="asset.created").count(), rows)
    check("faults", list(problems()), [])
    services.undo(batch, reason="WRONG_FILE", actor=SYSTEM, in_background=False)
    seconds = worked_through(batch, "undo_batch", "undone_rows", rows)
    print(f"undone in {seconds:,.0f} s")
    undone = (batch.state, batch.undone_rows, batch.kept_rows)
    check("taken back", undone, ("UNDONE", rows, 0))
    check("devices", Asset.objects.count(), 0)
    check("custodies", Custody.objects.count(), 0)
    check("made besides", batch.made.filter(undone_at=None).count(), 0)
    check("faults", list(problems()), [])


def sent_nowhere(_batch_id: UUID, _state: str) -> None:
    """The workers are started here."""


def main() -> None:
    rows = int(sys.argv[1]) if len(sys.argv) > 1 else ROWS
    progress.send = sent_nowhere
    call_command("migrate", verbosity=0)
    killed_and_undone(rows)
    bare.empty_tables()
    of_copy = bare.compare(bare.bench_company(), rows)
    if of_copy < LEAST_OF_COPY:
        raise SystemExit(f"too slow: {of_copy:.2f} of COPY, not {LEAST_OF_COPY}")


if __name__ == "__main__":
    main()
