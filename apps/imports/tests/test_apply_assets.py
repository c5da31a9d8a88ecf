from __future__ import annotations

import threading
from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.utils import timezone

from apps.accounts import services as accounts
from apps.accounts.models import User
from apps.accounts.sessions import actor_of
from apps.catalog.models import Product
from apps.conftest import make_asset
from apps.core.actor import SYSTEM
from apps.core.told import Told
from apps.events.models import Event
from apps.imports import services, tasks
from apps.imports.models import Batch
from apps.imports.run import applying, progress
from apps.inventory import services as inventory
from apps.inventory.integrity import problems
from apps.inventory.models import Asset, Custody

from .factories import applied, apply_all, codes, counts, planned, rows, upload

HEADER = "Serial;Asset tag;Model;Holder email;Location;Status;Price;Notes\n"
FILE = (
    HEADER
    + "S1;T1;XPS 13;emil@acme.example;;Deployed;1.299,50 €;\n"
    + "S2;T2;XPS 13;joe.doe@acme.example;;;;\n"
    + "S3;;ThinkPad;;Berlin;Ready to Deploy;;\n"
    + "S4;;ThinkPad;;;Out for repair;;\n"
    + "S5;;ThinkPad;;;Sold;;\n"
    + "S6;;ThinkPad;;;;;\n"
)


def many(count: int) -> str:
    return HEADER + "".join(f"M{n};;XPS;;;;;\n" for n in range(count))


@pytest.mark.django_db
def test_creates_devices_where_they_are(acme, shelf, emil, anna):
    batch = applied(acme, FILE, actor=actor_of(anna), creates_people=True)
    assert batch.state == "APPLIED"
    assert counts(batch) == {"CREATE": 6}
    assert batch.applied_rows == 6
    found = {
        asset.serial_number: (asset.state, str(asset.holder or asset.archive_reason))
        for asset in Asset.objects.all()
    }
    assert found == {
        "S1": ("ACTIVE", "Emil Example"),
        "S2": ("ACTIVE", "Joe Doe"),
        "S3": ("STORAGE", "Berlin"),
        "S4": ("IN_REPAIR", "Poznań shelf"),
        "S5": ("ARCHIVED", "SOLD"),
        "S6": ("STORAGE", "Poznań shelf"),
    }
    first = Asset.objects.get(serial_number="S1")
    assert (first.purchase_price, first.currency) == (Decimal("1299.50"), "EUR")
    assert Event.objects.filter(type="asset.created").count() == 6
    assert all(
        batch.id in event.refs for event in Event.objects.filter(type="asset.created")
    )
    assert list(problems()) == []
    assert {row.target_id for row in rows(batch)} == set(
        Asset.objects.values_list("id", flat=True)
    )


@pytest.mark.django_db
def test_a_second_time_changes_nothing(acme, shelf, emil):
    applied(acme, FILE, creates_people=True)
    events = Event.objects.exclude(subject_type="import").count()
    batch = applied(acme, FILE)
    assert counts(batch) == {"SAME": 6}
    assert batch.state == "APPLIED"
    assert Event.objects.exclude(subject_type="import").count() == events
    assert Product.objects.count() == 2


@pytest.mark.django_db
def test_changes_facts_and_holder(acme, shelf, emil, anna):
    asset = make_asset(emil, "S1")
    stored = make_asset(shelf, "S2")
    text = HEADER + "S1;T1;XPS;anna@acme.example;;;99 EUR;n\nS2;;;;;Lost;;\n"
    batch = applied(acme, text)
    assert counts(batch) == {"CHANGE": 2}
    asset.refresh_from_db()
    assert (asset.user, asset.asset_tag, asset.notes) == (anna, "T1", "n")
    assert asset.product.name == asset.name == "XPS"
    stored.refresh_from_db()
    assert (stored.state, stored.archive_reason) == ("ARCHIVED", "LOST")
    types = Event.objects.filter(refs__contains=[batch.id]).values_list(
        "type", flat=True
    )
    assert {"asset.updated", "asset.handed_over", "asset.retired"} <= set(types)
    assert Custody.objects.filter(asset=asset).count() == 2
    assert list(problems()) == []
    assert counts(applied(acme, text)) == {"SAME": 2}


@pytest.mark.django_db
def test_what_was_done_in_the_meantime_is_the_same(acme, shelf, emil):
    asset = make_asset(emil, "S1")
    batch = planned(acme, HEADER + "S1;;;;;;;note\n")
    inventory.update(asset, actor=SYSTEM, notes="note")
    apply_all(batch)
    assert counts(batch) == {"SAME": 1}
    assert batch.applied_rows == 0


@pytest.mark.django_db
def test_what_no_longer_fits_is_refused(acme, shelf, emil, anna):
    batch = planned(acme, HEADER + "S1;;XPS;emil@acme.example;;;;\nS2;;XPS;;;;;\n")
    accounts.begin_offboarding(emil, actor=SYSTEM, end_on=date(2026, 1, 31))
    accounts.mark_offboarded(emil, actor=SYSTEM)
    apply_all(batch)
    assert counts(batch) == {"CREATE": 1, "REFUSED": 1}
    assert codes(rows(batch)[0]) == ["person_has_left"]
    assert Asset.objects.get().serial_number == "S2"


# As if another session had written M4 after the chunk was looked at.
TAKEN_MEANWHILE = """
CREATE FUNCTION taken_meanwhile() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE unique_violation USING MESSAGE = 'violates "asset_serial_per_company"';
END $$;
CREATE TRIGGER taken_meanwhile BEFORE INSERT ON inventory_asset
FOR EACH ROW WHEN (NEW.serial_number = 'M4') EXECUTE FUNCTION taken_meanwhile()
"""


@pytest.mark.django_db
def test_one_bad_row_does_not_stop_the_others(acme, shelf):
    batch = planned(acme, many(9))
    with connection.cursor() as cursor:
        cursor.execute(TAKEN_MEANWHILE)
    apply_all(batch)
    assert counts(batch) == {"CREATE": 8, "REFUSED": 1}
    (bad,) = [row for row in rows(batch) if row.verdict == "REFUSED"]
    assert codes(bad) == ["serial_taken"]
    assert bad.problems[0]["column"] == 0
    assert Event.objects.filter(type="asset.created").count() == 8
    assert Event.objects.filter(type="product.created").count() == 1


@pytest.mark.django_db
def test_stops_between_chunks_and_goes_on(acme, shelf, anna, monkeypatch):
    monkeypatch.setattr(applying, "CHUNK", 2)
    actor = actor_of(anna)
    batch = planned(acme, many(5), actor=actor)
    services.request_apply(batch, actor=actor, in_background=False)
    assert applying.apply_chunk(batch.pk)
    services.request_stop(batch, actor=actor)
    assert not applying.apply_chunk(batch.pk)
    batch.refresh_from_db()
    assert (batch.state, batch.applied_rows) == ("STOPPED", 2)
    assert Asset.objects.count() == 2
    apply_all(batch, actor=actor)
    assert (batch.state, batch.applied_rows) == ("APPLIED", 5)
    assert Asset.objects.count() == 5
    types = Event.objects.filter(subject_type="import").values_list("type", flat=True)
    assert list(types.order_by("id"))[-2:] == ["import.stopped", "import.applied"]


@pytest.mark.django_db
def test_the_other_company_is_not_touched(acme, shelf, globex, gina):
    theirs = make_asset(gina, "S1", asset_tag="T1", notes="theirs")
    applied(acme, HEADER + "S1;T1;MacBook Pro 14;;;;;mine\n")
    theirs.refresh_from_db()
    assert (theirs.notes, theirs.user) == ("theirs", gina)
    assert Asset.objects.filter(company=acme).get().notes == "mine"
    assert User.objects.filter(company=globex).count() == 1


@pytest.mark.django_db
def test_acts_as_the_one_who_asked(acme, shelf, anna, emil):
    batch = applied(acme, many(1), actor=actor_of(anna))
    assert Event.objects.get(type="asset.created").actor_id != anna.id
    batch = planned(acme, HEADER + "N1;;XPS;;;;;\n")
    apply_all(batch, actor=actor_of(anna))
    created = Event.objects.filter(type="asset.created").order_by("id").last()
    assert created.actor_id == anna.id


@pytest.mark.django_db
def test_who_is_no_admin_any_more_writes_nothing(
    acme, shelf, anna, django_capture_on_commit_callbacks
):
    batch = planned(acme, many(1))
    services.request_apply(batch, actor=actor_of(anna), in_background=False)
    User.objects.filter(pk=anna.pk).update(role="EMPLOYEE")
    tasks.apply_batch(str(batch.pk))
    batch.refresh_from_db()
    assert (batch.state, batch.error) == ("FAILED", Told("not_allowed"))
    assert not Asset.objects.exists()


@pytest.mark.django_db
def test_a_batch_nobody_works_on_is_handed_out_once(acme, shelf, monkeypatch):
    batch = planned(acme, many(1))
    services.request_apply(batch, actor=SYSTEM, in_background=False)
    assert progress.resume_stalled() == 0
    a_minute_ago = timezone.now() - timedelta(minutes=1)
    Batch.objects.filter(pk=batch.pk).update(alive_at=a_minute_ago)
    sent = []
    monkeypatch.setattr(progress.background, "publish", lambda *a: sent.append(a))
    assert progress.resume_stalled() == 1
    assert progress.resume_stalled() == 0
    assert sent == [("apps.imports.tasks.apply_batch", str(batch.pk))]


@pytest.mark.django_db(transaction=True)
def test_killed_in_the_middle_loses_and_doubles_nothing(
    reference_data, acme, shelf, monkeypatch
):
    monkeypatch.setattr(applying, "CHUNK", 4)
    batch = planned(acme, many(10))
    services.request_apply(batch, actor=SYSTEM, in_background=False)
    assert applying.apply_chunk(batch.pk)
    mark = applying._mark

    def die(*args):
        raise KeyboardInterrupt

    monkeypatch.setattr(applying, "_mark", die)
    with pytest.raises(KeyboardInterrupt):
        applying.apply_chunk(batch.pk)
    assert Asset.objects.count() == 4
    assert Event.objects.filter(type="asset.created").count() == 4
    monkeypatch.setattr(applying, "_mark", mark)
    Batch.objects.update(is_begun=False)  # as the sweep finds it
    tasks.apply_batch(str(batch.pk))
    batch.refresh_from_db()
    assert (batch.state, batch.applied_rows) == ("APPLIED", 10)
    assert Asset.objects.count() == 10
    assert Event.objects.filter(type="asset.created").count() == 10
    assert list(problems()) == []


@pytest.mark.django_db(transaction=True)
def test_two_workers_at_once_share_the_rows(reference_data, acme, shelf, monkeypatch):
    monkeypatch.setattr(applying, "CHUNK", 7)
    batch = planned(acme, many(60))
    services.request_apply(batch, actor=SYSTEM, in_background=False)
    failures: list[BaseException] = []

    def work() -> None:
        try:
            while applying.apply_chunk(batch.pk):
                pass
        except BaseException as error:
            failures.append(error)
        finally:
            connection.close()

    workers = [threading.Thread(target=work) for _ in range(2)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    batch.refresh_from_db()
    assert failures == []
    assert (batch.state, batch.applied_rows) == ("APPLIED", 60)
    assert Event.objects.filter(type="asset.created").count() == 60
    assert Event.objects.filter(type="import.applied").count() == 1
    assert list(problems()) == []


@pytest.mark.django_db
def test_starts_a_worker_after_the_commit(
    acme, shelf, monkeypatch, django_capture_on_commit_callbacks
):
    sent = []
    monkeypatch.setattr(
        progress.background, "publish", lambda name, *_ids: sent.append(name)
    )
    batch = upload(acme, many(1))
    with django_capture_on_commit_callbacks() as callbacks:
        services.request_plan(batch, actor=SYSTEM)
    assert sent == []
    for callback in callbacks:
        callback()
    assert sent == ["apps.imports.tasks.plan_batch"]
    tasks.plan_batch(str(batch.pk))
    batch.refresh_from_db()
    assert batch.state == "PLANNED"
