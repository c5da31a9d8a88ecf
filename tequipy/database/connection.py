"""Connections of the web processes: a frozen server costs a request seconds, not its
thread. Without this, a handful of requests would silence the health check."""

from __future__ import annotations

import select
import time
from collections.abc import Generator
from typing import Any, TypeVar

import psycopg
from psycopg import errors, waiting
from psycopg.abc import PQGen
from psycopg_pool import ConnectionPool

from tequipy.breaker import Breaker

from .pulse import Pulse

T = TypeVar("T")

ANSWER_SECONDS = 8.0
CHECK_SECONDS = 1.0
# So long after an answer the server is taken to live, unless it said goodbye.
TRUSTED_SECONDS = 1.0

breaker = Breaker()
_pulse = Pulse(CHECK_SECONDS)


class BoundedConnection(psycopg.Connection[Any]):
    """Gives up on an answer that does not come. statement_timeout, which the server
    keeps, is a little shorter: only a server that is gone gets here. Nor does it wait
    so long for one that is: who waits asks whether the server still talks to others."""

    # While it lies in the pool: connecting, and the question whether it still lives.
    answer_seconds = CHECK_SECONDS
    answered_at = 0.0

    def wait(
        self, gen: PQGen[T], interval: float = 0.1, timeout: float | None = None
    ) -> T:
        seconds = timeout or self.answer_seconds
        try:
            try:
                answer = super().wait(gen, interval, min(seconds, CHECK_SECONDS))
            except errors._WaitTimeout:
                if seconds <= CHECK_SECONDS or not _pulse.is_felt(self.info):
                    raise
                left = seconds - CHECK_SECONDS
                answer = super().wait(_resumed(gen), interval, left)
        except errors._WaitTimeout:
            breaker.failed()
            self.pgconn.finish()
            raise psycopg.OperationalError("the database does not answer") from None
        self.answered_at = time.monotonic()
        return answer

    def answered_just_now(self) -> bool:
        """And has sent nothing since, as a server does that ends."""
        if time.monotonic() - self.answered_at > TRUSTED_SECONDS or self.closed:
            return False
        sent, _writable, _failed = select.select([self.fileno()], [], [], 0)
        return not sent


def _resumed(gen: PQGen[T]) -> Generator[Any, Any, T]:
    """One that was waited for in vain, to be waited for on: what for, it says anew."""
    state = waiting.WAIT_RW
    try:
        while True:
            state = gen.send((yield state))
    except StopIteration as end:
        return end.value  # type: ignore[no-any-return]


def lent(connection: BoundedConnection) -> None:
    connection.answer_seconds = ANSWER_SECONDS


def check(connection: BoundedConnection) -> None:
    """Before it is lent. Raises OperationalError if the server does not answer."""
    connection.answer_seconds = CHECK_SECONDS
    if not connection.answered_just_now():
        ConnectionPool.check_connection(connection)
