"""Django's PostgreSQL backend, which leaves a server alone that does not answer; with
a pool only."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from functools import cached_property, partial
from typing import Any

import psycopg
from django.db.backends.postgresql import base
from psycopg_pool import ConnectionPool

from .connection import BoundedConnection, breaker, check, lent


class LastFirst(deque[Any]):
    """Connections that wait in a pool: the one that was given back last is lent first.
    Its server process has at hand what it has just done, the others may sleep."""

    def append(self, connection: Any) -> None:
        self.appendleft(connection)


class DatabaseWrapper(base.DatabaseWrapper):
    @property
    def pool(self) -> ConnectionPool[BoundedConnection] | None:
        """As Django makes it, but for the check."""
        options = self.settings_dict["OPTIONS"].get("pool")
        if not options:
            return None
        pools = self._connection_pools
        if self.alias not in pools:
            made = ConnectionPool(
                kwargs={**self.get_connection_params(), "autocommit": True},
                open=False,
                configure=self._configure_connection,
                check=check,
                **options,
            )
            made._pool = LastFirst()
            # Of threads that come here at once, one's stays.
            pools.setdefault(self.alias, made)
        return pools[self.alias]

    # A connection is lent at each request: what is the same for all of them is not
    # put together, or asked of it, anew.

    @cached_property
    def _params(self) -> dict[str, Any]:
        return super().get_connection_params()

    def get_connection_params(self) -> dict[str, Any]:
        is_pooled = self.settings_dict["OPTIONS"].get("pool")
        return self._params if is_pooled else super().get_connection_params()

    def _set_autocommit(self, autocommit: bool) -> None:
        if self.connection.autocommit != autocommit:
            super()._set_autocommit(autocommit)

    def get_new_connection(self, conn_params: dict[str, Any]) -> Any:
        return self._guarded(partial(super().get_new_connection, conn_params))

    def lend(self, pool: ConnectionPool[BoundedConnection]) -> BoundedConnection:
        """For one statement outside of any transaction, to be given back at once. What
        Django does for a connection that a thread keeps until the request ends takes
        longer than to read a row."""
        pool.open()
        connection: BoundedConnection = self._guarded(pool.getconn)
        return connection

    def _guarded(self, connect: Callable[[], Any]) -> Any:
        if not breaker.lets_through():
            raise psycopg.OperationalError("the database did not answer a moment ago")
        try:
            connection = connect()
        except psycopg.OperationalError:
            breaker.failed()
            raise
        breaker.succeeded()
        lent(connection)
        return connection
