"""The Celery application of the worker and of beat."""

import logging.config
import os

from celery import Celery, bootsteps, signals
from django.conf import settings
from django.utils import translation

from tequipy import alive

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tequipy.settings")

app = Celery("tequipy")


@app.on_configure.connect(weak=False)
def _require_environment(**_kwargs: object) -> None:
    from tequipy import environment

    environment.require()


app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()


class _TouchAlive(bootsteps.StartStopStep):
    """Shows the container's health check that the worker's loop turns."""

    requires = {"celery.worker.components:Timer"}

    def start(self, worker):
        alive.touch("worker")
        worker.timer.call_repeatedly(alive.TOUCH_SECONDS, alive.touch, ("worker",))


app.steps["worker"].add(_TouchAlive)


@signals.setup_logging.connect
def _use_our_logging(**_kwargs: object) -> None:
    logging.config.dictConfig(settings.LOGGING)


@signals.before_task_publish.connect
def _send_correlation_id(headers: dict | None = None, **_kwargs: object) -> None:
    from apps.core import correlation

    if headers is not None and (current := correlation.get()):
        headers.setdefault("tequipy_correlation_id", current)


@signals.task_prerun.connect
def _take_correlation_id(task=None, task_id: str = "", **_kwargs: object) -> None:
    from apps.core import correlation

    sent = getattr(task.request, "tequipy_correlation_id", None) if task else None
    correlation.set(sent or task_id)


@signals.task_prerun.connect
def _speak_no_person_s_language(task=None, **_kwargs: object) -> None:
    """What a task writes for a person it writes in theirs (`core.mails`); whatever ran
    before in this process, all else begins in the installation's."""
    if task is not None and not task.request.is_eager:
        translation.activate(settings.LANGUAGE_CODE)


@signals.worker_init.connect
def _serve_metrics(**_kwargs: object) -> None:
    from apps.ops.metrics import worker

    if settings.METRICS_PORT:
        worker.start(app)


@signals.worker_init.connect
@signals.worker_process_init.connect
@signals.beat_init.connect
def _start_telemetry(signal: object = None, **_kwargs: object) -> None:
    if not (settings.SENTRY_DSN or settings.OTEL_EXPORTER_OTLP_ENDPOINT):
        return
    from tequipy import telemetry

    # Tasks run in the pool's processes; a thread that sends outlives no fork.
    telemetry.start(
        "beat" if signal is signals.beat_init else "worker",
        with_traces=signal is not signals.worker_init,
    )
