"""Fields of an answer that hold one value."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime
from decimal import Decimal
from functools import partial
from typing import Any

import orjson
from django.db import models
from rest_framework import serializers

from apps.core import money as moneys
from apps.core.permissions import Permission

from .columns import Columns


class Member:
    """One field of an answer; who lacks `seen_with` gets an answer without it."""

    seen_with: Permission | None = None
    is_deprecated = False
    # Its value may be "", which is left out.
    is_text = False

    def read(self, columns: Columns) -> str:
        """Selects what it needs. Code of its value, after the lines that it adds; the
        value None is left out."""
        raise NotImplementedError

    def of_instance(self, thing: Any) -> Any:
        """The same, of an instance of the model."""
        raise NotImplementedError

    def field(self) -> serializers.Field:
        """How the schema describes it."""
        raise NotImplementedError

    def needs(self, permission: Permission) -> Member:
        self.seen_with = permission
        return self

    def deprecated(self) -> Member:
        """The schema says that nobody new should read it."""
        self.is_deprecated = True
        return self


def unless_none(columns: Columns, make: Callable[[Any], Any] | None, cell: str) -> str:
    """Code of what the function makes of the cell; without one, of the cell."""
    if make is None:
        return cell
    return f"(None if {cell} is None else {columns.code.bind(make)}({cell}))"


class Column(Member):
    """A column as it is; "" is no value."""

    def __init__(
        self,
        path: str,
        kind: Callable[..., serializers.Field],
        *,
        of_json: Callable[[Any], Any] | None = None,
        cast: str = "",
        is_text: bool = False,
    ) -> None:
        self.path, self.kind, self.of_json = path, kind, of_json
        self.cast, self.is_text = cast, is_text

    def read(self, columns: Columns) -> str:
        cell = columns.column(self.path, self.cast)
        return unless_none(columns, self.of_json, cell) if columns.is_json else cell

    def of_instance(self, thing: Any) -> Any:
        return read_path(thing, self.path)

    def field(self) -> serializers.Field:
        return self.kind(read_only=True)


def text(path: str) -> Column:
    return Column(path, serializers.CharField, is_text=True)


def uid(path: str) -> Column:
    return Column(path, serializers.UUIDField)


def moment(path: str) -> Column:
    return Column(path, serializers.DateTimeField, of_json=datetime.fromisoformat)


def day(path: str) -> Column:
    return Column(path, serializers.DateField)


def flag(path: str) -> Column:
    return Column(path, serializers.BooleanField)


def number(path: str) -> Column:
    return Column(path, serializers.IntegerField)


def choice(path: str, choices: Iterable[str]) -> Column:
    """One of an enumeration of the contract."""
    kind = partial(serializers.ChoiceField, choices=[(str(c), str(c)) for c in choices])
    return Column(path, kind, is_text=True)


class _Json(serializers.JSONField):
    """Whatever a JSON column holds."""


def json(path: str, kind: Callable[..., serializers.Field] = _Json) -> Member:
    """What the column holds, unread."""
    return _JsonColumn(path, kind)


class _JsonColumn(Column):
    def read(self, columns: Columns) -> str:
        if columns.is_json:
            return columns.column(self.path)
        cell = columns.column(self.path, "::text")
        return unless_none(columns, orjson.Fragment, cell)


class Made(Member):
    """What a function makes of columns, as the model has them; its None is left out."""

    def __init__(
        self,
        kind: Callable[..., serializers.Field],
        make: Callable[..., Any],
        *paths: str,
    ) -> None:
        self.kind, self.make, self.paths = kind, make, paths

    def read(self, columns: Columns) -> str:
        cells = [self._cell(columns, path) for path in self.paths]
        return f"{columns.code.bind(self.make)}({', '.join(cells)})"

    @staticmethod
    def _cell(columns: Columns, path: str) -> str:
        _alias, field = columns.find(path)
        if columns.is_json and isinstance(field, models.DecimalField):
            return unless_none(columns, Decimal, columns.column(path, "::text"))
        if columns.is_json and isinstance(field, models.DateTimeField):
            return unless_none(columns, datetime.fromisoformat, columns.column(path))
        if isinstance(field, models.JSONField) and not columns.is_json:
            return unless_none(columns, orjson.loads, columns.column(path, "::text"))
        return columns.column(path)

    def of_instance(self, thing: Any) -> Any:
        return self.make(*[read_path(thing, path) for path in self.paths])

    def field(self) -> serializers.Field:
        return self.kind(read_only=True)


def made(
    kind: Callable[..., serializers.Field], make: Callable[..., Any], *paths: str
) -> Made:
    return Made(kind, make, *paths)


def read_path(thing: Any, path: str) -> Any:
    for name in path.split("__"):
        if thing is None:
            return None
        thing = getattr(thing, name)
    return thing


class Money(serializers.Serializer):
    """An amount with its currency."""

    amount = serializers.CharField(help_text='Decimal amount, e.g. "100.00"')
    currency = serializers.CharField(help_text="ISO 4217 currency code")


def shown_money(amount: Decimal | None, currency: str | None) -> dict | None:
    """With the digits that the currency has."""
    if amount is None or not currency:
        return None
    return {"amount": moneys.decimal_text(amount, currency), "currency": currency}


def money(amount: str, currency: str) -> Made:
    return Made(Money, shown_money, amount, currency)


class Sql(Member):
    """An expression of its own: `{t}` is this table. `reads` says the same of an
    instance; `of_json` makes of JSON what PostgreSQL would have given."""

    def __init__(
        self,
        kind: Callable[..., serializers.Field],
        sql: str,
        reads: Callable[[Any], Any],
        *,
        of_json: Callable[[Any], Any] | None = None,
    ) -> None:
        self.kind, self.sql, self.reads, self.of_json = kind, sql, reads, of_json

    def read(self, columns: Columns) -> str:
        cell = columns.select(f"({self.sql.replace('{t}', columns.alias)})")
        return unless_none(columns, self.of_json, cell) if columns.is_json else cell

    def of_instance(self, thing: Any) -> Any:
        return self.reads(thing)

    def field(self) -> serializers.Field:
        return self.kind(read_only=True)


def sql_moment(sql: str, reads: Callable[[Any], Any]) -> Sql:
    return Sql(serializers.DateTimeField, sql, reads, of_json=datetime.fromisoformat)
