"""When the pool asks whether a server still lives before it lends a connection."""

import time
from collections.abc import Iterator

import psycopg
import pytest
from django.db import DEFAULT_DB_ALIAS, ProgrammingError
from django.db import connection as of_tests
from psycopg.pq import TransactionStatus

from apps.core import prepared
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


@pytest.fixture
def pooled(db: None) -> Iterator[DatabaseWrapper]:
    sizes = {"connection_class": BoundedConnection, "min_size": 3, "max_size": 3}
    settings = {
        **of_tests.settings_dict,
        "CONN_MAX_AGE": 0,
        "OPTIONS": {**of_tests.settings_dict["OPTIONS"], "pool": sizes},
    }
    wrapper = DatabaseWrapper(settings, alias="pooled")
    assert wrapper.pool is not None
    wrapper.pool.open(wait=True, timeout=5)
    yield wrapper
    wrapper.close_pool()


def test_the_connection_given_back_last_is_lent_first(pooled) -> None:
    pool = pooled.pool
    first, second, third = pool.getconn(), pool.getconn(), pool.getconn()
    for connection in (second, third, first):
        pool.putconn(connection)
    lent = [pool.getconn(), pool.getconn()]
    assert lent == [first, third]
    for connection in lent:
        pool.putconn(connection)


@pytest.fixture
def asked(pooled, monkeypatch) -> DatabaseWrapper:
    monkeypatch.setattr(prepared, "connections", {DEFAULT_DB_ALIAS: pooled})
    return pooled


def available(wrapper: DatabaseWrapper) -> int:
    return wrapper.pool.get_stats()["pool_available"]


def test_a_statement_of_its_own_gives_the_connection_back(asked) -> None:
    assert prepared.execute("SELECT %s::int", (7,), is_plain=True) == [(7,)]
    assert (asked.connection, available(asked)) == (None, 3)
    with pytest.raises(ProgrammingError):
        prepared.execute("SELECT nothing", (), is_plain=True)
    assert (asked.connection, available(asked)) == (None, 3)


def test_a_statement_in_a_transaction_is_part_of_it(asked) -> None:
    pid = "SELECT pg_backend_pid()"
    asked.connection = own = asked.pool.getconn()
    assert prepared.execute(pid, (), is_plain=True) == [(own.info.backend_pid,)]
    assert (asked.connection, available(asked)) == (own, 2)
    asked.pool.putconn(own)


def test_what_a_lost_transaction_left_is_undone(asked) -> None:
    pool = asked.pool
    for connection in [pool.getconn() for _each in range(3)]:
        connection.autocommit = False
        pool.putconn(connection)
    prepared.execute("SELECT 1", (), is_plain=True)
    with pool.connection() as connection:
        assert connection.autocommit
        assert connection.info.transaction_status == TransactionStatus.IDLE
