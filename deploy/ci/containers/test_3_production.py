"""The production overlay with two replicas: closed, and restarted under load."""

from __future__ import annotations

import json
import os
import re
import signal
import threading
import time
from collections import Counter
from http.client import HTTPException, HTTPSConnection
from urllib.parse import urlencode
from uuid import uuid4

import pytest

from ci.machine import wait_for

from .visitor import Visitor, check_lines, context

pytestmark = pytest.mark.load

PASSWORD = "a-password-for-this-test"
MARKED = "marked-query=4711"
# Those of conftest.py.
SECRETS = ("a-secret-of-more", "for-the-app", "for-the-owner", "for-postgres")
REQUESTS_PER_SECOND = 50
THREADS = 10
TASKS = 500

QUEUE_PLANS = f"""
from django.core.files.base import ContentFile
from apps.companies import services as companies
from apps.companies.models import Company
from apps.core.actor import SYSTEM
from apps.imports import read, services
from apps.imports.fields import Kind
company = Company.objects.get(slug="acme")
place = companies.create_address(
    actor=SYSTEM, company=company, name="Office", street="Ring 1", city="Berlin",
    postal_code="10115", country_id="DE",
)
for number in range({TASKS}):
    sheet = "Serial,Model,Manufacturer,Category\\n"
    sheet += f"ROLL-{{number:05}},Rolling One,Contoso,Laptop\\n"
    batch = services.upload(
        company,
        ContentFile(sheet.encode(), name=f"rolling-{{number}}.csv"),
        Kind.ASSETS,
        actor=SYSTEM,
        in_background=False,
    )
    read.read_rows(batch.pk)
    batch.refresh_from_db()
    services.set_columns(
        batch,
        mapping=batch.mapping,
        options={{}},
        default_address=place,
        actor=SYSTEM,
    )
    services.request_plan(batch, actor=SYSTEM)
"""
QUEUE_APPLIES = """
from apps.core.actor import SYSTEM
from apps.imports import services
from apps.imports.models import Batch
for batch in Batch.objects.filter(file__name__startswith="rolling-"):
    services.request_apply(batch, actor=SYSTEM)
"""
STATES = """
import json
from collections import Counter
from apps.imports.models import Batch
batches = Batch.objects.filter(file__name__startswith="rolling-")
print(json.dumps(Counter(batches.values_list("state", flat=True))))
"""
WRITTEN = """
import json
from apps.events.models import Event
from apps.inventory.models import Asset
assets = Asset.objects.filter(serial_number__startswith="ROLL-")
ids = list(assets.values_list("id", flat=True))
created = Event.objects.filter(type="asset.created", subject_id__in=ids)
one_each = created.values("subject_id").distinct()
print(json.dumps([len(ids), created.count(), one_each.count()]))
"""
ADDED = """
from apps.companies.models import Address
print(Address.objects.filter(name__startswith="Rolling ").count())
"""
UPLOAD = """
from django.core.files.base import ContentFile
from apps.companies.models import Company
from apps.core.actor import SYSTEM
from apps.imports import services
from apps.imports.fields import Kind
company = Company.objects.get(slug="acme")
sheet = ContentFile(b"Serial,Model\\nKEPT-1,Kept One\\n", name="kept.csv")
services.upload(company, sheet, Kind.ASSETS, actor=SYSTEM)
"""
WATCH_BEATS = """
import json, re, socket, time, urllib.request
found, stop_at = [], time.time() + {seconds}
while time.time() < stop_at:
    leads = 0
    try:
        hosts = {{one[4][0] for one in socket.getaddrinfo("beat", 9100)}}
    except OSError:
        hosts = set()
    for host in hosts:
        try:
            url = f"http://{{host}}:9100/metrics"
            text = urllib.request.urlopen(url, timeout=1).read().decode()
            said = re.search(r"^beat_leads ([0-9.]+)", text, re.M)
            leads += int(float(said.group(1)))
        except OSError:
            pass
    found.append(leads)
    time.sleep(0.5)
print(json.dumps(found))
"""


def shell(production, code: str):
    return json.loads(
        production.manage("shell", "-v", "0", stdin=code).splitlines()[-1]
    )


def wait_for_states(production, wanted: dict[str, int], seconds: float) -> None:
    wait_for(str(wanted), lambda: shell(production, STATES) == wanted, seconds)


class Load:
    """Visitors who keep their connections, until told to stop."""

    def __init__(self, cookies: dict[str, str]) -> None:
        self.cookie = "; ".join(f"{name}={value}" for name, value in cookies.items())
        self.token = cookies["csrftoken"]
        self.stopped = threading.Event()
        self.statuses: Counter[int] = Counter()
        self.failures: list[str] = []
        self.added = 0
        self.threads = [
            threading.Thread(target=self._visit, args=[number])
            for number in range(THREADS)
        ]

    def __enter__(self) -> Load:
        for thread in self.threads:
            thread.start()
        return self

    def __exit__(self, *_error: object) -> None:
        self.stopped.set()
        for thread in self.threads:
            thread.join(60)

    def _visit(self, number: int) -> None:
        connection = HTTPSConnection("127.0.0.1", 443, context=context(), timeout=30)
        paths = (
            *("/api/v1/readiness", "/accounts/login/", "/api/v1/health"),
            *("/accounts/login/", "/api/v1/health", "/assets/"),
        )
        turn = number
        next_at = time.monotonic()
        while not self.stopped.is_set():
            next_at += THREADS / REQUESTS_PER_SECOND
            time.sleep(max(0, next_at - time.monotonic()))
            path = paths[turn % len(paths)]
            turn += 1
            try:
                if turn % 10 == 0:
                    path = "POST /addresses/add/"
                    status, why = self._post(connection)
                else:
                    status, why = self._get(connection, path)
            except (OSError, HTTPException) as error:
                self.failures.append(f"{path}: {error!r}")
                connection.close()
            else:
                self.statuses[status] += 1
                if status >= 400:
                    self.failures.append(f"{path}: {status} {why}")

    def _get(self, connection: HTTPSConnection, path: str) -> tuple[int, str]:
        headers = {"Host": "localhost", "Cookie": self.cookie}
        connection.request("GET", path, headers=headers)
        answer = connection.getresponse()
        answer.read()
        return answer.status, answer.headers.get("X-Correlation-ID", "by nginx")

    def _post(self, connection: HTTPSConnection) -> tuple[int, str]:
        """Adds an address; the answer to a form that was taken is a redirect."""
        headers = {
            "Host": "localhost",
            "Cookie": self.cookie,
            "Content-Type": "application/x-www-form-urlencoded",
            "Referer": "https://localhost/",
        }
        form = {
            "name": f"Rolling {uuid4()}",
            "type": "INTERNAL",
            "street": "Ring 1",
            "postal_code": "10115",
            "city": "Berlin",
            "country": "DE",
            "csrfmiddlewaretoken": self.token,
        }
        connection.request("POST", "/addresses/add/", urlencode(form), headers)
        answer = connection.getresponse()
        answer.read()
        self.added += answer.status == 302
        status = answer.status if answer.status != 200 else 422
        return status, answer.headers.get("X-Correlation-ID", "by nginx")


@pytest.fixture(scope="module")
def cookies(production) -> dict[str, str]:
    """The first company of a new installation, as docs/operations.md tells it."""
    invited = production.manage(
        *("create_company", "Acme", "--slug", "acme", "--country", "DE"),
        *("--admin", "anna@acme.example"),
    )
    path = re.search(r"https://localhost(\S+)", invited).group(1)
    visitor = Visitor()
    visitor.set_password(path, PASSWORD)
    visitor.sign_in("anna@acme.example", PASSWORD)
    return visitor.cookies


def test_80_and_443_are_all_that_is_published(production):
    ports = production.engine.run("ps", "--format", "{{.Names}} {{.Ports}}").stdout
    published = {line.split()[0] for line in ports.splitlines() if "->" in line}
    assert published == {"tequipy-nginx-1"}
    assert "0.0.0.0:80->80/tcp" in ports
    assert "0.0.0.0:443->443/tcp" in ports


def test_two_of_each_that_scales(production):
    counts = {
        name: len(production.containers(name))
        for name in ("frontend", "backend", "worker", "beat")
    }
    assert counts == {"frontend": 2, "backend": 2, "worker": 2, "beat": 1}


def test_hsts_is_sent_and_nothing_is_explained_to_strangers(production):
    status, body, answer = Visitor().ask("GET", "/nothing-here")
    assert status == 404
    assert "DEBUG" not in body
    assert answer.headers["Strict-Transport-Security"].startswith("max-age=31536000")


def test_static_files_carry_their_hash_and_are_kept(production):
    _status, body, _answer = Visitor().ask("GET", "/accounts/login/")
    href = next(part for part in body.split('"') if part.endswith(".css"))
    _status, _body, answer = Visitor().ask("GET", href)
    assert "immutable" in answer.headers["Cache-Control"]


def test_the_application_may_not_alter_history(production, cookies):
    code = """
from django.db import connection
from django.db.utils import ProgrammingError
try:
    with connection.cursor() as cursor:
        cursor.execute("UPDATE events_event SET type = 'x'")
except ProgrammingError as error:
    print('"' + type(error.__cause__).__name__ + '"')
"""
    assert shell(production, code) == "InsufficientPrivilege"


def test_with_the_database_frozen_pages_say_503_and_come_back(production, cookies):
    [postgres] = production.containers("postgres")
    visitor = Visitor()
    visitor.cookies = dict(cookies)
    production.engine.run("pause", postgres)
    try:
        for _try in range(4):
            status, body, answer = visitor.ask("GET", "/assets/")
            assert (status, answer.headers["Retry-After"]) == (503, "10")
            assert "Tequipy" in body
    finally:
        production.engine.run("unpause", postgres)
    wait_for("the page", lambda: visitor.ask("GET", "/assets/")[0] == 200, 15)


def asked(path: str, **headers: str) -> tuple[int, float]:
    connection = HTTPSConnection("127.0.0.1", 443, context=context(), timeout=30)
    began = time.monotonic()
    connection.request("GET", path, headers={"Host": "localhost", **headers})
    answer = connection.getresponse()
    answer.read()
    connection.close()
    return answer.status, time.monotonic() - began


@pytest.mark.parametrize(
    ("service", "path"),
    [("frontend", "/accounts/login/"), ("backend", "/api/v1/readiness")],
)
def test_of_two_replicas_one_may_be_frozen(production, service, path):
    """Whoever meets it is answered by the other one within 5 s, others at once."""
    frozen = production.containers(service)[0]
    production.engine.run("pause", frozen)
    try:
        first = [asked(f"{path}?{MARKED}") for _one in range(4)]
        later = [asked(path) for _one in range(20)]
    finally:
        production.engine.run("unpause", frozen)
    assert {status for status, _seconds in first + later} == {200}
    assert max(seconds for _status, seconds in first) < 5
    assert max(seconds for _status, seconds in later) < 1


@pytest.mark.parametrize("service", ["frontend", "beat"])
def test_what_can_no_longer_answer_ends_itself(production, service):
    """Each of its processes stopped but the first, which sees it."""
    container = production.containers(service)[0]
    before = production.engine.inspect(container)
    listed = production.engine.run("top", container, "-eo", "pid").stdout.split()[1:]
    for pid in map(int, listed):
        if pid != before["State"]["Pid"]:
            os.kill(pid, signal.SIGSTOP)
    wait_for(
        "its restart",
        lambda: production.engine.inspect(container)["RestartCount"] > 0,
        200,
    )
    production.wait_healthy(container, 90)


def test_the_client_is_the_visitor_in_every_log(production):
    marked = f"visitor-{uuid4()}"
    asked(f"/accounts/login/?{MARKED}", **{"X-Correlation-ID": marked})
    time.sleep(1)
    lines = [json.loads(text) for _service, text in production.log_lines()]
    told = {
        line["logger"]: line["client"]
        for line in lines
        if line["correlation_id"] == marked and "client" in line
    }
    assert set(told) == {"nginx", "gunicorn.access"}
    assert len(set(told.values())) == 1


def test_a_dump_becomes_a_proved_backup(production, cookies):
    code = """
import json
from apps.ops.models import BackupRun
print(json.dumps([bool(run.verified_at) for run in BackupRun.objects.all()]))
"""
    wait_for("a proved backup", lambda: shell(production, code), 120)


def test_rolling_restart_under_load(production, cookies):
    """50 requests a second and 500 queued tasks, twice: nothing fails, nothing is lost
    or done twice, and one beat sends at any time."""
    start_two_beats(production)
    watched: list[int] = []
    watching = threading.Thread(
        target=lambda: watched.extend(
            json.loads(
                production.compose(
                    *("exec", "-T", "worker", "python", "-c"),
                    WATCH_BEATS.format(seconds=40),
                ).splitlines()[-1]
            )
        )
    )
    with Load(cookies) as load:
        queueing = threading.Thread(
            target=production.manage, args=["shell"], kwargs={"stdin": QUEUE_PLANS}
        )
        queueing.start()
        restart(production, "frontend", "backend")
        queueing.join()
        restart(production, "worker")
        wait_for_states(production, {"PLANNED": TASKS}, 300)
        production.manage("shell", stdin=QUEUE_APPLIES)
        restart(production, "worker")
        watching.start()
        restart(production, "beat")
        wait_for_states(production, {"APPLIED": TASKS}, 300)
        watching.join()
    assert load.failures == [], explained(production, load.failures)
    assert sum(load.statuses.values()) > 1000
    assert shell(production, ADDED) == load.added
    assert shell(production, WRITTEN) == [TASKS, TASKS, TASKS]
    assert max(watched) == 1
    assert watched[-1] == 1


LEADS = """
import re, urllib.request
text = urllib.request.urlopen("http://127.0.0.1:9100/metrics").read().decode()
print(int(float(re.search(r"^beat_leads ([0-9.]+)", text, re.M).group(1))))
"""


def test_a_machine_that_dies_keeps_no_lock(production):
    """Cut off, beat ends no session; the server does, and the other one leads."""
    start_two_beats(production)
    beats = production.containers("beat")
    assert len(beats) == 2
    first = wait_for_leader(production, beats)
    [network] = production.engine.inspect(first)["NetworkSettings"]["Networks"]
    production.engine.run("network", "disconnect", "--force", network, first)
    beats.remove(first)
    wait_for_leader(production, beats)
    production.engine.run("rm", "--force", first)


def wait_for_leader(production, beats: list[str]) -> str:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        for beat in beats:
            asking = ("exec", beat, "python", "-c", LEADS)
            if production.engine.run(*asking, check=False).stdout.strip() == "1":
                return beat
        time.sleep(1)
    raise AssertionError("none leads")


def start_two_beats(production) -> None:
    more = ("up", "-d", "--no-deps", "--no-recreate", "--pull", "never")
    production.compose(*more, "--scale", "beat=2", "beat")


def explained(production, failures: list[str]) -> str:
    """What the servers logged about requests that failed."""
    lines = production.compose("logs", "--no-color", "nginx", "frontend", "backend")
    signs = [failure.rpartition(" ")[2] for failure in failures]
    told = [line for line in lines.splitlines() if any(s in line for s in signs)]
    return "\n".join([*failures, *told])


def restart(production, *services: str) -> None:
    """One container after the other, as an operator or an orchestrator does."""
    for service in services:
        for container in production.containers(service):
            production.engine.run("restart", "--time", "35", container)
            production.wait_healthy(container, 90)


def test_the_restore_runbook_brings_every_row_back(production, cookies):
    """docs/operations.md, "Restore with Compose", line by line."""
    rows = """
import json
from apps.events.models import Event
from apps.inventory.models import Asset
print(json.dumps([Asset.objects.count(), Event.objects.count()]))
"""
    kept, files = "/var/lib/tequipy/backups", "/var/lib/tequipy/files"
    production.manage("shell", "-v", "0", stdin=UPLOAD)
    production.compose("stop", "frontend", "backend", "worker", "beat")
    one_shot = ("run", "--rm", "-T", "--no-deps")
    manage = (*one_shot, "backup", "manage")
    before = json.loads(
        production.compose(*manage, "shell", "-v", "0", "-c", rows).splitlines()[-1]
    )
    sums = f"find {files} -type f -exec sha256sum {{}} +"
    listing = ("exec", "-T", "backup", "sh", "-c", sums)
    stored = sorted(production.compose(*listing).splitlines())
    assert stored
    # "Make one": by hand with Compose.
    dump = (*one_shot, "--entrypoint", "/backup/dump.sh", "dump")
    production.compose(*dump, f"{kept}/now.dump")
    production.compose(*manage, "backup", "--dump", f"{kept}/now.dump")
    remove = ("exec", "-T", "dump", "rm", "-rf")
    production.compose(*remove, f"{kept}/now.dump", f"{kept}/now.json")
    production.compose(
        "exec", "-T", "backup", "find", files, "-mindepth", "1", "-delete"
    )
    started = time.monotonic()
    production.compose("stop", "backup", "dump")
    production.compose(*manage, "restore", "latest", "--fetch-to", f"{kept}/work")
    restore = (*one_shot, "--entrypoint", "/backup/restore.sh", "dump", "--replace")
    production.compose(*restore, f"{kept}/work/database.dump")
    production.compose("run", "--rm", "-T", "migrate")
    unpack = (*one_shot, "--entrypoint", "tar", "backup")
    production.compose(*unpack, "-xzf", f"{kept}/work/files.tar.gz", "-C", files)
    production.compose(*manage, "check_custody")
    production.compose(*manage, "verify_events")
    production.compose(
        *("start", "frontend", "backend", "worker", "beat", "backup", "dump")
    )
    for service in ("frontend", "backend"):
        for container in production.containers(service):
            production.wait_healthy(container, 90)
    assert time.monotonic() - started < 15 * 60
    production.compose(*remove, f"{kept}/work")
    assert shell(production, rows) == before
    assert sorted(production.compose(*listing).splitlines()) == stored
    visitor = Visitor()
    visitor.sign_in("anna@acme.example", PASSWORD)
    assert visitor.ask("GET", "/assets/")[0] == 200


def test_every_line_of_all_that_is_json(production):
    """Of every service, since its start, with all those faults; none is skipped."""
    counts = check_lines(production, (MARKED, *SECRETS))
    for service in (
        "nginx",
        "frontend",
        "backend",
        "worker",
        "beat",
        "migrate",
        "dump",
    ):
        assert counts[service], service
    assert counts["postgres"]
    assert counts["redis"]
    assert counts["prometheus"]
