"""Stops asking a server that does not answer, so that threads stay free for others."""

from __future__ import annotations

import threading
import time

_PAUSE_SECONDS = 1.0
# While one asks again, the others are refused; longer than any one try takes.
_TRY_SECONDS = 5.0


class Breaker:
    """Closed: everybody asks. After a failure: nobody for a second, then one at a time
    until one succeeds."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._refused_until = 0.0

    def lets_through(self) -> bool:
        if not self._refused_until:
            return True
        with self._lock:
            if time.monotonic() < self._refused_until:
                return False
            if self._refused_until:
                self._refused_until = time.monotonic() + _TRY_SECONDS
            return True

    def succeeded(self) -> None:
        self._refused_until = 0.0

    def failed(self) -> None:
        with self._lock:
            self._refused_until = time.monotonic() + _PAUSE_SECONDS
