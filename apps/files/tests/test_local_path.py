"""Files that lie in a bucket, and what is kept of them on the machine."""

from __future__ import annotations

import os
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import FileSystemStorage, Storage, default_storage

from apps.core.ids import uuid7
from apps.files import services
from apps.files.models import File

Storing = Callable[[bytes], File]


class Bucket(Storage):
    """A folder without paths, as object storage is."""

    def __init__(self) -> None:
        self._folder = FileSystemStorage()

    def _open(self, name: str, mode: str = "rb") -> Any:
        return self._folder.open(name, mode)

    def _save(self, name: str, content: Any) -> str:
        return self._folder.save(name, content)

    def exists(self, name: str) -> bool:
        return self._folder.exists(name)

    def delete(self, name: str) -> None:
        self._folder.delete(name)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    return tmp_path / f"tequipy-files-{os.getuid()}"


@pytest.fixture
def stored(folder: Path, settings) -> Storing:
    bucket = {"BACKEND": f"{__name__}.{Bucket.__name__}"}
    settings.STORAGES = settings.STORAGES | {"default": bucket}

    def store(content: bytes) -> File:
        file_id = uuid7()
        key = default_storage.save(str(file_id), ContentFile(content))
        return File(id=file_id, key=key, size=len(content))

    return store


def names(folder: Path) -> set[UUID]:
    return {UUID(path.name) for path in folder.iterdir()}


def age(path: Path, seconds: float) -> None:
    then = time.time() - seconds
    os.utime(path, (then, then))


def test_a_file_is_fetched_once(stored: Storing, folder: Path) -> None:
    file = stored(b"serial,model")
    path = services.local_path(file)
    assert path.read_bytes() == b"serial,model"
    default_storage.delete(file.key)
    assert services.local_path(file) == path
    assert names(folder) == {file.id}


def test_many_may_fetch_at_the_same_time(stored: Storing, folder: Path) -> None:
    files = [stored(f"{number}".encode()) for number in range(300)]

    def fetch(file: File) -> bytes:
        return services.local_path(file).read_bytes()

    with ThreadPoolExecutor(8) as pool:
        twice = list(pool.map(fetch, [file for file in files for _turn in range(2)]))
    assert twice == [f"{n}".encode() for n in range(300) for _turn in range(2)]
    assert names(folder) == {file.id for file in files}


def test_what_nobody_came_back_for_goes(stored: Storing, folder: Path) -> None:
    old, used, new = stored(b"old"), stored(b"used"), stored(b"new")
    for file in (old, used):
        age(services.local_path(file), 3600)
    services.local_path(used)
    half_fetched = folder / "partial-of-a-killed-process"
    half_fetched.touch()
    age(half_fetched, 3600)
    services.local_path(new)
    assert names(folder) == {used.id, new.id}


def test_the_longest_unused_makes_room(
    stored: Storing, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(services, "_KEPT_BYTES", 10)
    first, second, third = stored(b"1234"), stored(b"1234"), stored(b"1234")
    age(services.local_path(first), 20)
    age(services.local_path(second), 10)
    (folder / "partial-being-fetched").write_bytes(b"123456789")
    services.local_path(third)
    (folder / "partial-being-fetched").unlink()
    assert names(folder) == {second.id, third.id}


def test_what_could_not_be_fetched_leaves_nothing(
    stored: Storing, folder: Path
) -> None:
    gone = stored(b"gone")
    default_storage.delete(gone.key)
    with pytest.raises(FileNotFoundError):
        services.local_path(gone)
    assert names(folder) == set()
