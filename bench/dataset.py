# ruff: noqa: T201 - our own names in SQL; a command prints
"""A data set of a chosen size in a database of its own, the same at every run.

    python -m bench.dataset [1000 | 100000 | 1000000]

It lies in var/bench, in a PostgreSQL that runs only while somebody measures. What is
there is used again, migrated, unless what makes the rows has changed.
"""

from __future__ import annotations

import hashlib
import os
import queue
import random
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import django.apps
import psycopg
from psycopg import sql

from tequipy.local.embedded import (
    APPLICATION,
    OWNER,
    SUPERUSER,
    EmbeddedPostgres,
    EmbeddedRedis,
)

CLONE = Path(__file__).resolve().parent.parent
FOLDER = CLONE / "var" / "bench"
SIZES = (1_000, 100_000, 1_000_000)
# A data set that is lost is made again: durability would only cost time.
_SETTINGS = (
    "fsync=off",
    "synchronous_commit=off",
    "full_page_writes=off",
    "wal_level=minimal",
    "max_wal_senders=0",
    "max_wal_size=8GB",
    "checkpoint_timeout=1h",
    "shared_buffers=1GB",
    "maintenance_work_mem=512MB",
    "effective_cache_size=4GB",
    "random_page_cost=1.1",
    "jit=off",
    # Counts the statements of a request.
    "shared_preload_libraries=pg_stat_statements",
)
_COLUMNS = {
    "companies_company": (
        "id, kind, name, slug, country_id, time_zone, currency, language, "
        "first_contact_days_before, first_reminder_days, second_reminder_days, "
        "not_responding_days, mail_always, mail_from, mail_until, mail_weekdays, "
        "created_at"
    ),
    "companies_address": (
        "id, company_id, type, name, street, city, postal_code, country_id, "
        "warehouse_id, is_default, is_active, created_at"
    ),
    "catalog_product": (
        "id, company_id, name, category, manufacturer, model_number, specification, "
        "is_orderable, created_at, updated_at"
    ),
    "catalog_productprice": (
        "id, company_id, product_id, currency, country_id, amount, is_special, "
        "updated_at"
    ),
    "accounts_user": (
        "id, company_id, role, state, first_name, last_name, email, private_email, "
        "employee_number, phone, job_title, department, cost_centre, street, city, "
        "postal_code, country_id, start_on, end_on, created_at, updated_at, "
        "state_before_offboarding, username, region, time_zone, notes"
    ),
    "shipping_shipment": (
        "id, company_id, state, carrier, tracking_number, from_user_id, "
        "to_address_id, created_at, ended_at"
    ),
    "inventory_asset": (
        "id, company_id, product_id, name, serial_number, asset_tag, external_id, "
        "state, archive_reason, user_id, address_id, shipment_id, held_since, "
        "condition, specification, purchased_on, purchase_price, currency, "
        "warranty_ends_on, supplier, order_number, cost_centre, notes, created_at, "
        "updated_at"
    ),
    "inventory_custody": (
        "id, company_id, asset_id, user_id, address_id, shipment_id, period"
    ),
    "events_event": (
        "id, type, version, company_id, subject_type, subject_id, refs, actor_kind, "
        "actor_id, payload, correlation_id, occurred_at, recorded_at, position, "
        "prev_hash, hash"
    ),
}
_FLUSH_BYTES = 1 << 20
_BUILDERS = 2
# The same companies are in all of them: what is cached of one must not be told of
# another.
_REDIS_DATABASES = {f"bench_{size}": number for number, size in enumerate(SIZES)}


class Servers:
    """The PostgreSQL of the data sets, and a Redis; both end with the block."""

    def __init__(self, folder: Path = FOLDER) -> None:
        self.folder = folder
        self.postgres = EmbeddedPostgres(folder, settings=_SETTINGS)
        self.redis = EmbeddedRedis(folder, durable=False)

    def __enter__(self) -> Servers:
        self.postgres.start()
        self.redis.start()
        return self

    def __exit__(self, *_error: object) -> None:
        self.redis.stop()
        self.postgres.stop()

    def environment(self, database: str) -> dict[str, str]:
        """For manage.py and Gunicorn, as in production: no DEBUG."""
        redis = self.redis.url.rpartition("/")[0]
        return os.environ | {
            "DJANGO_SETTINGS_MODULE": "tequipy.settings",
            "DATABASE_URL": self.postgres.url(APPLICATION, database),
            "MIGRATION_DATABASE_URL": self.postgres.url(OWNER, database),
            "REDIS_URL": f"{redis}/{_REDIS_DATABASES.get(database, 0)}",
            "DEBUG": "false",
            "JWT_SECRET_KEY": "only-for-measuring-" + "x" * 32,
            "PUBLIC_URL": "http://127.0.0.1",
            # They are counted, and never reached.
            "API_READS_PER_MINUTE": "1000000",
            "FILES_URL": f"file://{self.folder / 'files'}",
            "STATIC_ROOT": str(self.folder / "static"),
        }


def ensure(servers: Servers, assets: int) -> str:
    """The name of the database with so many devices; makes it if it is not there."""
    name = f"bench_{assets}"
    with psycopg.connect(
        servers.postgres.url(SUPERUSER, "postgres"), autocommit=True
    ) as admin:
        wanted = _fingerprint(assets)
        if _comment(admin, name) == wanted:
            manage(servers, name, "migrate", "--no-input", "-v", "0")
            return name
        unfinished = f"{name}_new"
        for leftover in (unfinished, name):
            _run(admin, "DROP DATABASE IF EXISTS {} WITH (FORCE)", leftover)
        _run(admin, "CREATE DATABASE {} OWNER {}", unfinished, OWNER)
        _make(servers, unfinished, assets)
        _run(admin, "ALTER DATABASE {} RENAME TO {}", unfinished, name)
        comment = sql.SQL("COMMENT ON DATABASE {} IS {}")
        admin.execute(comment.format(sql.Identifier(name), sql.Literal(wanted)))
    return name


def manage(servers: Servers, database: str, *command: str) -> str:
    """What that command of manage.py prints, on this database."""
    return subprocess.run(
        [sys.executable, "manage.py", *command],
        cwd=CLONE,
        env=servers.environment(database),
        check=True,
        stdout=subprocess.PIPE,
        text=True,
    ).stdout


def _run(connection: psycopg.Connection, statement: str, *names: str) -> None:
    connection.execute(sql.SQL(statement).format(*map(sql.Identifier, names)))


def _comment(admin: psycopg.Connection, name: str) -> str | None:
    found = admin.execute(
        "SELECT shobj_description(oid, 'pg_database') FROM pg_database "
        "WHERE datname = %s",
        [name],
    ).fetchone()
    return found[0] if found else None


def _fingerprint(assets: int) -> str:
    """Of all that decides what is in the data set."""
    digest = hashlib.sha256(str(assets).encode())
    digest.update(repr(_COLUMNS).encode())
    own = [Path(__file__).with_name(f"{name}.py") for name in ("world", "lives")]
    for path in own:
        digest.update(path.read_bytes())
    return digest.hexdigest()


# --- Making it --------------------------------------------------------------


def _make(servers: Servers, database: str, assets: int) -> None:
    with _timed("migrate"):
        manage(servers, database, "migrate", "--no-input", "-v", "0")
    if not django.apps.apps.ready:
        os.environ.update(servers.environment(database))
        django.setup()
    url = servers.postgres.url(OWNER, database)
    with psycopg.connect(url, autocommit=True) as connection:
        constraints, indexes = _secondary(connection)
        for drop, _create in (*constraints, *indexes):
            connection.execute(drop)
        with _timed("rows"), _sealed_on_arrival(connection):
            _load(url, assets)
        with _timed("indexes"):
            _in_parallel(url, [create for _drop, create in indexes])
        with _timed("constraints"):
            for _drop, create in reversed(constraints):
                connection.execute(create)
        with _timed("statistics"):
            connection.execute(
                "SELECT setval(pg_get_serial_sequence('events_event', 'id'), max(id)) "
                "FROM events_event"
            )
            connection.execute("VACUUM ANALYZE")
        if _secondary(connection) != (constraints, indexes):
            raise SystemExit("indexes and constraints are not what the migrations make")


@contextmanager
def _timed(what: str) -> Iterator[None]:
    started = time.perf_counter()
    yield
    print(f"  {what:12}{time.perf_counter() - started:7.1f} s", flush=True)


Statements = list[tuple[str, str]]


def _secondary(connection: psycopg.Connection) -> tuple[Statements, Statements]:
    """What can be made faster after the rows, as (drop, create): foreign keys to and
    from our tables with unique and exclusion constraints, in this order, and other
    indexes."""
    tables = list(_COLUMNS)
    constraints = connection.execute(
        "SELECT format('ALTER TABLE %%s DROP CONSTRAINT %%I', conrelid::regclass, "
        "conname), format('ALTER TABLE %%s ADD CONSTRAINT %%I %%s', "
        "conrelid::regclass, conname, pg_get_constraintdef(oid)) FROM pg_constraint "
        "WHERE contype IN ('f', 'u', 'x') AND (conrelid = ANY(%s::regclass[]) "
        "OR contype = 'f' AND confrelid = ANY(%s::regclass[])) "
        "ORDER BY contype, conrelid::regclass::text, conname",
        [tables, tables],
    ).fetchall()
    indexes = connection.execute(
        "SELECT format('DROP INDEX %%s', indexrelid::regclass), "
        "pg_get_indexdef(indexrelid) FROM pg_index "
        "WHERE indrelid = ANY(%s::regclass[]) AND NOT EXISTS (SELECT 1 "
        "FROM pg_constraint WHERE conindid = indexrelid) "
        "ORDER BY pg_relation_size(indrelid) DESC, indexrelid::regclass::text",
        [tables],
    ).fetchall()
    return list(constraints), sorted(indexes)


@contextmanager
def _sealed_on_arrival(connection: psycopg.Connection) -> Iterator[None]:
    """The rows bring their seals, which the trigger leaves to the sealer."""
    trigger = "ALTER TABLE events_event {} TRIGGER events_unsealed_at_first"
    connection.execute(trigger.format("DISABLE"))
    yield
    connection.execute(trigger.format("ENABLE ALWAYS"))


def _load(url: str, assets: int) -> None:
    # It seals as the application does, whose settings are there by now.
    from .lives import Writer, make_devices
    from .world import SEED, Size, make_companies

    rng = random.Random(SEED)  # noqa: S311 - the same at every run
    size = Size(assets)
    with ExitStack() as stack:
        tables = {table: stack.enter_context(_Table(url, table)) for table in _COLUMNS}

        def write(table: str, line: str) -> None:
            tables[table].write(line)

        companies = []
        for company, rows in make_companies(size, rng):
            companies.append(company)
            for table, lines in rows.items():
                for line in lines:
                    write(table, line)
        Writer(write, rng).write_all(make_devices(size, companies, rng))


class _Table:
    """One COPY, on a connection of its own."""

    def __init__(self, url: str, table: str) -> None:
        self.url, self.table = url, table
        self.lines: list[str] = []
        self.size = 0

    def __enter__(self) -> _Table:
        self.stack = ExitStack()
        connection = self.stack.enter_context(psycopg.connect(self.url))
        statement = f"COPY {self.table} ({_COLUMNS[self.table]}) FROM STDIN"
        self.copy = self.stack.enter_context(connection.cursor().copy(statement))
        return self

    def write(self, line: str) -> None:
        self.lines.append(line)
        self.size += len(line)
        if self.size > _FLUSH_BYTES:
            self.flush()

    def flush(self) -> None:
        self.copy.write("".join(self.lines))
        self.lines.clear()
        self.size = 0

    def __exit__(self, *error: object) -> None:
        if error[0] is None:
            self.flush()
        self.stack.__exit__(*error)


def _in_parallel(url: str, statements: list[str]) -> None:
    waiting: queue.SimpleQueue[str] = queue.SimpleQueue()
    for statement in statements:
        waiting.put(statement)
    failures: list[BaseException] = []

    def work() -> None:
        try:
            with psycopg.connect(url, autocommit=True) as connection:
                while not failures:
                    connection.execute(waiting.get_nowait())
        except queue.Empty:
            pass
        except BaseException as error:
            failures.append(error)

    workers = [threading.Thread(target=work) for _ in range(_BUILDERS)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    if failures:
        raise failures[0]


def main() -> None:
    sizes = [int(size) for size in sys.argv[1:]] or list(SIZES)
    with Servers() as servers:
        for assets in sizes:
            print(f"{assets:,} devices", flush=True)
            print(f"  {ensure(servers, assets)}", flush=True)


if __name__ == "__main__":
    main()
