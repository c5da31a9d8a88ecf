"""A list as a file: the columns, filters and order that are shown, and the keys by
which our importer finds each thing again."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from django.utils.translation import override

from apps.core.actor import Actor
from apps.core.api.conditions import Where
from apps.core.api.reading import Cut
from apps.core.api.shapes import Member
from apps.core.fields import Field, Table

from .asking import ListQuery
from .columns import Cells, Column
from .declaring import List

CHUNK = 1_000


@dataclass(frozen=True, slots=True)
class Written:
    """A column of a file: its header, what it reads, and what it makes of that."""

    header: str
    reads: tuple[str | Member, ...]
    make: Callable[..., object] | None


def written(of: List, columns: list[Column], actor: Actor) -> list[Written]:
    """Keys come first, and nothing stands there twice."""
    found: dict[str, Written] = {}
    table = of.table
    if table is not None:
        for field in table.exported:
            if field.is_key:
                found[field.header] = _of_field(table, field)
    for column in columns:
        if column.fields and table is not None:
            for name in column.fields:
                field = table[name]
                if field.seen_with is None or actor.holds(field.seen_with):
                    found.setdefault(field.header, _of_field(table, field))
                if field.currency:
                    currency = table[field.currency]
                    found.setdefault(currency.header, _of_field(table, currency))
        else:
            with override(None):
                header = str(column.label)
            found.setdefault(header, Written(header, column.reads, column.plain))
    return list(found.values())


def _of_field(table: Table, field: Field) -> Written:
    told = table.written(field)
    return Written(field.header, told.paths, told.make)


def file_of(form: ListQuery, only: Where | None = None) -> tuple[list[str], Iterator]:
    """Header and rows of what the query string asks for, or of those rows alone."""
    of, columns = form.shows, written(form.shows, form.columns, form.actor)
    read = tuple(
        Column(name=one.header, label="", reads=one.reads, show=str) for one in columns
    )
    shape = Cells(of.name, of.model, read)
    return [one.header for one in columns], _rows(form, shape, columns, only)


def _rows(
    form: ListQuery, shape: Any, columns: list[Written], only: Where | None
) -> Iterator[list[object]]:
    """Page by page, so that no transaction stays open while somebody downloads."""
    where = form.where if only is None else only
    after = ""
    while True:
        cut = Cut(where, form.sort, CHUNK, after)
        page = form.shows.reading.cut(form.asking, cut, shape)
        for _pk, *cells in page.items:
            yield [
                one.make(*values) if one.make else values[0]
                for one, values in zip(columns, cells, strict=True)
            ]
        if not page.next:
            return
        after = page.next
