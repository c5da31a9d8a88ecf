"""Compose: the postgres container dumps into a shared folder (deploy/backup/
schedule.sh), and this packs, uploads and proves what it finds there."""

from __future__ import annotations

import logging
from pathlib import Path

from django.conf import settings

from apps.core.errors import DomainError

from . import manifest, retention, services, verification
from .database import Database
from .storage import storage_at

logger = logging.getLogger(__name__)

# The database into which schedule.sh has restored the dump.
SCRATCH = "tequipy_verify"


def take_all(folder: Path) -> int:
    """Every finished dump, oldest first; returns how many became backups. One that
    cannot be stored stays, and is tried again."""
    done = 0
    for dump in sorted(folder.glob("*.dump")):
        try:
            done += _take(dump)
        except DomainError as error:
            logger.error("%s: %s", dump.name, error)
        except Exception:
            logger.exception("%s could not be packed", dump.name)
    return done


def _take(dump: Path) -> bool:
    """daily-20261125T020000Z.dump, .json beside it, and .restored if it was."""
    parsed = retention.parse(dump.stem.replace("-", "/", 1))
    if parsed is None:
        logger.warning("%s is no dump of schedule.sh", dump.name)
        return False
    kind, moment = parsed
    key = retention.key_of(kind, moment)
    if key not in manifest.keys(storage_at(settings.BACKUP_URL)):
        services.back_up(kind=kind, dump=dump, at=moment)
    mark = dump.with_suffix(".restored")
    if mark.exists():
        _prove(key)
    for path in (dump, dump.with_suffix(".json"), mark):
        path.unlink(missing_ok=True)
    return True


def _prove(key: str) -> None:
    """What differs is said and leaves `verified_at` empty; the alert is about that."""
    scratch = Database(settings.BACKUP_DATABASE_URL).named(SCRATCH)
    try:
        problems = verification.verify(key, scratch=scratch)
    except DomainError as error:
        problems = [error.message]
    for problem in problems:
        logger.error("backup %s is not sound: %s", key, problem)
