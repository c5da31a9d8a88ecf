"""A server that is away is 503, wherever it is missed."""

import psycopg
import pytest
from django.db import connections

from apps.accounts import session_store
from apps.core import prepared


@pytest.mark.django_db
@pytest.mark.parametrize("is_known", [False, True])
def test_a_session_that_cannot_be_read_is_503(client, anna, monkeypatch, is_known):
    client.force_login(anna.login)
    if is_known:
        assert client.get("/assets/").status_code == 200
    read = prepared._fetched

    def away(raw, sql, params):
        if "django_session" in sql:
            raise psycopg.OperationalError("gone")
        return read(raw, sql, params)

    # The edge: the driver, as it fails when the database does.
    monkeypatch.setattr(prepared, "_fetched", away)
    monkeypatch.setattr(connections["default"], "execute_wrappers", [])
    client.raise_request_exception = False
    answer = client.get("/assets/")
    assert answer.status_code == 503
    assert answer["Retry-After"] == "10"
    monkeypatch.undo()
    assert client.get("/assets/").status_code == 200


@pytest.mark.django_db
def test_a_mistake_of_ours_stays_500(client, anna, monkeypatch):
    client.force_login(anna.login)
    monkeypatch.setattr(session_store, "look", lambda *_asked: 1 / 0)
    client.raise_request_exception = False
    assert client.get("/assets/").status_code == 500
