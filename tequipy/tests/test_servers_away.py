"""Redis away: the cache goes on in the process. A breaker lets one try at a time."""

import pytest
from django.core.cache import caches

from tequipy import cache as resilient
from tequipy.breaker import Breaker


@pytest.fixture(autouse=True)
def _fresh_breaker(monkeypatch):
    monkeypatch.setattr(resilient, "_breaker", Breaker())


def cache_at(url: str) -> resilient.ResilientCache:
    return resilient.ResilientCache(
        url, {"OPTIONS": {"socket_connect_timeout": 0.2, "socket_timeout": 0.2}}
    )


def test_with_redis_there_the_cache_is_shared(settings):
    one, other = (cache_at(settings.REDIS_URL) for _one in range(2))
    one.set("shared", 1)
    assert other.get("shared") == 1
    assert one.add("shared", 2) is False
    assert one.incr("shared") == 2
    assert one.get_many(["shared", "none"]) == {"shared": 2}
    one.delete("shared")
    assert other.has_key("shared") is False


def test_with_redis_away_limits_stay_in_force():
    cache = cache_at("redis://127.0.0.1:1/0")
    assert cache.add("lock", 1, 5) is True
    assert cache.add("lock", 1, 5) is False
    cache.set("hits", 1)
    assert cache.incr("hits") == 2
    assert cache.get("hits") == 2
    assert cache.get("none", "default") == "default"
    cache.clear()


def test_the_default_cache_is_the_resilient_one():
    assert isinstance(caches["default"], resilient.ResilientCache)


def test_a_breaker_refuses_after_a_failure_and_then_lets_one_through(monkeypatch):
    now = 100.0
    monkeypatch.setattr("tequipy.breaker.time.monotonic", lambda: now)
    breaker = Breaker()
    assert breaker.lets_through()
    breaker.failed()
    assert not breaker.lets_through()
    now = 101.5
    assert breaker.lets_through()
    assert not breaker.lets_through()
    breaker.succeeded()
    assert breaker.lets_through()
    assert breaker.lets_through()
