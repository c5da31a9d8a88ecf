"""Tasks by outcome. Counted in the pool's processes, served by their parent."""

from __future__ import annotations

import os
import time
from typing import Any

from billiard.exceptions import TimeLimitExceeded, WorkerLostError
from celery import Celery, signals, states
from prometheus_client import Counter, Gauge, Histogram

from .exposition import OURS, registry
from .process import ProcessCollector
from .queues import QueueCollector
from .server import serve

_BUCKETS = (0.01, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 240)
_OUTCOMES = {
    states.SUCCESS: "succeeded",
    states.FAILURE: "failed",
    states.RETRY: "retried",
    states.REJECTED: "rejected",
}

tasks_total = Counter(
    "celery_tasks_total",
    "Tasks by how they ended.",
    ["task", "outcome"],
    registry=OURS,
)
task_duration = Histogram(
    "celery_task_duration_seconds",
    "Time a task ran.",
    ["task"],
    buckets=_BUCKETS,
    registry=OURS,
)
tasks_in_progress = Gauge(
    "celery_tasks_inprogress",
    "Tasks that run now.",
    multiprocess_mode="livesum",
    registry=OURS,
)


def start(app: Celery) -> None:
    """Called before the pool forks; its children count from their first task on."""
    folder = os.environ.get("PROMETHEUS_MULTIPROC_DIR", "")
    if not os.path.isdir(folder):
        raise SystemExit(
            "METRICS_PORT is set, but PROMETHEUS_MULTIPROC_DIR names no folder: set "
            "it to an empty one, or METRICS_PORT to 0."
        )
    signals.task_prerun.connect(_begun, weak=False)
    signals.task_postrun.connect(_ended, weak=False)
    signals.task_failure.connect(_lost, weak=False)
    signals.task_revoked.connect(_revoked, weak=False)
    signals.task_rejected.connect(_rejected, weak=False)
    signals.task_unknown.connect(_rejected, weak=False)
    server = serve(
        registry(
            QueueCollector(app),
            ProcessCollector(os.getpid(), children_are="celery_pool_processes"),
        )
    )
    # Else a child that outlives its killed parent keeps the port.
    signals.worker_process_init.connect(
        lambda **_kwargs: server.socket.close(), weak=False
    )


def _begun(task: Any = None, **_kwargs: object) -> None:
    task.request.metrics_begun_at = time.monotonic()
    tasks_in_progress.inc()


def _ended(task: Any = None, state: str | None = None, **_kwargs: object) -> None:
    tasks_in_progress.dec()
    begun_at = getattr(task.request, "metrics_begun_at", None)
    if begun_at is not None:
        task_duration.labels(task.name).observe(time.monotonic() - begun_at)
    tasks_total.labels(task.name, _OUTCOMES.get(state or "", "ignored")).inc()


def _lost(sender: Any = None, exception: object = None, **_kwargs: object) -> None:
    # Those two are told by the parent; of all others the child itself has told.
    if isinstance(exception, (TimeLimitExceeded, WorkerLostError)):
        tasks_total.labels(sender.name, "failed").inc()


def _revoked(sender: Any = None, **_kwargs: object) -> None:
    tasks_total.labels(getattr(sender, "name", "<unknown>"), "revoked").inc()


def _rejected(**_kwargs: object) -> None:
    # It could not be read, or names a task this version does not have.
    tasks_total.labels("<unknown>", "rejected").inc()
