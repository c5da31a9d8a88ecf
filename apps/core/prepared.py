"""Queries of the ORM that every request asks: put into words once, and planned once by
PostgreSQL. To compile such a query takes the ORM longer than PostgreSQL to answer it.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property
from typing import Any, Generic, TypeVar, cast
from uuid import UUID

from django.db import connection
from django.db.models import Model, QuerySet
from django.db.models.query import get_related_populators

from apps.core.api.reading import execute

Row = TypeVar("Row", bound=Model)
# Stands for the id that is asked for.
_ID = UUID(int=0x1D)


class ById(Generic[Row]):
    """The one row that a queryset of an id finds, with what its `select_related` names.

    The queryset may depend on nothing but the id.
    """

    def __init__(self, rows: Callable[[UUID], QuerySet[Row]]) -> None:
        self.rows = rows

    def first(self, value: UUID) -> Row | None:
        sql, params, build = self._compiled
        found = execute(
            sql, [value if param == _ID else param for param in params], is_plain=True
        )
        return build(found[0]) if found else None

    @cached_property
    def _compiled(self) -> tuple[str, tuple[Any, ...], Callable[[Any], Row]]:
        compiler = self.rows(_ID).query.get_compiler(connection=connection)
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

        def build(row: Any) -> Row:
            found = model.from_db(connection.alias, names, row[start:end])
            for populator in related:
                populator.populate(row, found)
            return cast("Row", found)

        return sql, params, build
