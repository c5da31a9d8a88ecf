"""What a database holds, so that a restored one can be compared. deploy/backup/dump.sh
asks the same of the same snapshot as its dump."""

from __future__ import annotations

from typing import Any

import psycopg

_MIGRATIONS = (
    "SELECT coalesce(json_agg(json_build_array(app, name) ORDER BY id), '[]'::json) "
    "FROM django_migrations"
)
# One statement that counts all tables, made by another.
_COUNTING = (
    "SELECT 'SELECT json_object_agg(name, n ORDER BY name) FROM (' || string_agg("
    "format('SELECT %L AS name, (SELECT count(*) FROM public.%I) AS n', relname, "
    "relname), ' UNION ALL ') || ') counted' FROM pg_class "
    "WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p')"
)
_HEAD = (
    "SELECT json_build_object('position', position, 'hash', hash) FROM events_event "
    "WHERE position IS NOT NULL ORDER BY position DESC LIMIT 1"
)


def describe(connection: psycopg.Connection[Any]) -> dict[str, Any]:
    return {
        "postgresql": _one(connection, "SHOW server_version"),
        "migrations": _one(connection, _MIGRATIONS),
        "rows": _one(connection, _one(connection, _COUNTING)),
        "events": _one(connection, _HEAD),
    }


def is_empty(connection: psycopg.Connection[Any]) -> bool:
    return _one(connection, _COUNTING) is None


def _one(connection: psycopg.Connection[Any], statement: str) -> Any:
    row = connection.execute(statement.encode()).fetchone()
    return row[0] if row else None
