"""Times backup, proof and restore of a database of at least 2 GB (or SIZE_GB). By hand:

python deploy/ci/drill.py [SIZE_GB]
"""
# ruff: noqa: T201 - it prints what it measured

from __future__ import annotations

import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from tests.drill import OWNER, World, made

GIGABYTE = 1024**3
# Half of them stand at people, half on a shelf, as an import writes them.
FILL = """
from datetime import date
from itertools import cycle, islice
from apps.accounts.models import User
from apps.catalog.models import Product
from apps.companies.models import Address
from apps.core.actor import SYSTEM
from apps.events import services as events
from apps.inventory import services as inventory

product = Product.objects.exclude(company=None).first()
company = product.company
people = list(User.objects.filter(company=company, state="ACTIVE")[:200])
holders = cycle([*people, *Address.objects.filter(company=company)[:len(people)]])
start = {start}
numbers = range(start, start + {count})
assets = [
    inventory.build(
        company, holder=holder, product=product, serial_number=f"DRILL{{number:09}}",
        purchased_on=date(2025, 1, 15), supplier="Reseller Sp. z o.o.",
        notes=f"Bought for project {{number % 97}}, delivered with charger and sleeve.",
        at=None,
    )
    for number, holder in zip(numbers, holders)
]
inventory.create_many(assets, actor=SYSTEM, company=company)
while events.seal():
    pass
"""

# What they were written: most of a real database's bytes.
MAILS = """
INSERT INTO notifications_message
  (id, company_id, event_id, event_type, subject_id, channel, recipient, subject, body,
   message_id, state, attempts, error, sent_at, occurred_at, created_at)
SELECT gen_random_uuid(), e.company_id, e.id, e.type, e.subject_id, 'EMAIL',
  'person' || n || '@example.com', 'Your equipment', (
    SELECT string_agg(md5(e.id::text || n || line), E'\\n')
    FROM generate_series(1, 40) line),
  e.id || '-' || n || '@drill', 'SENT', 1, '', now(), e.occurred_at, now()
FROM events_event e, generate_series(1, 4) n WHERE e.position > {start}
ON CONFLICT DO NOTHING
"""


def timed(what: str, run: Callable[[], Any]) -> None:
    started = time.monotonic()
    run()
    print(f"{what:50} {time.monotonic() - started:7.1f} s", flush=True)


def fill(world: World, size: float) -> None:
    start, step = 0, 50_000
    while size_of(world) < size * GIGABYTE:
        head = world.ask("SELECT max(position) FROM events_event")[0][0]
        world.manage("shell", "-c", FILL.format(start=start, count=step))
        world.ask(MAILS.format(start=head))
        start += step
        print(f"{start} assets, {size_of(world) / GIGABYTE:.2f} GB", flush=True)
    timed("VACUUM ANALYZE", lambda: world.ask("VACUUM ANALYZE"))


def size_of(world: World) -> int:
    return int(world.ask("SELECT pg_database_size('tequipy')")[0][0])


def drill(world: World) -> None:
    before = world.contents()
    timed("backup", lambda: world.manage("backup"))
    stored = subprocess.check_output(["du", "-sm", world.folder / "backups"], text=True)
    print(f"{'stored':50} {stored.split()[0]:>7} MB")
    timed("verify_backup", lambda: world.manage("verify_backup"))
    world.ask("DROP DATABASE tequipy WITH (FORCE)", "postgres")
    world.ask(f"CREATE DATABASE tequipy OWNER {OWNER}", "postgres")
    timed("restore", lambda: world.manage("restore", "latest", "--yes"))
    same = world.contents() == before
    print("same rows" if same else "ROWS DIFFER")
    timed("check_custody", lambda: world.manage("check_custody"))
    timed("verify_events", lambda: world.manage("verify_events"))
    if not same:
        raise SystemExit(1)


def main() -> None:
    size = float(sys.argv[1]) if len(sys.argv) > 1 else 2.0
    with (
        tempfile.TemporaryDirectory(prefix="drill-") as name,
        made(Path(name)) as world,
    ):
        fill(world, size)
        drill(world)


if __name__ == "__main__":
    main()
