"""Who calls the API: `Authorization: Bearer …` (RFC 6750)."""

from __future__ import annotations

from django.utils.translation import gettext as _
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from rest_framework.authentication import BaseAuthentication, get_authorization_header
from rest_framework.request import Request

from apps.core.api.problems import NotProven

from . import api_sessions, api_tokens
from .models import User
from .sessions import actor_of
from .tokens import BearerToken


class Bearer(BaseAuthentication):
    """Sets `request.user` to the User of one company, `request.auth` to the token."""

    def authenticate(self, request: Request) -> tuple[User, BearerToken] | None:
        scheme, _blank, text = get_authorization_header(request).partition(b" ")
        if scheme.lower() != b"bearer":
            return None
        token = BearerToken.read(text.strip().decode("latin-1"))
        user = None if token is None else _user_of(token)
        if token is None or user is None:
            raise NotProven(
                _("The token is not good, has expired or was revoked."), "bad_token"
            )
        request._request.actor = actor_of(user)
        return user, token

    def authenticate_header(self, request: Request) -> str:
        return NotProven.auth_header


def _user_of(token: BearerToken) -> User | None:
    if token.family is not None:
        return api_sessions.bearer_of(token.family)
    return api_tokens.bearer_of(token.id)


class BearerInSchema(OpenApiAuthenticationExtension):
    target_class = Bearer
    name = "bearerAuth"

    def get_security_definition(self, auto_schema: object) -> dict[str, str]:
        return {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"}
