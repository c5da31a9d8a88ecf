# ruff: noqa: E402, S608, T201 - a script: sets Django up, then prints
"""Applies a planned import and copies the very rows it wrote into the same tables,
in turn; prints rows per second, their ratio and the worker's peak memory.

    python -m tequipy.local.throwaway python bench/import_vs_copy.py [ROWS...]
"""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tequipy.settings")
# With DEBUG Django keeps what it asks the database: time and memory of nobody else.
os.environ |= {"DEBUG": "false", "PUBLIC_URL": "https://bench.example"}

import django

django.setup()

from django.core.files import File
from django.core.management import call_command
from django.db import connection

from apps.accounts.models import User
from apps.companies import services as companies
from apps.companies.models import Address, Company
from apps.core.actor import SYSTEM
from apps.imports import services
from apps.imports.models import Batch
from apps.imports.run import applying, planning, reading

ROUNDS = 3
PEOPLE = 500
TABLES = {
    "inventory_asset": (
        "id, company_id, product_id, name, serial_number, asset_tag, external_id, "
        "state, archive_reason, user_id, address_id, shipment_id, held_since, "
        "condition, specification, purchased_on, purchase_price, currency, "
        "warranty_ends_on, supplier, order_number, notes, created_at, updated_at"
    ),
    "inventory_custody": (
        "id, company_id, asset_id, user_id, address_id, shipment_id, period"
    ),
    "events_event": (
        "type, version, company_id, subject_type, subject_id, refs, actor_kind, "
        "actor_id, payload, correlation_id, occurred_at"
    ),
}
HEADER = (
    "Serial;Asset tag;Name;Model;Manufacturer;Category;Holder email;Location;"
    "Purchase date;Price;Currency;Supplier;Notes\n"
)


def bench_company() -> Company:
    found = Company.objects.filter(slug="bench").first() or _make_company()
    if not Address.objects.filter(company=found).exists():
        raise SystemExit("the company has no address")
    return found


def _make_company() -> Company:
    company = companies.create_company(actor=SYSTEM, name="Bench", slug="bench")
    companies.create_address(
        actor=SYSTEM, company=company, name="Office", is_default=True
    )
    User.objects.bulk_create(
        User(company=company, first_name=f"P{n}", email=f"p{n}@bench.example")
        for n in range(PEOPLE)
    )
    User.objects.update(state="ACTIVE")
    return company


def write_file(folder: Path, rows: int) -> Path:
    path = folder / "bench.csv"
    with path.open("w") as file:
        file.write(HEADER)
        file.writelines(
            f"C02{n:08X};TAG{n:07};Laptop {n};MacBook Pro {n % 40};Apple;Laptop;"
            f"{f'p{n % PEOPLE}@bench.example' if n % 3 else ''};"
            f"{'' if n % 3 else 'Office'};2025-{n % 12 + 1:02}-{n % 28 + 1:02};"
            f"{1000 + n % 900}.50;EUR;Reseller GmbH;bought in bulk\n"
            for n in range(rows)
        )
    return path


def planned(company: Company, rows: int) -> Batch:
    with tempfile.TemporaryDirectory() as name:
        path = write_file(Path(name), rows)
        with path.open("rb") as file:
            upload = File(file, name=path.name)
            batch = services.upload(
                company, upload, "ASSETS", actor=SYSTEM, in_background=False
            )
    reading.read_rows(batch.pk)
    services.request_plan(batch, actor=SYSTEM, in_background=False)
    started = time.perf_counter()
    planning.make_plan(batch.pk)
    print(f"  plan   {rows / (time.perf_counter() - started):9,.0f} rows/s", flush=True)
    return batch


class Clock:
    """Seconds that pass, and seconds of processor time of this process and of its
    PostgreSQL backend: on a busy machine only the latter can be compared."""

    def __enter__(self) -> Clock:
        self.cpu, self.started = -self._cpu(), time.perf_counter()
        return self

    def __exit__(self, *_error: object) -> None:
        self.wall = time.perf_counter() - self.started
        self.cpu += self._cpu()

    def _cpu(self) -> float:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_backend_pid()")
            (pid,) = cursor.fetchone()
        stat = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        ticks = int(stat[11]) + int(stat[12])
        return time.process_time() + ticks / os.sysconf("SC_CLK_TCK")


def timed_apply(batch: Batch, rows: int) -> Clock:
    services.request_apply(batch, actor=SYSTEM, in_background=False)
    with Clock() as took:
        while applying.apply_chunk(batch.pk):
            pass
    batch.refresh_from_db()
    if batch.counts["CREATE"] != rows or batch.applied_rows != rows:
        raise SystemExit(f"the import is not whole: {batch.counts}")
    return took


def keep_rows(folder: Path) -> None:
    for table, columns in TABLES.items():
        only = "WHERE type = 'asset.created'" if table == "events_event" else ""
        out = f"COPY (SELECT {columns} FROM {table} {only} ORDER BY id) TO STDOUT"
        with (
            connection.cursor() as cursor,
            (folder / table).open("wb") as file,
            cursor.copy(out) as copy,
        ):
            for block in copy:
                file.write(block)


def timed_copy(folder: Path) -> Clock:
    """One transaction for all, as the best case of a bare loader."""
    with Clock() as took, connection.cursor() as cursor:
        cursor.execute("BEGIN")
        for table, columns in TABLES.items():
            statement = f"COPY {table} ({columns}) FROM STDIN"
            with (folder / table).open("rb") as file, cursor.copy(statement) as copy:
                while block := file.read(1 << 17):
                    copy.write(block)
        cursor.execute("COMMIT")
    return took


def empty_tables() -> None:
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE events_event DISABLE TRIGGER USER")
        cursor.execute(
            "TRUNCATE inventory_asset, inventory_custody, events_event, "
            "catalog_product, imports_batch CASCADE"
        )
        cursor.execute("ALTER TABLE events_event ENABLE TRIGGER USER")
        cursor.execute("VACUUM ANALYZE")


def compare(company: Company, rows: int) -> float:
    """How fast applying is, of a bare COPY; by the clock."""
    ratios = []
    for _round in range(ROUNDS):
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name)
            batch = planned(company, rows)
            own = timed_apply(batch, rows)
            keep_rows(folder)
            keep_products = list(company_products())
            empty_tables()
            restore_products(keep_products)
            bare = timed_copy(folder)
            empty_tables()
        ratios.append((bare.wall / own.wall, bare.cpu / own.cpu))
        for name, took in (("apply", own), ("COPY", bare)):
            print(
                f"  {name:6} {rows / took.wall:9,.0f} rows/s "
                f"({rows / took.cpu:,.0f} by processor time)",
                flush=True,
            )
    wall, cpu = (statistics.median(kind) for kind in zip(*ratios, strict=True))
    print(f"{rows:,} rows: {wall:.2f} of COPY, {cpu:.2f} by processor time", flush=True)
    return wall


def peak_memory() -> float:
    """MB of this process alone; what getrusage says includes its parent's."""
    status = Path("/proc/self/status").read_text()
    (line,) = (line for line in status.splitlines() if line.startswith("VmHWM:"))
    return int(line.split()[1]) / 1024


def company_products() -> list:
    from apps.catalog.models import Product

    return Product.objects.all()


def restore_products(products: list) -> None:
    from apps.catalog.models import Product

    Product.objects.bulk_create(products)


def main() -> None:
    if sys.argv[1:2] == ["--memory"]:
        rows = int(sys.argv[2])
        batch = planned(bench_company(), rows)
        after_plan = peak_memory()
        timed_apply(batch, rows)
        peak = peak_memory()
        print(f"{rows:,} rows: peak {after_plan:.0f} MB planning, {peak:.0f} MB in all")
        empty_tables()
        return
    call_command("migrate", verbosity=0)
    sizes = [int(size) for size in sys.argv[1:]] or [1_000, 200_000]
    for rows in sizes:
        compare(bench_company(), rows)
    for rows in sizes:
        subprocess.run([sys.executable, __file__, "--memory", str(rows)], check=True)


if __name__ == "__main__":
    main()
