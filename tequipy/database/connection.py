"""Connections of the web processes: a frozen server costs a request seconds, not its
thread. Without this, a handful of requests would silence the health check."""

from __future__ import annotations

from typing import Any, TypeVar

import psycopg
from psycopg import errors
from psycopg.abc import PQGen

T = TypeVar("T")

ANSWER_SECONDS = 8.0
CHECK_SECONDS = 1.5


class BoundedConnection(psycopg.Connection[Any]):
    """Gives up on an answer that does not come. statement_timeout, which the server
    keeps, is a little shorter: only a server that is gone gets here."""

    # While it lies in the pool: connecting, and the question whether it still lives.
    answer_seconds = CHECK_SECONDS

    def wait(
        self, gen: PQGen[T], interval: float = 0.1, timeout: float | None = None
    ) -> T:
        try:
            return super().wait(gen, interval, timeout or self.answer_seconds)
        except errors._WaitTimeout:
            self.pgconn.finish()
            raise psycopg.OperationalError("the database does not answer") from None


def lent(connection: BoundedConnection) -> None:
    connection.answer_seconds = ANSWER_SECONDS


def returned(connection: BoundedConnection) -> None:
    connection.answer_seconds = CHECK_SECONDS
