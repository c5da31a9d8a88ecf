"""The cookie by which a browser is known: for which accounts a right password was given
in it, or a new one set. It signs nobody in; it only has tries of its own."""

from __future__ import annotations

import secrets
from typing import Any

from django.conf import settings
from django.core import signing
from django.http import HttpRequest, HttpResponse
from django.utils.crypto import salted_hmac

from .limits import account_key

_COOKIE = "known_browser"
_SALT = "accounts.known_browsers"
_MAX_AGE = 400 * 86_400  # what browsers keep at most
_ACCOUNTS = 8  # of a machine that people share


def id_for(request: HttpRequest, email: str) -> str | None:
    """The browser's id, where it is known for this account."""
    told = _read(request)
    return told["id"] if _mark(email) in told["for"] else None


def remember(request: HttpRequest, email: str) -> None:
    """The answer to this request will carry it."""
    request.browser_knows = email


def write(request: HttpRequest, response: HttpResponse) -> None:
    email = getattr(request, "browser_knows", None)
    if email is None:
        return
    told, mark = _read(request), _mark(email)
    told["for"] = [mark, *(one for one in told["for"] if one != mark)][:_ACCOUNTS]
    response.set_cookie(
        _COOKIE,
        signing.dumps(told, salt=_SALT),
        max_age=_MAX_AGE,
        path="/accounts/",
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )


def _mark(email: str) -> str:
    return salted_hmac(_SALT, account_key(email), algorithm="sha256").hexdigest()[:32]


def _read(request: HttpRequest) -> dict[str, Any]:
    try:
        told = signing.loads(
            request.COOKIES.get(_COOKIE, ""), salt=_SALT, max_age=_MAX_AGE
        )
    except signing.BadSignature:
        return {"id": secrets.token_urlsafe(12), "for": []}
    return dict(told)
