"""People signed in to the API: by password, then by refresh tokens that are good once.

A refresh token that comes a second time was stolen, or its answer was lost: whichever
it is, the session ends, and its tokens with it (RFC 9700, 4.14.2).
"""

from __future__ import annotations

import hmac
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from django.utils import timezone

from apps.core.ids import uuid7
from apps.core.prepared import ById, Found

from . import tokens
from .callers import Caller
from .models import ApiSession, User
from .states import PRESENT

_KEPT = timedelta(days=30)  # after its end, for whoever asks what happened


@dataclass(frozen=True, slots=True)
class Pair:
    """What a program that acts for a person gets."""

    user: User
    access: str
    refresh: str
    expires_in: int  # seconds, of `access`


def start(user: User) -> Pair:
    """`user.login` has just proved who they are."""
    assert user.login is not None  # noqa: S101
    now = timezone.now()
    session = ApiSession(
        company_id=user.company_id,
        user=user,
        login=user.login,
        auth_hash=user.login.get_session_auth_hash(),
        refresh_id=uuid7(),
        refreshed_at=now,
        expires_at=now + tokens.REFRESH_LIFETIME,
    )
    session.save(force_insert=True)
    return _pair(session)


def refresh(text: str) -> Pair | None:
    """None for a token that is not good; of many at once one wins, and the others end
    the session."""
    token = tokens.RefreshToken.read(text)
    if token is None or token.family is None:
        return None
    found = _alive(token.family)
    if found is None:
        return None
    session = found.row
    now, next_id = timezone.now(), uuid7()
    mine = ApiSession.objects.filter(
        pk=session.pk, refresh_id=token.id, ended_at__isnull=True
    )
    won = mine.update(
        refresh_id=next_id, refreshed_at=now, expires_at=now + tokens.REFRESH_LIFETIME
    )
    if not won:
        end(session.pk)
        return None
    session.refresh_id = next_id
    session.expires_at = now + tokens.REFRESH_LIFETIME
    return _pair(session)


def end(session_id: UUID) -> None:
    ApiSession.objects.filter(pk=session_id, ended_at__isnull=True).update(
        ended_at=timezone.now()
    )


def end_by(text: str) -> None:
    """The session of a refresh token, whether that is good or used."""
    token = tokens.RefreshToken.read(text)
    if token is not None and token.family is not None:
        end(token.family)


def caller(session_id: UUID) -> Caller | None:
    """Who a session acts as, while it is good; one query."""
    found = _alive(session_id)
    if found is None:
        return None
    session, version = found.row, found.version
    return Caller(
        session.user,
        session.expires_at.timestamp(),
        version,
        _SESSION.version(session_id),
    )


_SESSION = ById(
    lambda session_id: ApiSession.objects.select_related(
        "user__company", "login"
    ).filter(pk=session_id, ended_at__isnull=True)
)


def _alive(session_id: UUID) -> Found[ApiSession] | None:
    found = _SESSION.first(session_id)
    if found is None:
        return None
    session = found.row
    if (
        session.expires_at <= timezone.now()
        or not session.login.is_active
        or session.user.login_id != session.login_id
        or session.user.state not in PRESENT
        or not hmac.compare_digest(
            session.auth_hash, session.login.get_session_auth_hash()
        )
    ):
        return None
    session.user.login = session.login
    return found


def forget_old() -> int:
    """Sessions that ended long ago; how many."""
    count, _by_model = ApiSession.objects.filter(
        expires_at__lt=timezone.now() - _KEPT
    ).delete()
    return count


def _pair(session: ApiSession) -> Pair:
    until = min(timezone.now() + tokens.ACCESS_LIFETIME, session.expires_at)
    family = session.id
    return Pair(
        user=session.user,
        access=tokens.make(tokens.AccessToken, uuid7(), until=until, family=family),
        refresh=tokens.make(
            tokens.RefreshToken,
            session.refresh_id,
            until=session.expires_at,
            family=family,
        ),
        expires_in=tokens.seconds_left(until),
    )
