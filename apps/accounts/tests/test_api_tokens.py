"""Issuing, listing and revoking tokens: on their page and by manage.py."""

from __future__ import annotations

from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import reverse

from apps.accounts import api_tokens
from apps.accounts.models import ApiToken, User
from apps.core.actor import SYSTEM, Role
from apps.core.errors import Invalid
from apps.events.models import Event

pytestmark = pytest.mark.django_db
FORM = {"name": "HRIS sync", "role": "API_CLIENT", "days": "30"}


def me(text: str) -> int:
    headers = {"Authorization": f"Bearer {text}"}
    return Client().get(reverse("api:me"), headers=headers).status_code


def test_page_shows_a_token_once(client: Client, anna: User) -> None:
    client.force_login(anna.login)
    answer = client.post(reverse("accounts:token_issue"), FORM)
    text = answer.context["text"]
    assert text in answer.content.decode()
    assert "no-store" in answer["Cache-Control"]
    assert me(text) == 200
    page = client.get(reverse("accounts:token_list")).content.decode()
    assert "HRIS sync" in page
    assert text not in page
    token = ApiToken.objects.get()
    assert token.issued_by == anna.id
    assert Event.objects.filter(actor_id=anna.id, type="user.token_issued").exists()


def test_page_asks_before_it_revokes(client: Client, anna: User) -> None:
    client.force_login(anna.login)
    issue = {"actor": SYSTEM, "company": anna.company, "role": Role.AI_AGENT}
    token, text = api_tokens.issue(name="Agent", **issue)
    url = reverse("accounts:token_revoke", args=[token.pk])
    asked = client.post(url)
    assert "Agent" in asked.content.decode()
    assert me(text) == 200
    client.post(url, {"confirmed": "yes"})
    assert me(text) == 401
    assert "Revoked" in client.get(reverse("accounts:token_list")).content.decode()


@pytest.mark.parametrize("who", ["emil", "wanda"])
def test_page_is_for_admins(who: str, client: Client, request: Any) -> None:
    client.force_login(request.getfixturevalue(who).login)
    assert client.get(reverse("accounts:token_list")).status_code == 404
    assert client.post(reverse("accounts:token_issue"), FORM).status_code == 404
    assert not ApiToken.objects.exists()


def test_outsider_finds_nothing(client: Client, anna: User, gina: User) -> None:
    issue = {"actor": SYSTEM, "company": anna.company, "role": Role.AI_AGENT}
    token, text = api_tokens.issue(name="Agent", **issue)
    client.force_login(gina.login)
    assert "Agent" not in client.get(reverse("accounts:token_list")).content.decode()
    url = reverse("accounts:token_revoke", args=[token.pk])
    assert client.post(url, {"confirmed": "yes"}).status_code == 404
    assert me(text) == 200


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"name": " \u200b"}, "name"),
        ({"role": "COMPANY_ADMIN"}, "role"),
        ({"days": 0}, "days"),
        ({"days": 100_000}, "days"),
    ],
)
def test_what_is_wrong_is_named(
    change: dict[str, Any], field: str, client: Client, anna: User
) -> None:
    client.force_login(anna.login)
    answer = client.post(reverse("accounts:token_issue"), {**FORM, **change})
    assert list(answer.context["form"].errors) == [field]
    with pytest.raises(Invalid) as refused:
        api_tokens.issue(
            actor=SYSTEM, company=anna.company, **{**FORM, "days": 30, **change}
        )
    assert refused.value.field == field
    assert not User.objects.filter(role__in=["API_CLIENT", "AI_AGENT"]).exists()


def run(*arguments: str) -> str:
    output = StringIO()
    call_command(*arguments, stdout=output)
    return output.getvalue()


def test_operator_issues_lists_and_revokes(acme: Any, globex: Any) -> None:
    text = run("issue_api_token", "--company", "acme", "--role", "API_CLIENT_READONLY")
    assert me(text.strip()) == 200
    assert text.count("\n") == 1
    token = ApiToken.objects.get()
    assert str(token.pk) in run("list_api_tokens", "--company", "acme")
    assert run("list_api_tokens", "--company", "globex") == ""
    run("revoke_api_token", str(token.pk))
    assert me(text.strip()) == 401
    assert "revoked" in run("list_api_tokens")


@pytest.mark.parametrize(
    "arguments",
    [
        ["issue_api_token", "--company", "nobody", "--role", "API_CLIENT"],
        ["issue_api_token", "--company", "", "--role", "API_CLIENT"],
        ["issue_api_token", "--company", "acme", "--role", "AI_AGENT", "--days", "0"],
        ["revoke_api_token", "00000000-0000-7000-8000-000000000000"],
    ],
)
def test_operator_is_told_what_is_wrong(arguments: list[str], acme: Any) -> None:
    with pytest.raises(CommandError):
        run(*arguments)
    assert not ApiToken.objects.exists()
