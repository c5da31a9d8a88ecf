"""The number of rows is known without counting, and is exact at every moment."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection, transaction

from apps.accounts import erasing
from apps.accounts import services as accounts
from apps.accounts.counts import PEOPLE
from apps.accounts.models import User
from apps.accounts.sessions import actor_of
from apps.catalog.models import Product
from apps.companies import row_counts
from apps.companies.models import Address, Company
from apps.companies.row_counts import CountRows, RowCount, rows_of
from apps.conftest import (
    ensure_reference_data,
    make_asset,
    make_company,
    make_product,
    make_user,
)
from apps.core.actor import SYSTEM, Role
from apps.core.api import conditions, reading, totals
from apps.core.money import Money
from apps.inventory import services as inventory
from apps.inventory.counts import ASSETS, Fleet, fleet
from apps.inventory.models import Asset, Custody
from apps.inventory.readings import ASSETS as ASSETS_READ
from apps.people import api as readings
from apps.returns import services as returns
from apps.returns.counts import RETURNS
from apps.returns.models import Return

pytestmark = pytest.mark.django_db


def devices(office: Address, *serials: str) -> list[Asset]:
    product = make_product(office.company)
    return [
        inventory.build(
            office.company, product=product, holder=office, serial_number=serial
        )
        for serial in serials
    ]


def agree() -> bool:
    return list(row_counts.problems()) == []


def test_each_table_is_compared() -> None:
    assert {"accounts_user", "inventory_asset", "orders_order", "returns_return"} <= {
        *row_counts.tables()
    }


def test_devices_are_counted_by_company(acme: Company, globex: Company) -> None:
    office = Address.objects.create(company=acme, name="Office")
    theirs = Address.objects.create(company=globex, name="Theirs")
    inventory.create_many(devices(office, "A1", "A2"), actor=SYSTEM, company=acme)
    make_asset(office, "A3")
    make_asset(theirs, "B1")
    assert (rows_of(acme.id, ASSETS.table), rows_of(globex.id, ASSETS.table)) == (3, 1)
    Asset.objects.filter(company=acme).update(notes="Dusty")
    assert RowCount.objects.filter(table_name="inventory_asset").count() == 3
    assert agree()


def test_what_a_fleet_is_worth_follows_each_change(
    acme: Company, globex: Company, office: Address
) -> None:
    theirs = Address.objects.create(company=globex, name="Theirs")
    make_asset(theirs, "B1", purchase_price=9_999, currency="EUR")
    dear, cheap, free = (
        make_asset(office, serial, **price)
        for serial, price in (
            ("A1", {"purchase_price": Decimal("1999.99"), "currency": "EUR"}),
            ("A2", {"purchase_price": 500, "currency": "PLN"}),
            ("A3", {}),
        )
    )
    eur, pln = Money(Decimal("1999.99"), "EUR"), Money(Decimal(500), "PLN")
    assert fleet(acme.id) == Fleet({"STORAGE": 3}, [eur, pln])
    inventory.repair(free, office, actor=SYSTEM)
    assert fleet(acme.id) == Fleet({"STORAGE": 2, "IN_REPAIR": 1}, [eur, pln])
    Asset.objects.filter(pk=cheap.pk).update(purchase_price=3_000)
    pln = Money(Decimal(3_000), "PLN")
    assert fleet(acme.id).values == [pln, eur]
    row_counts.compact()
    inventory.retire(dear, "SOLD", actor=SYSTEM)
    found = fleet(acme.id)
    assert (found.count, found.values) == (2, [pln])
    Asset.objects.filter(pk=cheap.pk).update(purchase_price=None, currency="")
    row_counts.compact()
    assert fleet(acme.id) == Fleet({"STORAGE": 1, "IN_REPAIR": 1}, [])
    assert agree()


def test_whoever_is_taken_out_is_not_counted(acme: Company, office: Address) -> None:
    inventory.create_many(devices(office, "A1", "A2", "A3"), actor=SYSTEM, company=acme)
    Custody.objects.all().delete()
    Asset.objects.filter(serial_number__in=["A1", "A2"]).delete()
    assert rows_of(acme.id, ASSETS.table) == 1
    assert agree()


def test_only_people_are_counted_as_people(acme: Company, anna: User) -> None:
    before = rows_of(acme.id, PEOPLE.table)
    emil = make_user(acme, "Emil")
    client = {"first_name": "HRIS", "role": Role.API_CLIENT}
    accounts.create(actor=SYSTEM, company=acme, **client)
    assert rows_of(acme.id, PEOPLE.table) == before + 1
    accounts.update(emil, actor=SYSTEM, role=Role.COMPANY_ADMIN)
    assert rows_of(acme.id, PEOPLE.table) == before + 1
    accounts.archive(emil, actor=SYSTEM, reason="LEFT")
    erasing.erase(emil, actor=SYSTEM, reason="ASKED")
    assert rows_of(acme.id, PEOPLE.table) == before
    assert (
        rows_of(acme.id, PEOPLE.table)
        == User.objects.people().filter(company=acme).count()
    )
    assert agree()


def test_returns_are_counted_by_kind(
    acme: Company, laptop: Asset, office: Address
) -> None:
    ret = returns.start_collection(
        laptop.user, actor=SYSTEM, asset_ids=[laptop.id], address=office
    )
    assert (
        rows_of(acme.id, RETURNS.table)
        == rows_of(acme.id, RETURNS.table, "COLLECTION")
        == 1
    )
    assert rows_of(acme.id, RETURNS.table, "OFFBOARDING") == 0
    Return.objects.filter(pk=ret.pk).update(state="DELETED")
    assert rows_of(acme.id, RETURNS.table) == 0
    assert agree()


def test_what_is_rolled_back_was_never_counted(acme: Company, office: Address) -> None:
    with transaction.atomic():
        make_asset(office, "A1")
        assert rows_of(acme.id, ASSETS.table) == 1
        transaction.set_rollback(True)
    assert rows_of(acme.id, ASSETS.table) == 0
    assert agree()


def test_notes_are_melted_without_changing_a_sum(
    acme: Company, globex: Company, office: Address
) -> None:
    theirs = Address.objects.create(company=globex, name="Theirs")
    for number in range(5):
        make_asset(office, f"A{number}")
        make_asset(theirs, f"B{number}")
    make_asset(theirs, "B9")
    assert row_counts.compact() >= 11
    notes = RowCount.objects.filter(table_name="inventory_asset")
    assert sorted(notes.values_list("n", flat=True)) == [5, 6]
    assert (rows_of(acme.id, ASSETS.table), rows_of(globex.id, ASSETS.table)) == (5, 6)
    assert row_counts.compact() == 0
    assert agree()


def test_more_companies_than_are_melted_at_once(
    acme: Company, globex: Company, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(row_counts, "_GROUPS_AT_ONCE", 1)
    for company in (acme, globex):
        for name in ("Jo", "Lea", "Max"):
            make_user(company, name)
    row_counts.compact()
    assert RowCount.objects.filter(table_name="accounts_user", n=3).count() == 2
    assert agree()


def test_number_that_is_wrong_is_named(acme: Company, office: Address) -> None:
    call_command("check_row_counts")
    make_asset(office, "A1")
    wrong = RowCount(company=acme, table_name="inventory_asset", bucket="STORAGE ")
    wrong.n = 1
    wrong.save()
    with pytest.raises(CommandError):
        call_command("check_row_counts")
    assert list(row_counts.problems()) == [
        f"inventory_asset STORAGE  of company {acme.id}: 1 rows, 2 noted"
    ]
    RowCount.objects.filter(pk=wrong.pk).update(n=0, amount=7)
    assert list(row_counts.problems()) == [
        f"inventory_asset STORAGE  of company {acme.id}: worth 0, 7.0000 noted"
    ]


def test_rows_that_were_there_are_counted_from_the_start(acme: Company) -> None:
    for name in ("Spare", "Screen"):
        make_product(acme, name)
    bucket = "CASE WHEN {}.name <> 'Spare' THEN 'b' END"
    # Not as a declared table: this transaction is rolled back.
    table, count = Product._meta.db_table, CountRows(Product._meta.db_table, bucket)
    with connection.schema_editor(atomic=False) as editor:
        count.database_forwards("catalog", editor, None, None)
    assert row_counts.rows_of(acme.id, table) == 1
    make_product(acme, "Dock")
    assert row_counts.rows_of(acme.id, table, "b") == 2
    Product.objects.filter(name="Dock").update(name="Spare", model_number="2")
    Product.objects.filter(name="Screen").delete()
    assert row_counts.rows_of(acme.id, table) == 0
    with connection.schema_editor(atomic=False) as editor:
        count.database_backwards("catalog", editor, None, None)
    make_product(acme, "Stand")
    assert not RowCount.objects.filter(table_name=table).exists()


def test_sum_is_read_from_the_index(acme: Company) -> None:
    RowCount.objects.bulk_create(
        RowCount(company=acme, table_name=f"t{number}", n=1) for number in range(2_000)
    )
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE companies_rowcount")
        rows = RowCount.objects.filter(company=acme, table_name="t7")
        sql, params = rows.values("n").query.sql_with_params()
        cursor.execute(f"EXPLAIN {sql}", params)
        plan = " ".join(row[0] for row in cursor.fetchall())
    assert "Index Only Scan using row_count_of_table" in plan


def test_total_of_a_whole_list_is_the_number_of_its_rows(
    acme: Company, anna: User, office: Address, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Beyond what a page counts itself."""
    monkeypatch.setattr(reading, "COUNTED", 1)
    monkeypatch.setattr(totals, "counted", lambda *_args: 99)
    make_user(acme, "Emil")
    for number in range(4):
        make_asset(office, f"A{number}")
    asking = conditions.Asking(actor_of(anna), "UTC")
    wanted = reading.Slice(0, 1, ())
    people = User.objects.people().filter(company=acme).count()
    assert readings.PEOPLE.page(asking, wanted, {}).total == people
    assert ASSETS_READ.page(asking, wanted, {}).total == 4
    assert ASSETS_READ.page(asking, wanted, {"states": ["STORAGE"]}).total == 99


@pytest.mark.django_db(transaction=True)
def test_everybody_writes_at_once_while_notes_are_melted() -> None:
    ensure_reference_data()
    company = make_company("Initech")
    office = Address.objects.create(company=company, name="Office")
    make_product(company)
    done, sums = threading.Event(), []

    def closing(work: Callable[..., Any]) -> Callable[..., Any]:
        def run(*args: Any) -> Any:
            try:
                return work(*args)
            finally:
                connection.close()

        return run

    def write(writer: int) -> None:
        for number in range(10):
            make_asset(office, f"W{writer}-{number}")

    def melt() -> None:
        while not done.is_set():
            row_counts.compact()

    def read() -> None:
        while not done.is_set():
            sums.append(rows_of(company.id, ASSETS.table))

    with ThreadPoolExecutor(8) as pool:
        others = [pool.submit(closing(work)) for work in (melt, melt, read)]
        for written in [pool.submit(closing(write), one) for one in range(4)]:
            written.result(120)
        done.set()
        for other in others:
            other.result(60)
    # Never a moment in which some were gone.
    assert sums == sorted(sums)
    assert rows_of(company.id, ASSETS.table) == 40
    assert agree()
