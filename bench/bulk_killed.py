# ruff: noqa: T201 - a script: sets Django up, then prints
"""Archives many assets by a bulk job whose worker is killed twice, and looks at what
came of each. Ends with 1 where one is lost, or archived twice.

    python -m tequipy.local.throwaway python bench/bulk_killed.py [ROWS]
"""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

# Sets Django up.
from bench import import_vs_copy as bare  # isort: skip

import subprocess
import time
from collections import Counter

from django.core.management import call_command

from apps.accounts import services as accounts
from apps.accounts.sessions import actor_of
from apps.bulk import progress, services, tasks
from apps.bulk.models import BulkJob, BulkRow
from apps.bulk.services import Selection
from apps.core import bulk_verbs
from apps.core.actor import SYSTEM, Role
from apps.events.models import Event
from apps.imports import services as imports
from apps.imports import tasks as import_tasks
from apps.inventory.integrity import problems
from apps.inventory.models import Asset
from bench.import_killed import check

ROWS = 50_000
KILLS = 2
PATIENCE = 600  # seconds until a worker has done its share
WORKER = "import django; django.setup(); from apps.bulk import tasks; "


def registered(rows: int) -> None:
    """That many assets, by an import."""
    batch = bare.planned(bare.bench_company(), rows)
    imports.request_apply(batch, actor=SYSTEM, in_background=False)
    while batch.is_working:
        import_tasks.apply_batch(str(batch.pk))
        batch.refresh_from_db()


def asked() -> BulkJob:
    verb, company = bulk_verbs.find("assets.archive"), bare.bench_company()
    who = {"first_name": "Ada", "email": "ada@bench.example"}
    who["role"] = Role.COMPANY_ADMIN
    admin = accounts.create(actor=SYSTEM, company=company, **who)
    return services.ask(
        verb,
        Selection(query=""),
        {"reason": "SOLD"},
        actor=actor_of(admin),
        company=company,
        form_token="bench",  # noqa: S106  of a form that nobody has opened
        in_background=False,
    )


def worked_through(job: BulkJob) -> float:
    """Seconds until the last worker is done, the dead ones noticed."""
    started = time.perf_counter()
    for kill in range(1, KILLS + 1):
        code = f"{WORKER}tasks.run_job({str(job.pk)!r})"
        worker = subprocess.Popen([sys.executable, "-c", code])
        share = job.total_rows * kill // (KILLS + 1)
        while job.handled_rows < share:
            late = time.perf_counter() - started > PATIENCE * kill
            if worker.poll() is not None or late:
                raise SystemExit(f"{job.handled_rows:,} rows only")
            time.sleep(0.02)
            job.refresh_from_db()
        worker.kill()
        worker.wait()
        killed = time.perf_counter()
        job.refresh_from_db()
        while not progress.resume_stalled():
            time.sleep(0.2)
        noticed = time.perf_counter() - killed
        print(f"  killed at {job.handled_rows:,}, handed on after {noticed:.1f} s")
    while job.is_working:
        tasks.run_job(str(job.pk))
        job.refresh_from_db()
    return time.perf_counter() - started


def main() -> None:
    rows = int(sys.argv[1]) if len(sys.argv) > 1 else ROWS
    progress.send = lambda _job_id: None  # the workers are started here
    call_command("migrate", verbosity=0)
    registered(rows)
    job = asked()
    seconds = worked_through(job)
    print(f"{rows:,} archived in {seconds:,.0f} s, with two dead workers noticed")
    check("job", (job.state, job.done_rows, job.refused_rows), ("COMPLETED", rows, 0))
    found = BulkRow.objects.of(job)
    check("results", Counter(found.values_list("outcome", flat=True)), {"DONE": rows})
    check("archived", Asset.objects.filter(state="ARCHIVED").count(), rows)
    told = Event.objects.filter(type="asset.retired")
    check("events", told.count(), rows)
    check("assets told of", told.values("subject_id").distinct().count(), rows)
    check("faults", list(problems()), [])


if __name__ == "__main__":
    main()
