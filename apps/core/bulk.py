"""COPY and one UPDATE for model instances: what set-based verbs write with."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from operator import attrgetter
from typing import Any

import orjson
from django.db import connection, models

# Fields whose values psycopg writes as they are.
_PLAIN = (
    models.CharField,
    models.TextField,
    models.UUIDField,
    models.ForeignKey,
    models.DateField,
    models.DecimalField,
    models.BooleanField,
    models.IntegerField,
)


def copy_in(model: type[models.Model], rows: Iterable[models.Model]) -> int:
    """Inserts instances by one COPY; returns how many. Raises IntegrityError."""
    fields = [f for f in model._meta.concrete_fields if not f.generated]
    plain = attrgetter(*(field.attname for field in fields))
    special = [
        (at, prepare)
        for at, field in enumerate(fields)
        if (prepare := _preparation(field))
    ]

    def values(row: models.Model) -> Sequence[Any]:
        found = list(plain(row))
        for at, prepare in special:
            found[at] = prepare(row)
        return found

    return copy_rows(model, [str(field.column) for field in fields], map(values, rows))


def _preparation(field: Any) -> Callable[[models.Model], Any] | None:
    if isinstance(field, models.JSONField):
        return lambda row: _json(getattr(row, field.attname))
    is_stamped = getattr(field, "auto_now", False) or getattr(
        field, "auto_now_add", False
    )
    if isinstance(field, _PLAIN) and not is_stamped:
        return None
    return lambda row: field.get_db_prep_save(field.pre_save(row, True), connection)


def _json(value: Any) -> str | None:
    return None if value is None else orjson.dumps(value, default=str).decode()


def copy_rows(
    model: type[models.Model], columns: Iterable[str], rows: Iterable[Sequence[Any]]
) -> int:
    """Inserts rows of ready values by one COPY; returns how many."""
    names = ", ".join(map(connection.ops.quote_name, columns))
    table = connection.ops.quote_name(model._meta.db_table)
    count = 0
    with (
        connection.wrap_database_errors,
        connection.cursor() as cursor,
        cursor.copy(f"COPY {table} ({names}) FROM STDIN") as copy,
    ):
        for row in rows:
            copy.write_row(row)
            count += 1
    return count


def write_back(
    model: type[models.Model], rows: Iterable[models.Model], names: Iterable[str]
) -> None:
    """Writes these fields of locked instances by one UPDATE. Raises IntegrityError."""
    quote = connection.ops.quote_name
    key: Any = model._meta.pk
    fields: list[Any] = [model._meta.get_field(name) for name in names]
    records = [
        {field.column: getattr(row, field.attname) for field in (key, *fields)}
        for row in rows
    ]
    types = ", ".join(
        f"{quote(field.column)} {field.db_type(connection)}" for field in (key, *fields)
    )
    sets = ", ".join(f"{quote(f.column)} = v.{quote(f.column)}" for f in fields)
    statement = (
        f"UPDATE {quote(model._meta.db_table)} t SET {sets} "  # noqa: S608  our names
        f"FROM json_to_recordset(%s::json) AS v({types}) "
        f"WHERE t.{quote(key.column)} = v.{quote(key.column)}"
    )
    with connection.cursor() as cursor:
        cursor.execute(statement, [orjson.dumps(records, default=str).decode()])


def prefer_indexes() -> None:
    """For the rest of the transaction: PostgreSQL's costs, made for disks, take looking
    thousands of keys up to be dearer than reading the whole of a large table."""
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL random_page_cost = 1.1")


def plan_checks_anew() -> None:
    """To be called at the end of a bulk transaction. PostgreSQL plans the check of a
    reference once in a session: planned while the table was all but empty, it would
    read the whole of it for every row from then on."""
    with connection.cursor() as cursor:
        cursor.execute("DISCARD PLANS")
