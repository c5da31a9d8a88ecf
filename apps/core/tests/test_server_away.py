"""A server that is away is 503, wherever it is missed."""

import pytest
from django.contrib.sessions.backends.db import SessionStore
from django.db import OperationalError


@pytest.mark.django_db
def test_a_session_that_cannot_be_read_is_503(client, anna, monkeypatch):
    client.force_login(anna.login)

    def away(self):
        raise OperationalError("gone")

    # The edge: Django's own store, as it fails when the database does.
    monkeypatch.setattr(SessionStore, "load", away)
    client.raise_request_exception = False
    answer = client.get("/assets/")
    assert answer.status_code == 503
    assert answer["Retry-After"] == "10"


@pytest.mark.django_db
def test_a_mistake_of_ours_stays_500(client, anna, monkeypatch):
    client.force_login(anna.login)
    monkeypatch.setattr(SessionStore, "load", lambda self: 1 / 0)
    client.raise_request_exception = False
    assert client.get("/assets/").status_code == 500
