"""Tokens of the API, signed with JWT_SECRET_KEY.

An access token is good for a quarter of an hour and is asked for by a refresh token,
which is good once. A client's own token is good until it expires or is revoked. None of
them says what its bearer may do: the rows they name do, at every request.
"""

from __future__ import annotations

import time
from datetime import datetime, timedelta
from typing import Any, Self, cast
from uuid import UUID

from django.utils import timezone
from django.utils.translation import gettext as _
from rest_framework_simplejwt.exceptions import TokenError
from rest_framework_simplejwt.tokens import Token

ACCESS_LIFETIME = timedelta(minutes=15)
REFRESH_LIFETIME = timedelta(days=30)


class _Named(Token):
    """A token whose `jti`, and `family` where it has one, are ids."""

    @classmethod
    def read(cls, text: str) -> Self | None:
        """None for what is not signed by us, has expired, or is of another kind."""
        try:
            found = cls(cast("Token", text))
            _named = found.id, found.family
        except (TokenError, ValueError, TypeError, AttributeError):
            return None
        return found

    @property
    def id(self) -> UUID:
        return UUID(self["jti"])

    @property
    def family(self) -> UUID | None:
        family = self.get("family")
        return None if family is None else UUID(family)


class AccessToken(_Named):
    token_type = "access"  # noqa: S105
    lifetime = ACCESS_LIFETIME


class RefreshToken(_Named):
    token_type = "refresh"  # noqa: S105
    lifetime = REFRESH_LIFETIME


class ClientToken(_Named):
    token_type = "client"  # noqa: S105
    lifetime = timedelta(days=365)


class BearerToken(_Named):
    """What a request may carry: an access token, which names its session as `family`,
    or a client's. A signature is verified once in each process; what its text says can
    only expire."""

    token_type = "bearer"  # noqa: S105
    lifetime = ACCESS_LIFETIME
    _KINDS = (AccessToken.token_type, ClientToken.token_type)

    @classmethod
    def read(cls, text: str) -> Self | None:
        found = _read_before.get(text)
        if found is None:
            found = super().read(text)
            if found is None:
                return None
            if len(_read_before) >= _MOST_READ:
                _read_before.clear()
            _read_before[text] = found
        is_good = found["exp"] > time.time()
        return cast("Self", found) if is_good else None

    def verify_token_type(self) -> None:
        is_access = self.get("token_type") == AccessToken.token_type
        if self.get("token_type") not in self._KINDS or is_access == (
            self.family is None
        ):
            raise TokenError(_("This token is for something else."))


_MOST_READ = 2_000
_read_before: dict[str, BearerToken] = {}


def make(kind: type[_Named], token_id: UUID, *, until: datetime, **claims: Any) -> str:
    token = kind()
    token["jti"] = str(token_id)
    token.set_exp(from_time=until, lifetime=timedelta())
    for name, value in claims.items():
        token[name] = str(value)
    return str(token)


def seconds_left(until: datetime) -> int:
    return max(0, int((until - timezone.now()).total_seconds()))
