import random
from collections import Counter
from collections.abc import Iterator

import psycopg
import pytest
from psycopg.rows import dict_row

from apps.events.models import Event
from apps.events.registry import find
from bench.dataset import Servers, ensure, manage
from bench.lives import LIVES, Writer, make_devices
from bench.world import SEED, Size, make_companies
from tequipy.local.embedded import OWNER

ASSETS = 1_000
# They share one data set.
pytestmark = pytest.mark.full


@pytest.fixture(scope="module")
def servers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Servers]:
    with Servers(tmp_path_factory.mktemp("bench")) as servers:
        ensure(servers, ASSETS)
        yield servers
    servers.postgres.remove()


@pytest.fixture
def connection(servers: Servers) -> Iterator[psycopg.Connection]:
    url = servers.postgres.url(OWNER, ensure(servers, ASSETS))
    with psycopg.connect(url, row_factory=dict_row) as connection:
        yield connection


@pytest.mark.slow
def test_holds_by_the_applications_own_checks(servers: Servers) -> None:
    database = ensure(servers, ASSETS)
    assert "3000 custody rows agree" in manage(servers, database, "check_custody")
    assert "5000 events verified" in manage(servers, database, "verify_events")


@pytest.mark.slow
def test_every_event_is_one_that_the_application_declares(connection) -> None:
    rows = connection.execute("SELECT * FROM events_event").fetchall()
    for row in rows:
        event = Event(**row)
        find(event.type).read(event)
    assert len({row["type"] for row in rows}) == 7


@pytest.mark.slow
def test_devices_are_everywhere_and_in_the_order_of_time(connection) -> None:
    rows = connection.execute(
        "SELECT state, company_id FROM inventory_asset ORDER BY id"
    ).fetchall()
    created = connection.execute(
        "SELECT array_agg(id ORDER BY created_at, id) = array_agg(id ORDER BY id) AS "
        "same FROM inventory_asset"
    ).fetchone()
    assert created == {"same": True}
    states = Counter(row["state"] for row in rows)
    assert states["ACTIVE"] == 0.65 * ASSETS
    assert states["STORAGE"] == 0.2 * ASSETS
    [(_company, most), *_others] = Counter(
        row["company_id"] for row in rows
    ).most_common()
    assert 0.5 < most / ASSETS < 0.7


@pytest.mark.slow
def test_guards_stand_again(connection) -> None:
    with pytest.raises(psycopg.errors.RestrictViolation):
        connection.execute(
            "INSERT INTO events_event SELECT * FROM events_event LIMIT 1"
        )
    connection.rollback()
    with pytest.raises(psycopg.errors.ExclusionViolation):
        connection.execute(
            "INSERT INTO inventory_custody SELECT gen_random_uuid(), period, "
            "address_id, asset_id, company_id, shipment_id, user_id "
            "FROM inventory_custody LIMIT 1"
        )


@pytest.mark.slow
def test_is_made_once(servers: Servers, connection) -> None:
    made = "SELECT oid FROM pg_database WHERE datname = 'bench_1000'"
    before = connection.execute(made).fetchone()
    ensure(servers, ASSETS)
    assert connection.execute(made).fetchone() == before is not None


def test_is_the_same_at_every_run() -> None:
    assert _everything(200) == _everything(200)


def test_a_device_has_three_holders_and_five_events_on_average() -> None:
    steps = "".join(LIVES)
    holders = sum(steps.count(kind) for kind in "SATR")
    assert (holders, len(steps)) == (3 * len(LIVES), 5 * len(LIVES))


def _everything(assets: int) -> list[tuple[str, str]]:
    rng, size, lines = random.Random(SEED), Size(assets), []  # noqa: S311
    companies = []
    for company, rows in make_companies(size, rng):
        companies.append(company)
        lines += [(table, line) for table, found in rows.items() for line in found]
    writer = Writer(lambda table, line: lines.append((table, line)), rng)
    writer.write_all(make_devices(size, companies, rng))
    return lines
