"""Connections of the web processes: a frozen server costs a request seconds, not its
thread. Without this, a handful of requests would silence the health check."""

from __future__ import annotations

import select
import time
from typing import Any, TypeVar

import psycopg
from psycopg import errors
from psycopg.abc import PQGen
from psycopg_pool import ConnectionPool

T = TypeVar("T")

ANSWER_SECONDS = 8.0
CHECK_SECONDS = 1.5
# So long after an answer the server is taken to live, unless it said goodbye.
TRUSTED_SECONDS = 1.0


class BoundedConnection(psycopg.Connection[Any]):
    """Gives up on an answer that does not come. statement_timeout, which the server
    keeps, is a little shorter: only a server that is gone gets here."""

    # While it lies in the pool: connecting, and the question whether it still lives.
    answer_seconds = CHECK_SECONDS
    answered_at = 0.0

    def wait(
        self, gen: PQGen[T], interval: float = 0.1, timeout: float | None = None
    ) -> T:
        try:
            answer = super().wait(gen, interval, timeout or self.answer_seconds)
        except errors._WaitTimeout:
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


def lent(connection: BoundedConnection) -> None:
    connection.answer_seconds = ANSWER_SECONDS


def check(connection: BoundedConnection) -> None:
    """Before it is lent. Raises OperationalError if the server does not answer."""
    connection.answer_seconds = CHECK_SECONDS
    if not connection.answered_just_now():
        ConnectionPool.check_connection(connection)
