"""`/api/v1/health`: alive, touches nothing. `/api/v1/readiness`: 503 while the
database, Redis or a migration is missing; `?only=database,migrations` narrows it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, ClassVar
from urllib.parse import urlsplit

import redis.asyncio
from django.conf import settings
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, HttpResponse, JsonResponse
from health_check import HealthCheck
from health_check.checks import Database
from health_check.contrib.redis import Redis
from health_check.exceptions import ServiceUnavailable
from health_check.views import HealthCheckView


@dataclass
class Migrations(HealthCheck):
    """Every migration of this version is applied; remembered once it is so."""

    _is_done: ClassVar[bool] = False

    def run(self) -> None:
        if Migrations._is_done:
            return
        try:
            executor = MigrationExecutor(connection)
            plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
        finally:
            connection.close()
        if plan:
            raise ServiceUnavailable(f"{len(plan)} migrations are not applied")
        Migrations._is_done = True


def _redis_client() -> redis.asyncio.Redis:
    return redis.asyncio.Redis.from_url(
        settings.REDIS_URL, socket_connect_timeout=1, socket_timeout=1
    )


_FOR_ANY_HOST = {"/api/v1/health", "/api/v1/readiness", "/metrics"}


class AnyHostMiddleware:
    """Probes and scrapes call by address: for them the Host header means nothing."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.path_info in _FOR_ANY_HOST:
            request.META["HTTP_HOST"] = urlsplit(settings.PUBLIC_URL).netloc
        return self.get_response(request)


class QuickDatabase(Database):
    # The pool gives up before; this is for what hangs beyond it.
    timeout = timedelta(seconds=2.5)


class JsonHealthView(HealthCheckView):
    named_checks: ClassVar[dict[str, Any]] = {}

    async def get(
        self, request: HttpRequest, *args: Any, **kwargs: Any
    ) -> JsonResponse:
        only = {name for name in request.GET.get("only", "").split(",") if name}
        if unknown := only - set(self.named_checks):
            detail = f"only: {sorted(unknown)[0]} is none of {list(self.named_checks)}"
            return JsonResponse({"status": "invalid", "detail": detail}, status=400)
        names = [name for name in self.named_checks if not only or name in only]
        checks = [self.named_checks[name]() for name in names]
        with self.get_executor() as executor:
            results = await asyncio.gather(
                *(check.get_result(executor) for check in checks)
            )
        # The reason goes to the log: it may name hosts.
        outcome = {
            name: "unavailable" if result.error else "ok"
            for name, result in zip(names, results, strict=True)
        }
        is_bad = "unavailable" in outcome.values()
        return JsonResponse(
            {"status": "unavailable" if is_bad else "ok", "checks": outcome},
            status=503 if is_bad else 200,
        )


class Liveness(JsonHealthView):
    pass


class Readiness(JsonHealthView):
    named_checks: ClassVar[dict[str, Any]] = {
        "database": QuickDatabase,
        "redis": lambda: Redis(client_factory=_redis_client),
        "migrations": Migrations,
    }
