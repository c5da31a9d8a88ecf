from __future__ import annotations

import hashlib
import os
import shutil
import tempfile
import time
from pathlib import Path, PurePath
from uuid import UUID

from django.core.files.base import File as Upload
from django.core.files.storage import default_storage

from apps.core.ids import uuid7

from .models import File

_KEPT_SECONDS = 1800  # longer than an import is read


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


def local_path(file: File) -> Path:
    """Where the bytes lie on this machine; from a bucket they are fetched, and kept
    for those who come back soon."""
    try:
        return Path(default_storage.path(file.key))
    except NotImplementedError:
        return _fetch(file)


def _fetch(file: File) -> Path:
    folder = Path(tempfile.gettempdir()) / f"tequipy-files-{os.getuid()}"
    folder.mkdir(mode=0o700, exist_ok=True)
    if folder.stat().st_uid != os.getuid():
        raise PermissionError(f"{folder} belongs to somebody else")
    path = folder / str(file.id)
    if path.exists():
        os.utime(path)
        return path
    for old in folder.iterdir():
        if old.stat().st_mtime < time.time() - _KEPT_SECONDS:
            old.unlink(missing_ok=True)
    with (
        default_storage.open(file.key) as source,
        tempfile.NamedTemporaryFile(dir=folder, delete=False) as target,
    ):
        shutil.copyfileobj(source, target)
    os.replace(target.name, path)
    return path
