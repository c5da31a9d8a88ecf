"""The cache in Redis, or in the process while Redis is away: limits stay in force and
pages keep working. Nothing is only in the cache."""

from __future__ import annotations

import logging
from typing import Any

from django.core.cache.backends.locmem import LocMemCache
from django.core.cache.backends.redis import RedisCache, RedisCacheClient
from redis.exceptions import RedisError

from tequipy.breaker import Breaker

logger = logging.getLogger(__name__)
_breaker = Breaker()


class _Client(RedisCacheClient):
    """Django's makes a client for every question, which takes longer than Redis."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._clients: dict[int, Any] = {}

    def get_client(self, key: str | None = None, *, write: bool = False) -> Any:
        index = self._get_connection_pool_index(write)
        if index not in self._clients:
            self._clients[index] = super().get_client(key, write=write)
        return self._clients[index]


class ResilientCache(RedisCache):
    def __init__(self, server: str, params: dict[str, Any]) -> None:
        super().__init__(server, params)
        self._class = _Client
        self._local = LocMemCache("while-redis-is-away", {**params, "OPTIONS": {}})

    def _ask(self, name: str, *args: Any, **kwargs: Any) -> Any:
        if _breaker.lets_through():
            try:
                answer = getattr(super(), name)(*args, **kwargs)
            except RedisError as error:
                _breaker.failed()
                logger.warning("the cache is in the process for now: %r", error)
            else:
                _breaker.succeeded()
                return answer
        return getattr(self._local, name)(*args, **kwargs)

    def count(self, key: str, seconds: int, *, by: int = 1) -> int | None:
        """The sum of what this was called with for the key, now included; forgotten
        `seconds` after the last time. One question to Redis; None while it is away."""
        if not _breaker.lets_through():
            return None
        name = self.make_and_validate_key(key)
        pipeline = self._cache.get_client(name, write=True).pipeline(transaction=False)
        pipeline.incr(name, by)
        pipeline.expire(name, seconds)
        try:
            count = pipeline.execute()[0]
        except RedisError as error:
            _breaker.failed()
            logger.warning("nothing is counted for now: %r", error)
            return None
        _breaker.succeeded()
        return int(count)

    def add(self, *args: Any, **kwargs: Any) -> bool:
        return bool(self._ask("add", *args, **kwargs))

    def get(self, *args: Any, **kwargs: Any) -> Any:
        return self._ask("get", *args, **kwargs)

    def set(self, *args: Any, **kwargs: Any) -> None:
        self._ask("set", *args, **kwargs)

    def touch(self, *args: Any, **kwargs: Any) -> bool:
        return bool(self._ask("touch", *args, **kwargs))

    def delete(self, *args: Any, **kwargs: Any) -> bool:
        return bool(self._ask("delete", *args, **kwargs))

    def get_many(self, *args: Any, **kwargs: Any) -> dict[Any, Any]:
        return dict(self._ask("get_many", *args, **kwargs))

    def has_key(self, *args: Any, **kwargs: Any) -> bool:
        return bool(self._ask("has_key", *args, **kwargs))

    def incr(self, *args: Any, **kwargs: Any) -> int:
        return int(self._ask("incr", *args, **kwargs))

    def set_many(self, *args: Any, **kwargs: Any) -> list[Any]:
        return list(self._ask("set_many", *args, **kwargs))

    def delete_many(self, *args: Any, **kwargs: Any) -> None:
        self._ask("delete_many", *args, **kwargs)

    def clear(self) -> None:
        self._ask("clear")
