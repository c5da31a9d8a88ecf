from __future__ import annotations

import hashlib
from pathlib import Path, PurePath
from uuid import UUID

from django.core.files.base import File as Upload
from django.core.files.storage import default_storage

from apps.core.ids import uuid7

from .models import File


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
    """Where the bytes lie on this machine."""
    return Path(default_storage.path(file.key))
