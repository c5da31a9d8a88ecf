"""When the pool asks whether a server still lives before it lends a connection."""

import time
from collections.abc import Iterator

import psycopg
import pytest
from django.db import connection as of_tests

from tequipy.database.base import DatabaseWrapper
from tequipy.database.connection import (
    TRUSTED_SECONDS,
    BoundedConnection,
    check,
)


@pytest.fixture
def lent(db: None) -> Iterator[BoundedConnection]:
    parameters = of_tests.get_connection_params()
    wanted = {"dbname", "user", "password", "host", "port"}
    own = {name: value for name, value in parameters.items() if name in wanted}
    with BoundedConnection.connect(**own, autocommit=True) as connection:
        yield connection


def end(connection: BoundedConnection) -> None:
    with of_tests.cursor() as cursor:
        cursor.execute("SELECT pg_terminate_backend(%s)", [connection.info.backend_pid])
    deadline = time.monotonic() + 5
    while connection.answered_just_now() and time.monotonic() < deadline:
        connection.answered_at = time.monotonic()
        time.sleep(0.01)


def test_who_answered_just_now_is_not_asked(lent, monkeypatch) -> None:
    lent.execute("SELECT 1")
    monkeypatch.setattr(lent, "execute", None)
    check(lent)


def test_who_was_silent_for_long_is_asked(lent) -> None:
    lent.execute("SELECT 1")
    before = lent.answered_at = time.monotonic() - TRUSTED_SECONDS - 1
    check(lent)
    assert lent.answered_at > before + TRUSTED_SECONDS


def test_a_server_that_ended_is_noticed_at_once(lent) -> None:
    lent.execute("SELECT 1")
    end(lent)
    with pytest.raises(psycopg.OperationalError):
        check(lent)


def test_the_connection_given_back_last_is_lent_first(db: None) -> None:
    sizes = {"connection_class": BoundedConnection, "min_size": 3, "max_size": 3}
    settings = {
        **of_tests.settings_dict,
        "CONN_MAX_AGE": 0,
        "OPTIONS": {**of_tests.settings_dict["OPTIONS"], "pool": sizes},
    }
    pool = DatabaseWrapper(settings, alias="pooled").pool
    assert pool is not None
    with pool:
        pool.wait(timeout=5)
        first, second, third = pool.getconn(), pool.getconn(), pool.getconn()
        for connection in (second, third, first):
            pool.putconn(connection)
        assert [pool.getconn(), pool.getconn()] == [first, third]
