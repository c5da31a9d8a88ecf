"""Uploaded files, as one compressed tar. Which ones is told by the table, so that a
half-written upload is none."""

from __future__ import annotations

import gzip
import hashlib
import shutil
import tarfile
import tempfile
from collections.abc import Iterator
from typing import Any, BinaryIO, cast

import psycopg
from django.core.files.base import File as Upload
from django.core.files.storage import default_storage
from django.db import connection
from django.utils.translation import gettext as _

from apps.core.errors import Conflict
from apps.files.models import File

from .streams import CHUNK

_LEVEL = 3  # most of it is compressed already
_IN_MEMORY = 8 * CHUNK


def pack(sink: BinaryIO, missing: list[str]) -> None:
    """Runs in a thread; adds the keys without bytes to `missing`."""
    try:
        with (
            gzip.GzipFile(fileobj=sink, mode="wb", compresslevel=_LEVEL) as packed,
            tarfile.open(fileobj=packed, mode="w|", bufsize=CHUNK) as tar,
        ):
            there = File.objects.filter(erased_at=None).order_by("id")
            keys = there.values_list("key", flat=True)
            every = keys.iterator(chunk_size=1_000)
            missing.extend(key for key in every if not _add(tar, key))
    finally:
        connection.close()  # this thread's


def _add(tar: tarfile.TarFile, key: str) -> bool:
    try:
        with default_storage.open(key) as file:
            member = tarfile.TarInfo(key)
            member.size = file.size
            member.mode = 0o600
            tar.addfile(member, file)
    except FileNotFoundError:
        return False
    return True


def unpack(source: BinaryIO) -> int:
    """Puts every file where the storage keeps it; returns how many."""
    count = 0
    for member, content in _members(source):
        if default_storage.exists(member.name):
            default_storage.delete(member.name)
        # Storages want to go back and forth in it.
        with tempfile.SpooledTemporaryFile(max_size=_IN_MEMORY) as spooled:
            shutil.copyfileobj(content, spooled, CHUNK)
            spooled.seek(0)
            saved = default_storage.save(member.name, Upload(spooled))
        if saved != member.name:
            raise Conflict(
                "backup_files",
                _("File %(key)s was stored as %(saved)s.")
                % {"key": member.name, "saved": saved},
            )
        count += 1
    return count


def differences(
    source: BinaryIO, database: psycopg.Connection[Any], missing: list[str]
) -> Iterator[str]:
    """One line per file that the database's table tells otherwise."""
    database.execute("CREATE TEMP TABLE packed (key text, sha256 text)")
    with database.cursor().copy("COPY packed FROM STDIN") as copy:
        for member, content in _members(source):
            digest = hashlib.sha256()
            while chunk := content.read(CHUNK):
                digest.update(chunk)
            copy.write_row((member.name, digest.hexdigest()))
    # As JSON, since an older backup has no such column.
    rows = database.execute(
        "SELECT f.key, p.key IS NULL FROM files_file f LEFT JOIN packed p "
        "ON p.key = f.key WHERE p.sha256 IS DISTINCT FROM f.sha256 "
        "AND NOT f.key = ANY(%s) AND to_jsonb(f) ->> 'erased_at' IS NULL "
        "ORDER BY f.key",
        [missing],
    )
    for key, is_absent in rows:
        yield f"file {key}: {'missing' if is_absent else 'its SHA-256 differs'}"


def _members(source: BinaryIO) -> Iterator[tuple[tarfile.TarInfo, BinaryIO]]:
    try:
        with tarfile.open(fileobj=source, mode="r|gz", bufsize=CHUNK) as tar:
            for member in tar:
                content = tar.extractfile(member)
                if content is not None:
                    yield member, cast(BinaryIO, content)
    except (tarfile.TarError, EOFError, OSError) as error:
        raise Conflict(
            "backup_files", _("The packed files cannot be read: %s") % error
        ) from error
