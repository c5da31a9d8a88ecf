"""Keyset pages: the last page costs what the first one costs.

A cursor is signed for the list and the order that gave it out: one that was cut, made
up or taken from another list or company is refused before anything is looked up.
"""

from __future__ import annotations

import base64
import json
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.core.exceptions import ValidationError
from django.core.signing import BadSignature, Signer
from django.db.models import Func, IntegerField, Model, Q, QuerySet
from django.utils.translation import gettext as _

from .errors import Invalid

COUNT_LIMIT = 10_000
_BAD_VALUE = (ValueError, TypeError, OverflowError, ValidationError)


@dataclass(frozen=True)
class Page:
    rows: list[Any]
    after: str  # cursor of the next page, "" on the last one


def _signer(scope: str, sort: str) -> Signer:
    return Signer(salt=f"keyset {sort} {scope}", sep=".")


def encode(value: Any, pk: Any, *, scope: str, sort: str) -> str:
    raw = json.dumps([value, str(pk)], default=str).encode()
    text = base64.urlsafe_b64encode(raw).decode().rstrip("=")
    return _signer(scope, sort).sign(text)


def decode(cursor: str, *, scope: str, sort: str) -> tuple[Any, str]:
    """Raises Invalid `bad_cursor`."""
    try:
        text = _signer(scope, sort).unsign(cursor)
    except (BadSignature, UnicodeError) as error:
        raise _bad_cursor() from error
    value, pk = json.loads(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))
    return value, str(pk)


def value_and_id(
    model: type[Model], cursor: str, *, sort: str, scope: str
) -> tuple[Any, Any]:
    """Where the page before ended, as the columns have it. Raises Invalid
    `bad_cursor`."""
    value, pk = decode(cursor, scope=scope, sort=sort)
    try:
        return _typed(model, sort.lstrip("-"), value), _typed(model, "id", pk)
    except _BAD_VALUE as error:
        raise _bad_cursor() from error


def _bad_cursor() -> Invalid:
    return Invalid(
        "bad_cursor",
        _("This list has no such page: start at the first one."),
        field="after",
    )


def keyset_page(
    queryset: QuerySet, *, sort: str, scope: str, size: int = 50, after: str = ""
) -> Page:
    """One page of `queryset` ordered by `sort` (a column that is never NULL,
    `-` for descending), then by id; `after` is a cursor that this function gave out
    for the same `sort` and `scope` (which list, whose)."""
    name, descending = sort.lstrip("-"), sort.startswith("-")
    order = [sort] if name == "id" else [sort, "-id" if descending else "id"]
    if after:
        value, pk = value_and_id(queryset.model, after, sort=sort, scope=scope)
        side = "lt" if descending else "gt"
        # The first condition alone lets PostgreSQL enter the index at the cursor.
        queryset = queryset.filter(
            Q(**{f"{name}__{side}e": value})
            & (Q(**{f"{name}__{side}": value}) | Q(**{name: value, f"id__{side}": pk}))
        )
    rows = list(queryset.order_by(*order)[: size + 1])
    if len(rows) <= size:
        return Page(rows, "")
    last = rows[size - 1]
    cursor = encode(getattr(last, name), last.pk, scope=scope, sort=sort)
    return Page(rows[:size], cursor)


def capped_count(queryset: QuerySet, limit: int = COUNT_LIMIT) -> int:
    """Exact up to `limit`; `limit + 1` means more."""
    return queryset.order_by().values("pk")[: limit + 1].count()


class CappedCount(Func):
    """The same beside other columns, so that one statement counts several things."""

    function = "cardinality"
    output_field = IntegerField()

    def __init__(self, queryset: QuerySet, limit: int = COUNT_LIMIT) -> None:
        super().__init__(ArraySubquery(queryset.order_by().values("pk")[: limit + 1]))


def _typed(model: type[Model], name: str, value: Any) -> Any:
    """The value as its column has it; raises one of _BAD_VALUE for what PostgreSQL
    could not take."""
    column: Any = model._meta.get_field(name)
    typed = column.to_python(value)
    if isinstance(typed, datetime):
        return typed.astimezone(UTC)
    if isinstance(typed, str) and b"\0" in typed.encode():
        raise ValueError(name)
    return typed
