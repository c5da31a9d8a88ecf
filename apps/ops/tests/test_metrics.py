"""What one process shows; several processes are in deploy/ci/tests/test_metrics.py."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from django.utils import timezone
from prometheus_client import generate_latest
from prometheus_client.parser import text_string_to_metric_families

from apps.accounts.models import User
from apps.companies.models import Company
from apps.conftest import Api
from apps.events import services as events
from apps.events.models import Cursor
from apps.events.subscribers import subscribers
from apps.inventory.models import Asset
from apps.notifications.models import Message
from apps.ops.metrics import business
from apps.ops.metrics.exposition import OURS, registry
from apps.ops.metrics.http import template_of
from apps.ops.models import BackupRun
from apps.ops.tasks import compute_metrics


def scrape(client: Client, **headers: str) -> dict[str, float]:
    text = client.get("/metrics", headers=headers).content.decode()
    return parse(text)


def parse(text: str) -> dict[str, float]:
    found = {}
    for family in text_string_to_metric_families(text):
        for sample in family.samples:
            labels = ",".join(f"{k}={v}" for k, v in sorted(sample.labels.items()))
            found[f"{sample.name}{{{labels}}}"] = sample.value
    return found


def grown(before: dict[str, float], after: dict[str, float], name: str) -> float:
    return after.get(name, 0) - before.get(name, 0)


@pytest.fixture(autouse=True)
def own_place_in_the_cache(monkeypatch: pytest.MonkeyPatch) -> None:
    """Tests that run at the same time share one Redis."""
    monkeypatch.setattr(business, "_KEY", f"test-{uuid4()}")


def test_counts_by_route_and_not_by_path(client: Client, db: None) -> None:
    before = scrape(client)
    for _ in range(3):
        client.get("/accounts/login/")
    client.get("/assets/0199a1f4-1111-7111-8111-111111111111/")
    client.get("/wp-login.php")
    after = scrape(client)
    count = "http_requests_total{method=GET,path=%s,status=%s}"
    assert grown(before, after, count % ("/accounts/login/", "200")) == 3
    assert grown(before, after, count % ("/assets/{pk}/", "302")) == 1
    assert grown(before, after, count % ("<unmatched>", "404")) == 1
    took = "http_request_duration_seconds_count{method=GET,path=/accounts/login/}"
    assert grown(before, after, took) == 3
    assert after["http_requests_inprogress{method=GET}"] == 0
    assert not any("0199a1f4" in name or "wp-login" in name for name in after)


def test_operations_of_the_api_are_counted_by_route(
    client: Client, api: Api, outsider: Api, laptop: Asset
) -> None:
    before = scrape(client)
    for who in (api, api, outsider):
        who.get(f"user-equipment/{laptop.pk}")
    api.post("user-equipments/query", {"nothing": 1})
    api.delete("user-equipments")
    client.get(f"{Api.PREFIX}user-equipment/{laptop.pk}")
    client.get(f"{Api.PREFIX}nothing/{laptop.pk}")
    after = scrape(client)
    one, rows = f"{Api.PREFIX}user-equipment/{{id}}", f"{Api.PREFIX}user-equipments"
    for method, path, status, count in (
        ("GET", one, 200, 2),
        ("GET", one, 404, 1),
        ("GET", one, 401, 1),
        ("POST", f"{rows}/query", 422, 1),
        ("DELETE", rows, 405, 1),
        ("GET", "/api/{unknown}", 404, 1),
    ):
        name = f"http_requests_total{{method={method},path={path},status={status}}}"
        assert grown(before, after, name) == count, name
    took = f"http_request_duration_seconds_count{{method=GET,path={one}}}"
    assert grown(before, after, took) == 4
    assert not any(str(laptop.pk) in name for name in after)


def test_buckets_hold_the_limits_of_alert_and_scaling(client: Client, db: None) -> None:
    client.get("/accounts/login/")
    text = client.get("/metrics").content.decode()
    limits = set(re.findall(r'duration_seconds_bucket\{le="([^"]+)"', text))
    assert {"0.5", "0.75"} <= limits


def test_probes_and_scrapes_are_not_counted(client: Client, db: None) -> None:
    before = scrape(client)
    client.get("/api/v1/health")
    client.get("/api/v1/readiness?only=migrations")
    assert {k: v for k, v in scrape(client).items() if k.startswith("http_")} == {
        k: v for k, v in before.items() if k.startswith("http_")
    }


def test_an_exception_counts_as_500(
    client: Client, db: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    def explode(*_args: Any, **_kwargs: Any) -> None:
        raise RuntimeError("boom")

    before = scrape(client)
    monkeypatch.setattr("apps.accounts.middleware.MemberMiddleware.__call__", explode)
    client.raise_request_exception = False
    assert client.get("/accounts/login/").status_code == 500
    monkeypatch.undo()
    after = scrape(client)
    name = "http_requests_total{method=GET,path=%s,status=500}"
    assert grown(before, after, name % "<unmatched>") == 1
    assert after["http_requests_inprogress{method=GET}"] == 0


def test_an_invented_method_makes_no_new_series(client: Client, db: None) -> None:
    client.generic("XYZZY", "/accounts/login/")
    names = [name for name in scrape(client) if "http_requests_total" in name]
    assert any("method=<invalid method>" in name for name in names)
    assert not any("XYZZY" in name for name in names)


@pytest.mark.parametrize(
    ("route", "template"),
    [
        ("", "/"),
        ("assets/<uuid:pk>/", "/assets/{pk}/"),
        ("api/v1/users/<int:a>/of/<b>", "/api/v1/users/{a}/of/{b}"),
        (r"^confirm/(?P<key>[-:\w]+)/$", "/confirm/{key}/"),
        (r"admin/(?P<url>.*)$", "/admin/{url}"),
    ],
)
def test_route_becomes_a_template(route: str, template: str) -> None:
    assert template_of(route) == template


@pytest.mark.parametrize("name", ["X-Forwarded-For", "X-Forwarded-Proto", "Forwarded"])
def test_closed_to_what_came_through_a_proxy(
    client: Client, db: None, name: str
) -> None:
    answer = client.get("/metrics", headers={name: "10.0.0.1"})
    assert answer.status_code == 404
    assert b"http_requests" not in answer.content


def test_open_to_any_host(client: Client, db: None) -> None:
    assert client.get("/metrics", headers={"Host": "10.1.2.3"}).status_code == 200


def test_refuses_to_be_posted_to(client: Client, db: None) -> None:
    assert client.post("/metrics").status_code == 405


def test_shows_process_and_pool(client: Client, db: None) -> None:
    found = scrape(client)
    assert found["process_cpu_seconds_total{}"] > 0
    assert found["process_resident_memory_bytes{}"] > 10_000_000
    names = {metric.name for metric in OURS.collect()}
    assert {f"tequipy_database_pool_{n}" for n in ("size", "available", "waiting")} <= (
        names
    )


def test_pages_leave_the_business_to_the_backend(
    client: Client, acme: Company, monkeypatch: pytest.MonkeyPatch
) -> None:
    compute_metrics()
    assert "tequipy_companies{}" in scrape(client)
    monkeypatch.setenv("TEQUIPY_PROCESS", "frontend")
    assert "tequipy_companies{}" not in scrape(client)


def test_business_numbers_are_those_of_the_tables(
    client: Client, acme: Company, laptop: Asset, emil: User
) -> None:
    compute_metrics()
    found = scrape(client)
    assert found["tequipy_companies{}"] == 1
    assert found[f"tequipy_assets{{status={laptop.state}}}"] == 1
    assert found["tequipy_assets{status=ARCHIVED}"] == 0
    assert found["tequipy_people{state=ACTIVE}"] == User.objects.count()
    assert found["tequipy_offboardings{state=SCHEDULED}"] == 0
    assert found["tequipy_collections{state=COMPLETED}"] == 0
    assert found["tequipy_parcels{state=IN_TRANSIT}"] == 0
    assert found["tequipy_imports{state=APPLIED}"] == 0
    assert found["tequipy_mails_waiting{}"] == 0
    age = (
        timezone.now().timestamp()
        - found["tequipy_business_computed_timestamp_seconds{}"]
    )
    assert 0 <= age < 60


def test_outbox_tells_the_age_of_a_mail_that_does_not_leave(
    client: Client, acme: Company
) -> None:
    late = timezone.now() - timedelta(minutes=20)
    for number, attempts in ((1, 0), (2, 3)):
        Message.objects.create(
            company=acme,
            event_id=number,
            event_type="return.completed",
            subject_id=acme.id,
            recipient="emil@acme.example",
            message_id=f"<{number}@acme.example>",
            next_try_at=late,
            occurred_at=late,
            attempts=attempts,
        )
    compute_metrics()
    found = scrape(client)
    assert found["tequipy_mails_waiting{}"] == 2
    assert found["tequipy_mails_retried{}"] == 1
    assert 1200 <= found["tequipy_outbox_oldest_seconds{kind=mails}"] < 1300


def test_outbox_tells_of_events_nobody_seals_or_reads(acme: Company) -> None:
    def ages() -> dict[str, float]:
        later = timezone.now() + timedelta(minutes=10)
        name = "tequipy_outbox_oldest_seconds"
        return {kind: age for n, kind, age in business._samples(later) if n == name}

    assert 600 <= ages()["events_to_seal"] < 700
    Cursor.objects.create(subscriber=next(iter(subscribers)), position=0)
    Cursor.objects.create(subscriber="one that is no longer in code", position=0)
    events.seal()
    assert ages()["events_to_seal"] == 0
    assert 600 <= ages()["events_to_deliver"] < 700
    Cursor.objects.update(position=events.head()[0])
    assert ages()["events_to_deliver"] == 0


def test_backups_are_absent_until_there_is_one(client: Client, acme: Company) -> None:
    def shown() -> dict[str, float]:
        compute_metrics()
        found = scrape(client).items()
        return {name: value for name, value in found if "_backup_" in name}

    assert shown() == {}
    now = timezone.now()
    for number, (kind, hours, verified_at) in enumerate(
        [
            (BackupRun.Kind.DAILY, 30, now),
            (BackupRun.Kind.DAILY, 6, None),
            (BackupRun.Kind.HOURLY, 1, None),
        ]
    ):
        BackupRun.objects.create(
            kind=kind,
            key=f"backup-{number}",
            size_bytes=1,
            started_at=now - timedelta(hours=hours),
            finished_at=now - timedelta(hours=hours),
            verified_at=verified_at,
        )
    success = "tequipy_backup_last_success_timestamp_seconds{kind=%s}"
    assert shown() == {
        success % "daily": pytest.approx((now - timedelta(hours=6)).timestamp()),
        success % "hourly": pytest.approx((now - timedelta(hours=1)).timestamp()),
        "tequipy_backup_last_verified_timestamp_seconds{}": now.timestamp(),
    }


def test_costs_one_statement_a_table(
    acme: Company, django_assert_num_queries: Callable[..., Any]
) -> None:
    with django_assert_num_queries(11) as captured:
        compute_metrics()
    tables = [
        re.findall(r' FROM "([a-z_]+)"', query["sql"])[-1]
        for query in captured.captured_queries
    ]
    assert len(set(tables)) == 11, tables


def test_a_scrape_touches_no_table(
    client: Client, acme: Company, django_assert_num_queries: Callable[..., Any]
) -> None:
    compute_metrics()
    with django_assert_num_queries(0):
        assert "tequipy_companies{}" in scrape(client)


def test_every_number_has_help_and_a_type(acme: Company) -> None:
    compute_metrics()
    text = generate_latest(registry(business.BusinessCollector())).decode()
    always = (name for name in business._HELP if "_backup_" not in name)
    for name in always:
        assert f"# HELP {name} " in text
        assert f"# TYPE {name} gauge" in text
