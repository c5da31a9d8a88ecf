"""Django's PostgreSQL backend, which leaves a server alone that does not answer; with
a pool only."""

from __future__ import annotations

from typing import Any

import psycopg
from django.db.backends.postgresql import base

from tequipy.breaker import Breaker

from .connection import lent

_breaker = Breaker()


class DatabaseWrapper(base.DatabaseWrapper):
    def get_new_connection(self, conn_params: dict[str, Any]) -> Any:
        if not _breaker.lets_through():
            raise psycopg.OperationalError("the database did not answer a moment ago")
        try:
            connection = super().get_new_connection(conn_params)
        except psycopg.OperationalError:
            _breaker.failed()
            raise
        _breaker.succeeded()
        lent(connection)
        return connection
