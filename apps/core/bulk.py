"""COPY and one UPDATE for many rows: what set-based verbs write with."""

from __future__ import annotations

import gc
import re
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from decimal import Decimal
from itertools import islice
from typing import Any

import orjson
from django.db import connection, models


def copy_rows(
    model: type[models.Model], columns: Iterable[str], rows: Iterable[Sequence[Any]]
) -> int:
    """Inserts rows of ready values by one COPY; returns how many. The rows may be a
    generator that asks the database nothing: PostgreSQL writes some while the next are
    made."""
    names = ", ".join(map(connection.ops.quote_name, columns))
    table = connection.ops.quote_name(model._meta.db_table)
    made, count = map(_line, rows), 0
    lines = list(islice(made, _LINES))
    if not lines:
        return 0
    with (
        connection.wrap_database_errors,
        connection.cursor() as cursor,
        cursor.copy(f"COPY {table} ({names}) FROM STDIN {_CSV}") as copy,
    ):
        while lines:
            copy.write(b"".join(lines))
            count += len(lines)
            lines = list(islice(made, _LINES))
    return count


# JSON writes ids, times and texts as this CSV does, and many times faster than psycopg.
_CSV = """(FORMAT csv, ESCAPE E'\\\\', NULL 'null')"""
_LINES = 100  # in one message
_CONTROL = re.compile(rb"\\[bfnrtu]")


def _line(row: Sequence[Any]) -> bytes:
    line = orjson.dumps(row, default=_digits, option=orjson.OPT_APPEND_NEWLINE)
    if _CONTROL.search(line):  # JSON escapes these, CSV takes them as they are
        return b",".join(map(_quoted, orjson.loads(line))) + b"\n"
    return line[1:-2] + b"\n"


def _digits(value: Any) -> str:
    if isinstance(value, Decimal):
        return str(value)
    raise TypeError(f"no column takes {value!r} as it is")


def _quoted(value: Any) -> bytes:
    if not isinstance(value, str):
        return orjson.dumps(value)
    text = value.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{text}"'.encode()


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


@contextmanager
def uncollected() -> Iterator[None]:
    """Python looks for circles of garbage in all that there is, again and again while
    much is made, which took a third of the time of an import; here it waits."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()


def plan_checks_anew() -> None:
    """To be called at the end of a bulk transaction. PostgreSQL plans the check of a
    reference once in a session: planned while the table was all but empty, it would
    read the whole of it for every row from then on."""
    with connection.cursor() as cursor:
        cursor.execute("DISCARD PLANS")
