"""What an answer holds: declared once, by the names of the models.

A Shape makes three things of one declaration: the columns and joins of one SQL
statement with the function that makes JSON of its rows, the serializer that describes
it in the schema, and through that serializer the proof that both say the same
(`tests/test_shapes.py`). What has no value is left out, never null.

    PERSON = Shape("UserResponse", "accounts.User", {
        "id": uid("id"),
        "fullName": made(FULL_NAME, "first_name", "last_name"),
        "company": one(COMPANY, "company"),
        "tags": many(TAG, "user_tags", item="tag", order="tag__name"),
    })
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, KeysView, Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from functools import cached_property, partial
from itertools import chain
from typing import Any

import orjson
from django.apps import apps
from django.db import models
from drf_spectacular.utils import extend_schema_serializer
from rest_framework import serializers

from apps.core import money as moneys
from apps.core.permissions import Permission

# The last cell of each row is a dictionary that all rows of an answer share: what many
# of them lead to (a company, a product) is made once.
Row = Sequence[Any]
MEMO = -1
Reader = Callable[[Row], Any]
# What one function takes at most in PostgreSQL, less some.
_MOST_ARGUMENTS = 90


class Columns:
    """The columns and joins of one SELECT (or of one aggregate inside it).

    `is_json`: its rows come as arrays of JSON, not as PostgreSQL's own types.
    """

    def __init__(
        self,
        model: type[models.Model],
        alias: str,
        held: frozenset[Permission],
        *,
        is_json: bool = False,
    ) -> None:
        self.model, self.alias, self.is_json = model, alias, is_json
        self.held = held
        self.selected: list[str] = []
        self._joins: dict[str, str] = {}
        self._sql: list[str] = []
        self._children = 0

    def select(self, expression: str) -> int:
        """Where the expression stands in the row."""
        if expression not in self.selected:
            self.selected.append(expression)
        return self.selected.index(expression)

    def column(self, path: str, cast: str = "") -> int:
        alias, field = self.find(path)
        return self.select(f"{alias}.{_quoted(field.column)}{cast}")

    def find(self, path: str) -> tuple[str, Any]:
        """The alias and the field at the end of a path such as `product__name`."""
        *steps, name = path.split("__")
        alias, model = self.join("__".join(steps))
        field = self.field(model, name)
        return alias, field

    @staticmethod
    def field(model: type[models.Model], name: str) -> Any:
        for field in model._meta.concrete_fields:
            if name in (field.name, field.attname):
                return field
        raise LookupError(f"{model.__name__} has no column {name}")

    def join(self, path: str) -> tuple[str, type[models.Model]]:
        """The alias of what the foreign keys of the path lead to; "" is here."""
        if not path:
            return self.alias, self.model
        before, _sep, name = path.rpartition("__")
        alias, model = self.join(before)
        field = self.field(model, name)
        target = field.related_model
        if path not in self._joins:
            joined = f"{self.alias}_{len(self._joins) + 1}"
            self._joins[path] = joined
            to = field.target_field.column
            self._sql.append(
                f"LEFT JOIN {_quoted(target._meta.db_table)} {joined} "
                f"ON {joined}.{_quoted(to)} = {alias}.{_quoted(field.column)}"
            )
        return self._joins[path], target

    @property
    def joins(self) -> str:
        return " ".join(self._sql)

    def child_alias(self) -> str:
        self._children += 1
        return f"{self.alias}c{self._children}"

    @property
    def array(self) -> str:
        """What is selected, as one JSON value of arrays."""
        parts = [
            f"json_build_array({', '.join(self.selected[i : i + _MOST_ARGUMENTS])})"
            for i in range(0, len(self.selected), _MOST_ARGUMENTS)
        ]
        return f"json_build_array({', '.join(parts)})"

    @staticmethod
    def flat(parts: list[list[Any]], row: Row) -> list[Any]:
        """A row of what `array` made, inside this one."""
        return [*chain.from_iterable(parts), row[MEMO]]


def _quoted(name: str | None) -> str:
    return f'"{name}"'


def _as_it_is(value: Any) -> Any:
    return value


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


class One(Member):
    """Another thing that a foreign key leads to (`path` "" is this row itself, for
    what the answer holds as an object and the table as columns). `unless_empty` names
    the fields without any of which there is no object."""

    def __init__(
        self, shape: Shape, path: str, *, unless_empty: Sequence[str] = ()
    ) -> None:
        self.shape, self.path, self.unless_empty = shape, path, unless_empty

    def reader(self, columns: Columns) -> Reader:
        alias, model = columns.join(self.path)
        build = self.shape.reader(_Inside(columns, self.path))
        if not self.path:
            wanted = self.unless_empty
            if not wanted:
                return build

            def read(row: Row) -> Any:
                found = build(row)
                return found if any(name in found for name in wanted) else None

            return read
        key, place = (
            columns.select(f"{alias}.{_quoted(model._meta.pk.column)}"),
            object(),
        )

        def read_once(row: Row) -> Any:
            if (pk := row[key]) is None:
                return None
            known = row[MEMO]
            if (found := known.get((place, pk))) is None:
                found = known[place, pk] = build(row)
            return found

        return read_once

    def of_instance(self, thing: Any) -> Any:
        if self.path:
            return read_path(thing, self.path)
        shown = self.shape.serializer_class(thing).data
        wanted = self.unless_empty
        return thing if not wanted or any(n in shown for n in wanted) else None

    def field(self) -> serializers.Field:
        return self.shape.serializer_class(read_only=True)


class _Inside:
    """The same columns, by paths that begin at what is nested."""

    def __init__(self, columns: Any, path: str) -> None:
        self._columns, self._path = columns, path
        self.is_json: bool = columns.is_json
        self.held: frozenset[Permission] = columns.held

    def _from_here(self, path: str) -> str:
        return "__".join(part for part in (self._path, path) if part)

    @property
    def alias(self) -> str:
        return self.join("")[0]

    def select(self, expression: str) -> int:
        return self._columns.select(expression)

    def column(self, path: str, cast: str = "") -> int:
        return self._columns.column(self._from_here(path), cast)

    def find(self, path: str) -> tuple[str, Any]:
        return self._columns.find(self._from_here(path))

    def join(self, path: str) -> tuple[str, type[models.Model]]:
        return self._columns.join(self._from_here(path))

    def child_alias(self) -> str:
        return self._columns.child_alias()


class Many(Member):
    """Rows of another table that name this one: `accessor` is the related name there.
    `item` leads on from such a row; `where` is SQL with `{t}` for it."""

    def __init__(
        self,
        shape: Shape,
        accessor: str,
        *,
        item: str = "",
        order: str = "id",
        where: str = "",
        keeps: Callable[[Any], bool] | None = None,
    ) -> None:
        self.shape, self.accessor, self.item = shape, accessor, item
        self.order, self.where, self.keeps = order, where, keeps

    def reader(self, columns: Columns) -> Reader:
        alias, model = columns.join("")
        relation: Any = model._meta.get_field(self.accessor)
        child = columns.child_alias()
        inner = Columns(relation.related_model, child, columns.held, is_json=True)
        build = self.shape.reader(_Inside(inner, self.item))
        key = relation.field
        order = ", ".join(self._order(inner, name) for name in self.order.split(","))
        table = _quoted(relation.related_model._meta.db_table)
        where = f" AND {self.where.replace('{t}', child)}" if self.where else ""
        rows = (
            f"(SELECT json_agg({inner.array} ORDER BY {order}) FROM {table} {child} "
            f"{inner.joins} WHERE {child}.{_quoted(key.column)} = "
            f"{alias}.{_quoted(key.target_field.column)}{where})"
        )
        place = columns.select(rows if columns.is_json else f"{rows}::text")
        load: Callable[[Any], Any] = _as_it_is if columns.is_json else orjson.loads

        def read(row: Row) -> list[Any]:
            found = row[place]
            return [build(flat(one, row)) for one in load(found)] if found else []

        flat = inner.flat
        return read

    @staticmethod
    def _order(columns: Columns, name: str) -> str:
        alias, field = columns.find(name.removeprefix("-"))
        turned = " DESC" if name.startswith("-") else ""
        return f"{alias}.{_quoted(field.column)}{turned}"

    def of_instance(self, thing: Any) -> Any:
        rows = getattr(thing, self.accessor).order_by(*self.order.split(","))
        found = [row for row in rows if self.keeps is None or self.keeps(row)]
        return [read_path(row, self.item) if self.item else row for row in found]

    def field(self) -> serializers.Field:
        return self.shape.serializer_class(many=True, read_only=True)


class Only(Many):
    """The one row of another table that names this one, if there is any."""

    def reader(self, columns: Columns) -> Reader:
        read = super().reader(columns)
        return lambda row: next(iter(read(row)), None)

    def of_instance(self, thing: Any) -> Any:
        return next(iter(super().of_instance(thing)), None)

    def field(self) -> serializers.Field:
        return self.shape.serializer_class(read_only=True)


class ByKey(Many):
    """Rows of another table that name this one, as one object: column `key` to column
    `value` of each; left out if there is none."""

    def __init__(self, model: str, accessor: str, *, key: str, value: str) -> None:
        row = Shape("Row", model, {"key": text(key), "value": text(value)})
        super().__init__(row, accessor, order=key)
        self.key, self.value = key, value

    def reader(self, columns: Columns) -> Reader:
        read = super().reader(columns)
        return lambda row: {one["key"]: one["value"] for one in read(row)} or None

    def of_instance(self, thing: Any) -> Any:
        rows = super().of_instance(thing)
        return {getattr(r, self.key): getattr(r, self.value) for r in rows} or None

    def field(self) -> serializers.Field:
        return serializers.DictField(child=serializers.CharField(), read_only=True)


def one(shape: Shape, path: str) -> One:
    return One(shape, path)


def here(shape: Shape, *, unless_empty: Sequence[str] = ()) -> One:
    """An object in the answer, columns of this row in the table."""
    return One(shape, "", unless_empty=unless_empty)


def many(shape: Shape, accessor: str, **options: Any) -> Many:
    return Many(shape, accessor, **options)


def external_ids(model: str) -> ByKey:
    """By which ids other systems know it: system to id."""
    return ByKey(model, "external_ids", key="system", value="external_id")


def only(shape: Shape, accessor: str, **options: Any) -> Only:
    return Only(shape, accessor, **options)


# What the answer of a name holds, whatever model it is made of.
_members: dict[str, KeysView[str]] = {}


class Shape:
    """An answer (or a part of one), by its name in the schema."""

    def __init__(
        self,
        name: str,
        model: str,
        members: Mapping[str, Member],
    ) -> None:
        self.name, self.label, self.members = name, model, dict(members)
        self.described: Mapping[str, Member] = self.members

    @property
    def model(self) -> type[models.Model]:
        return apps.get_model(self.label)

    @property
    def permissions(self) -> frozenset[Permission]:
        """That decide about parts of it."""
        found = {m.seen_with for m in self.members.values() if m.seen_with}
        for member in self.members.values():
            if isinstance(member, One | Many):
                found |= member.shape.permissions
        return frozenset(found)

    def reader(self, columns: Any) -> Reader:
        """What makes the object of a row."""
        texts: list[tuple[str, int]] = []
        cells: list[tuple[str, int]] = []
        reads: list[tuple[str, Reader]] = []
        for name, member in self.members.items():
            if member.seen_with is not None and member.seen_with not in columns.held:
                continue
            if isinstance(member, Column) and member.is_plain(columns):
                kind = texts if member.is_text else cells
                kind.append((name, columns.column(member.path, member.cast)))
            else:
                reads.append((name, member.reader(columns)))

        def build(row: Row) -> dict[str, Any]:
            found = {}
            for name, place in cells:
                if (value := row[place]) is not None:
                    found[name] = value
            for name, place in texts:
                if value := row[place]:
                    found[name] = value
            for name, read in reads:
                if (value := read(row)) is not None:
                    found[name] = value
            return found

        return build

    def less(self, *names: str) -> Shape:
        """The same in the schema, where these are left out, as is what costs too much
        inside of lists."""
        members = {n: m for n, m in self.members.items() if n not in names}
        found = Shape(self.name, self.label, members)
        found.described = self.described
        return found

    @cached_property
    def serializer_class(self) -> type[serializers.Serializer]:
        """The same by DRF: what the schema shows, and what the fast way is held
        against."""
        fields = {name: member.field() for name, member in self.described.items()}
        if _members.setdefault(self.name, fields.keys()) != fields.keys():
            raise TypeError(f"there are two {self.name} that differ")
        old = [name for name, member in self.described.items() if member.is_deprecated]
        kind = type(self.name, (Answer,), {**fields, "shape": self})
        return extend_schema_serializer(deprecate_fields=old)(kind)


class Answer(serializers.Serializer):
    """An answer by way of instances."""

    shape: Shape

    def to_representation(self, instance: Any) -> dict[str, Any]:
        found = {}
        for name, member in self.shape.members.items():
            value = member.of_instance(instance)
            if value is not None and value != "":
                found[name] = self.fields[name].to_representation(value)
        return found
