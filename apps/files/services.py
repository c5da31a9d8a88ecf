from __future__ import annotations

import hashlib
import os
import shutil
import tempfile
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path, PurePath
from uuid import UUID

from django.core.files.base import File as Upload
from django.core.files.storage import default_storage
from django.utils import timezone

from apps.core.ids import uuid7

from .models import File

_KEPT_SECONDS = 1800  # longer than an import is read
_KEPT_BYTES = 100 * 1024 * 1024  # /tmp of a container is memory, 256 MB of it
_PARTIAL = "partial-"


def store(upload: Upload, *, company_id: UUID, content_type: str = "") -> File:
    """Keeps an upload; the storage key says nothing about its name."""
    digest, size = hashlib.sha256(), 0
    for chunk in upload.chunks():
        digest.update(chunk)
        size += len(chunk)
    upload.seek(0)
    file_id = uuid7()
    key = default_storage.save(f"{company_id}/{file_id}", upload)
    return File.objects.create(
        id=file_id,
        company_id=company_id,
        name=PurePath(upload.name or "file").name[:255],
        sha256=digest.hexdigest(),
        size=size,
        content_type=content_type[:128],
        key=key,
    )


def erase(file: File) -> None:
    """Deletes the bytes; the row says when, and of what name they were. Another machine
    that fetched them from a bucket drops them within half an hour."""
    if file.erased_at is None:
        default_storage.delete(file.key)
        (_folder() / str(file.id)).unlink(missing_ok=True)
        file.erased_at = timezone.now()
        file.save(update_fields=["name", "erased_at"])


def local_path(file: File) -> Path:
    """Where the bytes lie on this machine; from a bucket they are fetched, and kept
    for those who come back soon."""
    try:
        return Path(default_storage.path(file.key))
    except NotImplementedError:
        return _fetch(file)


def _folder() -> Path:
    return Path(tempfile.gettempdir()) / f"tequipy-files-{os.getuid()}"


def _fetch(file: File) -> Path:
    folder = _folder()
    folder.mkdir(mode=0o700, exist_ok=True)
    if folder.stat().st_uid != os.getuid():
        raise PermissionError(f"{folder} belongs to somebody else")
    path = folder / str(file.id)
    with suppress(FileNotFoundError):
        os.utime(path)
        return path
    _make_room(folder, file.size)
    with (
        default_storage.open(file.key) as source,
        tempfile.NamedTemporaryFile(dir=folder, prefix=_PARTIAL) as target,
    ):
        shutil.copyfileobj(source, target)
        target.flush()
        with suppress(FileExistsError):
            os.link(target.name, path)
    return path


def _make_room(folder: Path, size: int) -> None:
    """Drops what nobody came back for, and of the rest what was not used for longest
    until `size` bytes more fit."""
    room = _KEPT_BYTES - size
    for idle_seconds, kept, path in sorted(_kept(folder)):
        if path.name.startswith(_PARTIAL):
            is_in_the_way = False  # is being fetched
        else:
            room -= kept
            is_in_the_way = room < 0
        if is_in_the_way or idle_seconds > _KEPT_SECONDS:
            path.unlink(missing_ok=True)


def _kept(folder: Path) -> Iterator[tuple[float, int, Path]]:
    """Seconds since it was used, bytes, path. Other processes of this machine take
    files away meanwhile."""
    for path in folder.iterdir():
        with suppress(FileNotFoundError):
            found = path.stat()
            yield time.time() - found.st_mtime, found.st_size, path
