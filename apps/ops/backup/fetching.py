"""Copy a backup to this machine: checked against its manifest, and decrypted."""

from __future__ import annotations

import logging
import shutil
import tempfile
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings
from django.utils.translation import gettext as _

from apps.core.errors import Conflict, Invalid

from . import encryption, manifest
from .manifest import DATABASE, PLAIN_NAMES, Manifest
from .storage import Storage, storage_at
from .streams import CHUNK, Stream

logger = logging.getLogger(__name__)

EVERYTHING = frozenset(PLAIN_NAMES)


@dataclass(frozen=True)
class Fetched:
    """A backup on this machine, checked and decrypted; or a lone dump."""

    dump: Path
    manifest: Manifest | None = None
    files: Path | None = None


@contextmanager
def working_folder(size: int) -> Iterator[Path]:
    """Where fetched parts lie meanwhile, with room for twice of them: encrypted and
    not."""
    parent = settings.BACKUP_WORK_DIR or None
    try:
        made = tempfile.TemporaryDirectory(prefix="tequipy-backup-", dir=parent)
    except OSError as error:
        raise Conflict(
            "backup_work_dir", _("BACKUP_WORK_DIR cannot be used: %s") % error
        ) from error
    with made as name:
        if shutil.disk_usage(name).free < 2 * size:
            raise Conflict(
                "backup_no_room",
                _("%(folder)s has no room for %(size)d MB: set BACKUP_WORK_DIR.")
                % {"folder": Path(name).parent, "size": 2 * size // CHUNK + 1},
            )
        yield Path(name)


def fetch(
    storage: Storage, key: str, folder: Path, parts: Collection[str] = EVERYTHING
) -> Fetched:
    """Copies parts here; refuses those that are not as they were written."""
    told = manifest.read(storage, key)
    folder.mkdir(parents=True, exist_ok=True)
    for part, name in PLAIN_NAMES.items():
        (folder / name).unlink(missing_ok=True)
        if part in parts and part in told.parts:
            _fetch_part(storage, told, part, folder / name)
            logger.info("fetched the %s of %s", part, key)
    (folder / manifest.NAME).write_bytes(told.dump())
    return fetched_in(folder)


def _fetch_part(storage: Storage, told: Manifest, part: str, target: Path) -> None:
    entry = told.parts[part]
    stored = target.with_name(f"{target.name}.stored")
    try:
        with (
            storage.explained(),
            stored.open("wb") as file,
            storage.open(f"{told.key}/{entry['name']}") as raw,
        ):
            stream = Stream(raw)
            while chunk := stream.read(CHUNK):
                file.write(chunk)
        _require_as_written(told, part, stream)
        programs = encryption.decrypting(told.encryption)
        if programs:
            _copy(Stream(stored.open("rb"), programs), target)
        else:
            stored.rename(target)
    finally:
        stored.unlink(missing_ok=True)


def _require_as_written(told: Manifest, part: str, stream: Stream) -> None:
    entry = told.parts[part]
    if (stream.size, stream.sha256) != (entry["size"], entry["sha256"]):
        raise Conflict(
            "backup_corrupt",
            _("%(key)s/%(name)s is damaged: its SHA-256 is not the manifest's.")
            % {"key": told.key, "name": entry["name"]},
        )


def _copy(stream: Stream, target: Path) -> None:
    unfinished = target.with_name(f"{target.name}.partial")
    with stream, unfinished.open("wb") as file:
        while chunk := stream.read(CHUNK):
            file.write(chunk)
    unfinished.rename(target)


def fetched_in(folder: Path) -> Fetched:
    """What an earlier fetch left in a folder."""
    path = folder / manifest.NAME
    if not path.is_file():
        raise Invalid(
            "backup_not_fetched",
            _("%s has no manifest.json: fetch a backup into it first.") % folder,
        )
    packed = folder / PLAIN_NAMES[manifest.FILES]
    return Fetched(
        dump=folder / PLAIN_NAMES[DATABASE],
        manifest=Manifest.load(path.read_bytes(), str(path)),
        files=packed if packed.is_file() else None,
    )


@contextmanager
def located(
    source: str, at: str = "latest", *, parts: Collection[str] = EVERYTHING
) -> Iterator[Fetched]:
    """A file, a fetched folder, a URL with backups, or a key of BACKUP_URL."""
    path = Path(source)
    if path.is_dir():
        yield fetched_in(path)
    elif path.is_file():
        yield Fetched(dump=path)
    else:
        storage, key = stored(source, at)
        size = manifest.read(storage, key).size
        with working_folder(size) as folder:
            yield fetch(storage, key, folder, parts)


def stored(source: str, at: str = "latest") -> tuple[Storage, str]:
    if "://" in source:
        storage = storage_at(source)
        return storage, manifest.find(storage, at)
    if source.endswith((".dump", ".sql", ".gz")):
        raise Invalid("backup_not_found", _("File %s is not there.") % source)
    storage = storage_at(settings.BACKUP_URL)
    return storage, manifest.find(storage, source)
