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

from .columns import Columns, Reader


class Member:
    """One field of an answer; who lacks `seen_with` gets an answer without it."""

    seen_with: Permission | None = None
    is_deprecated = False

    def reader(self, columns: Columns) -> Reader:
        """Selects what it needs, and says how its value is read from a row; the value
        None is left out."""
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

    def reader(self, columns: Columns) -> Reader:
        place = columns.column(self.path, self.cast)
        if self.is_text:
            return lambda row: row[place] or None
        if columns.is_json and (convert := self.of_json):
            return lambda row: None if row[place] is None else convert(row[place])
        return lambda row: row[place]

    def is_plain(self, columns: Columns) -> bool:
        """Its cell is its value."""
        return type(self) is Column and not (columns.is_json and self.of_json)

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
    def reader(self, columns: Columns) -> Reader:
        if columns.is_json:
            place = columns.column(self.path)
            return lambda row: row[place]
        place = columns.column(self.path, "::text")
        return lambda row: None if row[place] is None else orjson.Fragment(row[place])


class Made(Member):
    """What a function makes of columns; its None is left out. `casts` by path, as
    `::text`, for what JSON would bend."""

    def __init__(
        self,
        kind: Callable[..., serializers.Field],
        make: Callable[..., Any],
        *paths: str,
    ) -> None:
        self.kind, self.make, self.paths = kind, make, paths

    def reader(self, columns: Columns) -> Reader:
        make = self.make
        reads = [self._cell(columns, path) for path in self.paths]
        if len(reads) == 1:
            only = reads[0]
            return lambda row: make(only(row))
        if len(reads) == 2:
            first, second = reads
            return lambda row: make(first(row), second(row))
        return lambda row: make(*[read(row) for read in reads])

    @staticmethod
    def _cell(columns: Columns, path: str) -> Reader:
        _alias, field = columns.find(path)
        cast = ""
        convert: Callable[[Any], Any] | None = None
        if columns.is_json and isinstance(field, models.DecimalField):
            cast, convert = "::text", Decimal
        elif columns.is_json and isinstance(field, models.DateTimeField):
            convert = datetime.fromisoformat
        place = columns.column(path, cast)
        if convert is None:
            return lambda row: row[place]
        return lambda row: None if row[place] is None else convert(row[place])

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

    def reader(self, columns: Columns) -> Reader:
        place = columns.select(f"({self.sql.replace('{t}', columns.alias)})")
        if columns.is_json and (convert := self.of_json):
            return lambda row: None if row[place] is None else convert(row[place])
        return lambda row: row[place]

    def of_instance(self, thing: Any) -> Any:
        return self.reads(thing)

    def field(self) -> serializers.Field:
        return self.kind(read_only=True)


def sql_moment(sql: str, reads: Callable[[Any], Any]) -> Sql:
    return Sql(serializers.DateTimeField, sql, reads, of_json=datetime.fromisoformat)
