"""Every alert fires for the fault it is for, in a real Prometheus that watches the real
processes while the fault is made."""

from __future__ import annotations

import json
import os
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

from ci.machine import wait_for
from tequipy.local.embedded import OWNER, SUPERUSER

from .catchers import text_of
from .monitored import fetch, metrics
from .stack import (
    BACKUP,
    DISK_BYTES,
    DISKS,
    HOST,
    OPERATORS,
    Monitored,
    selectors,
)
from .test_alerts import ALERTS, GROUPS

pytestmark = pytest.mark.full
FAULTS: set[str] = set()


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
