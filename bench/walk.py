# ruff: noqa: S608, T201 - our own names in SQL; a command prints
"""Walks all devices of a company by `next`, while others create, change and delete:
each is met at most once, and none is missed that was there from the first page to the
last. Says so, or what was met twice or missed, and ends with 1.

    python -m bench.walk [1000 | 100000 | 1000000]

The company gets as many devices as that, in a copy of the data set.
"""

from __future__ import annotations

import argparse
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable
from contextlib import ExitStack
from typing import Any
from urllib.parse import quote
from uuid import UUID, uuid4

import orjson
import psycopg

from tequipy.local.embedded import SUPERUSER

from .cases import LIST, Question
from .dataset import SIZES, Servers
from .targets import Bench, Target

_PAGE = 1_000
_COLUMNS = (
    "company_id, product_id, name, external_id, state, archive_reason, user_id, "
    "address_id, shipment_id, held_since, condition, specification, purchased_on, "
    "purchase_price, currency, warranty_ends_on, supplier, order_number, cost_centre, "
    "notes, updated_at"
)
_COPY = (
    "INSERT INTO inventory_asset "
    f"(id, serial_number, asset_tag, created_at, {_COLUMNS}) "
    "SELECT gen_random_uuid(), 'WALK' || upper(md5(random()::text)), '', "
    f"{{at}}, {_COLUMNS} FROM inventory_asset WHERE company_id = %s LIMIT %s"
)
_NEW, _OLD = _COPY.format(at="now()"), _COPY.format(at="created_at")
_SOME = "SELECT id FROM inventory_asset WHERE company_id = %s AND id > %s LIMIT 20"


class Writers:
    """Change what is walked, each by a connection of its own, until they are ended."""

    def __init__(self, url: str, company: str) -> None:
        self.url, self.company = url, company
        self.is_over = threading.Event()
        self.written = Counter[str]()
        self.failures: list[BaseException] = []
        self.threads = [
            threading.Thread(target=self._run, args=(work,))
            for work in (self.created, self.changed, self.deleted)
        ]

    def __enter__(self) -> Writers:
        for thread in self.threads:
            thread.start()
        return self

    def __exit__(self, *_error: object) -> None:
        self.is_over.set()
        for thread in self.threads:
            thread.join()
        if self.failures:
            raise self.failures[0]

    def _run(self, work: Callable[[psycopg.Connection[Any]], int]) -> None:
        try:
            with psycopg.connect(self.url, autocommit=True) as connection:
                # Of no interest here: custody, events, numbers of rows.
                connection.execute("SET session_replication_role = replica")
                while not self.is_over.wait(0.02):
                    self.written[work.__name__] += work(connection)
        except BaseException as error:
            self.failures.append(error)

    def created(self, connection: psycopg.Connection[Any]) -> int:
        return connection.execute(_NEW, [self.company, 20]).rowcount

    def changed(self, connection: psycopg.Connection[Any]) -> int:
        statement = (
            "UPDATE inventory_asset SET notes = md5(random()::text), "
            f"updated_at = now() WHERE id IN ({_SOME})"
        )
        return connection.execute(statement, [self.company, uuid4()]).rowcount

    def deleted(self, connection: psycopg.Connection[Any]) -> int:
        statement = f"DELETE FROM inventory_asset WHERE id IN ({_SOME})"
        return connection.execute(statement, [self.company, uuid4()]).rowcount


def fill(url: str, company: str, devices: int) -> None:
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("SET session_replication_role = replica")
        while (missing := devices - len(there(connection, company))) > 0:
            connection.execute(_OLD, [company, missing])
        connection.execute("ANALYZE inventory_asset")


def there(connection: psycopg.Connection[Any], company: str) -> set[UUID]:
    statement = "SELECT id FROM inventory_asset WHERE company_id = %s"
    return {row[0] for row in connection.execute(statement, [company])}


def walk(app: Target) -> Counter[UUID]:
    """How often each device was met."""
    met: Counter[UUID] = Counter()
    after = ""
    while True:
        page = orjson.loads(app.ask(Question(f"{LIST}?limit={_PAGE}{after}")).body)
        met.update(UUID(one["id"]) for one in page["items"])
        if "next" not in page:
            return met
        after = f"&after={quote(page['next'])}"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n\n")[0])
    parser.add_argument("devices", nargs="?", type=int, default=SIZES[-1])
    devices = parser.parse_args().devices
    with Servers() as servers, ExitStack() as stack:
        bench = Bench(stack, servers, devices, ["app"], copied=True)
        url = servers.postgres.url(SUPERUSER, bench.name)
        fill(url, bench.company, devices)
        before = there(bench.database, bench.company)
        started = time.perf_counter()
        with Writers(url, bench.company) as writers:
            met = walk(bench.targets["app"])
        seconds = time.perf_counter() - started
        stayed = before & there(bench.database, bench.company)
    twice = [one for one, times in met.items() if times > 1]
    missed = stayed - met.keys()
    print(
        f"{len(met):,} devices in {seconds:.0f} s, {len(met) / seconds:,.0f} a second; "
        f"meanwhile {dict(writers.written)}. Met twice: {len(twice)}; missed: "
        f"{len(missed)} of {len(stayed):,} that stayed."
    )
    return int(bool(twice or missed))


if __name__ == "__main__":
    sys.exit(main())
