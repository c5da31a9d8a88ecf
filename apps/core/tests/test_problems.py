"""Whatever goes wrong under /api/, in whichever layer, is one form of answer."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import OperationalError
from django.test import Client
from django.urls import reverse

from apps.accounts import api_tokens, callers
from apps.core.actor import SYSTEM, Role

pytestmark = pytest.mark.django_db


@pytest.fixture
def token(acme: Any) -> str:
    issue = {"company": acme, "name": "HRIS", "role": Role.API_CLIENT}
    return api_tokens.issue(actor=SYSTEM, **issue)[1]


def call(method: str, path: str, body: Any = "", token: str = "", **more: Any) -> Any:
    headers = {"X-Correlation-ID": "look-me-up-1", **more.pop("headers", {})}
    if token:
        headers["Authorization"] = f"Bearer {token}"
    client = Client(raise_request_exception=False)
    more = {"content_type": "application/json", **more}
    return client.generic(method, path, body, headers=headers, **more)


def told(answer: Any, status: int, code: str) -> dict[str, Any]:
    assert answer.status_code == status, answer.content
    assert answer["Content-Type"] == "application/problem+json"
    assert answer["X-Correlation-ID"] == "look-me-up-1"
    body = answer.json()
    assert body["status"] == status
    assert body["correlationId"] == "look-me-up-1"
    assert body["type"] == f"urn:tequipy:problem:{code}"
    assert body["errors"][0]["code"] == code
    assert all(body[name] for name in ("title", "detail", "instance"))
    return body


@pytest.mark.parametrize(
    "path", ["/api/", "/api/v2/x", "/api/v1/auth/login/", "/api/v1/auth/me%0a"]
)
@pytest.mark.parametrize("method", ["GET", "POST", "DELETE"])
def test_unknown_address(method: str, path: str) -> None:
    told(call(method, path), 404, "not_found")


def test_path_that_no_text_has() -> None:
    told(call("GET", "/api/v1/a%00b"), 400, "malformed")


@pytest.mark.parametrize("query", ["%00", "x=%00", "x=%ff"])
def test_query_that_no_text_has(query: str) -> None:
    body = told(call("GET", f"{reverse('api:me')}?{query}"), 400, "bad_query")
    assert "parameter" in body["errors"][0]


def test_host_that_is_not_ours(settings: Any) -> None:
    settings.ALLOWED_HOSTS = ["app.example.com"]
    told(call("GET", reverse("api:me")), 400, "malformed")


def test_method_that_an_operation_has_not(token: str) -> None:
    answer = call("DELETE", reverse("api:me"), token=token)
    told(answer, 405, "method_not_allowed")
    assert "GET" in answer["Allow"]


@pytest.mark.parametrize(
    "body", ["{", "NaN", '{"email": "\\ud800"}', b"\xff\xfe{}", "[" * 100_000]
)
def test_body_that_is_no_json(body: Any) -> None:
    told(call("POST", reverse("api:login"), body), 400, "malformed")


@pytest.mark.parametrize("body", ["[]", "7", "null", '"text"'])
def test_body_that_is_no_object(body: str) -> None:
    code = "null" if body == "null" else "invalid"
    told(call("POST", reverse("api:login"), body), 422, code)


def test_body_in_another_form() -> None:
    more = {"content_type": "text/xml"}
    answer = call("POST", reverse("api:login"), "<a/>", **more)
    told(answer, 415, "unsupported_media_type")


def test_body_without_end() -> None:
    answer = call("POST", reverse("api:login"), '"' + "x" * 5_000_000 + '"')
    told(answer, 413, "too_large")


@pytest.mark.parametrize("size", ["25 MiB and more", "as the header says"])
@pytest.mark.parametrize("has_token", [True, False])
@pytest.mark.parametrize(
    "path",
    ["tags", "users/query", "auth/login", "imports/x/plan", "offboardings/x/cancel"],
)
def test_body_beyond_all_limits(
    path: str, has_token: bool, size: str, token: str, settings: Any
) -> None:
    address = f"/api/v1/integration/{path}"
    if path == "auth/login":
        address = reverse("api:login")
    most = settings.DATA_UPLOAD_MAX_MEMORY_SIZE
    is_whole = size == "25 MiB and more"
    body = b'"' + b"x" * most + b'"' if is_whole else b"{}"
    more = {} if is_whole else {"CONTENT_LENGTH": "30000000"}
    for key in ({}, {"Idempotency-Key": "much"}):
        headers = {"X-Correlation-ID": "look-me-up-1", **key}
        sent = {**more, "headers": headers}
        answer = call("POST", address, body, token if has_token else "", **sent)
        if has_token or path == "auth/login":
            told(answer, 413, "too_large")
        else:
            told(answer, 401, "not_authenticated")


def test_form_of_too_many_parts(token: str, settings: Any) -> None:
    settings.DATA_UPLOAD_MAX_NUMBER_FIELDS = 3
    part = '--x\r\nContent-Disposition: form-data; name="%d"\r\n\r\n1\r\n'
    body = "".join(part % n for n in range(9)) + "--x--\r\n"
    more = {"content_type": "multipart/form-data; boundary=x"}
    answer = call("POST", "/api/v1/integration/imports", body, token, **more)
    told(answer, 400, "malformed")


def test_no_token() -> None:
    answer = call("GET", reverse("api:me"))
    told(answer, 401, "not_authenticated")
    assert answer["WWW-Authenticate"] == 'Bearer realm="tequipy"'


@pytest.mark.parametrize("text", ["", "a", "a.b.c", "\u00e9", "x" * 8000])
def test_token_that_is_none(text: str) -> None:
    headers = {"Authorization": f"Bearer {text}".encode().decode("latin-1")}
    told(call("GET", reverse("api:me"), headers=headers), 401, "bad_token")


@pytest.mark.parametrize(
    ("error", "status", "code"),
    [
        (OperationalError("no"), 503, "unavailable"),
        (ZeroDivisionError, 500, "internal"),
    ],
)
def test_what_breaks_says_nothing_of_it(
    error: Any, status: int, code: str, token: str, monkeypatch: Any
) -> None:
    def broken(_user: Any) -> None:
        raise error

    monkeypatch.setattr(callers, "actor_of", broken)
    answer = call("GET", reverse("api:me"), token=token)
    told(answer, status, code)
    assert answer.has_header("Retry-After") == (status == 503)


def test_any_accept_gets_json(token: str) -> None:
    headers = {"Accept": "text/html"}
    answer = call("GET", reverse("api:me"), token=token, headers=headers)
    assert answer["Content-Type"] == "application/json"
