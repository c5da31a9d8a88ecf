"""The way of a request to an operation of the API: past all that is for pages."""

from typing import Any

import pytest
from django.test import Client

from apps.accounts.models import User
from apps.conftest import Api
from apps.ops.metrics.exposition import OURS

pytestmark = pytest.mark.django_db
LIST = "/api/v1/integration/user-equipments"


def test_a_session_of_a_browser_is_neither_read_nor_believed(
    client: Client, anna: User, django_assert_num_queries: Any
) -> None:
    client.force_login(anna.login)
    with django_assert_num_queries(0):
        answer = client.get(LIST)
    assert answer.status_code == 401
    assert "Set-Cookie" not in answer.headers


def test_an_answer_runs_nothing_and_stands_in_no_frame(api: Api) -> None:
    answer = api.get("user-equipments")
    assert answer["Content-Security-Policy"] == (
        "default-src 'none'; frame-ancestors 'none'"
    )
    assert answer["X-Frame-Options"] == "DENY"
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["X-Correlation-ID"]
    assert answer["Content-Length"] == str(len(answer.content))


@pytest.mark.parametrize(
    ("path", "headers", "status"),
    [
        (f"{LIST}/none/of/these", {}, 404),
        ("/api/v1/integration/", {}, 404),
        (LIST, {"host": "elsewhere.example"}, 400),
        (f"{LIST}?after=%00", {}, 400),
    ],
)
def test_what_is_refused_before_an_operation_is_a_problem(
    path: str, headers: dict[str, str], status: int, client: Client
) -> None:
    answer = client.get(path, headers=headers)
    assert answer.status_code == status
    assert answer["Content-Type"] == "application/problem+json"
    assert answer.json()["correlationId"] == answer["X-Correlation-ID"]


def test_what_breaks_in_an_operation_is_told_without_a_word_of_it(
    api: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_args: Any) -> None:
        raise RuntimeError("a secret")

    monkeypatch.setattr("tequipy.operations.find", broken)
    answer = api.get("user-equipments")
    assert answer.status_code == 500
    assert b"secret" not in answer.content
    assert answer["Content-Type"] == "application/problem+json"


@pytest.mark.parametrize(
    ("host", "status"), [("testserver", 301), ("elsewhere.example", 400)]
)
def test_a_host_of_others_is_refused_before_it_is_sent_to_https(
    host: str, status: int, client: Client, settings: Any
) -> None:
    settings.SECURE_SSL_REDIRECT = True
    answer = client.get(LIST, headers={"host": host})
    assert answer.status_code == status
    assert answer["X-Correlation-ID"]
    assert (
        OURS.get_sample_value("http_requests_inprogress", {"method": "GET"}) or 0
    ) == 0
