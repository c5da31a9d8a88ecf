"""Columns of lists: what is read of a row, and how a page and a file write it.

A cell is a function of the values that were read; it returns what is safe in HTML.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.utils.functional import Promise
from rest_framework import serializers

from apps.core.actor import Actor, Permission
from apps.core.api.shapes import Columns, Made, Member, Reader, Shape
from apps.core.fields import Field, Table, Value
from apps.core.permissions import Permission as _P

from . import cells

# Begins with the request, for who reads it where.
Cell = Callable[..., str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """`reads` are paths of the model (`product__name`), or members of a shape for what
    is no column. `sorts` is the column of the table by which its header sorts: never
    NULL, and the list has an index of (company, it, id)."""

    name: str
    label: str | Promise
    reads: tuple[str | Member, ...]
    show: Cell
    # What a file writes: fields of the table, else what `plain` makes of the values.
    fields: tuple[str, ...] = ()
    plain: Callable[..., object] | None = None
    sorts: str = ""
    seen_with: Permission | None = None
    css: str = ""  # num: to the right; wide: not on phones; full: a line there
    is_default: bool = False

    def may_be_seen(self, actor: Actor) -> bool:
        return self.seen_with is None or actor.holds(self.seen_with)

    def by_default(self) -> Column:
        return replace(self, is_default=True)


class Cells(Shape):
    """Reads, of each row, its id and the values of each column as one tuple."""

    def __init__(self, name: str, model: str, columns: Iterable[Column]) -> None:
        super().__init__(name, model, {})
        self.columns = tuple(columns)

    @property
    def permissions(self) -> frozenset[_P]:
        """None: who may not see a column has it not in their list."""
        return frozenset()

    def reader(self, columns: Columns) -> Reader:
        parts = [columns.column("id")]
        for column in self.columns:
            found = [_member(one).read(columns) for one in column.reads]
            parts.append(f"({''.join(f'{one}, ' for one in found)})")
        return columns.code.reader(f"({', '.join(parts)},)")


def _member(read: str | Member) -> Member:
    return Made(serializers.Field, _as_it_is, read) if isinstance(read, str) else read


def _as_it_is(value: Any) -> Any:
    return value


# --- Of a field table -------------------------------------------------------


def of_table(
    table: Table, *, leave_out: Sequence[str] = (), **changed: dict[str, Any]
) -> list[Column]:
    """A column for each field that files have, called as forms call the field;
    `changed` says by the name of a field what is otherwise."""
    return [
        _of_field(table, field, **changed.get(field.name, {}))
        for field in table.exported
        if field.name not in leave_out
    ]


def _of_field(table: Table, field: Field, **changed: Any) -> Column:
    written = table.written(field)
    column = Column(
        name=field.form_name,
        label=field.label,
        reads=written.paths,
        show=_cell(table, field, written.paths),
        fields=(field.name,),
        seen_with=field.seen_with,
        css="num" if field.value is Value.MONEY else "wide",
    )
    return replace(column, **changed)


def _cell(table: Table, field: Field, paths: tuple[str, ...]) -> Cell:
    if field.value is Value.CATEGORY:
        return cells.choice(lambda: table.choices(paths[0]))
    if field.is_key and field.value in (Value.SERIAL, Value.CODE):
        return cells.code
    return _CELLS.get(field.value, cells.text)


_CELLS: dict[Value, Cell] = {
    Value.DATE: cells.day,
    Value.MONEY: cells.money,
    Value.BOOLEAN: cells.yes_or_no,
    Value.LONG_TEXT: cells.beginning,
}
