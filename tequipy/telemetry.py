"""Errors to Sentry and traces by OTLP, each where its variable is set and the packages
of requirements/telemetry.txt are there. Off by default (docs/telemetry.md).

Nothing personal leaves: an error is told by its type and where it happened, without
message, variables and request; a trace by routes, tasks and kinds of statements. The
trace's id is the correlation id.
"""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Callable, Iterable, Mapping
from contextlib import AbstractContextManager
from typing import Any
from uuid import UUID

from celery import signals
from django.conf import settings
from django.db import DEFAULT_DB_ALIAS, connections
from django.db.backends.signals import connection_created
from django.urls import Resolver404, resolve
from opentelemetry import propagate, trace
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor
from opentelemetry.sdk.trace.id_generator import RandomIdGenerator
from opentelemetry.sdk.trace.sampling import (
    Decision,
    ParentBased,
    Sampler,
    SamplingResult,
)
from sentry_sdk import init
from sentry_sdk.integrations.atexit import AtexitIntegration
from sentry_sdk.integrations.logging import LoggingIntegration

from apps.core import correlation
from apps.ops.metrics.http import UNCOUNTED, template_of

Environ = dict[str, Any]
StartResponse = Callable[..., Any]
Wsgi = Callable[[Environ, StartResponse], Iterable[bytes]]

_METHODS = {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"}
_tracer = trace.get_tracer("tequipy")


def start(process: str, *, with_traces: bool = True) -> None:
    """Once in each process, after its fork."""
    if settings.SENTRY_DSN:
        _report_errors(process)
    if settings.OTEL_EXPORTER_OTLP_ENDPOINT and with_traces:
        _send_traces(process)


def trace_id_of(correlation_id: str) -> int:
    """Ours is a UUID, which has the digits of a trace id; another one is hashed."""
    try:
        return UUID(correlation_id).int
    except ValueError:
        return int.from_bytes(hashlib.sha256(correlation_id.encode()).digest()[:16])


# --- Errors -----------------------------------------------------------------


def _report_errors(process: str) -> None:
    init(
        dsn=settings.SENTRY_DSN,
        release=settings.APP_VERSION,
        default_integrations=False,
        # What is logged as an error is one: requests and tasks that failed, too.
        integrations=[
            LoggingIntegration(level=None, event_level=logging.ERROR),
            AtexitIntegration(callback=lambda _pending, _timeout: None),
        ],
        send_default_pii=False,
        include_local_variables=False,
        max_breadcrumbs=0,
        before_send=lambda event, _hint: _told(dict(event), process),
    )


def _told(event: dict[str, Any], process: str) -> Any:
    """What may leave of an event, of which everything else stays here."""
    kept = ("event_id", "timestamp", "level", "platform", "logger", "release", "sdk")
    told = {name: event[name] for name in kept if name in event}
    # The sentence as it stands in the code; its values stay here.
    if message := event.get("logentry", {}).get("message"):
        told["logentry"] = {"message": message}
    if raised := event.get("exception"):
        told["exception"] = {"values": [_raised(one) for one in raised["values"]]}
    current = correlation.get()
    told["tags"] = {"process": process, "correlation_id": current}
    told["contexts"] = {
        "trace": {"trace_id": f"{trace_id_of(current):032x}", "span_id": "0" * 15 + "1"}
    }
    return told


def _raised(value: Mapping[str, Any]) -> dict[str, Any]:
    """Without its text: the database's errors name values."""
    return {
        name: value[name] for name in ("type", "module", "stacktrace") if name in value
    }


# --- Traces -----------------------------------------------------------------


class _CorrelationIds(RandomIdGenerator):
    def generate_trace_id(self) -> int:
        current = correlation.get()
        return trace_id_of(current) if current else super().generate_trace_id()


class Share(Sampler):
    """By a hash: a trace id is as little random as the time in a UUID."""

    def __init__(self, ratio: float) -> None:
        self.below = round(ratio * 2**64)

    def should_sample(
        self, parent_context: Any, trace_id: int, name: str, *_more: Any, **_named: Any
    ) -> SamplingResult:
        digest = hashlib.sha256(trace_id.to_bytes(16)).digest()
        is_kept = int.from_bytes(digest[:8]) < self.below
        return SamplingResult(Decision.RECORD_AND_SAMPLE if is_kept else Decision.DROP)

    def get_description(self) -> str:
        return "Share"


def _send_traces(process: str) -> None:
    endpoint = settings.OTEL_EXPORTER_OTLP_ENDPOINT.rstrip("/")
    named = {
        "service.name": f"tequipy-{process}",
        "service.version": settings.APP_VERSION,
    }
    provider = TracerProvider(
        resource=Resource(named),
        id_generator=_CorrelationIds(),
        sampler=ParentBased(Share(settings.TRACES_RATIO)),
    )
    # A thread sends them: no request waits for whoever takes them.
    exporter = OTLPSpanExporter(endpoint=f"{endpoint}/v1/traces", timeout=5)
    provider.add_span_processor(BatchSpanProcessor(exporter))
    trace.set_tracer_provider(provider)
    connection_created.connect(_watch_statements)
    signals.before_task_publish.connect(_send_parent)
    signals.task_prerun.connect(_begin_task)
    signals.task_postrun.connect(_end_task)
    signals.worker_process_shutdown.connect(lambda **_: provider.shutdown(), weak=False)


def traced(application: Wsgi) -> Wsgi:
    """A span for each request, named by its route."""

    def answer(environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        path = environ.get("PATH_INFO", "")
        if path in UNCOUNTED:
            return application(environ, start_response)
        # The middleware takes it over as if it had come with the request.
        current = correlation.begin(environ.get("HTTP_X_CORRELATION_ID", ""))
        environ["HTTP_X_CORRELATION_ID"] = current
        # An operation that reads borrows a connection: none is created for its thread.
        _watch_statements(connections[DEFAULT_DB_ALIAS])
        method = environ["REQUEST_METHOD"]
        method, route = method if method in _METHODS else "_OTHER", _route(path)
        with _tracer.start_as_current_span(
            f"{method} {route}", kind=trace.SpanKind.SERVER, record_exception=False
        ) as span:
            span.set_attributes({"http.request.method": method, "http.route": route})

            def told(status: str, *arguments: Any) -> Any:
                code = int(status[:3])
                span.set_attribute("http.response.status_code", code)
                if code >= 500:
                    span.set_status(trace.StatusCode.ERROR)
                return start_response(status, *arguments)

            return application(environ, told)

    return answer


def _route(path: str) -> str:
    try:
        return template_of(resolve(path).route)
    except Resolver404:
        return "<unmatched>"


def _watch_statements(connection: Any, **_named: Any) -> None:
    if _statement not in connection.execute_wrappers:
        connection.execute_wrappers.append(_statement)


def _statement(
    execute: Callable[..., Any], sql: Any, params: Any, many: bool, context: Any
) -> Any:
    """Neither its text nor its values: somebody's name may stand in both."""
    words = str(sql).split(None, 1)
    name = words[0].upper() if words and words[0].isalpha() else "SQL"
    with _tracer.start_as_current_span(
        name, kind=trace.SpanKind.CLIENT, record_exception=False
    ) as span:
        span.set_attribute("db.system.name", "postgresql")
        return execute(sql, params, many, context)


# --- Tasks ------------------------------------------------------------------

_running: dict[str, tuple[Any, AbstractContextManager[Any]]] = {}


def _send_parent(headers: dict[str, Any] | None = None, **_named: Any) -> None:
    """A task that is sent belongs to what sent it."""
    if headers is not None:
        propagate.inject(headers)


def _begin_task(task: Any = None, task_id: str = "", **_named: Any) -> None:
    carrier = {"traceparent": getattr(task.request, "traceparent", None) or ""}
    begun = _tracer.start_as_current_span(
        task.name,
        context=propagate.extract(carrier),
        kind=trace.SpanKind.CONSUMER,
        record_exception=False,
    )
    _running[task_id] = begun.__enter__(), begun


def _end_task(task_id: str = "", state: str = "", **_named: Any) -> None:
    span, begun = _running.pop(task_id)
    span.set_attribute("celery.state", state)
    if state == "FAILURE":
        span.set_status(trace.StatusCode.ERROR)
    begun.__exit__(None, None, None)
