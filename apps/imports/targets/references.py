"""What rows name: products, people, places. Found for a chunk of rows at once, or
wanted, if the register has none of it yet.

A look-up is told what the device has already (`present`): where a name fits several
and it has one of them, it keeps that.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from operator import attrgetter
from typing import Any, TypeVar

from django.db.models import Model, Q, Value
from django.db.models.functions import Concat, Lower

from apps.accounts.models import User
from apps.accounts.states import UserState
from apps.catalog import services as catalog
from apps.catalog.models import Category, Product
from apps.companies.models import Address, Company
from apps.core.folding import Fold, fold, folded_key
from apps.core.keys import Index, Key, any_of, key, keys
from apps.core.showing import untranslated
from apps.core.told import Told
from apps.imports.values import folded, guess_category, split_name, to_email
from apps.imports.values import texts as cell_texts
from apps.imports.values.text import shortened

from . import texts

CANDIDATES_SHOWN = 5
IDENTITY = "identity"  # kind of the question whether two are the same: see identity
EMAIL_INSIDE = re.compile(r"[^\s<>(),;]+@[^\s<>(),;]+\.[^\s<>(),;]+")

Values = Mapping[str, Any]
Named = TypeVar("Named", Product, User, Address)


@dataclass(frozen=True, slots=True)
class Wanted:
    """Something a row names and the register lacks; made when the row is applied."""

    kind: str  # product, person, holder, place, category
    key: str
    value: str  # as people read it
    fields: dict[str, Any] = field(compare=False, hash=False)
    target: str = ""  # the field that names it
    may_create: bool = True
    # Without anybody saying so.
    created_unasked: bool = True
    # Where it is not created and nobody decided otherwise.
    refusal: Told | None = field(default=None, compare=False, hash=False)
    # What may be meant, as it is typed a little differently; for a person to say.
    candidates: tuple[Model, ...] = field(default=(), compare=False, hash=False)

    @property
    def name(self) -> str:
        return self.value

    def refused_as(self, is_decided: bool) -> Told:
        """Why its rows are refused, as somebody decided, or nobody has so far."""
        if self.refusal is None:
            return texts.NOT_CREATED(value=self.value)
        return texts.DECIDED_AGAINST(value=self.value) if is_decided else self.refusal

    @property
    def made_as(self) -> Any:
        """What is made of it is made once, and found by this."""
        if self.kind == "product":
            return catalog.key(self.fields["name"], self.fields["model_number"])
        return self.key

    @property
    def suggestions(self) -> list[str]:
        """The candidates as pickers take them."""
        return [
            one.name_and_email if isinstance(one, User) else named(one)
            for one in self.candidates
        ]

    @property
    def note(self) -> Told | None:
        """What else the file says of it."""
        if self.kind != "product":
            return None
        category, maker = self.fields["category"], self.fields["manufacturer"]
        if not maker:
            return texts.MODEL_IN(category=category)
        return texts.MODEL_OF_IN(manufacturer=maker, category=category)


@dataclass(frozen=True, slots=True)
class Unclear:
    """A name that fits several, or none that could be made; the sentence says so."""

    told: Told
    target: str
    candidates: tuple[Model, ...] = ()


_HINT = "\n"  # before the key of a model that no column of models says


def _keeps(present: Named | None, candidates: Iterable[Model]) -> Named | None:
    return present if present is not None and present in candidates else None


def named(thing: Model) -> str:
    return thing.label if isinstance(thing, Product) else str(thing)


def _several(
    value: str, found: Sequence[Model], described: Iterable[str], target: str
) -> Unclear:
    candidates = sorted(set(described))[:CANDIDATES_SHOWN]
    told = texts.SEVERAL(value=value, candidates=candidates)
    return Unclear(told, target, tuple(found[:CANDIDATES_SHOWN]))


def _called(wanted: Iterable[Key]) -> dict[str, list[str]]:
    """For `any_of`: what has such a name, also one stored with other blanks than names
    have today. Of some, such as ’, nothing is left once folded, and letters of rare
    alphabets keep their case."""
    names = list(wanted)
    return {
        "named": list(map(fold, names)),
        "name_lower": [n for n in names if not (n.isascii() and fold(n))],
    }


# Products


class Products:
    def __init__(self, company: Company, rows: list[Values]) -> None:
        names = ("product_name", "model_number", "name")
        wanted = keys(row.get(name) for row in rows for name in names)
        found = Product.objects.filter(company=company).alias(
            named=Fold("name"),
            name_lower=Lower("name"),
            number_lower=Lower("model_number"),
        )
        either = any_of({**_called(wanted), "number_lower": wanted})
        known = list(found.filter(either))
        self.by_key: Index[Product] = Index(normalise=catalog.key)
        for product in known:
            self.by_key.add(product, product.name, product.model_number)
        self.by_name = Index(known, attrgetter("name"))
        self.by_number = Index(known, attrgetter("model_number"))
        self.alike = Index(known, attrgetter("name"), normalise=folded_key)

    def find(
        self, row: Values, present: Product | None
    ) -> Product | Wanted | Unclear | None:
        """None if the row names none."""
        name, number = row.get("product_name"), row.get("model_number")
        if not name and number:
            if found := self.by_number.find(number):
                return self._one_of(found, number, "model_number", present)
            return self._by_name(number, number, row, present)
        if name:
            return self._by_name(name, number, row, present)
        return self._hinted_at(row) if present is None else None

    def _one_of(
        self, found: list[Product], text: str, target: str, present: Product | None
    ) -> Product | Unclear:
        if kept := _keeps(present, found):
            return kept
        if len(found) > 1:
            return _several(text, found, map(_described, found), target)
        return found[0]

    def _hinted_at(self, row: Values) -> Product | Wanted | Unclear | None:
        """What a new device may be of which no cell says the model: a model that is
        called like the device. Another name, or a category, is asked about."""
        name, category = row.get("name"), row.get("category")
        if name:
            found = self._by_name(name, None, row, None)
            if not isinstance(found, Wanted):
                return found
            return replace(
                found,
                key=f"{_HINT}{key(name)}",
                target="name",
                created_unasked=False,
                refusal=texts.MODEL_NOT_SAID(value=name),
            )
        if not category:
            return None
        value = untranslated(Category(category).label)
        fields = {
            "name": value,
            "model_number": "",
            "manufacturer": row.get("manufacturer") or "",
            "category": category,
        }
        return Wanted(
            "product",
            f"{_HINT}{_HINT}{category}",
            value,
            fields,
            "category",
            may_create=False,
            created_unasked=False,
            refusal=texts.MODEL_NOT_SAID(value=value),
        )

    def _by_name(
        self, name: str, number: str | None, row: Values, present: Product | None
    ) -> Product | Wanted | Unclear | None:
        namesakes = [] if number else self.by_name.find(name)
        if found := _keeps(present, namesakes) or self.by_key.first(name, number):
            return found
        if namesakes:
            return self._one_of(namesakes, name, "product_name", present)
        unknown = catalog.key(name, number)
        if unknown is None:
            return None
        fields = {
            "name": name,
            "model_number": number or "",
            "manufacturer": row.get("manufacturer") or "",
            "category": row.get("category") or _category_of(name),
        }
        value = f"{name} ({number})" if number and number != name else name
        return Wanted(
            "product",
            "\n".join(unknown),
            value,
            fields,
            "product_name",
            candidates=_few(self.alike.find(name)),
        )


def _few(alike: list[Any]) -> tuple[Model, ...]:
    return tuple(alike[:CANDIDATES_SHOWN])


def _described(product: Product) -> str:
    return f"{product.name} ({product.model_number or '—'})"


def _category_of(name: str) -> str:
    return guess_category(name) or Category.OTHER


# People


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
            "named": {fold(name) for row in rows if (name := _full_name(row))},
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
        if kept := _keeps(present, users):
            return kept
        if len(users) > 1:
            described = [user.name_and_email for user in users]
            return _several(text, users, described, target)
        if users:
            return users[0]
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
            created_unasked=False,
            refusal=texts.HOLDER_UNKNOWN(value=text),
            candidates=_few(self.alike.find(text)),
        )

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
            created_unasked=False,
            refusal=texts.EMAIL_UNKNOWN(value=email),
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
    if stated and key(login) and key(stated) != key(login) and "@" not in stated:
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
    found = NAME_AND_LOGIN.fullmatch(row.get("holder_name") or "")
    return found["login"] if found and key(found["login"]) else None


def _full_name(row: Values) -> str | None:
    """What is no name, such as “()”, is nobody's: whoever imports is asked."""
    if name := row.get("holder_name"):
        found = NAME_AND_LOGIN.fullmatch(name)
        parts = split_name(found["name"] if found else name)
        return " ".join(filter(key, parts)) or str(name)
    first, last = row.get("holder_first_name"), row.get("holder_last_name")
    return " ".join(filter(key, (first, last))) or None


# Places


class Places:
    def __init__(self, company: Company, rows: list[Values]) -> None:
        wanted = keys(row.get("location") for row in rows)
        places = Address.objects.filter(company=company).alias(
            named=Fold("name"), name_lower=Lower("name")
        )
        found = list(places.filter(any_of(_called(wanted))))
        self.by_name = Index(found, attrgetter("name"))
        self.alike = Index(found, attrgetter("name"), normalise=folded_key)

    def find(
        self, row: Values, present: Address | None
    ) -> Address | Wanted | Unclear | None:
        """A closed place is not taken, unless the device stands there already."""
        name = row.get("location")
        unknown = key(name)
        if unknown is None:
            return None
        found = self.by_name.find(name)
        if kept := _keeps(present, found):
            return kept
        if not found:
            alike = [place for place in self.alike.find(name) if place.is_active]
            return Wanted(
                "place",
                unknown,
                name,
                {"name": name},
                "location",
                candidates=_few(alike),
            )
        still_open = [place for place in found if place.is_active]
        if not still_open:
            return Unclear(texts.PLACE_CLOSED(name=found[0]), "location")
        if len(still_open) > 1:
            described = [f"{place} ({place.one_line})" for place in still_open]
            return _several(name, still_open, described, "location")
        return still_open[0]
