"""The monitored stack: processes, exporters, the probe through nginx, Prometheus and
Alertmanager as they are deployed, and who is told."""

from __future__ import annotations

import json
import re
import secrets
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Any

import yaml

from ci.machine import CLONE, run, told, wait_for
from tequipy.local.embedded import SUPERUSER
from tequipy.local.processes import stop

from . import proxy
from .catchers import Mailbox, Webhook
from .monitored import OPERATION, App, Processes, fetch

RULES = CLONE / "prometheus/alerts.yml"
# What a rate looks back on here; scrapes come every 2 s.
WINDOW = "12s"
LONG_WINDOW = "36s"
JOBS = {
    "prometheus",
    "tequipy-backend",
    "tequipy-frontend",
    "tequipy-worker",
    "tequipy-beat",
    "tequipy-probe",
    "postgres",
    "redis",
    "postgres-process",
    "node",
    "alertmanager",
}
EXPORTERS = (
    "postgres-exporter",
    "redis-exporter",
    "process-exporter",
    "node-exporter",
)
# Whom people ask for; nginx is asked for it under another address.
HOST = "assets.tequipy.test"
OPERATORS = "night-shift@tequipy.test"
DISKS = ("database", "files", "backups")
DISK_BYTES = 16 * 1024 * 1024


class Monitored(App):
    """With exporters, Prometheus and somebody who clicks."""

    def __init__(self) -> None:
        super().__init__()
        self.environment |= {
            "PUBLIC_URL": f"https://{HOST}",
            "ALLOWED_HOSTS": "127.0.0.1",
        }
        self.mailbox = Mailbox(self.port("mailbox"))
        self.webhook = Webhook(self.port("webhook"))
        self._nginx: list[str] = []
        self.has_clicked_enough = threading.Event()
        self._clicker = threading.Thread(target=self._click, daemon=True)

    def start(self) -> None:
        super().start()
        self.web("backend")
        self.web("frontend", workers=1)
        self.worker()
        self.beat()
        self._mount_disks()
        self.postgres_exporter()
        self.redis_exporter()
        self.process_exporter()
        self.node_exporter()
        for name in EXPORTERS:
            self.wait_until_served(name)
        self.nginx()
        self.mailbox.start()
        self._alertmanager()
        self._blackbox()
        self._prometheus()
        self._token = self.api_token()
        self._clicker.start()

    def close(self) -> None:
        self.has_clicked_enough.set()
        if self._clicker.is_alive():
            self._clicker.join(timeout=15)
        self.webhook.stop()
        self.mailbox.stop()
        stop(self.running.values())
        for disk in DISKS:
            if self.disk(disk).is_mount():
                told("umount", self.disk(disk))
        super().close()

    def exporter(self, name: str, *flags: str, **environment: str) -> None:
        listen = f"--web.listen-address=127.0.0.1:{self.port(name)}"
        self.spawn(name, [f"prometheus-{name}", listen, *flags], **environment)

    def postgres_exporter(self) -> None:
        postgres = self.servers.postgres
        self.exporter(
            "postgres-exporter",
            DATA_SOURCE_NAME=(
                f"user={SUPERUSER} password={postgres.passwords[SUPERUSER]} "
                f"host={postgres.sockets} dbname=tequipy sslmode=disable "
                "connect_timeout=1"
            ),
        )

    def redis_exporter(self) -> None:
        redis = self.servers.redis
        self.exporter(
            "redis-exporter",
            f"-redis.addr=redis://127.0.0.1:{redis.port}",
            "-connection-timeout=1s",
            REDIS_PASSWORD=redis.password,
        )

    def process_exporter(self) -> None:
        config = CLONE / "prometheus/process-exporter.yml"
        self.exporter("process-exporter", f"-config.path={config}")

    def node_exporter(self) -> None:
        """Sees the disks under the paths of its container."""
        flags = flags_in_compose("node-exporter")
        self.exporter("node-exporter", *flags, f"--path.rootfs={self.folder}")

    def disk(self, name: str) -> Path:
        return self.folder / "watched" / name

    def _mount_disks(self) -> None:
        for name in DISKS:
            self.disk(name).mkdir(parents=True)
            options = ("-t", "tmpfs", "-o", f"size={DISK_BYTES}", "tmpfs")
            told("mount", *options, self.disk(name))

    def nginx(self) -> None:
        if not self._nginx:
            self._nginx = proxy.command(
                self.folder / "n",
                upstream=self.port("frontend"),
                secure=self.port("nginx"),
            )
        self.spawn("nginx", self._nginx)

    def certificate(self, days: int) -> None:
        """nginx gets a new one."""
        root = self.folder / "n"
        told(
            *("openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes"),
            *("-days", days, "-subj", f"/CN={HOST}"),
            *("-keyout", root / "tls.key", "-out", root / "tls.crt"),
        )
        self.running["nginx"].send_signal(signal.SIGHUP)

    def _blackbox(self) -> None:
        config = CLONE / "prometheus/blackbox.yml"
        self.exporter("blackbox-exporter", f"--config.file={config}")
        self.wait_until_served("blackbox-exporter")

    def _alertmanager(self) -> None:
        """As the environment says, only without its waits."""
        folder = self.folder / "alerting"
        folder.mkdir()
        render_alerting(
            folder,
            PUBLIC_URL=self.environment["PUBLIC_URL"],
            EMAIL_URL=f"smtp://127.0.0.1:{self.port('mailbox')}",
            ALERT_EMAIL_TO=OPERATORS,
            ALERT_WEBHOOK_URL=self.url("webhook", "/alerts"),
            PROBE_ADDRESS=f"https://127.0.0.1:{self.port('nginx')}",
        )
        impatient(folder / "alertmanager.yml")
        alertmanager(self, folder)

    def _prometheus(self) -> None:
        """The repository's files; only addresses and waiting times are others."""
        text = (CLONE / "prometheus/prometheus.yml").read_text()
        config = yaml.safe_load(text)
        manager = config["alerting"]["alertmanagers"][0]["static_configs"][0]
        assert manager["targets"] == ["alertmanager:9093"]
        manager["targets"] = [f"127.0.0.1:{self.port('alertmanager')}"]
        for job in config["scrape_configs"]:
            if job["job_name"] == "tequipy-probe":
                probes = str(self.folder / "alerting/probes.json")
                job["file_sd_configs"] = [{"files": [probes]}]
                exporter = f"127.0.0.1:{self.port('blackbox-exporter')}"
                job["relabel_configs"][-1]["replacement"] = exporter
                continue
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
            "node": ["node-exporter"],
            "alertmanager": ["alertmanager"],
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


def flags_in_compose(service: str) -> list[str]:
    services = yaml.safe_load((CLONE / "compose.yaml").read_text())["services"]
    return [flag.replace("$$", "$") for flag in services[service]["command"]]


def render_alerting(
    folder: Path, **environment: str
) -> subprocess.CompletedProcess[str]:
    """As the one-shot service does."""
    return run(sys.executable, "-m", "tequipy.alerting", folder, env=environment)


def impatient(path: Path) -> None:
    config = json.loads(path.read_text())
    for route in (config["route"], *config["route"]["routes"]):
        route |= {"group_wait": "0s", "group_interval": "2s"}
    path.write_text(json.dumps(config))


def alertmanager(app: Processes, folder: Path) -> None:
    """With its flags of compose.yaml, on what lies in `folder`."""
    flags = flags_in_compose("alertmanager")
    assert flags[0] == "--config.file=/var/lib/tequipy/alerting/alertmanager.yml"
    assert flags[1] == "--storage.path=/alertmanager"
    app.spawn(
        "alertmanager",
        [
            "prometheus-alertmanager",
            f"--config.file={folder / 'alertmanager.yml'}",
            f"--storage.path={folder / 'data'}",
            *flags[2:],
            f"--web.listen-address=127.0.0.1:{app.port('alertmanager')}",
        ],
    )
    app.wait_until_served("alertmanager")


def quickened(rules: str) -> str:
    """The same alerts within seconds. PostgreSQL's two CPUs are not to be had here."""
    rules = re.sub(r"^( +for:) .*$", r"\1 3s", rules, flags=re.MULTILINE)
    return windowed(rules).replace("/ 2 > 0.8", "/ 2 > 0.2")


def selectors(expression: str) -> set[str]:
    """The series it asks for, with their matchers."""
    return set(re.findall(rf"{METRIC}(?:\{{[^}}]*\}})?", expression))


METRIC = (
    r"\b(?:job:)?(?:(?:http|celery|beat|tequipy|gunicorn|process|pg|redis|namedprocess"
    r"|probe|node|alertmanager)_[a-z0-9_:]+|up)\b"
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
    expressions = expressions.replace("[15m]", f"[{LONG_WINDOW}]")
    return re.sub(r"\[\d+m\]", f"[{WINDOW}]", expressions)
