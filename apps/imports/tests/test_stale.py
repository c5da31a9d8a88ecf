from __future__ import annotations

import pytest

from apps.accounts import services as accounts
from apps.accounts.sessions import actor_of
from apps.conftest import make_asset, make_user
from apps.core.actor import SYSTEM
from apps.imports.targets import staleness
from apps.inventory import services as inventory
from apps.inventory.models import Asset

from .factories import apply_all, codes, counts, make_plan, planned, rows

pytestmark = pytest.mark.django_db

FILE = "Serial;Model;Notes\nS1;;new\nS2;;same\nS3;XPS;\n"


def test_a_fresh_plan_is_not_stale(acme, shelf, emil):
    make_asset(emil, "S1")
    assert staleness.of(planned(acme, FILE)).count == 0


def test_counts_rows_whose_devices_were_changed_or_arrived(acme, shelf, emil, globex):
    first = make_asset(emil, "S1", notes="old")
    make_asset(emil, "S2", notes="same")
    other = make_asset(emil, "S9")
    batch = planned(acme, FILE)
    inventory.update(other, actor=SYSTEM, notes="not in the file")
    assert staleness.of(batch).count == 0
    inventory.update(first, actor=SYSTEM, notes="newer")
    make_asset(shelf, "S3")
    stale = staleness.of(batch)
    assert (stale.count, [row.line for row in stale.rows]) == (2, [2, 4])
    make_plan(batch)
    assert staleness.of(batch).count == 0


def test_counts_people(acme, emil):
    batch = planned(acme, "Email;Department\nemil@acme.example;Sales\n", kind="PEOPLE")
    accounts.update(emil, actor=SYSTEM, department="IT")
    assert staleness.of(batch).count == 1


def test_writes_nothing_that_the_plan_did_not_show(acme, shelf, emil):
    asset = make_asset(emil, "S1", notes="old")
    batch = planned(acme, FILE)
    inventory.update(asset, actor=SYSTEM, notes="newer")
    make_asset(shelf, "S3")
    apply_all(batch)
    asset.refresh_from_db()
    assert asset.notes == "newer"
    assert codes(rows(batch)[0]) == ["changed_since_plan"]
    assert "CREATE" not in counts(batch)
    assert Asset.objects.filter(serial_number="S3").count() == 1


def test_another_admin_sees_it_and_checks_again(acme, shelf, emil, client_of):
    asset = make_asset(emil, "S1", notes="old")
    anna = make_user(acme, "Ada", role="COMPANY_ADMIN")
    batch = planned(acme, FILE, actor=actor_of(anna))
    client = client_of(make_user(acme, "Bea", role="COMPANY_ADMIN"))
    address = f"/imports/{batch.pk}/stale/"
    assert "Check again" not in client.get(address).text
    inventory.update(asset, actor=SYSTEM, notes="newer")
    assert "1 row is about something that changed" in client.get(address).text
    client.post(f"/imports/{batch.pk}/plan/")
    batch.refresh_from_db()
    assert batch.state == "PLANNING"
