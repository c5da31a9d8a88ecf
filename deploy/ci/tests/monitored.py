"""The real processes and Prometheus on this machine's loopback."""

from __future__ import annotations

import json
import os
import shutil
import ssl
import subprocess
import sys
import tempfile
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Self

import psutil
import yaml
from prometheus_client.parser import text_string_to_metric_families

from ci.machine import CLONE, free_port, told, wait_for
from tequipy.local.processes import spawn, stop
from tequipy.local.throwaway import ThrowawayServers

OPERATION = "/api/v1/integration/user-equipments"


def fetch(
    url: str,
    seconds: float = 5,
    method: str = "GET",
    body: bytes | None = None,
    **headers: str,
) -> tuple[int, str]:
    """Status and text, after redirects; nobody looks at a certificate."""
    request = urllib.request.Request(url, body, headers, method=method)
    context = ssl._create_unverified_context()
    try:
        with urllib.request.urlopen(request, None, seconds, context=context) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as error:
        return error.code, error.read().decode()


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


class Processes:
    """What runs on ports of its own, with a folder for what it writes."""

    def __init__(self) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="tequipy-monitored-"))
        self.environment = dict(os.environ)
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
        pass

    def close(self) -> None:
        stop(self.running.values())
        shutil.rmtree(self.folder, ignore_errors=True)

    def spawn(self, name: str, command: list[str], **environment: str) -> None:
        self.running[name] = spawn(
            command,
            log=self.folder / f"{name}.log",
            cwd=CLONE,
            env={**self.environment, **environment},
        )

    def end(self, name: str) -> None:
        stop([self.running.pop(name)])

    def port(self, name: str) -> int:
        return self.ports.setdefault(name, free_port())

    def url(self, name: str, path: str = "/metrics") -> str:
        return f"http://127.0.0.1:{self.port(name)}{path}"

    def wait_until_served(self, name: str) -> None:
        wait_for(f"/metrics of {name}", lambda: fetch(self.url(name))[0] == 200)


class App(Processes):
    """Throwaway servers, migrated, and what runs on them."""

    def __init__(self) -> None:
        super().__init__()
        self.servers = ThrowawayServers()
        self.environment |= {
            **self.servers.start(),
            "METRICS_HOST": "127.0.0.1",
            "PUBLIC_URL": "http://127.0.0.1",
            # Nothing listens there.
            "EMAIL_URL": "smtp://127.0.0.1:9",
        }
        self.environment.pop("MIGRATION_DATABASE_URL")

    def start(self) -> None:
        self.manage("migrate", "-v", "0")

    def manage(self, *arguments: str, **environment: str) -> str:
        command = (sys.executable, "manage.py", *arguments)
        return told(*command, env={**self.environment, **environment})

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
                # What was sent before Alertmanager was found is sent again.
                "--rules.alert.resend-delay=5s",
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
        super().close()
        self.servers.stop()
