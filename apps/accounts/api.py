"""Signing in to the API."""

from __future__ import annotations

from typing import Any

from allauth.account.adapter import get_adapter
from django.contrib.auth import password_validation
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _
from rest_framework.request import Request
from rest_framework.response import Response

from apps.core import languages
from apps.core.actor import Actor, Permission
from apps.core.api import fields
from apps.core.api.problems import NotProven, Problem, TooMany, Unprocessable
from apps.core.api.views import Operation
from apps.core.errors import Conflict
from apps.core.roles import CLIENT_ROLES, Role

from . import api_sessions, services, sessions
from .models import Login, User


class Credentials(fields.Body):
    email = fields.Text(max_length=254)
    password = fields.Secret()
    company_id = fields.Id(required=False)


class RefreshToken(fields.Body):
    refresh_token = fields.Text(max_length=4096)


class PersonsCompany(fields.Body):
    id = fields.Id()
    name = fields.Text()


class Person(fields.Body):
    """Who a token is."""

    id = fields.Id()
    email = fields.Text(required=False)
    full_name = fields.Text()
    role = fields.OneOf(choices=list(Role))
    language = fields.Text(required=False, help_text="Else it is the company's.")
    company = PersonsCompany()
    permissions = fields.Several(fields.Text())


class NewPassword(fields.Body):
    current_password = fields.Secret()
    new_password = fields.Secret()


class Myself(fields.Body):
    """What people choose themselves."""

    language = fields.Text(
        required=False,
        allow_null=True,
        max_length=languages.LENGTH,
        help_text="Of pages and mails; null: as the company's.",
    )


class TokenPair(fields.Body):
    """What a person signs in and stays signed in with."""

    token_type = fields.Text()
    access_token = fields.Text(help_text="For the header Authorization.")
    expires_in = fields.Whole(help_text="Seconds.")
    refresh_token = fields.Text(help_text="Good once.")
    user = Person()


class _SignIn(Operation):
    tag = "Sign-in"


class _ForVisitors(_SignIn):
    authentication_classes = []
    permission_classes = []


class LoginView(_ForVisitors):
    """Sign in.

    By e-mail and password. Who works for several companies names one."""

    bodies = {"post": Credentials}
    answers = {"post": TokenPair}
    names = {"post": "login"}

    def post(self, request: Request) -> Response:
        body = self.body(Credentials)
        login = _prove(request, body["email"], body["password"])
        pair = api_sessions.start(_choose(login, body.get("company_id")))
        return Response(_shown(pair))


class RefreshView(_ForVisitors):
    """Stay signed in.

    A new pair for a refresh token, once."""

    bodies = {"post": RefreshToken}
    answers = {"post": TokenPair}
    names = {"post": "refresh"}

    def post(self, request: Request) -> Response:
        pair = api_sessions.refresh(self.body(RefreshToken)["refresh_token"])
        if pair is None:
            raise NotProven(
                _("The refresh token is not good any more: sign in anew."), "bad_token"
            )
        return Response(_shown(pair))


class LogoutView(_ForVisitors):
    """Sign out.

    Ends the session whose refresh token it is."""

    bodies = {"post": RefreshToken}
    answers = {"post": None}
    names = {"post": "logout"}

    def post(self, request: Request) -> Response:
        api_sessions.end_by(self.body(RefreshToken)["refresh_token"])
        return Response(status=204)


class MeView(_SignIn):
    """Who the token is."""

    bodies = {"patch": Myself}
    answers = {"get": Person, "patch": Person}
    names = {"get": "me", "patch": "updateMe"}

    def get(self, request: Request) -> Response:
        return Response(_person(request.user, self.actor))

    def patch(self, request: Request) -> Response:
        user = request.user
        body = self.body(Myself)
        if user.role in CLIENT_ROLES:
            raise Conflict("no_person", _("A client is no person: it reads no pages."))
        if "language" in body:
            language = body["language"] or ""
            services.set_language(user, actor=self.actor, language=language)
            user.language = language
        return Response(_person(user, self.actor))


class PasswordView(_SignIn):
    """Change the password.

    It ends all sessions, of browsers, too."""

    bodies = {"post": NewPassword}
    answers = {"post": None}
    names = {"post": "changePassword"}

    def post(self, request: Request) -> Response:
        body = self.body(NewPassword)
        if request.user.login is None:
            raise Conflict("no_password", _("A client has a token, no password."))
        login = _prove(request, request.user.login.email, body["current_password"])
        try:
            password_validation.validate_password(body["new_password"], login)
        except ValidationError as error:
            raise Unprocessable(
                Problem(one.code or "invalid", text, pointer="/newPassword")
                for one in error.error_list
                for text in one.messages
            ) from None
        _set_password(login, body["new_password"])
        return Response(status=204)


@transaction.atomic
def _set_password(login: Login, password: str) -> None:
    login = Login.objects.select_for_update().get(pk=login.pk)
    login.set_password(password)
    login.save(update_fields=["password"])


def _prove(request: Request, email: str, password: str) -> Login:
    """As the page does, with the same counts of tries."""
    try:
        login = get_adapter().authenticate(
            request._request, email=email, password=password
        )
    except ValidationError as refused:
        raise TooMany(refused.messages[0], refused.params["seconds"]) from None
    if login is None or not login.is_active:
        raise NotProven(
            _("Nobody signs in with this e-mail and password."), "bad_credentials"
        )
    return login


def _choose(login: Login, company_id: Any) -> User:
    members = User.objects.present().filter(login=login)
    found = list(members.select_related("company", "login")[:51])
    if company_id is not None:
        found = [user for user in found if user.company_id == company_id]
    if not found:
        raise NotProven(_("You belong to no such company."), "bad_credentials")
    if len(found) > 1:
        companies = ", ".join(f"{user.company} ({user.company_id})" for user in found)
        sentence = _("Say for which company you sign in: %(companies)s.")
        raise Conflict(
            "company_needed", sentence % {"companies": companies}, field="company_id"
        )
    return found[0]


def _shown(pair: api_sessions.Pair) -> dict[str, Any]:
    return {
        "tokenType": "Bearer",
        "accessToken": pair.access,
        "expiresIn": pair.expires_in,
        "refreshToken": pair.refresh,
        "user": _person(pair.user, sessions.actor_of(pair.user)),
    }


def _person(user: User, actor: Actor) -> dict[str, Any]:
    return {
        "id": user.id,
        **({"email": user.email} if user.email else {}),
        "fullName": user.name,
        "role": user.role,
        **({"language": user.language} if user.language else {}),
        "company": {"id": user.company_id, "name": user.company.name},
        "permissions": sorted(p for p in Permission if actor.holds(p)),
    }
