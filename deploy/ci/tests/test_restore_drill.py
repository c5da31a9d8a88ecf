"""Backups as in production: the real commands and scripts, the roles of the design, a
real PostgreSQL and a real S3 server. A missing program is a failure."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import psycopg
import pytest

from ci.machine import told, wait_for
from tequipy.local.embedded import APPLICATION, OWNER, SUPERUSER, EmbeddedPostgres

from .drill import BUCKET, World, bucket, made, s3_server, stored_keys

pytestmark = pytest.mark.full


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    with made(tmp_path_factory.mktemp("drill")) as one:
        yield one


@pytest.fixture(scope="module")
def s3() -> Iterator[dict[str, str]]:
    with s3_server() as addressing:
        yield addressing


@pytest.fixture
def place(world: World, tmp_path: Path) -> Iterator[Path]:
    """A folder of its own for each test's backups."""
    before = world.environment["BACKUP_URL"]
    world.environment["BACKUP_URL"] = f"file://{tmp_path / 'backups'}"
    yield tmp_path / "backups"
    world.environment["BACKUP_URL"] = before


def key_of(said: subprocess.CompletedProcess[str]) -> str:
    return said.stdout.strip().splitlines()[-1].partition(":")[0]


def complete(place: Path) -> list[str]:
    return sorted(path.parent.name for path in place.glob("*/*/manifest.json"))


def test_dropped_database_and_lost_files_come_back(world: World, place: Path) -> None:
    before, files = world.contents(), world.stored_files()
    assert len(files) == 20
    world.manage("backup")
    world.ask("DROP DATABASE tequipy WITH (FORCE)", "postgres")
    subprocess.run(["rm", "-rf", world.folder / "files"], check=True)
    world.ask(f"CREATE DATABASE tequipy OWNER {OWNER}", "postgres")
    started = time.monotonic()
    world.manage("restore", "latest", "--yes")
    assert time.monotonic() - started < 300
    assert world.contents() == before
    assert world.stored_files() == files
    world.manage("check_custody")
    world.manage("verify_events")
    # The application's role works again, and still cannot alter history.
    said = world.manage("shell", "-c", _TRY_TO_ALTER).stdout
    assert "counted" in said
    assert "permission denied" in said
    owners = world.ask(
        "SELECT DISTINCT tableowner FROM pg_tables WHERE schemaname = 'public'"
    )
    assert owners == [(OWNER,)]


_TRY_TO_ALTER = """
from django.db import ProgrammingError, connection
from apps.inventory.models import Asset
print("counted", Asset.objects.count())
try:
    connection.cursor().execute("UPDATE events_event SET type = 'forged'")
except ProgrammingError as error:
    print(error)
"""


def test_bucket_and_age_and_back(
    world: World, s3: dict[str, str], tmp_path: Path
) -> None:
    identity = tmp_path / "identity.txt"
    told("age-keygen", "-o", identity)
    recipient = told("age-keygen", "-y", identity).strip()
    encrypted = {
        **s3,
        "BACKUP_URL": f"s3://{BUCKET}/encrypted",
        "BACKUP_AGE_RECIPIENT": recipient,
    }
    key = key_of(world.manage("backup", **encrypted))
    names = {name for name in stored_keys(s3) if key in name}
    prefix = f"encrypted/{key}/"
    assert names == {
        f"{prefix}database.dump.age",
        f"{prefix}files.tar.gz.age",
        f"{prefix}manifest.json",
    }
    found = bucket(s3).get_object(Bucket=BUCKET, Key=f"{prefix}database.dump.age")
    assert found["Body"].read(22) == b"age-encryption.org/v1\n"

    url = world.make_database("from_bucket")
    arguments = ("restore", key, "--yes", "--database-url", url)
    refused = world.manage(*arguments, fails=True, **encrypted)
    assert "set BACKUP_AGE_IDENTITY" in refused.stderr
    encrypted["BACKUP_AGE_IDENTITY"] = str(identity)
    world.manage(*arguments, **encrypted)
    assert world.contents("from_bucket") == world.contents()
    world.manage("verify_backup", key, **encrypted)
    verified = world.ask(f"SELECT verified_at FROM ops_backuprun WHERE key = '{key}'")
    assert verified[0][0]


def test_gpg_and_back(world: World, place: Path, tmp_path: Path) -> None:
    home = tmp_path / "gpg"
    home.mkdir(mode=0o700)
    gpg = {"GNUPGHOME": str(home), "BACKUP_GPG_RECIPIENT": "backups@example.com"}
    make = ("gpg", "--batch", "--passphrase", "", "--quick-gen-key")
    told(*make, "backups@example.com", env={**os.environ, **gpg})
    key = key_of(world.manage("backup", "--no-files", **gpg))
    assert (place / key / "database.dump.gpg").exists()
    world.manage("restore", key, "--fetch-to", str(tmp_path / "work"), **gpg)
    assert (tmp_path / "work" / "database.dump").read_bytes()[:5] == b"PGDMP"
    told("gpgconf", "--kill", "all", env={**os.environ, **gpg})


def test_files_in_a_bucket_are_backed_up_and_put_back(
    world: World, s3: dict[str, str], place: Path
) -> None:
    files = world.stored_files()
    in_bucket = {**s3, "FILES_URL": f"s3://{BUCKET}/files"}
    for name, content in files.items():
        bucket(s3).put_object(Bucket=BUCKET, Key=f"files/{name}", Body=content)
    key = key_of(world.manage("backup", **in_bucket))
    world.manage("verify_backup", key, **in_bucket)
    lost, damaged = sorted(files)[:2]
    bucket(s3).delete_object(Bucket=BUCKET, Key=f"files/{lost}")
    bucket(s3).put_object(Bucket=BUCKET, Key=f"files/{damaged}", Body=b"?")
    url = world.make_database("with_files")
    world.manage("restore", key, "--yes", "--database-url", url, **in_bucket)
    for name, content in files.items():
        found = bucket(s3).get_object(Bucket=BUCKET, Key=f"files/{name}")
        assert found["Body"].read() == content
    read = world.manage("shell", "-c", _READ_ONE, **in_bucket).stdout
    assert "50000" in read


_READ_ONE = """
from apps.files.models import File
from apps.files.services import local_path
print(len(local_path(File.objects.first()).read_bytes()))
"""


def test_refusing_storage_is_one_line(world: World, s3: dict[str, str]) -> None:
    where = {**s3, "BACKUP_URL": "s3://no-such-bucket/backups"}
    refused = world.manage("backup", fails=True, **where)
    assert "s3://no-such-bucket/backups" in refused.stderr
    assert "NoSuchBucket" in refused.stderr
    assert "Traceback" not in refused.stderr


def test_damaged_archive_in_the_bucket_is_refused(
    world: World, s3: dict[str, str]
) -> None:
    where = {**s3, "BACKUP_URL": f"s3://{BUCKET}/damaged"}
    key = key_of(world.manage("backup", "--no-files", **where))
    name = f"damaged/{key}/database.dump"
    data = bytearray(bucket(s3).get_object(Bucket=BUCKET, Key=name)["Body"].read())
    data[1000] ^= 255
    bucket(s3).put_object(Bucket=BUCKET, Key=name, Body=bytes(data))
    url = world.make_database("never_filled")
    refused = world.manage(
        "restore", key, "--yes", "--database-url", url, fails=True, **where
    )
    assert "database.dump is damaged" in refused.stderr
    assert world.contents("never_filled") == {}
    assert "is damaged" in world.manage("verify_backup", fails=True, **where).stderr


def slow_pg_dump(world: World, folder: Path) -> dict[str, str]:
    """A pg_dump that writes a little and then hangs, to be killed in the middle."""
    real = world.programs / "pg_dump"
    fake = folder / "slow" / "pg_dump"
    fake.parent.mkdir()
    fake.write_text(
        f'#!/bin/sh\n[ "$1" = --version ] && exec {real} --version\n'
        "head -c 40000000 /dev/zero; exec sleep 600\n"
    )
    fake.chmod(0o755)
    return {"BACKUP_PG_BIN": str(fake.parent)}


def test_killed_in_the_middle_leaves_no_backup_and_no_lock(
    world: World, place: Path, tmp_path: Path
) -> None:
    good = key_of(world.manage("backup", "--no-files"))
    running = world.start("backup", **slow_pg_dump(world, tmp_path))
    wait_for("the dump", lambda: list(place.glob("*/*/*.partial")), 60)
    # While it runs, another one is refused.
    refused = world.manage("backup", fails=True)
    assert "Another backup is running" in refused.stderr
    children = told("ps", "-o", "pid=", "--ppid", running.pid).split()
    running.kill()
    running.wait()
    for child in children:
        os.kill(int(child), signal.SIGKILL)
    assert complete(place) == [good.partition("/")[2]]
    assert world.ask(
        "SELECT count(*) FROM ops_backuprun WHERE finished_at IS NULL"
    ) == [(0,)]
    lock = "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory'"
    wait_for("no lock", lambda: world.ask(lock) == [(0,)], 30)
    again = key_of(world.manage("backup", "--no-files"))
    assert again != good
    # Of one day the later one is kept.
    assert complete(place) == [again.partition("/")[2]]


def test_scripts_dump_and_restore_in_their_own_container(
    world: World, place: Path, tmp_path: Path
) -> None:
    """What Kubernetes' jobs do: dump.sh, backup --dump; fetch, restore.sh, verify."""
    dump = tmp_path / "database.dump"
    world.script("dump.sh", dump, DATABASE_URL=world.url(APPLICATION))
    without_programs = {"BACKUP_PG_BIN": str(tmp_path)}
    key = key_of(world.manage("backup", "--dump", str(dump), **without_programs))
    other = json.loads((place / key / "manifest.json").read_text())
    own = key_of(world.manage("backup", "--kind", "hourly"))
    same = json.loads((place / own / "manifest.json").read_text())
    del other["rows"]["ops_backuprun"], same["rows"]["ops_backuprun"]
    for part in ("rows", "migrations", "events", "postgresql"):
        assert other[part] == same[part]

    work = tmp_path / "work"
    world.manage("restore", key, "--fetch-to", str(work), **without_programs)
    url = world.make_database("by_script")
    world.script("restore.sh", work / "database.dump", DATABASE_URL=url)
    for source in (key, str(work)):
        world.manage(
            "verify_backup",
            source,
            "--database-url",
            world.url(APPLICATION, "by_script"),
            **without_programs,
        )
    refused = world.script(
        "restore.sh", work / "database.dump", DATABASE_URL=url, fails=True
    )
    assert "the database is not empty" in refused.stderr
    _replace_by_script(world, work, url)
    world.ask("DELETE FROM inventory_custody", "by_script")
    bad = world.manage("verify_backup", key, "--database-url", url, fails=True)
    assert "table inventory_custody: 0 rows" in bad.stderr


def _replace_by_script(world: World, work: Path, url: str) -> None:
    """Emptied only while nobody uses it, and only for a file that is whole."""
    replace = ("restore.sh", "--replace")
    before = world.contents("by_script")
    cut = work / "cut.dump"
    cut.write_bytes((work / "database.dump").read_bytes()[:-5000])
    damaged = world.script(*replace, cut, DATABASE_URL=url, fails=True)
    assert "Nothing was restored" in damaged.stderr
    with psycopg.connect(world.url(APPLICATION, "by_script")):
        used = world.script(
            *replace, work / "database.dump", DATABASE_URL=url, fails=True
        )
        by_command = ("restore", str(work), "--yes", "--replace", "--no-files")
        also = world.manage(*by_command, "--database-url", url, fails=True)
    for refused in (used, also):
        assert "in use by tequipy:" in refused.stderr
    assert world.contents("by_script") == before
    world.ask("DELETE FROM inventory_custody", "by_script")
    world.script(*replace, work / "database.dump", DATABASE_URL=url)
    assert world.contents("by_script") == before


def test_failing_dump_script_leaves_nothing(world: World, tmp_path: Path) -> None:
    dump = tmp_path / "database.dump"
    nobody = "postgresql://nobody:x@/tequipy?host=/nowhere"
    world.script("dump.sh", dump, DATABASE_URL=nobody, fails=True)
    fakes = tmp_path / "bin"
    fakes.mkdir()
    (fakes / "pg_dump").write_text("#!/bin/sh\necho PGDMP; exit 1\n")
    (fakes / "pg_dump").chmod(0o755)
    path = f"{fakes}:{world.environment['PATH']}"
    failed = world.script(
        "dump.sh", dump, DATABASE_URL=world.url(OWNER), PATH=path, fails=True
    )
    assert "pg_dump failed" in failed.stderr
    assert [entry.name for entry in tmp_path.iterdir()] == ["bin"]


def test_schedule_and_follower_of_compose(
    world: World, place: Path, tmp_path: Path
) -> None:
    shared = tmp_path / "shared"
    shared.mkdir()
    schedule = subprocess.Popen(
        ["deploy/backup/schedule.sh", str(shared)],
        env={**world.environment, "DATABASE_URL": world.url(OWNER)},
        stdout=subprocess.DEVNULL,
    )
    follower = world.start("backup", "--follow", str(shared))
    try:
        wait_for(
            "the backup",
            lambda: complete(place) and not list(shared.glob("*Z.*")),
            180,
        )
    finally:
        schedule.terminate()
        follower.terminate()
        assert schedule.wait(20) == 0
        said, _none = follower.communicate(timeout=20)
        assert follower.returncode == 0, said
    rows = world.ask(
        "SELECT kind, verified_at IS NOT NULL FROM ops_backuprun "
        f"WHERE key LIKE '%{complete(place)[0]}'"
    )
    # Before 02:00 its first dump is an hourly one, which is not restored.
    is_daily = datetime.now(UTC).hour >= 2
    assert rows == ([("daily", True)] if is_daily else [("hourly", False)])


def test_schedule_says_what_to_grant(world: World, tmp_path: Path) -> None:
    """The founding role may not make the scratch database: the backup is made, and one
    line says what the proof wants."""
    schedule = subprocess.Popen(
        ["deploy/backup/schedule.sh", str(tmp_path)],
        env={**world.environment, "DATABASE_URL": world.url(APPLICATION)},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        wait_for("the dump", lambda: list(tmp_path.glob("*Z.dump")), 60)
    finally:
        schedule.terminate()
        said = schedule.communicate(timeout=20)[1]
    assert "ALTER ROLE tequipy CREATEDB" in said
    assert all("NOT proved until" in line for line in said.splitlines())
    assert not list(tmp_path.glob(".failed*"))
    assert not list(tmp_path.glob("*.restored"))


def test_founding_restore_is_the_owner_s(world: World, tmp_path: Path) -> None:
    """`psql -U tequipy_owner tequipy < backup.sql` into an empty database; the
    application's role, which the founding line names, owns nothing."""
    plain = tmp_path / "backup.sql"
    world.program("pg_dump", world.url(APPLICATION), "-f", str(plain))
    owner = world.make_database("founding")
    done = world.program("psql", owner, "-f", str(plain))
    assert "ERROR" not in done.stderr
    assert world.contents("founding") == world.contents()
    world.manage("check_custody", DATABASE_URL=owner)
    world.make_database("founding")
    refused = world.program("psql", world.url(APPLICATION, "founding"), "-f", plain)
    assert "ERROR" in refused.stderr


def test_point_in_time(world: World, tmp_path: Path) -> None:
    """A base backup and the archived WAL bring back the moment before a mistake."""
    archive, base = tmp_path / "wal", tmp_path / "base"
    archive.mkdir()
    copying = (
        # Slow, so that the backup ends before its WAL is there.
        f"sleep 1 && test ! -f {archive}/%f && cp %p {archive}/%f.partial && "
        f"mv {archive}/%f.partial {archive}/%f"
    )
    source = EmbeddedPostgres(
        tmp_path / "source",
        settings=("archive_mode=on", f"archive_command={copying}"),
        for_tests=True,
    )
    target = None
    try:
        source.start()
        own = {
            name: source.url(OWNER)
            for name in ("DATABASE_URL", "MIGRATION_DATABASE_URL")
        }
        world.manage("migrate", "--no-input", **own)
        superuser = source.url(SUPERUSER, "postgres")
        world.script("base.sh", base, archive, DATABASE_URL=superuser)
        world.manage("load_demo", **own)
        moment, before = _just_now(source)
        _run(source, "DROP TABLE inventory_custody, inventory_asset CASCADE")
        _run(source, "SELECT pg_switch_wal()")
        wait_for("the archive", lambda: _is_archived(source), 30)
        source.stop()

        target = _recovered(tmp_path, base, archive, moment)
        target.start()
        after = _run(target, _COUNT)
        assert after == before
        there = {"DATABASE_URL": target.url(APPLICATION)}
        world.manage("check_custody", **there)
        world.manage("verify_events", "--as-of", moment, **there)
    finally:
        for server in (source, target):
            if server is not None:
                server.stop()
                server.remove()


_COUNT = (
    "SELECT (SELECT count(*) FROM inventory_asset), "
    "(SELECT count(*) FROM inventory_custody), "
    "(SELECT count(*) FROM events_event)"
)


def _run(server: EmbeddedPostgres, statement: str) -> list[Any]:
    with psycopg.connect(server.url(SUPERUSER), autocommit=True) as connection:
        cursor = connection.execute(statement.encode())
        return cursor.fetchall() if cursor.description else []


def _just_now(server: EmbeddedPostgres) -> tuple[str, list[Any]]:
    counts = _run(server, _COUNT)
    time.sleep(0.5)
    moment = _run(server, "SELECT clock_timestamp()::text")[0][0]
    time.sleep(0.5)
    return moment, counts


def _is_archived(server: EmbeddedPostgres) -> bool:
    """The last finished segment is in the archive."""
    return _run(
        server,
        "SELECT last_archived_wal >= pg_walfile_name(pg_current_wal_lsn() - 16777216) "
        "FROM pg_stat_archiver",
    ) == [(True,)]


def _recovered(
    tmp_path: Path, base: Path, archive: Path, moment: str
) -> EmbeddedPostgres:
    """As docs/operations.md says: unpack, recovery.signal, three settings."""
    folder = tmp_path / "target"
    folder.mkdir(mode=0o700)
    shutil.copy(tmp_path / "source" / "postgres.json", folder)
    server = EmbeddedPostgres(
        folder,
        settings=(
            "hot_standby=off",
            f"restore_command=cp {archive}/%f %p",
            f"recovery_target_time={moment}",
            "recovery_target_action=promote",
        ),
        for_tests=True,
    )
    server.data.mkdir(mode=0o700)
    packed = next(base.glob("*Z/base.tar.gz"))
    told("tar", "-xzf", packed, "--no-same-owner", "-C", server.data)
    (server.data / "recovery.signal").touch()
    return server


def test_old_base_backups_and_their_wal_go(world: World, tmp_path: Path) -> None:
    archive, base = tmp_path / "wal", tmp_path / "base"
    archive.mkdir()
    server = EmbeddedPostgres(
        tmp_path / "server",
        settings=("archive_mode=on", f"archive_command=cp %p {archive}/%f"),
        for_tests=True,
    )
    try:
        server.start()
        for _turn in range(3):
            world.script(
                "base.sh",
                base,
                archive,
                DATABASE_URL=server.url(SUPERUSER, "postgres"),
            )
            time.sleep(1.1)  # names have seconds
        assert len(list(base.iterdir())) == 2
        oldest = sorted(base.iterdir())[0]
        first = Path((oldest / "history").read_text().strip()).name[:24]
        segments = sorted(p.name for p in archive.iterdir() if len(p.name) == 24)
        assert segments[0] == first
    finally:
        server.stop()
        server.remove()
