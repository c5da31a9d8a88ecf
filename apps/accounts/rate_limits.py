"""How often a client may ask: so many requests that read, and so many that change
something, in each minute of the clock. Counted in Redis for all processes together;
while that is away nobody is counted, and nobody refused.

A process tells Redis of several requests at once, so that what is left is exact to a
few of them for each process, and exact once little is left.
"""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple
from uuid import UUID

from django.conf import settings
from django.core.cache import cache
from django.http import HttpResponse
from django.utils.translation import ngettext
from rest_framework.request import Request

from apps.core.api.problems import TooMany

from .idempotency import changes

if TYPE_CHECKING:
    from rest_framework.views import APIView as _View
else:
    _View = object

_SECONDS = 60
_now = time.time


class Spent(NamedTuple):
    """What is left of a client's minute; `remaining` below 0 is too much."""

    limit: int
    remaining: int
    seconds: int  # until the next minute

    def headers(self) -> dict[str, str]:
        return {
            "RateLimit-Limit": str(self.limit),
            "RateLimit-Remaining": str(max(0, self.remaining)),
            "RateLimit-Reset": str(self.seconds),
        }


def spend(client_id: UUID, *, changing: bool) -> Spent | None:
    """Counts one request. None where there is no limit, or Redis is away."""
    name = "API_WRITES_PER_MINUTE" if changing else "API_READS_PER_MINUTE"
    limit = getattr(settings, name)
    if not limit:
        return None
    window, passed = divmod(int(_now()), _SECONDS)
    count = _count((name, client_id, window), limit)
    if count is None:
        return None
    return Spent(limit, limit - count, _SECONDS - passed)


@dataclass(slots=True)
class _Tally:
    """Of one client in one minute: what Redis said last, and what it knows not yet."""

    told: int = 0
    untold: int = 0
    told_at: float = float("-inf")


_TOLD_EVERY = 0.25  # seconds
_MOST_UNTOLD = 20
_EXACT_BELOW = 0.1  # of the limit
_Key = tuple[str, UUID, int]
_tallies: dict[_Key, _Tally] = {}
_lock = threading.Lock()


def _count(key: _Key, limit: int) -> int | None:
    """How often this client has asked in this minute, now included."""
    now = time.monotonic()
    with _lock:
        tally = _tallies.get(key)
        if tally is None:
            for old in [one for one in _tallies if one[2] != key[2]]:
                del _tallies[old]
            tally = _tallies[key] = _Tally()
        tally.untold += 1
        count = tally.told + tally.untold
        is_near = limit - count < limit * _EXACT_BELOW
        is_late = now - tally.told_at > _TOLD_EVERY or tally.untold >= _MOST_UNTOLD
        if not is_near and not is_late:
            return count
        by, tally.untold, tally.told_at = tally.untold, 0, now
    name, client_id, window = key
    known = cache.count(f"api:{name}:{client_id}:{window}", _SECONDS, by=by)
    if known is None:
        return None
    with _lock:
        tally.told = max(tally.told, known)
    return known


class Limited(_View):
    """An operation that says how often it may be asked for, and refuses more."""

    _spent: Spent | None = None

    def perform_authentication(self, request: Request) -> None:
        super().perform_authentication(request)
        if request.auth is None or self._spent is not None:
            return
        self._spent = spend(request.user.pk, changing=changes(request))
        if self._spent is not None and self._spent.remaining < 0:
            sentence = ngettext(
                "More than %(count)d request in a minute: slow down.",
                "More than %(count)d requests in a minute: slow down.",
                self._spent.limit,
            )
            told = sentence % {"count": self._spent.limit}
            raise TooMany(told, self._spent.seconds)

    def finalize_response(
        self, request: Request, response: HttpResponse, *args: Any, **kwargs: Any
    ) -> HttpResponse:
        response = super().finalize_response(request, response, *args, **kwargs)
        if self._spent is not None:
            for name, value in self._spent.headers().items():
                response[name] = value
        return response
