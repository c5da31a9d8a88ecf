"""What is exported here is imported again unchanged; what was refused, once mended."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from apps.accounts.models import User
from apps.conftest import make_asset, make_product, make_user
from apps.core.actor import SYSTEM
from apps.imports import leftovers
from apps.inventory import export as asset_export
from apps.inventory import services as inventory
from apps.inventory.models import Asset
from apps.people import export as people_export

from .factories import applied, codes, counts, planned, rows, undo_all

pytestmark = pytest.mark.django_db


def test_exported_assets_are_all_the_same(acme, shelf, emil, anna):
    product = make_product(acme, "XPS; 13", model_number="9310", manufacturer="Dell")
    make_asset(
        emil,
        "S1",
        asset_tag="=1+1",
        name="Emil's laptop",
        notes="two\nlines",
        product=product,
        purchase_price=Decimal("1299.50"),
        currency="PLN",
        purchased_on=date(2025, 2, 1),
        warranty_ends_on=date(2028, 2, 1),
        supplier="-Shop",
        order_number="007",
        external_id="12345678901234567890",
    )
    make_asset(shelf, "S2", asset_tag="0012")
    inventory.repair(make_asset(shelf, "S3"), shelf, actor=SYSTEM)
    inventory.retire(make_asset(emil, "S4"), "SOLD", actor=SYSTEM)
    inventory.create(
        actor=SYSTEM, company=acme, product=product, external_id="ordered-1"
    )
    text = "".join(asset_export.lines(Asset.objects.filter(company=acme)))
    batch = planned(acme, text)
    assert [row.problems for row in rows(batch) if row.problems] == []
    assert [row.changes for row in rows(batch) if row.changes] == []
    assert counts(batch) == {"SAME": 5}


def test_exported_people_are_all_the_same(acme, anna, emil):
    make_user(
        acme,
        "Łukasz",
        email="lukasz@acme.example",
        private_email="",
        last_name="Brzęczyszczykiewicz-Müller",
        phone="+48 600 100 200",
        employee_number="0042",
        start_on=date(2024, 5, 6),
        notes="a\nb",
    )
    people = User.objects.filter(company=acme).people()
    batch = planned(acme, "".join(people_export.lines(people)), kind="PEOPLE")
    assert [row.problems for row in rows(batch) if row.problems] == []
    assert [row.changes for row in rows(batch) if row.changes] == []
    assert counts(batch) == {"SAME": 3}


def test_refused_rows_are_imported_once_mended(acme, shelf):
    text = "Serial;Model;Status;Colour\nS1;XPS;Flying;grey\nS2;XPS;;\n"
    batch = applied(acme, text)
    assert counts(batch) == {"CREATE": 1, "REFUSED": 1}
    refused = "".join(leftovers.left_out_csv(batch))
    again = planned(acme, refused)
    assert codes(rows(again)[0]) == ["unknown_status"]
    mended = applied(acme, refused.replace("Flying", "In stock"))
    assert counts(mended) == {"CREATE": 1}
    assert set(Asset.objects.values_list("serial_number", flat=True)) == {"S1", "S2"}


def test_rows_that_were_kept_are_told_apart_when_imported_again(acme, shelf):
    batch = applied(acme, "Serial;Model\nS1;XPS\nS2;XPS\n")
    inventory.update(Asset.objects.get(serial_number="S1"), actor=SYSTEM, notes="n")
    undo_all(batch)
    again = planned(acme, "".join(leftovers.kept_csv(batch)))
    assert counts(again) == {"SAME": 1}
