from __future__ import annotations

import os

from django.http import HttpRequest, HttpResponse, HttpResponseNotFound
from django.views.decorators.http import require_safe
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest

from .business import BusinessCollector
from .exposition import registry
from .process import ProcessCollector

# What a proxy adds. Prometheus asks the process itself.
_OF_PROXIES = ("X-Forwarded-For", "X-Forwarded-Proto", "Forwarded")


@require_safe
def metrics(request: HttpRequest) -> HttpResponse:
    if any(name in request.headers for name in _OF_PROXIES):
        return HttpResponseNotFound("Not found")
    collectors = [_processes()]
    # Every process would give the same numbers, so the pages leave them out.
    if os.environ.get("TEQUIPY_PROCESS") != "frontend":
        collectors.append(BusinessCollector())
    body = generate_latest(registry(*collectors))
    return HttpResponse(body, content_type=CONTENT_TYPE_LATEST)


def _processes() -> ProcessCollector:
    master = os.environ.get("GUNICORN_MASTER_PID")
    if master:
        return ProcessCollector(int(master), children_are="gunicorn_workers")
    return ProcessCollector(os.getpid())
