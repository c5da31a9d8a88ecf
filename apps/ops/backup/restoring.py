"""Put a database and the files back."""

from __future__ import annotations

import gzip
import logging
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO, cast

from django.conf import settings
from django.db.migrations.loader import MigrationLoader
from django.utils.translation import gettext as _

from apps.core.errors import Conflict

from . import files
from .database import Database
from .description import is_empty
from .fetching import Fetched
from .streams import CHUNK, Program, Stream

logger = logging.getLogger(__name__)

_JOBS = "2"  # PostgreSQL's share of CPUs


def restore_database(fetched: Fetched, target: Database, *, replaces: bool) -> None:
    """Puts everything back and migrates, which grants."""
    require_known(migrations_of(fetched, target))
    _make_room(target, replaces=replaces)
    load(fetched.dump, target)
    manage(target, "migrate", "--no-input")


def restore_files(fetched: Fetched) -> int:
    """Puts them where FILES_URL says; returns how many."""
    if fetched.files is None:
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
            # What kind of a backend another role's is, an owner is not told.
            "AND usename IS NOT NULL"
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


# pg_dump's last words. In the middle of a COPY psql takes the end of the file for the
# end of the rows, so nothing else tells a dump that was cut.
_END = b"PostgreSQL database dump complete"


def _copy_whole(source: BinaryIO, sink: BinaryIO) -> None:
    tail = b""
    while chunk := source.read(CHUNK):
        sink.write(chunk)
        tail = (tail + chunk)[-1000:]
    if _END not in tail:
        raise Conflict(
            "backup_corrupt",
            _(
                "The dump is cut, and nothing was restored: its last line, “%(end)s”, "
                "is missing."
            )
            % {"end": _END.decode()},
        )


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
                try:
                    _copy_whole(source, sink)
                except BrokenPipeError:
                    raise
                except BaseException:
                    # Before the end of the file reaches it and makes it commit.
                    process.kill()
                    process.wait()
                    raise
        except BrokenPipeError:
            logger.debug("psql stopped reading; its own words say why")
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
