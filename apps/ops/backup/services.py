"""Make a backup, and delete those that are too many."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import connection
from django.utils import timezone
from django.utils.translation import gettext as _

from apps.core.errors import Conflict, Invalid
from apps.ops.models import BackupRun

from . import encryption, files, manifest, retention
from .database import Database
from .description import describe
from .manifest import DATABASE, FILES, PLAIN_NAMES, Manifest
from .storage import UNFINISHED_AFTER, Storage, storage_at
from .streams import Program, Stream, produced

logger = logging.getLogger(__name__)

_LOCK = 0x7E9_BAC0
_COMPRESSION = "3"  # a third of the time of 6, a tenth larger


def back_up(
    *,
    kind: str,
    dump: Path | None = None,
    with_files: bool = True,
    at: datetime | None = None,
) -> BackupRun:
    """Writes the database, the files and last the manifest; then prunes.

    `dump` is what deploy/backup/dump.sh made, with its description beside it.
    """
    storage = storage_at(settings.BACKUP_URL)
    started_at = at or timezone.now()
    key = retention.key_of(kind, started_at)
    how = encryption.method()
    programs = encryption.encrypting(how)
    parts: dict[str, dict[str, Any]] = {}
    missing: list[str] = []
    with _one_at_a_time(), _undone_if_it_fails(storage, key):
        if key in manifest.keys(storage):
            raise Conflict("backup_exists", _("Backup %s exists.") % key)
        if dump is None:
            described = _dump(storage, key, programs, parts)
        else:
            described = _read_description(dump)
            with _opened(dump, programs) as stream:
                _put(storage, key, DATABASE, stream, parts)
        if with_files:
            pack = partial(files.pack, missing=missing)
            with produced(pack, programs) as stream:
                _put(storage, key, FILES, stream, parts)
        made = Manifest(
            key=key,
            kind=kind,
            app_version=settings.APP_VERSION,
            encryption=how,
            started_at=started_at,
            finished_at=timezone.now(),
            parts=parts,
            missing_files=missing,
            **described,
        )
        manifest.write(storage, made)
    return _finish(storage, made)


def _finish(storage: Storage, made: Manifest) -> BackupRun:
    run = BackupRun.objects.create(
        kind=made.kind,
        key=made.key,
        size_bytes=made.size,
        started_at=made.started_at,
        finished_at=made.finished_at,
    )
    if made.missing_files:
        logger.error("%d files have no bytes", len(made.missing_files))
    logger.info("backup %s made: %d bytes", made.key, made.size)
    prune(storage, before=made.started_at)
    return run


def prune(storage: Storage, *, before: datetime) -> list[str]:
    """Deletes what retention does not keep, and what killed backups left."""
    names = list(storage.names())
    complete = set(manifest.keys(storage))
    doomed = set(retention.superfluous(complete))
    abandoned = before - UNFINISHED_AFTER
    for name, written_at in sorted(names, key=_manifest_first):
        key = name.rpartition("/")[0]
        is_left_over = (
            retention.parse(key) and key not in complete and written_at < abandoned
        )
        if key in doomed or is_left_over:
            storage.delete(name)
    storage.drop_unfinished(abandoned)
    BackupRun.objects.filter(key__in=doomed).delete()
    if doomed:
        logger.info("%d backups pruned", len(doomed))
    return sorted(doomed)


def _manifest_first(named: tuple[str, datetime]) -> bool:
    """A backup without its parts must not look complete."""
    return not named[0].endswith(manifest.NAME)


def _dump(
    storage: Storage, key: str, programs: list[Program], parts: dict[str, Any]
) -> dict[str, Any]:
    """pg_dump and the description see one snapshot."""
    database = Database.live()
    program = database.program("pg_dump")
    with database.connect() as snapshot:
        snapshot.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        snapshot.execute("SET LOCAL idle_in_transaction_session_timeout = 0")
        row = snapshot.execute("SELECT pg_export_snapshot()").fetchone()
        name = row[0] if row else ""
        arguments = [program, "--format=custom", f"--compress={_COMPRESSION}"]
        arguments += ["--no-password", f"--snapshot={name}"]
        dumping = Program(arguments, database.environment())
        with Stream(None, [dumping, *programs]) as stream:
            _put(storage, key, DATABASE, stream, parts)
        return describe(snapshot)


def _put(
    storage: Storage, key: str, part: str, stream: Stream, parts: dict[str, Any]
) -> None:
    name = PLAIN_NAMES[part]
    how = encryption.method()
    if how:
        name = f"{name}.{how}"
    storage.put(f"{key}/{name}", stream)
    parts[part] = {"name": name, "size": stream.size, "sha256": stream.sha256}


def _read_description(dump: Path) -> dict[str, Any]:
    description = dump.with_suffix(".json")
    for path in (dump, description):
        if not path.is_file():
            raise Invalid(
                "backup_no_dump",
                _("%s is missing: make the dump with deploy/backup/dump.sh.") % path,
            )
    try:
        told = json.loads(description.read_text())
        return {k: told[k] for k in ("postgresql", "migrations", "rows", "events")}
    except (ValueError, KeyError, TypeError) as error:
        raise Invalid(
            "backup_no_dump",
            _("%(path)s is no description of a dump: %(reason)s")
            % {"path": description, "reason": error},
        ) from error


def _opened(dump: Path, programs: list[Program]) -> Stream:
    with dump.open("rb") as file:
        if file.read(5) != b"PGDMP":
            raise Invalid("backup_no_dump", _("%s is no custom-format dump.") % dump)
    return Stream(dump.open("rb"), programs)


@contextmanager
def _one_at_a_time() -> Iterator[None]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s)", [_LOCK])
        if not cursor.fetchone()[0]:
            raise Conflict(
                "backup_running", _("Another backup is running: try again later.")
            )
        try:
            yield
        finally:
            cursor.execute("SELECT pg_advisory_unlock(%s)", [_LOCK])


@contextmanager
def _undone_if_it_fails(storage: Storage, key: str) -> Iterator[None]:
    """Without a manifest it does not count; it need not lie about for a day either."""
    try:
        yield
    except BaseException:
        try:
            for name, _written_at in storage.names():
                if name.startswith(f"{key}/") and key not in manifest.keys(storage):
                    storage.delete(name)
        except Conflict as error:
            logger.warning("an unfinished backup stays: %s", error)
        raise
