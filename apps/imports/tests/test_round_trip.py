"""What is exported is imported again unchanged; what was refused, once repaired."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from apps.accounts import services as accounts
from apps.conftest import exported, make_asset, make_product, make_user
from apps.core.actor import SYSTEM
from apps.imports.columns import headers
from apps.imports.columns.fields import FIELDS, TABLES
from apps.imports.shown.plan import kept_csv, left_out_csv
from apps.imports.states import Kind
from apps.inventory import services as inventory
from apps.inventory.lists import ASSETS
from apps.inventory.models import Asset
from apps.people.lists import PEOPLE

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
    text = exported(ASSETS, acme)
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
    batch = planned(acme, exported(PEOPLE, acme), kind="PEOPLE")
    assert [row.problems for row in rows(batch) if row.problems] == []
    assert [row.changes for row in rows(batch) if row.changes] == []
    assert counts(batch) == {"SAME": 3}


NASTY = (
    "=1+1",
    '="00123"',
    "'=1+1",
    "a; =cmd|' /C calc'!A0",
    "two\n- lines, +more",
    'x";"=1',
    "＝1+1",
    "a,-b",
    "-7",
    "+48 600 100 200",
    "a\u200b;\u00a0@b",
)


def test_neutralised_cells_come_back_as_they_were(acme, shelf):
    for number, text in enumerate(NASTY):
        line = text.replace("\n", " ")
        make_asset(
            shelf, f"S{number}", name=line, supplier=line, notes=text, order_number="=1"
        )
    text = exported(ASSETS, acme)
    batch = planned(acme, text)
    assert [row.problems for row in rows(batch) if row.problems] == []
    assert [row.changes for row in rows(batch) if row.changes] == []
    assert counts(batch) == {"SAME": len(NASTY)}


def test_refused_rows_stay_harmless_and_the_same_however_often(acme, shelf):
    text = 'Serial;Model;Status;Notes\n"S1";XPS;Flying;"\'=1+1"\n"S2";XPS;Flying;=1+1\n'
    refused = "".join(left_out_csv(planned(acme, text)))
    again = "".join(left_out_csv(planned(acme, refused)))
    first, second = (part.splitlines()[1:] for part in (refused, again))
    assert [line.split(";")[:4] for line in first] == [
        ["S1", "XPS", "Flying", "'=1+1"],
        ["S2", "XPS", "Flying", "'=1+1"],
    ]
    assert [a.split(";")[:4] for a in second] == [b.split(";")[:4] for b in first]
    repaired = applied(acme, again.replace("Flying", ""))
    assert counts(repaired) == {"CREATE": 2}
    assert set(Asset.objects.values_list("notes", flat=True)) == {"=1+1"}


# Other spellings of what another column says.
SAID_BY = {
    "holder_username": "holder_email",
    "holder_first_name": "holder_email",
    "holder_last_name": "holder_email",
    "holder_name": "holder_email",
    "holder_kind": "holder_email",
    "holder_place": "location",
    "make_and_model": "product_name",
    "warranty_months": "warranty_ends_on",
    "full_name": "first_name",
    "quantity": "serial_number",  # one device a row
}


@pytest.mark.parametrize("kind", Kind)
def test_what_can_be_imported_is_exported(kind):
    mapping = headers.guess_mapping(TABLES[kind].headers, kind)
    exported = {column.target for column in mapping.columns}
    wanted = {field.target for field in FIELDS[kind]} - set(SAID_BY)
    assert wanted - exported == set()
    assert None not in exported


def test_condition_and_who_has_left_survive_the_round_trip(acme, shelf, emil, anna):
    make_asset(shelf, "S1", condition=Decimal("0.90"))
    make_asset(shelf, "S2", condition=Decimal("0.35"))
    make_asset(shelf, "S3", condition=Decimal(1))
    make_asset(shelf, "S4", condition=Decimal(0))
    text = exported(ASSETS, acme)
    assert counts(planned(acme, text)) == {"SAME": 4}
    Asset.objects.filter(company=acme).update(condition=None)
    assert counts(applied(acme, text)) == {"CHANGE": 4}
    found = Asset.objects.order_by("serial_number").values_list("condition", flat=True)
    assert list(found) == [Decimal("0.90"), Decimal("0.35"), Decimal(1), Decimal(0)]
    accounts.archive(emil, reason="LEFT", actor=SYSTEM)
    text = exported(PEOPLE, acme)
    active = text.splitlines()[0].split(",").index("Active")
    assert [line.split(",")[active] for line in text.splitlines()[1:]].count("no") == 1
    assert counts(planned(acme, text, kind="PEOPLE")) == {"SAME": 2}


def test_refused_rows_are_imported_once_repaired(acme, shelf):
    text = "Serial;Model;Status;Colour\nS1;XPS;Flying;grey\nS2;XPS;;\n"
    batch = applied(acme, text)
    assert counts(batch) == {"CREATE": 1, "REFUSED": 1}
    refused = "".join(left_out_csv(batch))
    again = planned(acme, refused)
    assert codes(rows(again)[0]) == ["unknown_status"]
    repaired = applied(acme, refused.replace("Flying", "In stock"))
    assert counts(repaired) == {"CREATE": 1}
    assert set(Asset.objects.values_list("serial_number", flat=True)) == {"S1", "S2"}


def test_rows_that_were_kept_are_told_apart_when_imported_again(acme, shelf):
    batch = applied(acme, "Serial;Model\nS1;XPS\nS2;XPS\n")
    inventory.update(Asset.objects.get(serial_number="S1"), actor=SYSTEM, notes="n")
    undo_all(batch)
    again = planned(acme, "".join(kept_csv(batch)))
    assert counts(again) == {"SAME": 1}
