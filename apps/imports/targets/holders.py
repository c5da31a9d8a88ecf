"""Who a row of a device says has it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from operator import attrgetter

from django.db.models import Q, Value
from django.db.models.functions import Concat, Lower

from apps.accounts.models import User
from apps.accounts.states import UserState
from apps.companies.models import Company
from apps.core.folding import Fold, fold, folded_key
from apps.core.keys import Index, any_of, key, keys
from apps.core.told import Told
from apps.imports.values import cell_texts, folded, split_name, to_email
from apps.imports.values.text import shortened

from . import row_texts
from .references import Unclear, Values, Wanted, few, only

EMAIL_INSIDE = re.compile(r"[^\s<>(),;]+@[^\s<>(),;]+\.[^\s<>(),;]+")
_OF_A_HOLDER = (
    "company_id",
    "state",
    "email",
    "username",
    "first_name",
    "last_name",
)


class People:
    def __init__(self, company: Company, rows: list[Values]) -> None:
        usernames = keys(_login(row) for row in rows)
        found = User.objects.filter(~Q(state=UserState.DELETED), company=company).alias(
            email_lower=Lower("email"),
            username_lower=Lower("username"),
            named=Fold(Concat("first_name", Value(" "), "last_name")),
        )
        wanted = {
            "email_lower": usernames | keys(_email(row) for row in rows),
            "username_lower": usernames,
            "named": {
                fold(one)
                for row in rows
                if (name := _full_name(row))
                for one in (name, *_other_way_round(name))
            },
        }
        people = list(found.filter(any_of(wanted)).only(*_OF_A_HOLDER))
        self.by_email = Index(people, attrgetter("email"))
        self.by_username = Index(people, attrgetter("username"))
        self.by_name = Index(people, attrgetter("name"))
        self.alike = Index(people, attrgetter("name"), normalise=folded_key)

    def holder(
        self, row: Values, present: User | None
    ) -> User | Wanted | Unclear | None:
        """By e-mail, else user name, else full name; None if the row names nobody."""
        if email := _email(row):
            return self.by_email.first(email) or self._unknown(email, row)
        login, name = _login(row), _full_name(row)
        if login:
            if user := self.by_email.first(login):
                return user
            users = self.by_username.find(login)
            if users or not name:
                return self._only(login, users, "holder_username", present)
        if not name:
            return None
        users = self.by_name.find(name)
        if login:  # whoever has another user name is somebody else of that name
            users = [user for user in users if key(user.username) is None]
        target = "holder_name" if row.get("holder_name") else "holder_last_name"
        return self._only(name, users, target, present)

    def _only(
        self, text: str, users: list[User], target: str, present: User | None
    ) -> User | Wanted | Unclear | None:
        named = attrgetter("name_and_email")
        if found := only(text, users, present, target, named):
            return found
        unknown = key(text)
        if unknown is None:
            return None
        return Wanted(
            "holder",
            unknown,
            text,
            {},
            target,
            may_create=False,
            refusal=row_texts.HOLDER_UNKNOWN(value=text),
            candidates=few(self._like(text)),
        )

    def _like(self, text: str) -> list[User]:
        """Whose name is the same but for accents, or for the order of its parts."""
        names = (text, *_other_way_round(text))
        return list(dict.fromkeys(u for name in names for u in self.alike.find(name)))

    def _unknown(self, email: str, row: Values) -> Wanted | Unclear:
        first, last = row.get("holder_first_name"), row.get("holder_last_name")
        if not first:
            name = EMAIL_INSIDE.sub("", row.get("holder_name") or "").strip(" <>(),;")
            first, last = split_name(name) if name else name_in(email)
        if too_long := name_too_long(first, last or ""):
            return Unclear(too_long, "holder_email")
        fields = {
            "email": email,
            "first_name": first,
            "last_name": last or "",
            "username": row.get("holder_username") or "",
        }
        return Wanted(
            "person",
            email,
            email,
            fields,
            "holder_email",
            refusal=row_texts.EMAIL_UNKNOWN(value=email),
        )


def name_too_long(first: str, last: str) -> Told | None:
    """Why nobody can be called so. Parts of a text may be too long where each column
    would have been refused."""
    for name, text in (("first_name", first), ("last_name", last)):
        if len(text) > (User._meta.get_field(name).max_length or len(text)):
            return cell_texts.TOO_LONG(value=shortened(text))
    return None


def differing_names(row: Values, login: str, name: str) -> Iterator[tuple[str, str]]:
    """Field and text of what a row says of a holder that is theirs in no way. A part
    of a name says nothing else than the whole one, nor do accents."""
    stated = _login(row)
    if stated and key(login) and _mailbox(stated) != _mailbox(login):
        yield "holder_username", stated
    one = EMAIL_INSIDE.sub("", row.get("holder_name") or "").strip(" <>(),;")
    whole = {"holder_name": _full_name({"holder_name": one})} if one else {}
    parts = _full_name({**row, "holder_name": None})
    for target, text in (whole | {"holder_last_name": parts}).items():
        if not text or text == name or key(text) in (key(stated), key(login)):
            continue
        words, known = set(folded(text).split()), set(folded(name).split())
        if not (words <= known or words >= known):
            yield target, text


def _other_way_round(name: str) -> tuple[str, ...]:
    """“Keller Anna” may be Anna Keller: for a person to say."""
    words = name.split()
    return (" ".join(reversed(words)),) if len(words) == 2 else ()


def _mailbox(login: str) -> str | None:
    """Of an address, which directories have as user name, its first part."""
    return key(login.partition("@")[0])


def _email(row: Values) -> str | None:
    return row.get("holder_email") or _email_in(row.get("holder_name"))


def _email_in(text: str | None) -> str | None:
    found = EMAIL_INSIDE.search(text) if text else None
    address = to_email(found.group()) if found else None
    return address if isinstance(address, str) else None


def name_in(email: str) -> tuple[str, str]:
    """First and last name as the address suggests: anna.nowak is Anna Nowak."""
    local = email.partition("@")[0]
    words = re.sub(r"[._+-]+", " ", local).split()
    return split_name(" ".join(words).title() or local)


# “Anna Nowak (anna.nowak)”; the brackets are empty where somebody has no user name.
NAME_AND_LOGIN = re.compile(r"(?P<name>[^()]*[^()\s])\s*\(\s*(?P<login>[^()\s]*)\s*\)")


def _login(row: Values) -> str | None:
    """The user name that the row gives, in a cell of its own or beside the name."""
    if username := row.get("holder_username"):
        return str(username)
    name = row.get("holder_name")
    found = NAME_AND_LOGIN.fullmatch(name) if name else None
    return found["login"] if found and key(found["login"]) else None


def holder_of(row: Values) -> str | None:
    """What the row calls its holder."""
    return _email(row) or _full_name(row) or _login(row)


def _full_name(row: Values) -> str | None:
    """What is no name, such as “()”, is nobody's: whoever imports is asked."""
    if name := row.get("holder_name"):
        found = NAME_AND_LOGIN.fullmatch(name)
        parts = split_name(found["name"] if found else name)
        return " ".join(filter(key, parts)) or str(name)
    first, last = row.get("holder_first_name"), row.get("holder_last_name")
    return " ".join(filter(key, (first, last))) or None
