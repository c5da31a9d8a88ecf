"""Statements that every request asks: PostgreSQL plans them once.

Those of the ORM are put into words once, too: to compile such a query takes the ORM
longer than PostgreSQL to answer it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from itertools import count
from typing import Any, Generic, TypeVar, cast
from uuid import UUID

import psycopg
from django.db import DEFAULT_DB_ALIAS, connection, connections
from django.db.models import Model, QuerySet
from django.db.models.expressions import RawSQL
from django.db.models.query import get_related_populators

Row = TypeVar("Row", bound=Model)
# Stands for the id that is asked for.
_ID = UUID(int=0x1D)
_VERSION = "version_of_all"


def execute(sql: str, params: Sequence[Any], *, is_plain: bool) -> list[tuple]:
    """All rows. A plain statement is prepared, its values sent beside it."""
    if not is_plain:
        with connection.cursor() as cursor:
            cursor.execute(sql, params)
            return cursor.fetchall()
    database: Any = connections[DEFAULT_DB_ALIAS]
    if database.queries_logged or database.execute_wrappers:
        database.ensure_connection()
        return _watched(sql, params)
    pool = database.pool
    if database.connection is not None or not pool:
        database.ensure_connection()
        with database.wrap_database_errors:
            return _fetched(database.connection, sql, params)
    with database.wrap_database_errors:
        raw = database.lend(pool)
        try:
            if not raw.autocommit:  # as somebody's transaction left it
                raw.autocommit = True
            return _fetched(raw, sql, params)
        finally:
            pool.putconn(raw)


def _fetched(raw: Any, sql: str, params: Sequence[Any]) -> list[tuple]:
    """Less than Django does, and psycopg for statements longer than its cache takes."""
    reader = _reader(raw)
    reader.execute(_numbered(sql), params)
    return reader.fetchall()


def _reader(raw: Any) -> Any:
    """The connection's cursor for this: to make one takes as long as to read a row."""
    found = getattr(raw, "prepared_reader", None)
    if found is None:
        found = raw.prepared_reader = psycopg.RawCursor(raw)
        found.format = psycopg.pq.Format.BINARY
    return found


def _watched(sql: str, params: Sequence[Any]) -> list[tuple]:
    """The same for who looks on, in Django's words."""
    raw: Any = psycopg.Cursor(connection.connection)
    raw.format = psycopg.pq.Format.BINARY
    is_logged = connection.queries_logged
    wrap = connection.make_debug_cursor if is_logged else connection.make_cursor
    with wrap(raw) as cursor:
        cursor.execute(sql, params)
        return cursor.fetchall()


_PLACEHOLDER = re.compile("%[s%]")


@lru_cache(maxsize=2_000)
def _numbered(sql: str) -> bytes:
    """With PostgreSQL's own placeholders; the same object for the same statement."""
    numbers = count(1)

    def own(found: re.Match[str]) -> str:
        return "%" if found[0] == "%%" else f"${next(numbers)}"

    return _PLACEHOLDER.sub(own, sql).encode()


@dataclass(frozen=True, slots=True)
class Found(Generic[Row]):
    """`version` is of the row and of all that it was joined to: it is another as soon
    as one of them was written, in whatever way."""

    row: Row
    version: str


class ById(Generic[Row]):
    """The one row that a queryset of an id finds, with what its `select_related` names.

    The queryset may depend on nothing but the id.
    """

    def __init__(self, rows: Callable[[UUID], QuerySet[Row]]) -> None:
        self.rows = rows

    def first(self, value: UUID) -> Found[Row] | None:
        sql, params, build = self._compiled
        found = execute(sql, self._said(params, value), is_plain=True)
        return build(found[0]) if found else None

    def version(self, value: UUID) -> tuple[str, tuple[Any, ...]]:
        """What selects the version alone, and the values for it."""
        sql, params, _build = self._compiled
        wanted = f'SELECT found."{_VERSION}" FROM ({sql}) found'  # noqa: S608
        return wanted, self._said(params, value)

    def _said(self, params: Sequence[Any], value: UUID) -> tuple[Any, ...]:
        return tuple(value if param == _ID else param for param in params)

    @cached_property
    def _compiled(self) -> tuple[str, tuple[Any, ...], Callable[[Any], Found[Row]]]:
        rows = self.rows(_ID)
        compiler = rows.query.get_compiler(connection=connection)
        compiler.as_sql()  # joins
        # The transaction that wrote a row, and where it lies, which is another place
        # when the same transaction writes it again.
        parts = [
            f'"{alias}"."{part}"'
            for alias in compiler.query.alias_map
            for part in ("xmin", "ctid")
        ]
        version = RawSQL(f"concat_ws(' ', {', '.join(parts)})", ())  # noqa: S611
        rows = rows.annotate(**{_VERSION: version})
        compiler = rows.query.get_compiler(connection=connection)
        sql, params = compiler.as_sql()
        # As ModelIterable does, which compiles at every call.
        model, places = (
            compiler.klass_info[name] for name in ("model", "select_fields")
        )
        start, end = places[0], places[-1] + 1
        names = [column.target.attname for column, *_ in compiler.select[start:end]]
        related = get_related_populators(  # type: ignore[call-arg]  # of a newer Django
            compiler.klass_info, compiler.select, connection.alias
        )

        version_at = compiler.annotation_col_map[_VERSION]

        def build(row: Any) -> Found[Row]:
            found = model.from_db(connection.alias, names, row[start:end])
            for populator in related:
                populator.populate(row, found)
            return Found(cast("Row", found), row[version_at])

        return sql, params, build
