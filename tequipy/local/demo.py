"""`make demo`: the real processes on embedded servers, in one terminal.

Starts PostgreSQL and Redis (or takes DATABASE_URL and REDIS_URL), migrates, loads the
demo data, then runs Gunicorn, a worker and beat until Ctrl-C or SIGTERM.
"""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
import secrets
import shutil
import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from types import FrameType

from apps.ops.demo import sign_ins

from .embedded import (
    APPLICATION,
    OWNER,
    EmbeddedPostgres,
    EmbeddedRedis,
    is_port_free,
    private_folder,
)
from .processes import StackError, last_line, spawn
from .supervisor import Service, say, stop_all

CLONE = Path(__file__).resolve().parents[2]
VAR = CLONE / "var"
STACK_ENV = "stack.env"
NEEDED_MEGABYTES = 500
READY_SECONDS = 60
# Printed for trying the API; a later start prints it again while it is young.
TOKEN_DAYS = 2
TOKEN_IS_YOUNG_SECONDS = 86_400
# Gunicorn answers what it has begun for 25 s (tequipy.gunicorn) before it lets go.
LEFTOVER_SECONDS = 40
# A log that grew beyond this is put aside at the next start.
LOG_BYTES = 20_000_000


class Stopped(Exception):
    """Somebody pressed Ctrl-C or sent SIGTERM."""


def _on_signal(_number: int, _frame: FrameType | None) -> None:
    # A second one must not interrupt the stopping.
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    raise Stopped


def main() -> int:
    os.umask(0o077)
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, _on_signal)
    try:
        with contextlib.ExitStack() as stack:
            _run(stack)
    except Stopped:
        say("Stopped.")
        return 0
    except (StackError, OSError) as error:
        print(f"make demo: {error}", file=sys.stderr)
        return 1
    return 0


def _run(stack: contextlib.ExitStack) -> None:
    port = _port()
    for folder in ("", "log", "files", "mails", "static"):
        private_folder(VAR / folder)
    stack.enter_context(_only_one())
    _require_free(port)
    _require_space()
    servers: list[Service] = []
    env = _environment(stack, servers, port)
    _manage(env, "migrate", "--no-input", "-v", "0")
    env.pop("MIGRATION_DATABASE_URL", None)
    _manage({**env, "DEBUG": "true"}, "load_demo")
    _manage(env, "collectstatic", "--no-input", "-v", "0")
    services = [_process(name, cmd, env) for name, cmd in _commands(port).items()]
    stack.callback(stop_all, services)
    for service in services:
        service.start()
    _wait_until_ready(services, port)
    say(sign_ins.as_text())
    say(_call(_token(env, port), port))
    say(f"Tequipy runs on http://127.0.0.1:{port}   (Ctrl-C stops it)")
    while True:
        for service in (*servers, *services):
            service.watch()
        time.sleep(0.3)


def _port() -> int:
    text = os.environ.get("PORT") or "8000"
    if not (text.isascii() and text.isdigit() and 0 < int(text) < 65536):
        raise StackError(f"PORT={text} is no port: use a number such as 9000.")
    return int(text)


@contextlib.contextmanager
def _only_one() -> Iterator[None]:
    with (VAR / "lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise StackError("it runs already in this folder: stop it first.") from None
        yield


def _require_free(port: int) -> None:
    # Only a run that was killed leaves its file; its processes need time to follow.
    was_killed = (VAR / STACK_ENV).exists()
    deadline = time.monotonic() + (LEFTOVER_SECONDS if was_killed else 0)
    if was_killed and not is_port_free(port):
        say("Waiting for the processes of the last run to end.")
    while not is_port_free(port):
        if time.monotonic() >= deadline:
            raise StackError(
                f"port {port} is taken: end what listens there, or choose another "
                f"one, as in PORT={port % 60000 + 1000} make demo"
            )
        time.sleep(0.2)


def _require_space() -> None:
    free = shutil.disk_usage(VAR).free // 1_000_000
    if free < NEEDED_MEGABYTES:
        raise StackError(
            f"only {free} MB are free on the disk of {VAR}: "
            f"{NEEDED_MEGABYTES} MB are needed."
        )


def _environment(
    stack: contextlib.ExitStack, servers: list[Service], port: int
) -> dict[str, str]:
    """What every process gets. While we run it stands in var/stack.env too, so that
    manage.py beside us talks to the same database."""
    values = {
        # As in production: no page of a debugger, also where a server is away.
        "DEBUG": "false",
        "ALLOWED_HOSTS": "localhost,127.0.0.1",
        "PUBLIC_URL": f"http://127.0.0.1:{port}",
        "FILES_URL": f"file://{VAR / 'files'}",
        "EMAIL_URL": f"filemail://{VAR / 'mails'}",
    }
    values.update({name: os.environ[name] for name in values if os.environ.get(name)})
    values.update(_secrets())
    values.update(_databases(stack, servers))
    target = VAR / STACK_ENV
    stack.callback(target.unlink, missing_ok=True)
    target.write_text("".join(f"{name}={value}\n" for name, value in values.items()))
    return {**os.environ, **values, "PYTHONUNBUFFERED": "1"}


def _databases(stack: contextlib.ExitStack, servers: list[Service]) -> dict[str, str]:
    """Servers named in the environment, else embedded ones."""
    names = ("DATABASE_URL", "MIGRATION_DATABASE_URL", "REDIS_URL")
    values = {name: os.environ[name] for name in names if os.environ.get(name)}
    if "DATABASE_URL" not in values:
        postgres = EmbeddedPostgres(VAR)
        stack.callback(postgres.stop)
        servers.append(Service("postgres", postgres.log, postgres.start))
        servers[-1].start()
        values["DATABASE_URL"] = postgres.url(APPLICATION)
        values["MIGRATION_DATABASE_URL"] = postgres.url(OWNER)
    if "REDIS_URL" not in values:
        redis = EmbeddedRedis(VAR)
        stack.callback(redis.stop)
        servers.append(Service("redis", redis.log, redis.start))
        servers[-1].start()
        values["REDIS_URL"] = redis.url
    return values


def _secrets() -> dict[str, str]:
    """Made once and kept, so that sessions and links outlive a restart."""
    kept = VAR / "secrets.json"
    if not kept.exists():
        names = ("JWT_SECRET_KEY", "SECRET_KEY")
        unfinished = kept.with_suffix(".new")
        unfinished.write_text(json.dumps({n: secrets.token_urlsafe(40) for n in names}))
        unfinished.rename(kept)
    return dict(json.loads(kept.read_text()))


def _manage(env: dict[str, str], *arguments: str, is_secret: bool = False) -> str:
    """What the command prints, which its log keeps unless it is secret."""
    run = subprocess.run(
        [sys.executable, "manage.py", *arguments],
        cwd=CLONE,
        env=env,
        check=False,
        capture_output=True,
        text=True,
    )
    log = VAR / "log" / f"{arguments[0]}.log"
    log.write_text(run.stderr if is_secret else run.stdout + run.stderr)
    if run.returncode:
        raise StackError(f"manage.py {arguments[0]}: {last_line(log)} ({log})")
    return run.stdout


def _process(name: str, command: list[str], env: dict[str, str]) -> Service:
    log = VAR / "log" / f"{name}.log"
    if log.exists() and log.stat().st_size > LOG_BYTES:
        log.replace(log.with_suffix(".old.log"))
    # The worker puts its running tasks back at once instead of finishing them.
    env = {**env, "REMAP_SIGTERM": "SIGQUIT"} if name == "worker" else env
    return Service(name, log, partial(spawn, command, log=log, cwd=CLONE, env=env))


def _commands(port: int) -> dict[str, list[str]]:
    gunicorn = [sys.executable, "-m", "gunicorn", "--config", "python:tequipy.gunicorn"]
    celery = [sys.executable, "-m", "celery", "-A", "tequipy"]
    worker = ["--concurrency", "2", "--without-gossip", "--without-mingle"]
    beat = ["-S", "tequipy.beat.LockedDatabaseScheduler", "--pidfile="]
    return {
        "web": [*gunicorn, "--bind", f"127.0.0.1:{port}"],
        "worker": [*celery, "worker", "--loglevel", "INFO", *worker],
        "beat": [*celery, "beat", "--loglevel", "INFO", *beat],
    }


def _wait_until_ready(services: list[Service], port: int) -> None:
    deadline = time.monotonic() + READY_SECONDS
    while time.monotonic() < deadline:
        for service in services:
            service.watch()
            if service.deaths > 2:
                raise StackError(f"{service.name}: {last_line(service.log)}")
        if _is_ready(port):
            return
        time.sleep(0.2)
    raise StackError(f"the pages did not come up, see {VAR / 'log' / 'web.log'}")


def _is_ready(port: int) -> bool:
    return _answers(f"http://127.0.0.1:{port}/api/v1/readiness")


def _answers(url: str, **headers: str) -> bool:
    request = urllib.request.Request(url, headers=headers)  # noqa: S310  our own
    try:
        with urllib.request.urlopen(request, timeout=5) as answer:  # noqa: S310
            return bool(answer.status == 200)
    except OSError:
        return False


def _token(env: dict[str, str], port: int) -> str:
    """With which a program reads all of Acme."""
    kept = VAR / "api-token"
    if kept.exists() and time.time() - kept.stat().st_mtime < TOKEN_IS_YOUNG_SECONDS:
        token = kept.read_text()
        me = f"http://127.0.0.1:{port}/api/v1/auth/me"
        if _answers(me, Authorization=f"Bearer {token}"):
            return token
    wanted = ["--company", "acme", "--role", "API_CLIENT_READONLY"]
    wanted += ["--days", str(TOKEN_DAYS), "--name", "make demo"]
    token = _manage(env, "issue_api_token", *wanted, is_secret=True).strip()
    kept.write_text(token)
    return token


def _call(token: str, port: int) -> str:
    url = f"http://127.0.0.1:{port}/api/v1/integration/user-equipments"
    call = f'curl -H "Authorization: Bearer {token}" {url}'
    good = f"good for {TOKEN_DAYS} days at most"
    return f"Try the API (docs/api.md) by a token that only reads, {good}\n  {call}"


if __name__ == "__main__":
    sys.exit(main())
