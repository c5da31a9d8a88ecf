"""Keyset pages: the last page costs what the first one costs."""

from __future__ import annotations

import base64
import binascii
import json
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from .errors import Invalid

COUNT_LIMIT = 10_000
_BAD_VALUE = (ValueError, TypeError, OverflowError, ValidationError)


@dataclass(frozen=True)
class Page:
    rows: list[Any]
    after: str  # cursor of the next page, "" on the last one


def encode(value: Any, pk: Any) -> str:
    raw = json.dumps([value, str(pk)], default=str).encode()
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")


def decode(cursor: str) -> tuple[Any, str]:
    """Raises Invalid `bad_cursor`."""
    try:
        padded = cursor + "=" * (-len(cursor) % 4)
        value, pk = json.loads(base64.urlsafe_b64decode(padded))
        return value, str(pk)
    except (ValueError, binascii.Error, TypeError) as error:
        raise Invalid(
            "bad_cursor", _("This page no longer exists: start at the first one.")
        ) from error


def keyset_page(
    queryset: QuerySet, *, sort: str, size: int = 50, after: str = ""
) -> Page:
    """One page of `queryset` ordered by `sort` (a column that is never NULL,
    `-` for descending), then by id; `after` is a cursor of this function."""
    name, descending = sort.lstrip("-"), sort.startswith("-")
    order = [sort] if name == "id" else [sort, "-id" if descending else "id"]
    if after:
        value, pk = decode(after)
        side = "lt" if descending else "gt"
        try:
            value = _typed(queryset, name, value)
            # The first condition alone lets PostgreSQL enter the index at the cursor.
            beyond = Q(**{f"{name}__{side}e": value}) & (
                Q(**{f"{name}__{side}": value}) | Q(**{name: value, f"id__{side}": pk})
            )
            queryset = queryset.filter(beyond)
        except _BAD_VALUE as error:
            raise Invalid(
                "bad_cursor", _("This page no longer exists: start at the first one.")
            ) from error
    rows = list(queryset.order_by(*order)[: size + 1])
    if len(rows) <= size:
        return Page(rows, "")
    last = rows[size - 1]
    return Page(rows[:size], encode(getattr(last, name), last.pk))


def capped_count(queryset: QuerySet, limit: int = COUNT_LIMIT) -> int:
    """Exact up to `limit`; `limit + 1` means more."""
    return queryset.order_by().values("pk")[: limit + 1].count()


def _typed(queryset: QuerySet, name: str, value: Any) -> Any:
    """The value as its column has it; raises one of _BAD_VALUE for what PostgreSQL
    could not take."""
    typed = queryset.model._meta.get_field(name).to_python(value)
    if isinstance(typed, datetime):
        return typed.astimezone(UTC)
    if isinstance(typed, str) and b"\0" in typed.encode():
        raise ValueError(name)
    return typed
