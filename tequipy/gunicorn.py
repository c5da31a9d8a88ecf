"""Gunicorn's configuration; every value can be set in the environment."""

import gc
import os
import shutil
import tempfile

from apps.core.logs import JsonLines
from tequipy import environment

env = environment.require()

wsgi_app = "tequipy.wsgi"
bind = env["BIND"]
worker_class = "tequipy.web_worker.DrainingWorker"
workers = env["WEB_WORKERS"]
threads = env["WEB_THREADS"]
# Below the 30 s that orchestrators wait before they kill.
graceful_timeout = 25
timeout = 60
keepalive = 5
worker_tmp_dir = "/dev/shm" if os.path.isdir("/dev/shm") else None  # noqa: S108
control_socket_disable = True
header_map = "drop"
# No proxy of ours says by headers where we are mounted.
forwarder_headers = ""
forwarded_allow_ips = env["FORWARDED_ALLOW_IPS"]
# The most there is, and what nginx lets through: 50 ids in each of three lists.
limit_request_line = 8190
raw_env = ["DATABASE_POOL=true", f"GUNICORN_MASTER_PID={os.getpid()}"]

# The workers add up their metrics in files. It must be known before prometheus_client
# is imported, so that is done late here.
_own_metrics_folder = ""
if not os.environ.get("PROMETHEUS_MULTIPROC_DIR"):
    _own_metrics_folder = tempfile.mkdtemp(prefix="tequipy-metrics-")
    os.environ["PROMETHEUS_MULTIPROC_DIR"] = _own_metrics_folder


# The workers share what is the same for all: code, and pages made ready.
preload_app = True


def when_ready(server):
    """In the process that workers fork from: loads every view and every page before
    the first request comes, so that a replica that starts under load does not let it
    wait. What is there by then is never garbage: no collection looks at it again, or
    writes into the memory that it has in common with the others."""
    from django.core.signals import request_started
    from django.db import close_old_connections, reset_queries
    from django.urls import get_resolver

    from apps.core import warming

    # The end of the request before has given back what it took; no query is logged.
    request_started.disconnect(reset_queries)
    request_started.disconnect(close_old_connections)
    get_resolver().url_patterns  # noqa: B018  reading it imports every view
    warming.load_templates()
    gc.collect()
    gc.freeze()


def post_worker_init(worker):
    """Connects before the first request comes."""
    from django.conf import settings
    from django.db import OperationalError, connection

    # What a request leaves behind is little, and seldom a ring.
    gc.set_threshold(10_000, 20, 20)
    if settings.SENTRY_DSN or settings.OTEL_EXPORTER_OTLP_ENDPOINT:
        from tequipy import telemetry

        # A thread that sends outlives no fork.
        telemetry.start(os.environ.get("TEQUIPY_PROCESS") or "web")
    try:
        connection.ensure_connection()
    except OperationalError:
        pass  # readiness tells
    finally:
        connection.close()


def child_exit(server, worker):
    from prometheus_client import multiprocess

    multiprocess.mark_process_dead(worker.pid)


def on_exit(server):
    if _own_metrics_folder:
        shutil.rmtree(_own_metrics_folder, ignore_errors=True)


logconfig_dict = {
    "version": 1,
    "disable_existing_loggers": False,
    "filters": {"correlation": {"()": "apps.core.correlation.CorrelationFilter"}},
    "formatters": {
        "access": {"format": "%(message)s"},
        "json": {
            "()": JsonLines,
            "format": "%(levelname)s %(name)s %(message)s %(correlation_id)s",
            "rename_fields": {"levelname": "level", "name": "logger"},
            "timestamp": True,
        },
    },
    "handlers": {
        "access": {
            "class": "logging.StreamHandler",
            "stream": "ext://sys.stdout",
            "formatter": "access",
        },
        "json": {
            "class": "logging.StreamHandler",
            "stream": "ext://sys.stdout",
            "formatter": "json",
            "filters": ["correlation"],
        },
    },
    "loggers": {
        "gunicorn.access": {
            "handlers": ["access"],
            "level": "INFO",
            "propagate": False,
        },
        "gunicorn.error": {"handlers": ["json"], "level": "INFO", "propagate": False},
    },
    "root": {"handlers": ["json"], "level": "INFO"},
}
accesslog = "-"
logger_class = "tequipy.access_log.AccessLog"
