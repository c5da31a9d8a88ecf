"""Counts requests by route, whoever answers them. First in MIDDLEWARE."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from functools import lru_cache

from django.conf import settings
from django.contrib.admindocs.views import simplify_regex
from django.db import DEFAULT_DB_ALIAS, connections
from django.http import HttpRequest, HttpResponse
from django_prometheus.middleware import (
    Metrics,
    PrometheusAfterMiddleware,
    PrometheusBeforeMiddleware,
)
from django_prometheus.utils import Time, TimeSince
from prometheus_client import Counter, Gauge, Histogram

from .exposition import OURS

# 0.5 and 0.75 are the limits of the scaling table and of the latency alert.
_BUCKETS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 10)
# Probes would hide what people wait for.
UNCOUNTED = {"/metrics", "/api/v1/health", "/api/v1/readiness"}


class HttpMetrics(Metrics):
    _instance = None

    def register(self) -> None:
        self.known: dict[tuple[str, str, int], tuple[Counter, Histogram]] = {}
        self.known_methods: dict[str, Gauge] = {}
        self.pool_told: dict[str, float] = {}
        self.pool_lock = threading.Lock()
        self.requests = Counter(
            "http_requests_total",
            "Requests answered.",
            ["method", "path", "status"],
            registry=OURS,
        )
        self.duration = Histogram(
            "http_request_duration_seconds",
            "Time from the first middleware in to the last one out.",
            ["method", "path"],
            buckets=_BUCKETS,
            registry=OURS,
        )
        self.in_progress = Gauge(
            "http_requests_inprogress",
            "Requests being answered.",
            ["method"],
            multiprocess_mode="livesum",
            registry=OURS,
        )
        self.pool = {
            key: Gauge(
                f"tequipy_database_pool_{name}",
                text,
                multiprocess_mode="livesum",
                registry=OURS,
            )
            for key, name, text in (
                ("pool_size", "size", "Connections held."),
                ("pool_available", "available", "Connections held and idle."),
                ("requests_waiting", "waiting", "Threads that wait for a connection."),
            )
        }

    def of(self, method: str, path: str, status: int) -> tuple[Counter, Histogram]:
        """The two of this answer: to look them up by their labels takes longer than to
        count. There are as many as there are routes."""
        key = method, path, status
        if key not in self.known:
            requests = self.requests.labels(method, path, status)
            self.known[key] = requests, self.duration.labels(method, path)
        return self.known[key]

    def tell(self, stats: Mapping[str, float]) -> None:
        """What has changed of the pool: to set a gauge takes a write to a file."""
        with self.pool_lock:
            for key, gauge in self.pool.items():
                value = stats.get(key, 0)
                if self.pool_told.get(key) != value:
                    self.pool_told[key] = value
                    gauge.set(value)

    def running(self, method: str) -> Gauge:
        if method not in self.known_methods:
            self.known_methods[method] = self.in_progress.labels(method)
        return self.known_methods[method]


class HttpMetricsMiddleware(PrometheusBeforeMiddleware):
    metrics_cls = HttpMetrics
    _method = PrometheusAfterMiddleware._method

    def process_request(self, request: HttpRequest) -> None:
        if request.path_info not in UNCOUNTED:
            request.metrics_begun_at = Time()
            self.metrics.running(self._method(request)).inc()

    def process_response(
        self, request: HttpRequest, response: HttpResponse
    ) -> HttpResponse:
        begun_at = getattr(request, "metrics_begun_at", None)
        if begun_at is None:
            return response
        method, path = self._method(request), _path(request, response)
        requests, duration = self.metrics.of(method, path, response.status_code)
        self.metrics.running(method).dec()
        requests.inc()
        duration.observe(TimeSince(begun_at))
        self._set_pool()
        return response

    def _set_pool(self) -> None:
        # Makes the pool if there is none yet, which opens no connection.
        if pool := connections[DEFAULT_DB_ALIAS].pool:
            self.metrics.tell(pool.get_stats())


def _path(request: HttpRequest, response: HttpResponse) -> str:
    if request.resolver_match is not None:
        return template_of(request.resolver_match.route)
    is_static = request.path_info.startswith(settings.STATIC_URL)
    return "<static>" if is_static and response.status_code < 400 else "<unmatched>"


@lru_cache(maxsize=1024)
def template_of(route: str) -> str:
    """`assets/<uuid:pk>/` becomes `/assets/{pk}/`; regular expressions too."""
    plain = simplify_regex(route)
    for before, after in (("<", "{"), (">", "}")):
        plain = plain.replace(before, after)
    return "/".join(
        "{" + part.strip("{}").split(":")[-1] + "}" if part.startswith("{") else part
        for part in plain.split("/")
    )
