"""Fetch a backup, and put a database and the files back."""

from __future__ import annotations

import gzip
import logging
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Collection, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, cast

from django.conf import settings
from django.db.migrations.loader import MigrationLoader
from django.utils.translation import gettext as _

from apps.core.errors import Conflict, Invalid

from . import encryption, files, manifest
from .database import Database
from .description import is_empty
from .manifest import DATABASE, PLAIN_NAMES, Manifest
from .storage import Storage, storage_at
from .streams import CHUNK, Program, Stream

logger = logging.getLogger(__name__)

EVERYTHING = frozenset(PLAIN_NAMES)
_JOBS = "2"  # PostgreSQL's share of CPUs


@dataclass(frozen=True)
class Fetched:
    """A backup on this machine, checked and decrypted; or a lone dump."""

    dump: Path
    manifest: Manifest | None = None
    files: Path | None = None


# --- Fetch --------------------------------------------------------------------


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
    except OSError as error:
        raise Conflict(
            "backup_storage",
            _("%(name)s cannot be fetched: %(reason)s")
            % {"name": entry["name"], "reason": error},
        ) from error
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


# --- Restore --------------------------------------------------------------------


def restore(
    fetched: Fetched, target: Database, *, replaces: bool, with_files: bool
) -> int:
    """Puts everything back and migrates, which grants; returns how many files."""
    require_known(migrations_of(fetched, target))
    _make_room(target, replaces=replaces)
    load(fetched.dump, target)
    manage(target, "migrate", "--no-input")
    if not with_files or fetched.files is None:
        return 0
    with fetched.files.open("rb") as packed:
        return files.unpack(packed)


def migrations_of(fetched: Fetched, target: Database) -> list[list[str]]:
    if fetched.manifest is not None:
        return fetched.manifest.migrations
    if _is_custom(fetched.dump):
        program = target.program("pg_restore")
        options = ["--data-only", "--table=django_migrations", "--file=-"]
        arguments = [program, *options, str(fetched.dump)]
        with Stream(None, [Program(arguments)]) as stream:
            return _copied_migrations(stream.read().splitlines())
    with _plain(fetched.dump) as lines:
        return _copied_migrations(lines)


def _copied_migrations(lines: Iterable[bytes]) -> list[list[str]]:
    """The rows between COPY and its end mark: id, app, name, applied."""
    found: list[list[str]] = []
    is_inside = False
    for line in lines:
        if is_inside and line.startswith(b"\\."):
            break
        if is_inside:
            found.append(line.decode().split("\t")[1:3])
        elif line.startswith((b"COPY public.django_migrations ", b"COPY django_mig")):
            is_inside = True
    return found


def require_known(migrations: list[list[str]]) -> None:
    """A database from the future is not restored into this version."""
    known = MigrationLoader(None).disk_migrations or {}
    for app, name in migrations:
        if (app, name) not in known:
            raise Conflict(
                "backup_newer",
                _(
                    "The backup has migration %s, which this version does not know: "
                    "restore it with the version that made it."
                )
                % f"{app}.{name}",
            )


def _make_room(target: Database, *, replaces: bool) -> None:
    with target.connect(autocommit=True) as connection:
        if is_empty(connection):
            return
        if not replaces:
            raise Conflict(
                "backup_target_not_empty",
                _("Database %s is not empty: give another one, or --replace.")
                % target.name,
            )
        others = connection.execute(
            "SELECT string_agg(DISTINCT usename, ', ') FROM pg_stat_activity "
            "WHERE datname = current_database() AND pid <> pg_backend_pid() "
            "AND backend_type = 'client backend'"
        ).fetchone()
        if others and others[0]:
            raise Conflict(
                "backup_target_in_use",
                _(
                    "Database %(name)s is in use by %(roles)s: stop frontend, backend, "
                    "worker and beat first."
                )
                % {"name": target.name, "roles": others[0]},
            )
        with connection.transaction():
            connection.execute("DROP SCHEMA public CASCADE")
            connection.execute("CREATE SCHEMA public AUTHORIZATION pg_database_owner")
            connection.execute("GRANT USAGE ON SCHEMA public TO PUBLIC")


def load(dump: Path, target: Database) -> None:
    """Everything belongs to the database's owner; grants come with `migrate`."""
    role = target.owner()
    if _is_custom(dump):
        arguments = [target.program("pg_restore"), "--exit-on-error", "--no-owner"]
        arguments += ["--no-privileges", "--no-comments", "--no-password"]
        arguments += ["--jobs", _JOBS, "--dbname", target.name]
        arguments += ["--role", role] if role else []
        loading = Program([*arguments, str(dump)], target.environment())
        with Stream(None, [loading]) as stream:
            stream.drain()
        return
    environment = target.environment()
    if role:
        environment["PGOPTIONS"] = f"-c role={role}"
    options = ["--no-psqlrc", "--quiet", "--single-transaction", "--no-password"]
    psql = [target.program("psql"), *options, "--set=ON_ERROR_STOP=1", "--output"]
    with _plain(dump) as text:
        _feed(Program([*psql, os.devnull], environment), text)


def _feed(program: Program, source: BinaryIO) -> None:
    with tempfile.TemporaryFile() as errors:
        process = subprocess.Popen(
            list(program.arguments),
            stdin=subprocess.PIPE,
            stderr=errors,
            env=program.environment,
        )
        try:
            with cast(BinaryIO, process.stdin) as sink:
                shutil.copyfileobj(source, sink, CHUNK)
        except BrokenPipeError:
            logger.debug("psql stopped reading; its own words say why")
        except BaseException:
            process.kill()
            raise
        finally:
            code = process.wait()
        if code:
            errors.seek(0)
            said = errors.read().decode(errors="replace").strip().splitlines()
            raise Conflict(
                "backup_program_failed",
                _("psql failed, and nothing was restored: %s")
                % (said[0] if said else code),
            )


def _is_custom(dump: Path) -> bool:
    with dump.open("rb") as file:
        return file.read(5) == b"PGDMP"


@contextmanager
def _plain(dump: Path) -> Iterator[BinaryIO]:
    with dump.open("rb") as file:
        is_packed = file.read(2) == b"\x1f\x8b"
    try:
        with gzip.open(dump) if is_packed else dump.open("rb") as text:
            yield cast(BinaryIO, text)
    except (EOFError, gzip.BadGzipFile) as error:
        raise Conflict(
            "backup_corrupt",
            _("%(path)s is damaged: %(reason)s") % {"path": dump, "reason": error},
        ) from error


def manage(target: Database, *arguments: str) -> None:
    """Runs a command of ours against another database, in a process of its own: the
    settings know one."""
    names = ("DATABASE_URL", "MIGRATION_DATABASE_URL")
    drop = {f"{name}_FILE" for name in names}
    environment = {k: v for k, v in os.environ.items() if k not in drop}
    environment |= dict.fromkeys(names, target.url)
    done = subprocess.run(
        [sys.executable, settings.BASE_DIR / "manage.py", *arguments],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        said = done.stderr.strip() or done.stdout.strip() or "no reason given"
        raise Conflict(
            "backup_check_failed",
            _("%(command)s: %(reason)s") % {"command": arguments[0], "reason": said},
        )
