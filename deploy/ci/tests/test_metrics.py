"""Numbers stay exact over several processes, and when one of them is killed."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import psutil
import psycopg
import pytest

from ci.machine import CLONE, wait_for
from tequipy.local.embedded import SUPERUSER

from .monitored import OPERATION, App, fetch, metrics

pytestmark = pytest.mark.full

LOGIN = ("http_requests_total", "method=GET", "path=/accounts/login/", "status=200")
IN_PROGRESS = ("http_requests_inprogress", "method=GET")
SEAL = ("celery_tasks_total", "outcome=succeeded", "task=apps.events.tasks.seal")
DEPTH = ("celery_queue_depth", "queue=celery")


@pytest.fixture(scope="module")
def app() -> Iterator[App]:
    with App() as made:
        made.web("backend")
        made.worker()
        yield made


def workers(app: App, name: str) -> list[psutil.Process]:
    return psutil.Process(app.running[name].pid).children()


def ask(app: App, times: int, **headers: str) -> None:
    url = app.url("backend", "/accounts/login/")
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda _n: fetch(url, 20, **headers), range(times)))
    assert {status for status, _text in answers} == {200}


def test_counts_are_exact_over_the_workers_and_after_a_kill(app: App) -> None:
    ask(app, 200)
    for _ in range(5):  # whichever worker answers
        assert metrics(app.url("backend"))[LOGIN] == 200
    killed, survivor = workers(app, "backend")
    killed.kill()
    wait_for(
        "a new worker",
        lambda: len({p.pid for p in workers(app, "backend")} - {killed.pid}) == 2,
    )
    assert survivor.is_running()
    ask(app, 100)
    found = metrics(app.url("backend"))
    assert found[LOGIN] == 300
    assert found[("gunicorn_workers",)] == 2
    took = ("http_request_duration_seconds_count", "method=GET")
    assert found[(*took, "path=/accounts/login/")] == 300


def test_what_a_killed_worker_had_in_progress_goes_with_it(app: App) -> None:
    url = app.servers.postgres.url(SUPERUSER)
    session = {"Cookie": "sessionid=0123456789abcdef0123456789abcdef"}
    with psycopg.connect(url) as lock, ThreadPoolExecutor(1) as pool:
        lock.execute("LOCK TABLE django_session IN ACCESS EXCLUSIVE MODE")
        waiting = pool.submit(
            fetch, app.url("backend", "/accounts/login/"), 20, **session
        )
        wait_for(
            "a request in progress",
            lambda: metrics(app.url("backend"))[IN_PROGRESS] == 1,
        )
        for worker in workers(app, "backend"):
            worker.kill()
        with pytest.raises(OSError, match=r"closed|reset|refused"):
            waiting.result()
    app.wait_until_served("backend")
    wait_for(
        "nothing in progress",
        lambda: metrics(app.url("backend")).get(IN_PROGRESS, 0) == 0,
    )


def test_pool_of_the_database_shows(app: App) -> None:
    ask(app, 20, Cookie="sessionid=0123456789abcdef0123456789abcdef")
    found = metrics(app.url("backend"))
    held = found[("tequipy_database_pool_size",)]
    assert 1 <= held <= 10
    assert 0 <= found[("tequipy_database_pool_available",)] <= held
    assert found[("tequipy_database_pool_waiting",)] == 0


def test_process_numbers_are_sums(app: App) -> None:
    found = metrics(app.url("backend"))
    everybody = [psutil.Process(app.running["backend"].pid), *workers(app, "backend")]
    resident = sum(process.memory_info().rss for process in everybody)
    shown = found[("process_resident_memory_bytes",)]
    assert shown == pytest.approx(resident, rel=0.2)
    started = found[("process_start_time_seconds",)]
    assert started == pytest.approx(everybody[0].create_time(), abs=1)
    # The killed ones are in their master's times: it never falls.
    before = found[("process_cpu_seconds_total",)]
    ask(app, 50)
    workers(app, "backend")[0].kill()
    wait_for("two workers", lambda: len(workers(app, "backend")) == 2)
    assert metrics(app.url("backend"))[("process_cpu_seconds_total",)] > before


def test_a_scrape_needs_neither_postgres_nor_redis(app: App) -> None:
    postgres, redis = app.servers.postgres.process, app.servers.redis.process
    assert postgres is not None
    assert redis is not None
    app.python("from apps.ops.metrics import business; business.compute()")
    assert ("tequipy_companies",) in metrics(app.url("backend"))
    with app.frozen(postgres), app.frozen(redis):
        status, text = fetch(app.url("backend"), seconds=4)
        assert status == 200
        assert "process_cpu_seconds_total" in text
        # Unknown is not zero.
        assert "tequipy_companies" not in text
        found = metrics(app.url("worker"))
        assert ("celery_pool_processes",) in found
        assert DEPTH not in found
        assert ("celery_unacked",) not in found
    wait_for("queue depth", lambda: DEPTH in metrics(app.url("worker")))


def test_closed_to_proxies_and_open_to_any_host(app: App) -> None:
    url = app.url("backend")
    assert fetch(url, **{"X-Forwarded-For": "192.0.2.1"})[0] == 404
    assert fetch(url, **{"X-Forwarded-Proto": "https"})[0] == 404
    assert fetch(url, Host="10.9.8.7:8000")[0] == 200


def test_tasks_are_exact_over_the_pool_and_after_a_kill(app: App) -> None:
    many = "from apps.events.tasks import seal\nfor _ in range(60): seal.delay()"
    app.python(many)
    wait_for("60 tasks", lambda: metrics(app.url("worker")).get(SEAL, 0) == 60)
    workers(app, "worker")[0].kill()
    wait_for("two in the pool", lambda: len(workers(app, "worker")) == 2)
    app.python(many)
    # Sealing sends one more task a subscriber, which may still run.
    wait_for(
        "all done",
        lambda: all(
            metrics(app.url("worker"))[name] == 0
            for name in (DEPTH, ("celery_unacked",), ("celery_tasks_inprogress",))
        ),
    )
    found = metrics(app.url("worker"))
    assert found[SEAL] == 120
    assert found[("celery_pool_processes",)] == 2


def test_outcomes_are_told_apart(app: App) -> None:
    app.python(
        "from datetime import timedelta\n"
        "from django.utils import timezone\n"
        "from apps.events.tasks import deliver, seal\n"
        "from tequipy.celery import app\n"
        "deliver.delay('nobody')\n"
        "seal.apply_async(expires=timezone.now() - timedelta(seconds=1))\n"
        "app.send_task('apps.nowhere.tasks.gone')\n"
    )
    expected = {
        ("celery_tasks_total", "outcome=failed", "task=apps.events.tasks.deliver"),
        ("celery_tasks_total", "outcome=revoked", "task=apps.events.tasks.seal"),
        ("celery_tasks_total", "outcome=rejected", "task=<unknown>"),
    }
    wait_for(
        "three outcomes",
        lambda: all(metrics(app.url("worker")).get(one) == 1 for one in expected),
    )


def test_a_killed_worker_leaves_its_port_free(app: App) -> None:
    process = app.running.pop("worker")
    children = psutil.Process(process.pid).children()
    os.kill(process.pid, signal.SIGKILL)
    process.wait()
    # Its children may still live; they must not hold the port.
    app.worker()
    for child in children:
        if child.is_running():
            child.kill()


def test_beat_tells_the_depth_while_no_worker_runs(app: App) -> None:
    app.beat()
    app.end("worker")
    app.python("from apps.events.tasks import seal\nfor _ in range(7): seal.delay()")
    wait_for("the depth", lambda: metrics(app.url("beat"))[DEPTH] >= 7)
    wait_for("it leads", lambda: metrics(app.url("beat"))[("beat_leads",)] == 1)
    app.beat("second-beat")
    found = metrics(app.url("second-beat"))
    assert found[("beat_leads",)] == 0
    assert ("beat_last_tick_timestamp_seconds",) not in found


@pytest.mark.parametrize(
    ("settings", "sentence"),
    [
        (("METRICS_PORT=many",), "METRICS_PORT"),
        (("METRICS_PORT=TAKEN",), "choose a free port"),
        (("METRICS_PORT=FREE", "PROMETHEUS_MULTIPROC_DIR="), "names no folder"),
    ],
)
def test_a_worker_nobody_could_watch_does_not_start(
    app: App, settings: tuple[str, ...], sentence: str
) -> None:
    words = {"TAKEN": str(app.port("backend")), "FREE": str(app.port("unused"))}
    given = dict(setting.split("=") for setting in settings)
    environment = {name: words.get(value, value) for name, value in given.items()}
    folder = app.folder / "never-used"
    folder.mkdir(exist_ok=True)
    run = subprocess.run(
        [sys.executable, "-m", "celery", "-A", "tequipy", "worker", "-c", "1"],
        cwd=folder,  # what names no folder writes where it stands
        env={
            **app.environment,
            "PYTHONPATH": str(CLONE),
            "PROMETHEUS_MULTIPROC_DIR": str(folder),
            **environment,
        },
        check=False,
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert run.returncode != 0
    assert sentence in run.stdout + run.stderr


def test_operations_of_the_api_are_counted_by_their_routes(app: App) -> None:
    token = {"Authorization": f"Bearer {app.api_token()}"}
    one = "/api/v1/integration/user-equipment"
    unknown = f"{one}/0199a1f4-1111-7111-8111-111111111111"
    for path, headers, status, times in (
        (OPERATION, token, 200, 40),
        (f"{OPERATION}?nothing=1", token, 400, 6),
        (unknown, token, 404, 20),
        (unknown, {}, 401, 10),
    ):
        url = app.url("backend", path)
        with ThreadPoolExecutor(4) as pool:
            asked = pool.map(lambda _n: fetch(url, 20, **headers), range(times))  # noqa: B023
            assert {answer[0] for answer in asked} == {status}
    found = metrics(app.url("backend"))
    counted = {
        name[1:]: number
        for name, number in found.items()
        if name[0] == "http_requests_total" and "integration" in name[2]
    }
    assert counted == {
        ("method=GET", f"path={OPERATION}", "status=200"): 40,
        ("method=GET", f"path={OPERATION}", "status=400"): 6,
        ("method=GET", f"path={one}/{{id}}", "status=404"): 20,
        ("method=GET", f"path={one}/{{id}}", "status=401"): 10,
    }
    took = ("http_request_duration_seconds_count", "method=GET")
    assert found[(*took, f"path={one}/{{id}}")] == 30
