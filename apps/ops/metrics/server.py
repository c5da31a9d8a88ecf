"""`/metrics` of the processes that answer no requests."""

from __future__ import annotations

from wsgiref.simple_server import WSGIServer

from django.conf import settings
from prometheus_client import CollectorRegistry, start_http_server


def serve(registry: CollectorRegistry) -> WSGIServer:
    host, port = settings.METRICS_HOST, settings.METRICS_PORT
    try:
        server, _thread = start_http_server(port, host, registry)
    except (OSError, OverflowError) as error:
        # A process nobody can watch shall not run on unseen.
        raise SystemExit(
            f"METRICS_PORT={port} on {host} can't be served ({error}): "
            "choose a free port, or 0 for none."
        ) from error
    return server
