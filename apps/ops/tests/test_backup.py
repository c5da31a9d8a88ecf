from __future__ import annotations

import gzip
import json
import shutil
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.management import CommandError, call_command
from django.db import connection

from apps.conftest import ensure_reference_data, make_asset, make_company, make_user
from apps.core.errors import DomainError
from apps.events import services as events
from apps.files import services as files
from apps.files.models import File
from apps.ops.backup import (
    fetching,
    following,
    manifest,
    restoring,
    services,
    verification,
)
from apps.ops.backup.database import Database
from apps.ops.backup.storage import storage_at
from apps.ops.models import BackupRun

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def place(settings: Any, tmp_path: Path) -> Path:
    settings.BACKUP_URL = f"file://{tmp_path / 'backups'}"
    settings.BACKUP_AGE_RECIPIENT = settings.BACKUP_GPG_RECIPIENT = ""
    settings.MEDIA_ROOT = str(tmp_path / "files")
    return tmp_path / "backups"


@pytest.fixture
def content() -> str:
    """A company with a person, an asset and a file; returns the file's key."""
    ensure_reference_data()
    acme = make_company("Acme")
    make_asset(make_user(acme, "Emil"))
    events.seal()
    return files.store(ContentFile(b"invoice", "invoice.pdf"), company_id=acme.id).key


@pytest.fixture
def empty() -> Iterator[Database]:
    """A second database, as an owner makes it."""
    with verification.new_scratch() as database:
        yield database


def counts(database: Database) -> dict[str, int]:
    with database.connect() as opened:
        return verification.describe(opened)["rows"]


def value(database: Database, statement: str) -> Any:
    with database.connect() as opened:
        row = opened.execute(statement.encode()).fetchone()
        return row[0] if row else None


def plain_dump(path: Path) -> Path:
    live = Database.live()
    program = restoring.Program([live.program("pg_dump")], live.environment())
    with restoring.Stream(None, [program]) as stream:
        path.write_bytes(stream.read())
    return path


def test_restored_database_holds_the_same_rows_and_files(
    content: str, empty: Database
) -> None:
    call_command("backup")
    default_storage.delete(content)
    before = counts(Database.live())
    call_command("restore", "latest", "--yes", "--database-url", empty.url)
    after = counts(empty)
    # The backup's own row came after its snapshot.
    assert after | {"ops_backuprun": 1} == before
    with default_storage.open(content) as file:
        assert file.read() == b"invoice"


@pytest.mark.full
def test_restored_tables_have_the_application_grants(
    content: str, empty: Database
) -> None:
    call_command("backup", "--no-files")
    call_command("restore", "latest", "--yes", "--database-url", empty.url)
    may = "SELECT has_table_privilege('tequipy_app', '%s', '%s')"
    assert value(empty, may % ("inventory_asset", "UPDATE"))
    assert not value(empty, may % ("events_event", "UPDATE"))


@pytest.mark.full
def test_verification_marks_the_run(content: str) -> None:
    call_command("backup")
    call_command("verify_backup")
    run = BackupRun.objects.get()
    assert run.verified_at
    assert run.size_bytes > 10_000
    assert run.key.startswith("daily/")
    scratch = (
        "SELECT count(*) FROM pg_database "
        "WHERE datname LIKE current_database() || '_verify_%'"
    )
    assert value(Database.live(), scratch) == 0


@pytest.mark.parametrize(
    ("statement", "said"),
    [
        ("DELETE FROM inventory_custody", "table inventory_custody"),
        ("DELETE FROM django_migrations WHERE app = 'ops'", "migrations"),
        (
            "ALTER TABLE events_event DISABLE TRIGGER USER; "
            "UPDATE events_event SET type = 'forged' WHERE position = 1",
            "was altered",
        ),
        ("UPDATE files_file SET sha256 = 'other'", "its SHA-256 differs"),
    ],
)
@pytest.mark.full
def test_verification_names_what_differs(
    content: str, empty: Database, statement: str, said: str
) -> None:
    call_command("backup")
    with fetching.located("latest") as fetched:
        restoring.load(fetched.dump, empty)
    with empty.connect() as opened:
        opened.execute(statement.encode())
    problems = verification.verify("latest", scratch=empty)
    assert said in "\n".join(problems)
    assert BackupRun.objects.get().verified_at is None


@pytest.mark.full
def test_refuses_a_target_that_is_not_empty(content: str, empty: Database) -> None:
    call_command("backup")
    with empty.connect() as opened:
        opened.execute("CREATE TABLE precious (id int)")
    arguments = ["restore", "latest", "--yes", "--database-url", empty.url]
    with pytest.raises(CommandError, match="is not empty"):
        call_command(*arguments)
    assert value(empty, "SELECT count(*) FROM precious") == 0
    call_command(*arguments, "--replace")
    assert value(empty, "SELECT count(*) FROM inventory_asset") == 1
    assert value(empty, "SELECT to_regclass('precious')") is None


@pytest.mark.full
def test_refuses_to_replace_what_is_in_use(content: str, empty: Database) -> None:
    call_command("backup")
    call_command("restore", "latest", "--yes", "--database-url", empty.url)
    with empty.connect(), pytest.raises(CommandError, match="in use by tequipy_owner"):
        call_command(
            "restore", "latest", "--yes", "--replace", "--database-url", empty.url
        )
    assert value(empty, "SELECT count(*) FROM inventory_asset") == 1


@pytest.mark.full
def test_refuses_a_backup_of_a_newer_version(content: str, empty: Database) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO django_migrations (app, name, applied) "
            "VALUES ('inventory', '9999_future', now())"
        )
    try:
        call_command("backup")
        with pytest.raises(CommandError, match=r"inventory\.9999_future"):
            call_command("restore", "latest", "--yes", "--database-url", empty.url)
    finally:
        with connection.cursor() as cursor:
            cursor.execute("DELETE FROM django_migrations WHERE name = '9999_future'")
    assert counts_are_none(empty)


def counts_are_none(database: Database) -> bool:
    with database.connect() as opened:
        return restoring.is_empty(opened)


@pytest.mark.full
def test_damaged_part_is_refused_before_anything_is_touched(
    content: str, empty: Database, place: Path
) -> None:
    call_command("backup")
    part = next(place.glob("daily/*/database.dump"))
    data = bytearray(part.read_bytes())
    data[len(data) // 2] ^= 1
    part.write_bytes(data)
    with pytest.raises(CommandError, match="is damaged"):
        call_command("restore", "latest", "--yes", "--database-url", empty.url)
    assert counts_are_none(empty)


@pytest.mark.parametrize("is_packed", [False, True])
@pytest.mark.full
def test_plain_sql_is_restored(
    content: str, empty: Database, tmp_path: Path, is_packed: bool
) -> None:
    dump = plain_dump(tmp_path / "dump.sql")
    if is_packed:
        packed = tmp_path / "dump.sql.gz"
        packed.write_bytes(gzip.compress(dump.read_bytes()))
        dump = packed
    call_command("restore", str(dump), "--yes", "--database-url", empty.url)
    assert counts(empty) == counts(Database.live())


@pytest.mark.full
def test_plain_sql_of_a_newer_version_is_refused(
    content: str, empty: Database, tmp_path: Path
) -> None:
    dump = plain_dump(tmp_path / "dump.sql")
    text = dump.read_text().replace("\t0001_backup_run\t", "\t0099_future\t")
    dump.write_text(text)
    with pytest.raises(CommandError, match=r"ops\.0099_future"):
        call_command("restore", str(dump), "--yes", "--database-url", empty.url)
    assert counts_are_none(empty)


@pytest.mark.parametrize("share", [0.3, 0.5, 0.7, 0.9])
@pytest.mark.full
def test_a_plain_dump_that_is_cut_restores_nothing(
    share: float, content: str, empty: Database, tmp_path: Path
) -> None:
    dump = plain_dump(tmp_path / "dump.sql")
    text = dump.read_text()
    dump.write_text(text[: int(len(text) * share)])
    with pytest.raises(CommandError, match="nothing was restored"):
        call_command("restore", str(dump), "--yes", "--database-url", empty.url)
    assert counts_are_none(empty)


@pytest.mark.full
def test_second_backup_at_once_is_refused(content: str, place: Path) -> None:
    with Database.live().connect(autocommit=True) as other:
        other.execute(f"SELECT pg_advisory_lock({services._LOCK})".encode())
        with pytest.raises(CommandError, match="Another backup is running"):
            call_command("backup")
    assert not list(place.glob("*/*"))
    assert not BackupRun.objects.exists()


@pytest.mark.full
def test_failure_in_the_middle_leaves_nothing(
    content: str, place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_args: Any, **_options: Any) -> None:
        raise OSError("disk is away")

    monkeypatch.setattr(services.files, "pack", fail)
    with pytest.raises(CommandError, match="cannot be packed: disk is away"):
        call_command("backup")
    assert not [path for path in place.rglob("*") if path.is_file()]
    assert not BackupRun.objects.exists()


@pytest.mark.full
def test_failing_pg_dump_is_no_backup(
    content: str, place: Path, settings: Any, tmp_path: Path
) -> None:
    real = Database.live().program("pg_dump")
    fake = tmp_path / "bin" / "pg_dump"
    fake.parent.mkdir()
    fake.write_text(
        f'#!/bin/sh\n[ "$1" = --version ] && exec {real} --version\n'
        "echo PGDMP half; echo 'server closed the connection' >&2; exit 1\n"
    )
    fake.chmod(0o755)
    settings.BACKUP_PG_BIN = str(fake.parent)
    with pytest.raises(CommandError, match="server closed the connection"):
        call_command("backup")
    assert not [path for path in place.rglob("*") if path.is_file()]


def test_without_matching_pg_dump_the_way_is_told(
    settings: Any, tmp_path: Path
) -> None:
    settings.BACKUP_PG_BIN = str(tmp_path)
    with pytest.raises(CommandError, match=r"run deploy/backup/dump\.sh in postgres:"):
        call_command("backup")


@pytest.mark.full
def test_unfinished_backup_does_not_count_and_is_swept(
    content: str, place: Path
) -> None:
    old = place / "daily" / "20200101T020000Z"
    old.mkdir(parents=True)
    (old / "database.dump").write_bytes(b"half")
    with pytest.raises(CommandError, match="has no backup latest"):
        call_command("restore", "latest", "--yes")
    storage = storage_at(f"file://{place}")
    later = datetime.now(UTC) + timedelta(days=2)
    services.prune(storage, before=later)
    assert not old.exists()


@pytest.mark.full
def test_pruning_follows_every_backup(content: str, place: Path) -> None:
    start = datetime(2026, 3, 1, 2, tzinfo=UTC)
    for day in range(9):
        services.back_up(kind="daily", at=start + timedelta(days=day))
    have = manifest.keys(storage_at(f"file://{place}"))
    assert len(have) == 8  # seven days, and the first week's Sunday
    assert have[0] == "daily/20260309T020000Z"
    assert "daily/20260301T020000Z" in have
    assert set(BackupRun.objects.values_list("key", flat=True)) == set(have)


@pytest.mark.full
def test_file_without_bytes_is_told_and_not_held_against_it(content: str) -> None:
    default_storage.delete(content)
    run = services.back_up(kind="daily")
    told = manifest.read(storage_at(services.settings.BACKUP_URL), run.key)
    assert told.missing_files == [content]
    assert verification.verify(run.key) == []


@pytest.mark.full
def test_erased_file_is_not_missed(content: str) -> None:
    files.erase(File.objects.get(key=content))
    run = services.back_up(kind="daily")
    told = manifest.read(storage_at(services.settings.BACKUP_URL), run.key)
    assert told.missing_files == []
    assert verification.verify(run.key) == []


def test_own_database_is_no_scratch(content: str) -> None:
    services.back_up(kind="daily")
    with pytest.raises(DomainError, match="the application's own"):
        verification.verify(scratch=Database.live())


@pytest.mark.full
def test_follower_takes_a_dump_once_and_cleans_up(
    content: str, place: Path, tmp_path: Path
) -> None:
    shared = tmp_path / "shared"
    shared.mkdir()
    dump = shared / "hourly-20261125T030000Z.dump"
    made = services.back_up(kind="daily")
    shutil.copy(place / made.key / "database.dump", dump)
    assert following.take_all(shared) == 0  # its description is missing
    assert dump.exists()
    described = json.loads((place / made.key / "manifest.json").read_text())
    dump.with_suffix(".json").write_text(json.dumps(described))
    (shared / "notes.dump").write_text("no dump")
    assert following.take_all(shared) == 1
    assert [path.name for path in shared.iterdir()] == ["notes.dump"]
    assert BackupRun.objects.filter(key="hourly/20261125T030000Z").exists()


@pytest.mark.parametrize("url", ["ftp://host/x", "file:///", "s3://", "/folder", ""])
def test_wrong_backup_url_is_one_line(settings: Any, url: str) -> None:
    settings.BACKUP_URL = url
    with pytest.raises(CommandError, match="is no place for backups"):
        call_command("backup")


def test_encryption_without_its_program_is_refused(
    settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.BACKUP_GPG_RECIPIENT = "backups@example.com"
    monkeypatch.setenv("PATH", "/nonexistent")
    with pytest.raises(CommandError, match="The program gpg is missing"):
        call_command("backup")


@pytest.mark.full
def test_files_alone_come_from_an_older_backup(
    content: str, capsys: pytest.CaptureFixture[str], empty: Database
) -> None:
    call_command("backup")
    call_command("backup", "--kind", "hourly", "--no-files")
    default_storage.delete(content)
    call_command("restore", "hourly", "--yes", "--database-url", empty.url)
    assert "It holds no files" in capsys.readouterr().out
    assert not default_storage.exists(content)
    call_command("restore", "daily", "--yes", "--no-database")
    assert default_storage.exists(content)
