"""Who calls the API: `Authorization: Bearer …` (RFC 6750)."""

from __future__ import annotations

from django.utils.translation import gettext as _
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from rest_framework.authentication import BaseAuthentication
from rest_framework.request import Request

from apps.core.api.problems import NotProven

from . import api_sessions, api_tokens, callers
from .callers import Caller
from .models import User
from .tokens import BearerToken


class Bearer(BaseAuthentication):
    """Sets `request.user` to the User of one company, `request.auth` to the token."""

    def authenticate(self, request: Request) -> tuple[User, BearerToken] | None:
        sent = request._request.META.get("HTTP_AUTHORIZATION", "")
        scheme, _blank, text = sent.partition(" ")
        if scheme.lower() != "bearer":
            return None
        token = BearerToken.read(text.strip())
        caller = None if token is None else _caller(token, request)
        if token is None or caller is None:
            raise NotProven(
                _("The token is not good, has expired or was revoked."), "bad_token"
            )
        request._request.actor = caller.actor
        return caller.user, token

    def authenticate_header(self, request: Request) -> str:
        return NotProven.auth_header


def _caller(token: BearerToken, request: Request) -> Caller | None:
    """As remembered, where the operation proves it before it answers."""
    named = token.family or token.id
    request._request.proof = None
    known = callers.remembered(named) if callers.may_be_remembered(request) else None
    if known is not None:
        request._request.proof = known.proof()
        return known
    ask = api_tokens.caller if token.family is None else api_sessions.caller
    found = ask(named)
    if found is not None:
        callers.remember(named, found)
    return found


class BearerInSchema(OpenApiAuthenticationExtension):
    target_class = Bearer
    name = "bearerAuth"

    def get_security_definition(self, auto_schema: object) -> dict[str, str]:
        return {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"}
