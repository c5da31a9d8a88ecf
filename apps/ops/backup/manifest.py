"""The last part of a backup to be written: what has one is complete."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field
from datetime import datetime
from io import BytesIO
from typing import Any

from django.utils.translation import gettext as _

from apps.core.errors import Conflict

from .retention import newest_first
from .storage import Storage
from .streams import Stream

NAME = "manifest.json"
DATABASE, FILES = "database", "files"
PLAIN_NAMES = {DATABASE: "database.dump", FILES: "files.tar.gz"}
_FORMAT = 1


@dataclass
class Manifest:
    key: str
    kind: str
    app_version: str
    encryption: str | None
    started_at: datetime
    finished_at: datetime
    postgresql: str
    migrations: list[list[str]]
    rows: dict[str, int]
    events: dict[str, Any] | None
    # part -> {"name", "size", "sha256"}, as it lies in the storage
    parts: dict[str, dict[str, Any]] = field(default_factory=dict)
    # Files that had a row but no bytes when the backup was made.
    missing_files: list[str] = field(default_factory=list)

    @property
    def size(self) -> int:
        return sum(part["size"] for part in self.parts.values())

    def dump(self) -> bytes:
        content = {"format": _FORMAT, **asdict(self)}
        return json.dumps(content, indent=1, default=datetime.isoformat).encode()

    @classmethod
    def load(cls, data: bytes, where: str) -> Manifest:
        try:
            content = json.loads(data)
            if content.pop("format") != _FORMAT:
                raise ValueError("another format")
            for moment in ("started_at", "finished_at"):
                content[moment] = datetime.fromisoformat(content[moment])
            return cls(**content)
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise Conflict(
                "backup_manifest",
                _("%(where)s cannot be read: %(reason)s")
                % {"where": where, "reason": error},
            ) from error


def keys(storage: Storage) -> list[str]:
    """The complete backups, newest first."""
    ends = f"/{NAME}"
    names = [name for name, _written in storage.names() if name.endswith(ends)]
    return newest_first(name.removesuffix(ends) for name in names)


def read(storage: Storage, key: str) -> Manifest:
    with storage.explained(), storage.open(f"{key}/{NAME}") as file:
        return Manifest.load(file.read(), f"{storage.url}: {key}/{NAME}")


def write(storage: Storage, manifest: Manifest) -> None:
    with Stream(BytesIO(manifest.dump())) as stream:
        storage.put(f"{manifest.key}/{NAME}", stream)


def find(storage: Storage, wanted: str) -> str:
    """`latest`, the newest `daily` or `hourly`, or a key."""
    have = keys(storage)
    kind = None if wanted == "latest" else wanted
    found = [wanted] if wanted in have else newest_first(have, kind)
    if not found:
        raise Conflict(
            "backup_not_found",
            _("%(url)s has no backup %(key)s (it has %(count)d).")
            % {"url": storage.url, "key": wanted, "count": len(have)},
        )
    return found[0]
