"""COPY for model instances: what set-based verbs write with."""

from __future__ import annotations

from collections.abc import Iterable

from django.db import connection, models


def copy_in(model: type[models.Model], rows: Iterable[models.Model]) -> int:
    """Inserts instances by one COPY; returns how many. Raises IntegrityError."""
    fields = [f for f in model._meta.concrete_fields if not f.generated]
    names = ", ".join(connection.ops.quote_name(str(field.column)) for field in fields)
    table = connection.ops.quote_name(model._meta.db_table)
    count = 0
    statement = f"COPY {table} ({names}) FROM STDIN"
    with (
        connection.wrap_database_errors,
        connection.cursor() as cursor,
        cursor.copy(statement) as copy,
    ):
        for row in rows:
            copy.write_row(
                [
                    field.get_db_prep_save(field.pre_save(row, True), connection)
                    for field in fields
                ]
            )
            count += 1
    return count
