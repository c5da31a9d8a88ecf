"""The real processes, exporters and Prometheus on this machine's loopback."""

from __future__ import annotations

import json
import os
import re
import secrets
import shutil
import socket
import subprocess
import sys
import tempfile
import threading
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Self

import psutil
import yaml
from prometheus_client.parser import text_string_to_metric_families

from tequipy.local.embedded import SUPERUSER
from tequipy.local.processes import spawn, stop
from tequipy.local.throwaway import ThrowawayServers

CLONE = Path(__file__).resolve().parents[3]
RULES = CLONE / "prometheus/alerts.yml"
OPERATION = "/api/v1/integration/user-equipments"
# What a rate looks back on here; scrapes come every 2 s.
WINDOW = "12s"
JOBS = {
    "prometheus",
    "tequipy-backend",
    "tequipy-frontend",
    "tequipy-worker",
    "tequipy-beat",
    "postgres",
    "redis",
    "postgres-process",
}


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def fetch(url: str, seconds: float = 5, **headers: str) -> tuple[int, str]:
    request = urllib.request.Request(url, headers=headers)
    try:
        with urllib.request.urlopen(request, timeout=seconds) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as error:
        return error.code, error.read().decode()


def wait_for(what: str, is_true: Callable[[], bool], seconds: float = 40) -> None:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        try:
            if is_true():
                return
        except OSError:
            pass
        time.sleep(0.3)
    raise AssertionError(f"{what}: not within {seconds:.0f} s")


def metrics(url: str) -> dict[tuple[str, ...], float]:
    """`("name", "label=value", ...)` -> value."""
    _status, text = fetch(url)
    return {
        (sample.name, *(f"{k}={v}" for k, v in sorted(sample.labels.items()))): (
            sample.value
        )
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


class App:
    """Throwaway servers, migrated, and what runs on them."""

    def __init__(self) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="tequipy-monitored-"))
        self.servers = ThrowawayServers()
        self.environment = {
            **os.environ,
            **self.servers.start(),
            "METRICS_HOST": "127.0.0.1",
            "PUBLIC_URL": "http://127.0.0.1",
            # Nothing listens there.
            "EMAIL_URL": "smtp://127.0.0.1:9",
        }
        self.environment.pop("MIGRATION_DATABASE_URL")
        self.running: dict[str, subprocess.Popen[bytes]] = {}
        self.ports: dict[str, int] = {}

    def __enter__(self) -> Self:
        try:
            self.start()
        except BaseException:
            self.close()
            raise
        return self

    def __exit__(self, *_error: object) -> None:
        self.close()

    def start(self) -> None:
        self.manage("migrate", "-v", "0")

    def manage(self, *arguments: str, **environment: str) -> str:
        run = subprocess.run(
            [sys.executable, "manage.py", *arguments],
            cwd=CLONE,
            env={**self.environment, **environment},
            check=False,
            capture_output=True,
            text=True,
        )
        assert run.returncode == 0, run.stderr
        return run.stdout

    def api_token(self) -> str:
        """Of a client of a company that is made for it."""
        self.python(
            "from apps.companies import services\n"
            "from apps.core.actor import SYSTEM\n"
            "services.create_company(actor=SYSTEM, name='Asked', slug='asked')"
        )
        issue = ("issue_api_token", "--company", "asked", "--role", "API_CLIENT")
        return self.manage(*issue).strip()

    def python(self, code: str) -> str:
        return self.manage("shell", "--no-imports", "-c", code)

    def spawn(self, name: str, command: list[str], **environment: str) -> None:
        self.running[name] = spawn(
            command,
            log=self.folder / f"{name}.log",
            cwd=CLONE,
            env={**self.environment, **environment},
        )

    def port(self, name: str) -> int:
        return self.ports.setdefault(name, free_port())

    def url(self, name: str, path: str = "/metrics") -> str:
        return f"http://127.0.0.1:{self.port(name)}{path}"

    def web(self, name: str, workers: int = 2) -> None:
        command = [sys.executable, "-m", "gunicorn", "--config"]
        self.spawn(
            name,
            [*command, "python:tequipy.gunicorn", "--workers", str(workers)],
            BIND=f"127.0.0.1:{self.port(name)}",
            TEQUIPY_PROCESS=name,
        )
        self.wait_until_served(name)

    def worker(self) -> None:
        folder = self.folder / "worker-metrics"
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir()
        command = [sys.executable, "-m", "celery", "-A", "tequipy", "worker"]
        self.spawn(
            "worker",
            [*command, "--concurrency", "2", "--without-gossip", "--without-mingle"],
            PROMETHEUS_MULTIPROC_DIR=str(folder),
            METRICS_PORT=str(self.port("worker")),
        )
        self.wait_until_served("worker")

    def beat(self, name: str = "beat", **environment: str) -> None:
        command = [sys.executable, "-m", "celery", "-A", "tequipy", "beat"]
        self.spawn(
            name,
            [*command, "-S", "tequipy.beat.LockedDatabaseScheduler", "--pidfile="],
            METRICS_PORT=str(self.port(name)),
            **environment,
        )
        self.wait_until_served(name)

    def prometheus(self, config: dict[str, Any], files: dict[str, str]) -> None:
        """Of that configuration, with these files beside it; scrapes often."""
        folder = self.folder / "prometheus"
        folder.mkdir()
        config["global"] = {
            "scrape_interval": "2s",
            "scrape_timeout": "2s",
            "evaluation_interval": "1s",
        }
        for name, text in {**files, "prometheus.yml": yaml.safe_dump(config)}.items():
            (folder / name).write_text(text)
        self.spawn(
            "prometheus",
            [
                "prometheus",
                f"--config.file={folder / 'prometheus.yml'}",
                f"--storage.tsdb.path={folder / 'data'}",
                f"--web.listen-address=127.0.0.1:{self.port('prometheus')}",
                "--query.lookback-delta=10s",
            ],
        )
        wait_for(
            "Prometheus", lambda: fetch(self.url("prometheus", "/-/ready"))[0] == 200
        )

    def query(self, expression: str) -> list[dict[str, Any]]:
        """The result, or an assertion with what Prometheus says."""
        return list(self.ask_prometheus("query", query=expression)["result"])

    def ask_prometheus(self, what: str, **parameters: str) -> Any:
        path = f"/api/v1/{what}?{urllib.parse.urlencode(parameters)}"
        status, text = fetch(self.url("prometheus", path))
        assert status == 200, f"{parameters}: {text}"
        return json.loads(text)["data"]

    def wait_until_served(self, name: str) -> None:
        wait_for(f"/metrics of {name}", lambda: fetch(self.url(name))[0] == 200)

    def end(self, name: str) -> None:
        stop([self.running.pop(name)])

    @contextmanager
    def frozen(self, process: subprocess.Popen[bytes]) -> Iterator[None]:
        """With its children: PostgreSQL's are each in a session of their own."""
        one = psutil.Process(process.pid)
        stopped = [one, *one.children(recursive=True)]
        for each in stopped:
            each.suspend()
        try:
            yield
        finally:
            for each in stopped:
                if each.is_running():
                    each.resume()

    def close(self) -> None:
        stop(self.running.values())
        self.servers.stop()
        shutil.rmtree(self.folder, ignore_errors=True)


class Monitored(App):
    """With exporters, Prometheus and somebody who clicks."""

    def __init__(self) -> None:
        super().__init__()
        self.has_clicked_enough = threading.Event()
        self._clicker = threading.Thread(target=self._click, daemon=True)

    def start(self) -> None:
        super().start()
        self.web("backend")
        self.web("frontend", workers=1)
        self.worker()
        self.beat()
        self._exporters()
        self._prometheus()
        self._token = self.api_token()
        self._clicker.start()

    def close(self) -> None:
        self.has_clicked_enough.set()
        if self._clicker.is_alive():
            self._clicker.join(timeout=15)
        super().close()

    def _exporters(self) -> None:
        postgres, redis = self.servers.postgres, self.servers.redis
        self.spawn(
            "postgres-exporter",
            [
                "prometheus-postgres-exporter",
                f"--web.listen-address=127.0.0.1:{self.port('postgres-exporter')}",
            ],
            DATA_SOURCE_NAME=(
                f"user={SUPERUSER} password={postgres.passwords[SUPERUSER]} "
                f"host={postgres.sockets} dbname=tequipy sslmode=disable "
                "connect_timeout=1"
            ),
        )
        self.spawn(
            "redis-exporter",
            [
                "prometheus-redis-exporter",
                f"-web.listen-address=127.0.0.1:{self.port('redis-exporter')}",
                f"-redis.addr=redis://127.0.0.1:{redis.port}",
                "-connection-timeout=1s",
            ],
            REDIS_PASSWORD=redis.password,
        )
        self.spawn(
            "process-exporter",
            [
                "prometheus-process-exporter",
                f"-web.listen-address=127.0.0.1:{self.port('process-exporter')}",
                "-config.path",
                str(CLONE / "prometheus/process-exporter.yml"),
            ],
        )
        for name in ("postgres-exporter", "redis-exporter", "process-exporter"):
            self.wait_until_served(name)

    def _prometheus(self) -> None:
        """The repository's files; only addresses and waiting times are others."""
        text = (CLONE / "prometheus/prometheus.yml").read_text()
        config = yaml.safe_load(text)
        for job in config["scrape_configs"]:
            job.pop("dns_sd_configs", None)
            targets = [f"127.0.0.1:{self.port(n)}" for n in self._targets(job)]
            job["static_configs"] = [{"targets": targets}]
        self.prometheus(config, {"alerts.yml": quickened(RULES.read_text())})

    def _targets(self, job: dict[str, Any]) -> list[str]:
        special = {
            "prometheus": ["prometheus"],
            "postgres": ["postgres-exporter"],
            "redis": ["redis-exporter"],
            "postgres-process": ["process-exporter"],
            # The second one is started by the test that wants it.
            "tequipy-beat": ["beat", "second-beat"],
        }
        name = job["job_name"]
        return special.get(name) or [name.removeprefix("tequipy-")]

    def _click(self) -> None:
        """Operations of the API and pages with a session, which ask PostgreSQL, and
        what does not exist."""
        token = {"Authorization": f"Bearer {self._token}"}
        session = {"Cookie": f"sessionid={secrets.token_hex(16)}"}
        asked = (
            ("backend", OPERATION, token),
            ("backend", f"{OPERATION}?limit=1", token),
            ("backend", "/api/v1/integration/nothing", token),
            ("frontend", "/accounts/login/", session),
            ("frontend", "/accounts/login/", session),
            ("frontend", "/nowhere", session),
        )
        while not self.has_clicked_enough.is_set():
            for name, path, headers in asked:
                try:
                    fetch(self.url(name, path), 10, **headers)
                except OSError:
                    pass
            time.sleep(0.2)

    def is_firing(self, alert: str, **labels: str) -> bool:
        more = "".join(f', {name}="{value}"' for name, value in labels.items())
        state = f'alertname="{alert}", alertstate="firing"{more}'
        return bool(self.query(f"ALERTS{{{state}}}"))

    def wait_until_fired(self, *alerts: str, seconds: float = 60) -> None:
        for alert in alerts:
            wait_for(f"{alert} fires", lambda a=alert: self.is_firing(a), seconds)

    def wait_until_silent(self, *alerts: str, seconds: float = 60) -> None:
        for alert in alerts:
            wait_for(
                f"{alert} falls silent", lambda a=alert: not self.is_firing(a), seconds
            )


def quickened(rules: str) -> str:
    """The same alerts within seconds. PostgreSQL's two CPUs are not to be had here."""
    rules = re.sub(r"^( +for:) .*$", r"\1 3s", rules, flags=re.MULTILINE)
    return windowed(rules).replace("/ 2 > 0.8", "/ 2 > 0.2")


def selectors(expression: str) -> set[str]:
    """The series it asks for, with their matchers."""
    return set(re.findall(rf"{METRIC}(?:\{{[^}}]*\}})?", expression))


METRIC = (
    r"\b(?:job:)?(?:(?:http|celery|beat|tequipy|gunicorn|process|pg|redis|namedprocess)"
    r"_[a-z0-9_:]+|up)\b"
)
# What the panel of backups and their alerts show.
BACKUP = """
from django.utils import timezone
from apps.ops.models import BackupRun
from apps.ops.tasks import compute_metrics
now = timezone.now()
BackupRun.objects.create(
    kind=BackupRun.Kind.DAILY, key="one", size_bytes=1,
    started_at=now, finished_at=now, verified_at=now,
)
compute_metrics.delay()
"""


def windowed(expressions: str) -> str:
    """Looks back on seconds, as scrapes come every 2 s."""
    return re.sub(r"\[\d+m\]", f"[{WINDOW}]", expressions)
