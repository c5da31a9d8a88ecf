"""Every alert fires for the fault it is for: in promtool, and in a real Prometheus
that watches the real processes while the fault is made."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import threading
import time
import urllib.parse
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from pathlib import Path

import psycopg
import pytest
import redis
import yaml

from tequipy.local.embedded import OWNER, SUPERUSER

from .catchers import text_of
from .monitored import CLONE, fetch, metrics, wait_for
from .stack import (
    BACKUP,
    DISK_BYTES,
    DISKS,
    HOST,
    JOBS,
    OPERATORS,
    RULES,
    Monitored,
    render_alerting,
    selectors,
)
from .test_files import PRODUCTION, services

PROMETHEUS = CLONE / "prometheus"
BAD = CLONE / "deploy/ci/bad/prometheus"
GROUPS = yaml.safe_load(RULES.read_text())["groups"]
ALERTS = {
    rule["alert"]: rule
    for group in GROUPS
    for rule in group["rules"]
    if "alert" in rule
}
FAULTS: set[str] = set()


def promtool(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["promtool", *map(str, arguments)], check=False, capture_output=True, text=True
    )


# --- Files --------------------------------------------------------------------


def test_configuration_is_valid_and_has_every_job() -> None:
    run = promtool("check", "config", PROMETHEUS / "prometheus.yml")
    assert run.returncode == 0, run.stderr
    config = yaml.safe_load((PROMETHEUS / "prometheus.yml").read_text())
    jobs = {job["job_name"]: job for job in config["scrape_configs"]}
    assert set(jobs) == JOBS
    assert jobs["tequipy-backend"]["metrics_path"] == "/metrics"
    found_at = jobs["tequipy-backend"]["dns_sd_configs"][0]
    assert (found_at["names"], found_at["port"]) == (["backend"], 8000)


def test_production_as_founded_tells_nobody_and_asks_for_its_own_host(
    tmp_path: Path,
) -> None:
    alerting = services(tmp_path, PRODUCTION)["alerting"]
    assert alerting["command"][:-1] == ["python", "-m", "tequipy.alerting"]
    environment = alerting["environment"]
    done = render_alerting(tmp_path, **environment)
    assert done.returncode == 0, done.stderr
    assert "sent to nobody" in done.stdout
    (probe,) = json.loads((tmp_path / "probes.json").read_text())
    assert probe["labels"]["__param_hostname"] == "app.example.com"
    # No mail server runs beside Alertmanager.
    environment["ALERT_EMAIL_TO"] = OPERATORS
    assert render_alerting(tmp_path, **environment).returncode == 78


def test_rules_are_valid_and_documented() -> None:
    run = promtool(
        "check", "rules", "--lint=all", "--lint-fatal", PROMETHEUS / "alerts.yml"
    )
    assert run.returncode == 0, run.stdout + run.stderr
    for name, rule in ALERTS.items():
        assert rule["labels"]["severity"] in {"warning", "critical"}, name
        notes = rule["annotations"]
        assert set(notes) == {"summary", "description", "runbook_url"}, name
        assert notes["runbook_url"].endswith(f"#alert-{name.lower()}"), name


def test_every_alert_has_its_runbook_entry() -> None:
    text = (CLONE / "docs/operations.md").read_text()
    missing = [name for name in ALERTS if f'id="alert-{name.lower()}"' not in text]
    assert missing == []


@pytest.mark.parametrize("process", ["backend", "frontend"])
def test_founding_alerts_are_as_written_and_the_pages_have_them_too(
    process: str,
) -> None:
    down, errors, slow = (
        ALERTS[f"{process.capitalize()}{name}"]
        for name in ("InstanceDown", "HighErrorRate", "HighLatencyP95")
    )
    assert f'up{{job="tequipy-{process}"}} == 0' in down["expr"]
    assert (down["for"], down["labels"]["severity"]) == ("1m", "critical")
    assert errors["expr"].strip().endswith("> 0.05")
    assert slow["expr"].strip().endswith("> 0.75")
    for rule in (errors, slow):
        assert (rule["for"], rule["labels"]["severity"]) == ("5m", "warning")


def test_rules_pass_their_tests() -> None:
    files = sorted((PROMETHEUS / "tests").glob("*.yml"))
    run = promtool("test", "rules", *files)
    assert run.returncode == 0, run.stdout + run.stderr
    text = "".join(path.read_text() for path in files)
    for name in ALERTS:
        fires = re.findall(rf'alertname="{name}".*\n.*\n +exp_samples: \[(.*)\]', text)
        assert any(fires), f"no test in which {name} fires"
        assert not all(fires), f"no test in which {name} is silent"


@pytest.mark.parametrize(
    ("command", "file"),
    [
        (("check", "config"), "prometheus.yml"),
        (("check", "rules", "--lint=all", "--lint-fatal"), "rules.yml"),
        (("test", "rules"), "tests.yml"),
    ],
)
def test_bad_files_fail(command: tuple[str, ...], file: str) -> None:
    assert promtool(*command, BAD / file).returncode != 0


# --- Faults -------------------------------------------------------------------


@pytest.fixture(scope="module")
def stack() -> Iterator[Monitored]:
    with Monitored() as made:
        made.python(
            "from apps.ops.tasks import compute_metrics; compute_metrics.delay()"
        )
        yield made


def fires(stack: Monitored, *alerts: str, seconds: float = 60) -> None:
    """And reaches who is to be told, while it lasts."""
    FAULTS.update(alerts)
    stack.wait_until_fired(*alerts, seconds=seconds)
    for alert in alerts:
        told = (ALERTS[alert]["labels"]["severity"], alert)
        if stack.mailbox.is_open:
            wait_for(f"a mail of {alert}", lambda t=told: t in stack.mailbox.alerts())
        if told[0] == "critical":
            wait_for(f"a call of {alert}", lambda t=told: t in stack.webhook.alerts())


def test_nothing_fires_while_nothing_is_wrong(stack: Monitored) -> None:
    never_backed_up = {"BackupTooOld", "BackupNotVerified"}
    stack.wait_until_silent(*(set(ALERTS) - never_backed_up))
    fires(stack, *never_backed_up)


def test_killed_processes(stack: Monitored) -> None:
    for name in ("backend", "frontend"):
        stack.end(name)
    fires(stack, "BackendInstanceDown", "FrontendInstanceDown")
    stack.web("backend")
    stack.web("frontend", workers=1)
    stack.wait_until_silent("BackendInstanceDown", "FrontendInstanceDown")


@contextmanager
def slowed(stack: Monitored, table: str) -> Iterator[None]:
    """Somebody holds it for more than a second, again and again."""
    done = threading.Event()

    def hold() -> None:
        with psycopg.connect(stack.servers.postgres.url(SUPERUSER)) as connection:
            while not done.is_set():
                connection.execute(f"LOCK TABLE {table} IN ACCESS EXCLUSIVE MODE")
                time.sleep(1.2)
                connection.rollback()
                time.sleep(0.05)

    with ThreadPoolExecutor(1) as pool:
        holding = pool.submit(hold)
        try:
            yield
        finally:
            done.set()
        holding.result()


@contextmanager
def renamed(stack: Monitored, table: str) -> Iterator[None]:
    """What asks for it fails."""
    url = stack.servers.postgres.url(SUPERUSER)
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(f"ALTER TABLE {table} RENAME TO not_here")
        try:
            yield
        finally:
            connection.execute(f"ALTER TABLE not_here RENAME TO {table}")


@pytest.mark.parametrize(
    ("process", "other", "table"),
    [
        ("Frontend", "Backend", "django_session"),
        ("Backend", "Frontend", "inventory_asset"),
    ],
)
def test_slow_and_failing_answers(
    stack: Monitored, process: str, other: str, table: str
) -> None:
    for fault, name in ((slowed, "HighLatencyP95"), (renamed, "HighErrorRate")):
        with fault(stack, table):
            fires(stack, f"{process}{name}")
            assert not stack.is_firing(f"{other}{name}")
        stack.wait_until_silent(f"{process}{name}")


def test_postgres_frozen(stack: Monitored) -> None:
    postgres = stack.servers.postgres.process
    assert postgres is not None
    with stack.frozen(postgres):
        fires(
            stack,
            "BackendHighErrorRate",
            "FrontendHighErrorRate",
            "BackendHighLatencyP95",
            "FrontendHighLatencyP95",
            "PostgresDown",
        )
        status, _text = fetch(stack.url("backend", "/api/v1/health"))
        assert status == 200
    stack.wait_until_silent(
        "BackendHighErrorRate",
        "FrontendHighErrorRate",
        "BackendHighLatencyP95",
        "FrontendHighLatencyP95",
        "PostgresDown",
    )


def test_worker_frozen_and_the_queue_fills(stack: Monitored) -> None:
    with stack.frozen(stack.running["worker"]):
        stack.python(
            "from apps.events.tasks import seal\nfor _ in range(150): seal.delay()"
        )
        fires(stack, "WorkerDown", "QueueDepthHigh")
    stack.wait_until_silent("WorkerDown", "QueueDepthHigh")


def test_a_task_that_fails(stack: Monitored) -> None:
    for _ in range(3):
        stack.python(
            "from apps.events.tasks import deliver\n"
            "for _ in range(20): deliver.delay('nobody')"
        )
        try:
            fires(stack, "TasksFailing", seconds=10)
        except AssertionError:
            continue
        break
    assert stack.is_firing("TasksFailing", task="apps.events.tasks.deliver")
    stack.wait_until_silent("TasksFailing")


def test_beat_stopped_and_two_that_lead(stack: Monitored) -> None:
    stack.end("beat")
    fires(stack, "BeatSilent")
    stack.beat()
    stack.wait_until_silent("BeatSilent")
    # The lock holds in one database: a beat on another one leads too.
    postgres = stack.servers.postgres
    with psycopg.connect(postgres.url(SUPERUSER, "postgres"), autocommit=True) as admin:
        admin.execute(f"CREATE DATABASE other OWNER {OWNER}")
    other = postgres.url(OWNER, "other")
    stack.manage("migrate", "-v", "0", DATABASE_URL=other)
    stack.beat("second-beat", DATABASE_URL=other)
    fires(stack, "MoreThanOneBeat")
    stack.end("second-beat")
    stack.wait_until_silent("MoreThanOneBeat")


def test_a_mail_that_does_not_leave(stack: Monitored) -> None:
    stack.python(
        "from datetime import timedelta\n"
        "from django.utils import timezone\n"
        "from apps.companies.models import Company\n"
        "from apps.notifications.models import Message\n"
        "from apps.ops.tasks import compute_metrics\n"
        "late = timezone.now() - timedelta(minutes=10)\n"
        "Message.objects.create(company=Company.objects.first(), event_id=1,"
        " event_type='return.completed', subject_id=Company.objects.first().id,"
        " recipient='emil@acme.example', message_id='<1@acme.example>',"
        " next_try_at=late, occurred_at=late)\n"
        "compute_metrics.delay()"
    )
    fires(stack, "OutboxLag")
    stack.python(
        "from apps.notifications.models import Message\n"
        "from apps.ops.tasks import compute_metrics\n"
        "Message.objects.all().delete(); compute_metrics.delay()"
    )
    stack.wait_until_silent("OutboxLag")


def test_postgres_busy_and_full(stack: Monitored) -> None:
    url = stack.servers.postgres.url(SUPERUSER)
    with ExitStack() as healed, ThreadPoolExecutor() as pool:
        busy = [healed.enter_context(psycopg.connect(url)) for _ in range(3)]
        counting = [
            pool.submit(
                connection.execute,
                "SELECT count(*) FROM generate_series(1, 10000000000)",
            )
            for connection in busy
        ]
        try:
            fires(stack, "PostgresCpuHigh", seconds=90)
        finally:
            for connection in busy:
                connection.cancel()
        for one in counting:
            assert isinstance(one.exception(), psycopg.errors.QueryCanceled)
        for _ in range(165):
            healed.enter_context(psycopg.connect(url))
        fires(stack, "PostgresConnectionsHigh")
    stack.wait_until_silent("PostgresCpuHigh", "PostgresConnectionsHigh")


def test_redis_full_away_and_emptied(stack: Monitored) -> None:
    server = stack.servers.redis
    with redis.Redis.from_url(server.url) as client:
        used = int(client.info("memory")["used_memory"])
        client.config_set("maxmemory", int(used / 0.9))
        fires(stack, "RedisMemoryHigh")
        client.config_set("maxmemory", 0)
        stack.wait_until_silent("RedisMemoryHigh")
        assert server.process is not None
        with stack.frozen(server.process):
            fires(stack, "RedisDown", "BusinessMetricsStale", "SiteUnreachable")
        stack.wait_until_silent("RedisDown", "SiteUnreachable")


@pytest.mark.parametrize(
    ("module", "host", "is_right"),
    [
        ("site_with_any_certificate", HOST, 1),
        # It is self-signed.
        ("site", HOST, 0),
        # Nobody is asked for under that name.
        ("site_with_any_certificate", "elsewhere.tequipy.test", 0),
    ],
)
def test_the_probe_asks_as_a_visitor_does(
    stack: Monitored, module: str, host: str, is_right: float
) -> None:
    asked = urllib.parse.urlencode(
        {
            "module": module,
            "hostname": host,
            "target": f"https://127.0.0.1:{stack.port('nginx')}/accounts/login/",
        }
    )
    found = metrics(stack.url("blackbox-exporter", f"/probe?{asked}"))
    assert found[("probe_success",)] == is_right


def test_nginx_ended(stack: Monitored) -> None:
    stack.end("nginx")
    fires(stack, "SiteUnreachable")
    seen = {
        found["metric"]["instance"].partition("/")[2].partition("/")[2]
        for found in stack.query('ALERTS{alertname="SiteUnreachable"}')
    }
    port = stack.port("nginx")
    assert seen == {
        f"127.0.0.1:{port}/accounts/login/",
        f"127.0.0.1:{port}/api/v1/readiness",
    }
    stack.nginx()
    stack.wait_until_silent("SiteUnreachable")


def test_a_certificate_of_thirteen_days(stack: Monitored) -> None:
    stack.certificate(days=15)
    time.sleep(5)
    assert not stack.is_firing("CertificateEndsSoon")
    stack.certificate(days=13)
    fires(stack, "CertificateEndsSoon")
    stack.certificate(days=90)
    stack.wait_until_silent("CertificateEndsSoon")


def test_disks_that_fill(stack: Monitored) -> None:
    fill(stack, 0.85)
    fires_for_each_disk(stack, "DiskFillingUp")
    assert not stack.is_firing("DiskAlmostFull")
    fill(stack, 0.95)
    fires_for_each_disk(stack, "DiskAlmostFull")
    fill(stack, 0)
    stack.wait_until_silent("DiskFillingUp", "DiskAlmostFull")


def fires_for_each_disk(stack: Monitored, alert: str) -> None:
    fires(stack, alert)
    for disk in DISKS:
        wait_for(
            f"{alert} of {disk}",
            lambda where=f"/watched/{disk}": stack.is_firing(alert, mountpoint=where),
        )


def fill(stack: Monitored, part: float) -> None:
    for disk in DISKS:
        content = b"x" * int(DISK_BYTES * part)
        (stack.disk(disk) / "filler").write_bytes(content)


def test_memory_runs_out_in_a_container(stack: Monitored) -> None:
    with memory_limit(64 * 1024 * 1024) as members:
        eats = "input(); eaten = [bytearray(1 << 20) for _ in range(256)]"
        eater = subprocess.Popen([sys.executable, "-c", eats], stdin=subprocess.PIPE)
        members.write_text(str(eater.pid))
        eater.communicate(b"go\n")
        assert eater.returncode == -signal.SIGKILL
    fires(stack, "ContainerKilledForMemory")


@contextmanager
def memory_limit(size: int) -> Iterator[Path]:
    """The list of members of a control group with that limit; of either version."""
    root = Path("/sys/fs/cgroup")
    is_unified = (root / "cgroup.controllers").exists()
    group = (root if is_unified else root / "memory") / f"tequipy-{os.getpid()}"
    group.mkdir()
    try:
        limit = "memory.max" if is_unified else "memory.limit_in_bytes"
        (group / limit).write_text(str(size))
        yield group / "cgroup.procs"
    finally:
        group.rmdir()


def test_an_exporter_that_starts_again_and_again(stack: Monitored) -> None:
    for process in ("backend", "frontend", "worker", "beat"):
        assert stack.query(f'process_start_time_seconds{{job="tequipy-{process}"}}')
    for _time in range(3):
        stack.end("redis-exporter")
        stack.redis_exporter()
        time.sleep(5)
    fires(stack, "RestartsInARow", seconds=20)
    assert stack.is_firing("RestartsInARow", job="redis")


def test_a_mail_server_that_is_away(stack: Monitored) -> None:
    """What cannot leave by mail is told by the webhook."""
    stack.mailbox.stop()
    stack.end("node-exporter")
    fires(stack, "WatcherDown", "AlertsNotSent")
    stack.mailbox.start()
    fires(stack, "WatcherDown")
    stack.node_exporter()
    stack.wait_until_silent("WatcherDown", "AlertsNotSent")


def test_who_was_told_knows_what_to_do(stack: Monitored) -> None:
    assert {severity for severity, _name in stack.webhook.alerts()} == {"critical"}
    assert stack.mailbox.mails
    for mail in stack.mailbox.mails:
        assert mail["X-Recipients"] == OPERATORS
        assert "docs/operations.md#alert-" in text_of(mail)


def test_every_alert_has_had_its_fault(request: pytest.FixtureRequest) -> None:
    chosen = {item.name for item in request.session.items}
    everything = {name for name in globals() if name.startswith("test_")}
    if not everything <= {name.split("[")[0] for name in chosen}:
        pytest.skip("only some of the faults were chosen")
    assert set(ALERTS) == FAULTS


def test_alerts_show_in_the_interface_of_prometheus(stack: Monitored) -> None:
    _status, text = fetch(stack.url("prometheus", "/api/v1/rules?type=alert"))
    groups = json.loads(text)["data"]["groups"]
    rules = {rule["name"]: rule for group in groups for rule in group["rules"]}
    assert set(rules) == set(ALERTS)
    assert all(rule["health"] == "ok" for rule in rules.values())


def test_a_backup_that_was_restored(stack: Monitored) -> None:
    stack.python(BACKUP)
    stack.wait_until_silent("BackupTooOld", "BackupNotVerified")


def test_every_rule_watches_something(stack: Monitored) -> None:
    """After all this traffic. A selector that finds nothing is silent for ever, or, in
    absent(), never silent."""
    empty = [
        f"{rule.get('alert') or rule['record']}: {selector}"
        for group in GROUPS
        for rule in group["rules"]
        for selector in selectors(rule["expr"])
        if not stack.query(f"count_over_time({selector}[1h])")
    ]
    assert empty == []
