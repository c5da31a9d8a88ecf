"""Signing in to the API by password, by refresh tokens, by a client's token."""

from __future__ import annotations

import json
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone

from apps.accounts import api_sessions, api_tokens
from apps.accounts.models import ApiSession, ApiToken, User
from apps.conftest import make_user
from apps.core.actor import SYSTEM, Role
from apps.events.models import Event

PASSWORD = "correct-horse-battery"
pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("own_counts")]


@pytest.fixture
def api() -> Callable[..., Any]:
    def call(method: str, path: str, body: Any = None, token: str = "") -> Any:
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        return Client(raise_request_exception=False).generic(
            method,
            f"/api/v1/auth/{path}",
            "" if body is None else json.dumps(body),
            content_type="application/json",
            headers=headers,
        )

    return call


@pytest.fixture
def olga(acme: Any) -> User:
    user = make_user(acme, "Olga")
    user.login.set_password(PASSWORD)
    user.login.save()
    return user


def sign_in(api: Callable[..., Any], user: User) -> dict[str, Any]:
    body = {"email": user.login.email, "password": PASSWORD}
    answer = api("POST", "login", body)
    assert answer.status_code == 200, answer.content
    assert answer["Cache-Control"] == "no-store"
    return answer.json()


def test_password_gives_tokens_that_say_who_one_is(api: Any, olga: User) -> None:
    pair = sign_in(api, olga)
    assert pair["tokenType"] == "Bearer"
    assert 0 < pair["expiresIn"] <= 900
    me = api("GET", "me", token=pair["accessToken"]).json()
    assert me["id"] == str(olga.id)
    assert me["company"]["name"] == olga.company.name
    assert "assets.read" in me["permissions"]
    assert "people.add" not in me["permissions"]


@pytest.mark.parametrize(
    ("email", "password"),
    [("olga@acme.example", "wrong"), ("nobody@acme.example", PASSWORD), ("", "x")],
)
def test_wrong_credentials_are_refused(
    api: Any, olga: User, email: str, password: str
) -> None:
    answer = api("POST", "login", {"email": email, "password": password})
    assert answer.status_code == (422 if not email else 401)
    assert answer["Content-Type"] == "application/problem+json"
    assert not ApiSession.objects.exists()


def test_too_many_tries_wait(api: Any, olga: User) -> None:
    for _try in range(5):
        api("POST", "login", {"email": olga.login.email, "password": "wrong"})
    answer = api("POST", "login", {"email": olga.login.email, "password": PASSWORD})
    assert answer.status_code == 429
    assert int(answer["Retry-After"]) > 0
    assert "Expected available" not in answer.json()["detail"]


def test_body_is_taken_as_it_is_or_refused(api: Any, olga: User) -> None:
    body = {"email": 7, "password": PASSWORD, "remember": True}
    answer = api("POST", "login", body)
    assert answer.status_code == 422
    found = {one["pointer"]: one["code"] for one in answer.json()["errors"]}
    assert found == {"/remember": "unknown"}
    answer = api("POST", "login", {"email": 7, "password": "a\0b"})
    assert {one["pointer"] for one in answer.json()["errors"]} == {"/password"}
    answer = api("POST", "login", {"email": 7})
    found = {one["pointer"]: one["code"] for one in answer.json()["errors"]}
    assert found == {"/email": "invalid", "/password": "required"}


def test_refresh_token_is_good_once(api: Any, olga: User) -> None:
    first = sign_in(api, olga)
    second = api("POST", "refresh", {"refreshToken": first["refreshToken"]}).json()
    assert api("GET", "me", token=second["accessToken"]).status_code == 200
    again = api("POST", "refresh", {"refreshToken": first["refreshToken"]})
    assert again.status_code == 401
    # It was stolen from one of the two: neither goes on.
    body = {"refreshToken": second["refreshToken"]}
    assert api("POST", "refresh", body).status_code == 401
    assert api("GET", "me", token=second["accessToken"]).status_code == 401


@pytest.mark.django_db(transaction=True)
def test_of_many_refreshes_at_once_one_wins(olga: User) -> None:
    pair = api_sessions.start(olga)

    def refresh(_number: int) -> Any:
        try:
            return api_sessions.refresh(pair.refresh)
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as pool:
        found = [pair for pair in pool.map(refresh, range(8)) if pair]
    assert len(found) <= 1
    assert ApiSession.objects.get().ended_at is not None


@pytest.mark.parametrize("kind", ["refreshToken", "none", "other"])
def test_only_an_access_token_opens(api: Any, olga: User, kind: str) -> None:
    pair = sign_in(api, olga)
    token = {"none": "", "other": "abc.def.ghi"}.get(kind) or pair.get(kind, "")
    answer = api("GET", "me", token=token)
    assert answer.status_code == 401
    assert answer["WWW-Authenticate"].startswith("Bearer")
    body = {"refreshToken": pair["accessToken"]}
    assert api("POST", "refresh", body).status_code == 401


def test_logout_ends_the_session(api: Any, olga: User) -> None:
    pair, other = sign_in(api, olga), sign_in(api, olga)
    body = {"refreshToken": pair["refreshToken"]}
    assert api("POST", "logout", body).status_code == 204
    assert api("GET", "me", token=pair["accessToken"]).status_code == 401
    assert api("POST", "refresh", body).status_code == 401
    assert api("GET", "me", token=other["accessToken"]).status_code == 200


def test_another_password_ends_all_sessions(
    api: Any, olga: User, client: Client
) -> None:
    client.force_login(olga.login)
    pair = sign_in(api, olga)
    body = {"currentPassword": "wrong", "newPassword": "another-good-one-9"}
    refused = api("POST", "password", body, pair["accessToken"])
    assert refused.status_code == 401
    body = {"currentPassword": PASSWORD, "newPassword": "123"}
    refused = api("POST", "password", body, pair["accessToken"])
    assert refused.status_code == 422
    assert refused.json()["errors"][0]["pointer"] == "/newPassword"
    body["newPassword"] = "another-good-one-9"
    assert api("POST", "password", body, pair["accessToken"]).status_code == 204
    assert api("GET", "me", token=pair["accessToken"]).status_code == 401
    body = {"refreshToken": pair["refreshToken"]}
    assert api("POST", "refresh", body).status_code == 401
    assert client.get("/").status_code == 302


@pytest.mark.parametrize("how", ["archived", "locked out", "membership ended"])
def test_who_may_no_longer_sign_in_is_out(api: Any, olga: User, how: str) -> None:
    pair = sign_in(api, olga)
    if how == "archived":
        User.objects.filter(pk=olga.pk).update(state="ARCHIVED")
    elif how == "locked out":
        type(olga.login).objects.update(is_active=False)
    else:
        User.objects.filter(pk=olga.pk).update(login=None)
    assert api("GET", "me", token=pair["accessToken"]).status_code == 401
    body = {"refreshToken": pair["refreshToken"]}
    assert api("POST", "refresh", body).status_code == 401


def test_who_has_two_companies_names_one(api: Any, olga: User, globex: Any) -> None:
    twin = make_user(globex, "Olga")
    User.objects.filter(pk=twin.pk).update(login=olga.login)
    body = {"email": olga.login.email, "password": PASSWORD}
    answer = api("POST", "login", body)
    assert answer.status_code == 409
    assert answer.json()["errors"][0]["pointer"] == "/companyId"
    assert str(globex.id) in answer.json()["detail"]
    body["companyId"] = str(globex.id)
    pair = api("POST", "login", body).json()
    assert pair["user"]["id"] == str(twin.id)
    body["companyId"] = str(twin.id)
    assert api("POST", "login", body).status_code == 401


@pytest.fixture
def token(acme: Any) -> tuple[ApiToken, str]:
    return api_tokens.issue(
        actor=SYSTEM, company=acme, name="HRIS", role=Role.API_CLIENT, days=30
    )


def test_client_signs_in_by_its_token(api: Any, token: tuple[ApiToken, str]) -> None:
    row, text = token
    me = api("GET", "me", token=text).json()
    assert me["fullName"] == "HRIS"
    assert me["role"] == "API_CLIENT"
    assert "api_tokens.read" not in me["permissions"]
    row.refresh_from_db()
    assert row.last_used_at is not None
    assert text not in str(list(Event.objects.values_list("payload", flat=True)))


@pytest.mark.parametrize("how", ["revoked", "expired", "archived"])
def test_token_ends_at_once(api: Any, token: tuple[ApiToken, str], how: str) -> None:
    row, text = token
    assert api("GET", "me", token=text).status_code == 200
    if how == "revoked":
        api_tokens.revoke(row, actor=SYSTEM)
        api_tokens.revoke(row, actor=SYSTEM)
        assert Event.objects.filter(type="user.token_revoked").count() == 1
    elif how == "expired":
        past = timezone.now() - timedelta(seconds=1)
        ApiToken.objects.update(expires_at=past)
    else:
        User.objects.filter(pk=row.user_id).update(state="ARCHIVED")
    assert api("GET", "me", token=text).status_code == 401


def test_many_clients_need_no_email(acme: Any) -> None:
    for name in ("HRIS", "HRIS", "MDM"):
        api_tokens.issue(actor=SYSTEM, company=acme, name=name, role=Role.AI_AGENT)
    assert User.objects.filter(company=acme, email="").count() == 3


@pytest.mark.django_db
def test_who_calls_is_asked_in_one_statement(
    api: Any, token: tuple[ApiToken, str], django_assert_num_queries: Any
) -> None:
    api("GET", "me", token=token[1])
    with django_assert_num_queries(1):
        assert api("GET", "me", token=token[1]).status_code == 200


def test_people_choose_their_own_language(api: Any, olga: User) -> None:
    access = sign_in(api, olga)["accessToken"]
    answer = api("PATCH", "me", {"language": "de"}, access)
    assert (answer.status_code, answer.json()["language"]) == (200, "de")
    olga.refresh_from_db()
    assert olga.language == "de"
    assert api("PATCH", "me", {}, access).json()["language"] == "de"
    assert "language" not in api("PATCH", "me", {"language": None}, access).json()
    assert "language" not in api("GET", "me", token=access).json()
    assert Event.objects.filter(type="user.updated", subject_id=olga.id).count() == 2


@pytest.mark.parametrize(
    ("body", "status", "pointer"),
    [
        ({"language": "tlh"}, 422, "/language"),
        ({"language": ""}, 422, "/language"),
        ({"role": "COMPANY_ADMIN"}, 422, "/role"),
    ],
)
def test_what_one_may_not_choose_is_named(
    api: Any, olga: User, body: Any, status: int, pointer: str
) -> None:
    answer = api("PATCH", "me", body, sign_in(api, olga)["accessToken"])
    assert answer.status_code == status
    assert answer.json()["errors"][0]["pointer"] == pointer
    assert User.objects.get(pk=olga.pk).role == olga.role
    assert not Event.objects.filter(type="user.updated").exists()


def test_client_chooses_no_language(api: Any, token: tuple[ApiToken, str]) -> None:
    answer = api("PATCH", "me", {"language": "de"}, token[1])
    assert (answer.status_code, answer.json()["errors"][0]["code"]) == (
        409,
        "no_person",
    )
    assert not User.objects.exclude(language="").exists()
