"""Sessions of browsers, and who they are: known from the request before, and proven by
the statement that reads the session.

What is remembered holds while its version does: that of the login, of all that the
login is somebody as, of their companies, countries and places. Whoever signs out, is
locked out, gets another role or another company is another version with that, written
in whatever way, and so is read anew at their next request.
"""

from __future__ import annotations

from copy import copy
from dataclasses import dataclass
from typing import Any, TypeVar, cast
from uuid import UUID

from django.contrib.sessions.backends import db
from django.db.models import Model
from django.db.models.base import ModelState
from django.utils import timezone

from apps.core.actor import Actor
from apps.core.prepared import execute

from .models import Login, User

Row = TypeVar("Row", bound=Model)
# xmin is the transaction that wrote a row, ctid where it lies, which is another place
# when the same transaction writes it again.
_VERSION = "{0}.xmin, {0}.ctid"
_SESSION = f"""
SELECT s.session_data, concat_ws(' ',
    (SELECT concat_ws(' ', {_VERSION.format("l")}) FROM accounts_login l
     WHERE l.id = %s),
    (SELECT string_agg(concat_ws(' ', {_VERSION.format("u")}, {_VERSION.format("c")},
            {_VERSION.format("n")}), ' ' ORDER BY u.id)
     FROM accounts_user u JOIN companies_company c ON c.id = u.company_id
     LEFT JOIN companies_country n ON n.code = u.country_id WHERE u.login_id = %s),
    (SELECT string_agg(concat_ws(' ', {_VERSION.format("a")}), ' ' ORDER BY a.id)
     FROM accounts_storageassignment a JOIN accounts_user u ON u.id = a.user_id
     WHERE u.login_id = %s))
FROM django_session s WHERE s.session_key = %s AND s.expire_date > %s
"""  # noqa: S608 - our own names


@dataclass(frozen=True, slots=True)
class Seen:
    """A session as it is stored, and the version of who it is."""

    data: str
    version: str


@dataclass(frozen=True, slots=True)
class Visitor:
    """`member`: which of the choices they act as; None until they have chosen."""

    seen: Seen | None
    session: dict[str, Any]
    login: Login
    choices: list[User]
    member: int | None
    actor: Actor | None

    def fresh(self) -> Visitor:
        """For one request, which may do with the rows what it likes."""
        return Visitor(
            self.seen,
            self.session,
            _copied(self.login),
            [_copied(user) for user in self.choices],
            self.member,
            self.actor,
        )


_MOST = 500
_known: dict[str, Visitor] = {}


def remember(key: str, visitor: Visitor) -> None:
    if len(_known) >= _MOST:
        _known.clear()
    _known[key] = visitor.fresh()


def look(key: str, login_id: UUID | None) -> Seen | None:
    """The session of this key; None for one that has ended. Its version is that of this
    login, if it is given."""
    asked = (login_id, login_id, login_id, key, timezone.now())
    rows = execute(_SESSION, asked, is_plain=True)
    return Seen(*rows[0]) if rows else None


class SessionStore(db.SessionStore):
    """`visitor` is who they are, where the process knew it and it is still so."""

    visitor: Visitor | None = None

    def load(self) -> dict[str, Any]:
        key = cast("str", self.session_key)
        known = _known.get(key)
        seen = look(key, known.login.pk if known else None)
        if seen is None:
            _known.pop(key, None)
            self._session_key = None
            return {}
        if known is None or known.seen != seen:
            return self.decode(seen.data)
        self.visitor = known.fresh()
        return {name: _own(value) for name, value in known.session.items()}


def _copied(row: Row) -> Row:
    """With what it refers to, as far as that is known."""
    made = type(row).__new__(type(row))
    made.__dict__.update((name, _own(value)) for name, value in row.__dict__.items())
    made._state = ModelState()
    made._state.db, made._state.adding = row._state.db, False
    made._state.fields_cache = {
        name: value if value is None else _copied(value)
        for name, value in row._state.fields_cache.items()
    }
    return made


def _own(value: Any) -> Any:
    return copy(value) if type(value) in (list, dict) else value
