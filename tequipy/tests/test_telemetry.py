"""Errors and traces as they arrive at a stand-in for Sentry and a collector."""

from __future__ import annotations

import gzip
import json
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from django.db import connection
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import (
    ExportTraceServiceRequest,
)

from tequipy import telemetry
from tequipy.telemetry import Share, trace_id_of

CORRELATION = "01a2265f-0d83-754c-813d-4ba711741dd5"
SECRETS = ("anna@acme.example", "s3cr3t-key", "Rosenweg", "10.9.8.7")
# Two requests of one process (one fails with a person in its error, and sends a task),
# and the task in a worker.
PROCESS = """
import sys
sys.argv = ["web"]
from tequipy import telemetry
from tequipy.wsgi import application
telemetry.start("web")  # as each worker of Gunicorn does, after its fork
from django.urls import path
from django.http import HttpResponse
from django.db import connection
from tequipy import urls
from celery import shared_task, signals
from celery.contrib.testing.worker import start_worker
from threading import Event
from apps.core import correlation
from tequipy.celery import app

done = Event()

@shared_task(name="tests.write")
def write(to):
    raise ValueError(f"no mail for {to}")

@signals.task_postrun.connect
def tell(**_named):
    done.set()

def broken(request, key):
    with connection.cursor() as cursor:
        cursor.execute("SELECT 'anna@acme.example', %s", ["Rosenweg 1"])
    try:
        1 / 0
    except ZeroDivisionError as error:
        street = "Rosenweg 1"
        raise ValueError("anna@acme.example lives in " + street) from error

urls.urlpatterns.append(path("returns/leaver/<str:key>/broken/", broken))

def ask(where, query=""):
    answer = application(
        {
            "REQUEST_METHOD": "GET", "PATH_INFO": where, "QUERY_STRING": query,
            "SERVER_NAME": "testserver", "SERVER_PORT": "80", "wsgi.input": sys.stdin,
            "wsgi.url_scheme": "http", "HTTP_HOST": "testserver",
            "REMOTE_ADDR": "10.9.8.7",
            "HTTP_X_CORRELATION_ID": "THE-ID",
            "HTTP_COOKIE": "csrftoken=s3cr3t-key",
        },
        lambda status, headers: print(status, dict(headers)["X-Correlation-ID"]),
    )
    list(answer); answer.close()

ask("/returns/leaver/s3cr3t-key/broken/", "email=anna@acme.example")
ask("/api/v1/health")
correlation.set("THE-ID")
app.conf.broker_url = "memory://"
with start_worker(app, pool="solo", perform_ping_check=False):
    with telemetry._tracer.start_as_current_span("sender"):
        write.delay("anna@acme.example")
    assert done.wait(20)
import sentry_sdk
sentry_sdk.flush()
telemetry.trace.get_tracer_provider().shutdown()
""".replace("THE-ID", CORRELATION)


class Received(ThreadingHTTPServer):
    def __init__(self) -> None:
        self.bodies: dict[str, list[bytes]] = {}
        super().__init__(("127.0.0.1", 0), Handler)

    def errors(self) -> list[dict[str, Any]]:
        """The events of Sentry's envelopes: header, item header, item, a line each."""
        found = [body.split(b"\n") for body in self.bodies["/api/1/envelope/"]]
        return [
            json.loads(item)
            for lines in found
            for head, item in zip(lines[1::2], lines[2::2], strict=False)
            if json.loads(head)["type"] == "event"
        ]

    def spans(self) -> list[Any]:
        return [
            span
            for body in self.bodies["/v1/traces"]
            for resource in ExportTraceServiceRequest.FromString(body).resource_spans
            for scope in resource.scope_spans
            for span in scope.spans
        ]


class Handler(BaseHTTPRequestHandler):
    server: Received

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        if self.headers.get("Content-Encoding") == "gzip":
            body = gzip.decompress(body)
        self.server.bodies.setdefault(self.path, []).append(body)
        self.send_response(200)
        self.end_headers()
        self.wfile.write(b"{}")

    def log_message(self, *_arguments: Any) -> None:
        pass


def run(**environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", PROCESS],
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path), **environment},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


@pytest.fixture(scope="module")
def received() -> Iterator[Received]:
    with Received() as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        there = f"127.0.0.1:{server.server_port}"
        done = run(
            SENTRY_DSN=f"http://public@{there}/1",
            OTEL_EXPORTER_OTLP_ENDPOINT=f"http://{there}",
        )
        assert done.returncode == 0, done.stderr
        assert f"500 Internal Server Error {CORRELATION}" in done.stdout
        yield server
        server.shutdown()


@pytest.mark.full
def test_nothing_personal_leaves(received):
    bodies = b"".join(body for each in received.bodies.values() for body in each)
    assert len(bodies) > 1000
    for secret in SECRETS:
        assert secret.encode() not in bodies


@pytest.mark.full
def test_what_failed_is_told_by_type_and_place(received):
    request, task = received.errors()
    types = [one["type"] for one in request["exception"]["values"]]
    assert types == ["ZeroDivisionError", "ValueError"]
    frames = request["exception"]["values"][-1]["stacktrace"]["frames"]
    assert frames[-1]["function"] == "broken"
    assert request["logentry"] == {"message": "%s: %s"}
    assert task["exception"]["values"][0]["type"] == "ValueError"
    for event in (request, task):
        assert event["tags"]["correlation_id"] == CORRELATION
        assert event["contexts"]["trace"]["trace_id"] == CORRELATION.replace("-", "")


@pytest.mark.full
def test_a_trace_has_the_correlation_s_id_from_request_to_task(received):
    spans = {span.name: span for span in received.spans()}
    route = "GET /returns/leaver/{key}/broken/"
    assert {route, "SELECT", "sender", "tests.write"} <= set(spans)
    assert not [name for name in spans if "health" in name]
    assert {span.trace_id.hex() for span in spans.values()} == {
        CORRELATION.replace("-", "")
    }
    assert spans["SELECT"].parent_span_id == spans[route].span_id
    assert spans["tests.write"].parent_span_id == spans["sender"].span_id
    told = {one.key: one.value for one in spans[route].attributes}
    assert told["http.response.status_code"].int_value == 500
    assert spans[route].status.code == spans["tests.write"].status.code == 2  # error


def test_statements_of_a_thread_without_a_connection_are_seen():
    connection.execute_wrappers.clear()
    answer = telemetry.traced(lambda _environ, _start: [])
    answer({"PATH_INFO": "/nowhere", "REQUEST_METHOD": "GET"}, lambda *_said: None)
    assert connection.execute_wrappers == [telemetry._statement]
    connection.execute_wrappers.clear()


def test_any_correlation_id_has_one_trace_id():
    assert f"{trace_id_of(CORRELATION):x}" == CORRELATION.replace("-", "").lstrip("0")
    assert trace_id_of("job:2026-11-29") == trace_id_of("job:2026-11-29") < 2**128
    assert trace_id_of("job:2026-11-29") != trace_id_of("job:2026-11-30")


def test_a_share_of_traces_is_a_share():
    from apps.core.ids import uuid7

    kept = [
        Share(0.25).should_sample(None, uuid7().int, "x").decision.is_sampled()
        for _turn in range(4000)
    ]
    assert 800 < sum(kept) < 1200


def test_without_its_variables_nothing_of_it_is_loaded():
    code = "import tequipy.wsgi, sys; print([n for n in sys.modules if 'sentry' in n])"
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=False
    )
    assert done.stdout.strip() == "[]", done.stderr


@pytest.mark.parametrize(
    ("name", "module"),
    [("SENTRY_DSN", "sentry_sdk"), ("OTEL_EXPORTER_OTLP_ENDPOINT", "opentelemetry")],
)
def test_without_its_packages_a_process_says_what_to_build(name, module):
    hiding = (
        "import importlib.util as found; find = found.find_spec\n"
        f"found.find_spec = lambda name: None if name == {module!r} else find(name)\n"
        "from tequipy import environment; environment.main()"
    )
    done = subprocess.run(
        [sys.executable, "-c", hiding],
        env={**os.environ, name: "http://key@127.0.0.1:9/1"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 78
    [line] = done.stderr.splitlines()
    assert f"{name} wants the packages of requirements/telemetry.txt" in line
