"""Who is compared, as processes: the application as in production, the floor and the
peer, each under Gunicorn on the loopback and on the same database."""

from __future__ import annotations

import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from itertools import chain
from pathlib import Path

import psycopg

from tequipy.local.embedded import SUPERUSER
from tequipy.local.processes import last_line, spawn, stop, wait_until

from .cases import Question
from .client import Answer, Client
from .dataset import CLONE, FOLDER, Servers, ensure, manage

COMPANY = "bench-1"  # which has most of everything
_GUNICORN = [sys.executable, "-m", "gunicorn", "--config"]
COMMANDS = {
    "app": [*_GUNICORN, "python:tequipy.gunicorn"],
    "floor": [*_GUNICORN, "python:bench.bare", "bench.floor:application"],
    "peer": [*_GUNICORN, "python:bench.bare", "tequipy.wsgi"],
}
_SIGN_IN = """
from django.test import Client
from apps.accounts.models import Login, User
user = User.objects.filter(company__slug="{}", role="COMPANY_ADMIN").first()
login, _made = Login.objects.get_or_create(email="admin@bench.example")
user.login = login
user.save()
browser = Client()
browser.force_login(login)
print(browser.cookies["sessionid"].value)
"""


@dataclass(slots=True)
class Target:
    """One of those who are compared, at one size."""

    name: str
    assets: int
    process: subprocess.Popen[bytes]
    client: Client
    log: Path

    def ask(self, question: Question) -> Answer:
        try:
            answer = self.client.ask(question.method, question.path, question.body)
        except OSError as error:
            raise SystemExit(
                f"{self.name} does not answer: {error} ({self.log})"
            ) from None
        if answer.status != 200:
            raise SystemExit(
                f"{self.name}: {question.method} {question.path} -> {answer.status}: "
                f"{answer.body[:300]!r}"
            )
        return answer

    def workers(self) -> list[int]:
        children = f"/proc/{self.process.pid}/task/{self.process.pid}/children"
        return [int(pid) for pid in Path(children).read_text().split()]

    def memory(self) -> float:
        """MB of its largest worker."""
        return max(map(_resident, self.workers()))


def _resident(pid: int) -> float:
    status = Path(f"/proc/{pid}/status").read_text()
    (line,) = (line for line in status.splitlines() if line.startswith("VmRSS:"))
    return int(line.split()[1]) / 1024


def _processor(pids: list[int]) -> float:
    """Seconds that all threads of the processes have been running."""
    tasks = chain.from_iterable(Path(f"/proc/{pid}/task").iterdir() for pid in pids)
    spent = [int((task / "schedstat").read_text().split()[0]) for task in tasks]
    return sum(spent) / 1e9


class Bench:
    """One database with its servers."""

    def __init__(
        self,
        stack: ExitStack,
        servers: Servers,
        assets: int,
        targets: list[str],
        *,
        copied: bool = False,
    ) -> None:
        """`copied`: what may be written to, and goes with the stack."""
        self.assets = assets
        self.name = ensure(servers, assets)
        if copied:
            self.name = stack.enter_context(copy_of(servers, self.name))
        url = servers.postgres.url(SUPERUSER, self.name)
        self.database = stack.enter_context(psycopg.connect(url, autocommit=True))
        self.database.execute("CREATE EXTENSION IF NOT EXISTS pg_stat_statements")
        found = self.database.execute(
            "SELECT id::text FROM companies_company WHERE slug = %s", [COMPANY]
        ).fetchone()
        assert found is not None  # noqa: S101 - by the data set
        self.company = found[0]
        issue = ("issue_api_token", "--company", COMPANY, "--days", "1")
        token = manage(servers, self.name, *issue, "--role", "API_CLIENT_READONLY")
        manage(servers, self.name, "collectstatic", "--no-input", "-v", "0")
        sign_in = ("shell", "-v", "0", "-c", _SIGN_IN.format(COMPANY))
        session = manage(servers, self.name, *sign_in)
        environment = servers.environment(self.name) | {
            "BENCH_COMPANY": self.company,
            "PUBLIC_URL": "https://bench.example",
        }
        self.targets = {
            target: stack.enter_context(
                _started(target, assets, environment, token.strip(), session.strip())
            )
            for target in targets
        }

    def processor(self, target: Target) -> float:
        """Seconds that its workers and their PostgreSQL backends have been running: on
        a machine that does other things, too, this is what compares."""
        backends = self.database.execute(
            "SELECT pid FROM pg_stat_activity WHERE application_name = %s",
            [target.log.stem],
        )
        return _processor([*target.workers(), *(pid for (pid,) in backends)])

    def statements(self) -> int:
        """How many the database was sent since they were last forgotten."""
        found = self.database.execute(
            "SELECT coalesce(sum(calls), 0) FROM pg_stat_statements s "
            "JOIN pg_database d ON d.oid = s.dbid "
            "WHERE datname = %s AND query NOT LIKE '%%pg_stat_statements%%'",
            [self.name],
        ).fetchone()
        return int(found[0]) if found else 0

    def version(self) -> str:
        """Of PostgreSQL."""
        return self.database.info.parameter_status("server_version") or ""

    def forget(self) -> None:
        self.database.execute("SELECT pg_stat_statements_reset()")


@contextmanager
def copy_of(servers: Servers, name: str) -> Iterator[str]:
    url, copy = servers.postgres.url(SUPERUSER, "postgres"), f"{name}_copy"
    gone = f'DROP DATABASE IF EXISTS "{copy}" WITH (FORCE)'
    with psycopg.connect(url, autocommit=True) as admin:
        admin.execute(gone)
        admin.execute(f'CREATE DATABASE "{copy}" TEMPLATE "{name}"')
        try:
            yield copy
        finally:
            admin.execute(gone)


@contextmanager
def _started(
    target: str, assets: int, environment: dict[str, str], token: str, session: str
) -> Iterator[Target]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    if target == "peer":
        environment = environment | {"DJANGO_SETTINGS_MODULE": "bench.peer_settings"}
    log = FOLDER / f"{target}_{assets}.log"
    log.unlink(missing_ok=True)
    own = environment["DATABASE_URL"] + f"&application_name={log.stem}"
    environment = environment | {"DATABASE_URL": own}
    command = [*COMMANDS[target], "--bind", f"127.0.0.1:{port}"]
    process = spawn(command, log=log, cwd=CLONE, env=environment)
    try:
        if not wait_until(lambda: _listens(port), 30):
            raise SystemExit(f"{target} does not start: {last_line(log)} ({log})")
        client = Client(port, token if target == "app" else "", session)
        yield Target(target, assets, process, client, log)
        client.close()
    finally:
        stop([process])


def _listens(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0
