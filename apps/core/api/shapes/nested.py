"""Shapes, and what they hold of other shapes."""

from __future__ import annotations

from collections.abc import Callable, KeysView, Mapping, Sequence
from functools import cached_property
from typing import Any

import orjson
from django.apps import apps
from django.db import models
from drf_spectacular.utils import extend_schema_serializer
from rest_framework import serializers

from apps.core.permissions import Permission

from .code import Code, Reader
from .columns import Columns, Inside, quoted
from .members import Member, read_path, unless_none


class One(Member):
    """Another thing that a foreign key leads to (`path` "" is this row itself, for
    what the answer holds as an object and the table as columns). `unless_empty` names
    the fields without any of which there is no object."""

    def __init__(
        self, shape: Shape, path: str, *, unless_empty: Sequence[str] = ()
    ) -> None:
        self.shape, self.path, self.unless_empty = shape, path, unless_empty

    def read(self, columns: Columns) -> str:
        if self.path:
            return self._read_once(columns)
        found = self.shape.read(Inside(columns, "", columns.code))
        if not self.unless_empty:
            return found
        known = " or ".join(f"{name!r} in {found}" for name in self.unless_empty)
        return f"({found} if {known} else None)"

    def _read_once(self, columns: Columns) -> str:
        _alias, model = columns.join(self.path)
        pk = model._meta.pk
        cell = columns.column(f"{self.path}__{pk.name}")
        code, known = columns.code, columns.code.memo()
        found, key = code.local("one"), code.local("key")
        make, found_first = code.inner(), code.inner()
        made = self.shape.read(Inside(columns, self.path, make))
        make.add(f"{found} = {known}[{key}] = {made}")
        # An int is hashed and compared faster than an id.
        is_id = isinstance(pk, models.UUIDField) and not columns.is_json
        found_first.add(f"{key} = {cell}{'.int' if is_id else ''}")
        found_first.add(f"{found} = {known}.get({key})")
        found_first.add(f"if {found} is None:", make)
        code.add(f"{found} = None")
        code.add(f"if {cell} is not None:", found_first)
        return found

    def of_instance(self, thing: Any) -> Any:
        if self.path:
            return read_path(thing, self.path)
        shown = self.shape.serializer_class(thing).data
        wanted = self.unless_empty
        return thing if not wanted or any(n in shown for n in wanted) else None

    def field(self) -> serializers.Field:
        return self.shape.serializer_class(read_only=True)


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

    def read(self, columns: Columns) -> str:
        alias, model = columns.join("")
        relation: Any = model._meta.get_field(self.accessor)
        child, code = columns.child_alias(), columns.code
        inner = Columns(
            relation.related_model,
            child,
            columns.held,
            is_json=True,
            code=code.inner(),
            row=code.local("row"),
        )
        found = code.local("many")
        made = self.shape.read(Inside(inner, self.item, inner.code))
        inner.code.add(f"{found}.append({made})")
        key = relation.field
        order = ", ".join(self._order(inner, name) for name in self.order.split(","))
        table = quoted(relation.related_model._meta.db_table)
        where = f" AND {self.where.replace('{t}', child)}" if self.where else ""
        parts = inner.parts
        whole = parts[0] if len(parts) == 1 else f"json_build_array({', '.join(parts)})"
        rows = (
            f"(SELECT json_agg({whole} ORDER BY {order}) FROM {table} {child} "
            f"{inner.joins} WHERE {child}.{quoted(key.column)} = "
            f"{alias}.{quoted(key.target_field.column)}{where})"
        )
        cell = columns.select(rows if columns.is_json else f"{rows}::text")
        each, items = code.inner(), cell
        if len(parts) > 1:
            each.add(f"{inner.row} = sum({inner.row}, [])")
        each.lines += inner.code.lines
        if not columns.is_json:
            items = f"{code.bind(orjson.loads)}({cell})"
        loop = code.inner()
        loop.add(f"for {inner.row} in {items}:", each)
        code.add(f"{found} = []")
        code.add(f"if {cell} is not None:", loop)
        return found

    @staticmethod
    def _order(columns: Columns, name: str) -> str:
        alias, field = columns.find(name.removeprefix("-"))
        turned = " DESC" if name.startswith("-") else ""
        return f"{alias}.{quoted(field.column)}{turned}"

    def of_instance(self, thing: Any) -> Any:
        rows = getattr(thing, self.accessor).order_by(*self.order.split(","))
        found = [row for row in rows if self.keeps is None or self.keeps(row)]
        return [read_path(row, self.item) if self.item else row for row in found]

    def field(self) -> serializers.Field:
        return self.shape.serializer_class(many=True, read_only=True)


class Only(One):
    """The one row of another table that names this one, if there is any: its column
    is unique there."""

    def of_instance(self, thing: Any) -> Any:
        return getattr(thing, self.path).first()


class ByKey(Member):
    """Rows of another table that name this one, as one object: column `key` to column
    `value` of each; left out if there is none."""

    def __init__(self, accessor: str, *, key: str, value: str) -> None:
        self.accessor, self.key, self.value = accessor, key, value

    def read(self, columns: Columns) -> str:
        alias, model = columns.join("")
        relation: Any = model._meta.get_field(self.accessor)
        rows, owner = relation.related_model, relation.field
        key, value = (
            f"r.{quoted(Columns.field(rows, name).column)}"
            for name in (self.key, self.value)
        )
        found = (
            f"(SELECT json_object_agg({key}, {value}) "
            f"FROM {quoted(rows._meta.db_table)} r "
            f"WHERE r.{quoted(owner.column)} = "
            f"{alias}.{quoted(owner.target_field.column)})"
        )
        if columns.is_json:
            return columns.select(found)
        return unless_none(columns, orjson.Fragment, columns.select(f"{found}::text"))

    def of_instance(self, thing: Any) -> Any:
        rows = getattr(thing, self.accessor).all()
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


def external_ids() -> ByKey:
    """By which ids other systems know it: system to id."""
    return ByKey("external_ids", key="system", value="external_id")


def only(shape: Shape, accessor: str) -> Only:
    return Only(shape, accessor)


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

    @cached_property
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

    def reader(self, columns: Columns) -> Reader:
        """What makes the objects of rows."""
        found = self.read(columns)
        return columns.code.reader(found)

    def read(self, columns: Any) -> str:
        """Code of the object of a row, after the lines that it adds."""
        code: Code = columns.code
        found = code.local("found")
        code.add(f"{found} = {{}}")
        for name, member in self.members.items():
            if member.seen_with is not None and member.seen_with not in columns.held:
                continue
            value = member.read(columns)
            is_there = "" if member.is_text else " is not None"
            block = code.inner()
            block.add(f"{found}[{name!r}] = value")
            code.add(f"if (value := {value}){is_there}:", block)
        return found

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
