"""What rows name: products, people, places. Found for a chunk of rows at once, or
wanted, if the books have none of it yet."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db.models import BooleanField, F, Func, Model, Q, Value
from django.db.models.functions import Concat, Lower, Trim
from django.utils.translation import gettext as _

from apps.accounts.models import User
from apps.accounts.states import UserState
from apps.catalog import services as catalog
from apps.catalog.models import Category, Product
from apps.companies.models import Address, Company

from .values import guess_category, split_name

CANDIDATES_SHOWN = 5
EMAIL_INSIDE = re.compile(r"[^\s<>(),;]+@[^\s<>(),;]+\.[^\s<>(),;]+")

Values = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Wanted:
    """Something a row names that the books don't have; made when the row is applied."""

    kind: str  # product, person, holder, place, category
    key: str
    value: str  # as people read it
    fields: dict[str, Any] = field(compare=False, hash=False)
    target: str = ""  # the field that names it
    may_create: bool = True
    refusal: str = ""  # said where it can't be created and nobody decided otherwise

    @property
    def name(self) -> str:
        return self.value

    @property
    def note(self) -> str:
        """What else the file says of it."""
        if self.kind != "product":
            return ""
        category = str(Category(self.fields["category"]).label)
        return " · ".join(filter(None, [self.fields["manufacturer"], category]))


@dataclass(frozen=True, slots=True)
class Unclear:
    """A name that fits several, or none that could be made; the sentence says so."""

    code: str
    message: str
    target: str
    candidates: tuple[Model, ...] = ()


def _texts(rows: Iterable[Values], *names: str) -> set[str]:
    return {
        text.strip().lower()
        for row in rows
        for name in names
        if isinstance(text := row.get(name), str)
    }


def any_of(wanted: Mapping[str, set[str]]) -> Q:
    """One of the columns holds one of its texts; empty sets ask nothing, and nothing
    asked finds nothing. That a column is filled is said for the sake of indexes that
    hold filled ones only: one branch without an index reads the whole table."""
    matches = Q(pk__in=[])
    for name, texts in wanted.items():
        if texts:
            found = Q(_Any(F(name), Value(_SEPARATOR.join(texts))))
            matches |= found & ~Q(**{name: ""})
    return matches


# No cell holds it; PostgreSQL splits a text faster than psycopg writes an array.
_SEPARATOR = "\x1f"


class _Any(Func):
    """One parameter for all texts, where IN has one for each."""

    template = f"%(expressions)s, E'{_SEPARATOR}'))"
    arg_joiner = " = ANY(string_to_array("
    output_field = BooleanField()


def _several(
    value: str, found: Sequence[Model], texts: Iterable[str], target: str
) -> Unclear:
    candidates = "; ".join(sorted(set(texts))[:CANDIDATES_SHOWN])
    message = _("“%(value)s” fits more than one: %(candidates)s.")
    message %= {"value": value, "candidates": candidates}
    return Unclear("ambiguous", message, target, tuple(found[:CANDIDATES_SHOWN]))


# Products


class Products:
    def __init__(self, company: Company, rows: list[Values]) -> None:
        names = _texts(rows, "product_name", "model_number", "name", "category")
        self.by_key: dict[tuple[str, str], Product] = {}
        self.by_name: dict[str, list[Product]] = defaultdict(list)
        self.by_number: dict[str, list[Product]] = defaultdict(list)
        found = Product.objects.filter(company=company).alias(
            name_lower=Lower("name"), number_lower=Lower("model_number")
        )
        for product in found.filter(
            any_of({"name_lower": names, "number_lower": names})
        ):
            name, number = catalog.key(product.name, product.model_number)
            self.by_key[name, number] = product
            self.by_name[name].append(product)
            if number:
                self.by_number[number].append(product)

    def find(self, row: Values, *, is_new: bool) -> Product | Wanted | Unclear | None:
        """None if the row names none. Only a new device is named by what is no model:
        the name of the device, or its category."""
        name, number = row.get("product_name") or "", row.get("model_number") or ""
        if not name and number:
            found = self.by_number.get(number.lower(), [])
            if len(found) > 1:
                texts = map(_described, found)
                return _several(number, found, texts, "model_number")
            return found[0] if found else self._by_name(number, number, row)
        if not name and is_new:
            name = row.get("name") or row.get("category") or ""
            name = str(Category(name).label) if name in Category.values else name
        return self._by_name(name, number, row) if name else None

    def _by_name(
        self, name: str, number: str, row: Values
    ) -> Product | Wanted | Unclear:
        key = catalog.key(name, number)
        if key in self.by_key:
            return self.by_key[key]
        namesakes = self.by_name.get(key[0], [])
        if not number and len(namesakes) > 1:
            texts = map(_described, namesakes)
            return _several(name, namesakes, texts, "product_name")
        if not number and namesakes:
            return namesakes[0]
        fields = {
            "name": name,
            "model_number": number,
            "manufacturer": row.get("manufacturer") or "",
            "category": row.get("category") or _category_of(name),
        }
        value = f"{name} ({number})" if number and number != name else name
        return Wanted("product", "\n".join(key), value, fields, "product_name")


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
    "employee_number",
)


class People:
    def __init__(self, company: Company, rows: list[Values]) -> None:
        emails = _texts(rows, "holder_email", "holder_username", "email")
        emails |= {e for row in rows if (e := _email_in(row.get("holder_name")))}
        usernames = _texts(rows, "holder_username", "username")
        usernames |= {u.lower() for row in rows if (u := _login_in(row))}
        names = {name.lower() for row in rows if (name := _full_name(row))}
        self.by_email: dict[str, User] = {}
        self.by_username: dict[str, list[User]] = defaultdict(list)
        self.by_name: dict[str, list[User]] = defaultdict(list)
        self.by_number: dict[str, User] = {}
        numbers = {n for row in rows if (n := row.get("employee_number"))}
        found = User.objects.filter(~Q(state=UserState.DELETED), company=company).alias(
            email_lower=Lower("email"),
            username_lower=Lower("username"),
            name_lower=Lower(Trim(Concat("first_name", Value(" "), "last_name"))),
        )
        wanted = {
            "email_lower": emails,
            "username_lower": usernames,
            "name_lower": names,
            "employee_number": numbers,
        }
        for user in found.filter(any_of(wanted)).only(*_OF_A_HOLDER):
            self.by_email[user.email.lower()] = user
            self.by_username[user.username.lower()].append(user)
            self.by_name[user.name.lower()].append(user)
            if user.employee_number:
                self.by_number[user.employee_number] = user

    def holder(self, row: Values) -> User | Wanted | Unclear | None:
        """By e-mail, else user name, else full name; None if the row names nobody."""
        email = row.get("holder_email") or _email_in(row.get("holder_name"))
        if email:
            found = self.by_email.get(email)
            return found or self._unknown(email, row)
        if username := row.get("holder_username"):
            if user := self.by_email.get(username.lower()):
                return user
            users = self.by_username.get(username.lower(), [])
            if users or not _full_name(row):
                return self._only(username, users, "holder_username")
        if name := _full_name(row):
            target = "holder_name" if row.get("holder_name") else "holder_last_name"
            users = self.by_username.get(_login_in(row).lower(), [])
            users = users or self.by_name.get(name.lower(), [])
            return self._only(name, users, target)
        return None

    def _only(
        self, text: str, users: list[User], target: str
    ) -> User | Wanted | Unclear:
        if len(users) > 1:
            described = (f"{user.name} ({user.email})" for user in users)
            return _several(text, users, described, target)
        if users:
            return users[0]
        message = _(
            "Nobody here is called “%(value)s”: import the people first, or add "
            "the e-mail of the holder."
        )
        return Wanted(
            "holder",
            text.lower(),
            text,
            {},
            target,
            may_create=False,
            refusal=message % {"value": text},
        )

    def _unknown(self, email: str, row: Values) -> Wanted:
        first, last = row.get("holder_first_name"), row.get("holder_last_name")
        if not first:
            name = EMAIL_INSIDE.sub("", row.get("holder_name") or "").strip(" <>(),;")
            first, last = split_name(name) if name else name_in(email)
        fields = {
            "email": email,
            "first_name": first,
            "last_name": last or "",
            "username": row.get("holder_username") or "",
        }
        return Wanted("person", email, email, fields, "holder_email")


def _email_in(text: str | None) -> str | None:
    found = EMAIL_INSIDE.search(text) if text else None
    return found.group().lower() if found else None


def name_in(email: str) -> tuple[str, str]:
    """First and last name as the address suggests: anna.nowak is Anna Nowak."""
    local = email.partition("@")[0]
    words = re.sub(r"[._+-]+", " ", local).split()
    return split_name(" ".join(words).title() or local)


NAME_AND_LOGIN = re.compile(r"(?P<name>[^()]+\S)\s*\((?P<login>[^()\s]+)\)")


def _login_in(row: Values) -> str:
    """The user name of a cell such as “Anna Nowak (anna.nowak)”."""
    found = NAME_AND_LOGIN.fullmatch(row.get("holder_name") or "")
    return found["login"] if found else ""


def _full_name(row: Values) -> str:
    if name := row.get("holder_name"):
        found = NAME_AND_LOGIN.fullmatch(name)
        return " ".join(split_name(found["name"] if found else name)).strip()
    first, last = row.get("holder_first_name") or "", row.get("holder_last_name") or ""
    return f"{first} {last}".strip()


# Places


class Places:
    def __init__(self, company: Company, rows: list[Values]) -> None:
        found = Address.objects.filter(company=company).alias(name_lower=Lower("name"))
        self.by_name = {
            address.name.lower(): address
            for address in found.filter(name_lower__in=_texts(rows, "location"))
        }

    def find(self, row: Values) -> Address | Wanted | Unclear | None:
        name = row.get("location")
        if not name:
            return None
        address = self.by_name.get(name.lower())
        if address is None:
            return Wanted("place", name.lower(), name, {"name": name}, "location")
        if not address.is_active:
            message = _("%(name)s is closed: choose another place.")
            return Unclear("place_closed", message % {"name": address}, "location")
        return address
