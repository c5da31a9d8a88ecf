"""Proves a backup: restored into a scratch database it holds what was told of it."""

from __future__ import annotations

import logging
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from uuid import uuid4

import psycopg
from django.db.migrations.loader import MigrationLoader
from django.utils import timezone
from django.utils.translation import gettext as _
from psycopg import sql

from apps.core.errors import Conflict
from apps.ops.models import BackupRun

from . import fetching, files, restoring
from .database import Database
from .description import describe, is_empty
from .fetching import EVERYTHING, Fetched
from .manifest import FILES, Manifest

logger = logging.getLogger(__name__)


def verify(source: str = "latest", *, scratch: Database | None = None) -> list[str]:
    """What differs, one line each; nothing where the backup is sound.

    `scratch` is an empty database, or one that deploy/backup/restore.sh has filled;
    without it one is made and dropped. `source` is a key, or a folder with a fetched
    backup.
    """
    with new_scratch() if scratch is None else _given(scratch) as database:
        is_filled = _is_filled(database)
        parts = {FILES} if is_filled else EVERYTHING
        with fetching.located(source, parts=parts) as fetched:
            told = fetched.manifest
            if told is None:
                raise Conflict("backup_manifest", _("%s has no manifest.") % source)
            restoring.require_known(told.migrations)
            if not is_filled:
                restoring.load(fetched.dump, database)
            problems = [*_differences(told, database), *_broken(told, database)]
            problems += _files(fetched, told, database)
    if not problems:
        BackupRun.objects.filter(key=told.key).update(verified_at=timezone.now())
        logger.info("backup %s verified", told.key)
    return problems


def _is_filled(database: Database) -> bool:
    with database.connect() as connection:
        return not is_empty(connection)


@contextmanager
def _given(scratch: Database) -> Iterator[Database]:
    if scratch.is_same(Database.live()):
        raise Conflict(
            "backup_scratch", _("The scratch database is the application's own.")
        )
    yield scratch


@contextmanager
def new_scratch() -> Iterator[Database]:
    live = Database.live()
    name = f"{live.name[:40]}_verify_{uuid4().hex[:12]}"
    identifier = sql.Identifier(name)
    with live.connect(autocommit=True) as connection:
        try:
            connection.execute(sql.SQL("CREATE DATABASE {}").format(identifier))
        except psycopg.errors.InsufficientPrivilege as error:
            raise Conflict(
                "backup_scratch",
                _(
                    "Role %s may not create databases: ALTER ROLE ... CREATEDB, or "
                    "give an empty one by --database-url."
                )
                % connection.info.user,
            ) from error
    try:
        yield live.named(name)
    finally:
        _drop(live, sql.SQL("DROP DATABASE {}").format(identifier))


def _drop(live: Database, statement: sql.Composed) -> None:
    """WITH (FORCE) would need rights over an autovacuum that is at work there; without
    it PostgreSQL ends that one by itself. Our own sessions may take a moment to go."""
    with live.connect(autocommit=True) as connection:
        for attempt in range(6):
            try:
                connection.execute(statement)
                return
            except psycopg.errors.ObjectInUse:
                if attempt == 5:
                    raise
                time.sleep(1)


def _differences(told: Manifest, database: Database) -> Iterator[str]:
    with database.connect() as connection:
        found: dict[str, Any] = describe(connection)
    if found["migrations"] != told.migrations:
        yield "migrations: not those of the manifest"
    if found["events"] != told.events:
        yield f"events: the chain ends at {found['events']}, told was {told.events}"
    rows = found["rows"] or {}
    for table in sorted({*rows, *told.rows}):
        if rows.get(table) != told.rows.get(table):
            have, should = rows.get(table, "no table"), told.rows.get(table, "no table")
            yield f"table {table}: {have} rows, told were {should}"


def _broken(told: Manifest, database: Database) -> Iterator[str]:
    """The same checks as of the living system; they speak this version's schema."""
    known = MigrationLoader(None).disk_migrations or {}
    ours = {f"{app}.{name}" for app, name in known}
    if ours - {f"{app}.{name}" for app, name in told.migrations}:
        restoring.manage(database, "migrate", "--no-input")
    as_of = told.started_at.isoformat()
    for command in (["check_custody"], ["verify_events", "--as-of", as_of]):
        try:
            restoring.manage(database, *command)
        except Conflict as error:
            yield error.message


def _files(fetched: Fetched, told: Manifest, database: Database) -> list[str]:
    if FILES not in told.parts:
        return []
    if fetched.files is None:
        return ["files: they were not fetched"]
    with fetched.files.open("rb") as packed, database.connect() as connection:
        return list(files.differences(packed, connection, told.missing_files))
