"""How often a client may ask, and what it is told of it."""

from __future__ import annotations

import logging
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client
from redis.client import Redis
from redis.connection import ConnectionPool

from apps.accounts import api_sessions, api_tokens, rate_limits
from apps.accounts.models import User
from apps.core.actor import SYSTEM, Role
from tequipy import cache as resilient
from tequipy.breaker import Breaker

pytestmark = pytest.mark.django_db
NOW = 1_800_000_000 + 42  # 18 s before the end of a minute


@pytest.fixture(autouse=True)
def clock(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    now = [NOW]
    monkeypatch.setattr(rate_limits, "_now", lambda: now[0])
    return now


@pytest.fixture
def limits(settings: Any) -> None:
    settings.API_READS_PER_MINUTE, settings.API_WRITES_PER_MINUTE = 3, 1


def issue(company: Any) -> str:
    fields = {"company": company, "name": "MDM", "role": Role.API_CLIENT}
    return api_tokens.issue(actor=SYSTEM, **fields)[1]


@pytest.fixture
def token(acme: Any) -> str:
    return issue(acme)


def ask(
    token: str, method: str = "GET", path: str = "auth/me", body: str = "{}"
) -> Any:
    return Client(raise_request_exception=False).generic(
        method,
        f"/api/v1/{path}",
        body,
        content_type="application/json",
        headers={"Authorization": f"Bearer {token}"} if token else {},
    )


def told(answer: Any) -> list[str | None]:
    names = ("Limit", "Remaining", "Reset")
    return [answer.get(f"RateLimit-{name}") for name in names]


@pytest.mark.usefixtures("limits")
def test_one_too_many_waits_for_the_next_minute(token: str, clock: list[int]) -> None:
    for left in ("2", "1", "0"):
        answer = ask(token)
        assert answer.status_code == 200
        assert told(answer) == ["3", left, "18"]
    answer = ask(token)
    assert answer.status_code == 429
    assert answer["Content-Type"] == "application/problem+json"
    assert answer["Retry-After"] == "18"
    assert told(answer) == ["3", "0", "18"]
    clock[0] += 18
    answer = ask(token)
    assert (answer.status_code, told(answer)) == (200, ["3", "2", "60"])


@pytest.mark.usefixtures("limits")
def test_reading_and_changing_are_counted_apart(token: str, acme: Any) -> None:
    query = "integration/user-equipments/query"
    assert told(ask(token, "POST", query)) == ["3", "2", "18"]
    assert told(ask(token, "PATCH")) == ["1", "0", "18"]
    assert ask(token, "PATCH").status_code == 429
    assert ask(token).status_code == 200
    assert told(ask(issue(acme), "PATCH")) == ["1", "0", "18"]


@pytest.mark.usefixtures("limits")
def test_refused_requests_count_and_tell(token: str) -> None:
    missing = f"integration/user-equipment/{'0' * 36}"
    assert told(ask(token, path=missing)) == ["3", "2", "18"]
    assert told(ask(token, "DELETE")) == ["1", "0", "18"]
    assert told(ask("")) == [None] * 3
    assert told(ask("x.y.z")) == [None] * 3


@pytest.mark.usefixtures("limits")
def test_what_is_too_much_does_nothing(anna: User) -> None:
    access = api_sessions.start(anna).access
    assert ask(access, "PATCH", body='{"language": "en"}').status_code == 200
    assert ask(access, "PATCH", body='{"language": "de"}').status_code == 429
    anna.refresh_from_db()
    assert anna.language == "en"


def test_zero_is_no_limit(token: str, settings: Any) -> None:
    settings.API_READS_PER_MINUTE = 0
    answer = ask(token)
    assert (answer.status_code, told(answer)) == (200, [None] * 3)


def test_redis_is_told_of_several_requests_at_once(
    token: str, monkeypatch: pytest.MonkeyPatch, django_assert_num_queries: Any
) -> None:
    monkeypatch.setattr(rate_limits, "_TOLD_EVERY", 60)
    first = int(told(ask(token))[1])
    taken = []
    take = ConnectionPool.get_connection

    def counting(pool: Any, *args: Any, **kwargs: Any) -> Any:
        taken.append(args)
        return take(pool, *args, **kwargs)

    monkeypatch.setattr(ConnectionPool, "get_connection", counting)
    most = rate_limits._MOST_UNTOLD
    for more in range(1, most + 1):
        assert len(taken) == 0
        with django_assert_num_queries(1):  # who it is
            assert told(ask(token))[:2] == ["600", str(first - more)]
    assert len(taken) == 1


@pytest.mark.usefixtures("limits")
def test_without_redis_nobody_is_refused(
    token: str, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    away = resilient.ResilientCache(
        "redis://127.0.0.1:1/0", {"OPTIONS": {"socket_connect_timeout": 0.2}}
    )
    monkeypatch.setattr(rate_limits, "cache", away)
    monkeypatch.setattr(resilient, "_breaker", Breaker())
    with caplog.at_level(logging.WARNING):
        answers = [ask(token) for _time in range(5)]
    assert {answer.status_code for answer in answers} == {200}
    assert told(answers[0]) == [None] * 3
    assert "nothing is counted" in caplog.text


def test_counts_are_forgotten(token: str) -> None:
    assert cache.count("test:forgotten", 60) == 1
    assert cache.count("test:forgotten", 60) == 2
    client: Redis = cache._cache.get_client()
    assert 0 < client.ttl(cache.make_key("test:forgotten")) <= 60
    cache.delete("test:forgotten")
