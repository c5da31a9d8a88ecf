from __future__ import annotations

from argparse import ArgumentParser, BooleanOptionalAction
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from apps.core.errors import DomainError
from apps.ops.backup import restoring
from apps.ops.backup.database import Database
from apps.ops.backup.manifest import DATABASE


class Command(BaseCommand):
    # The database that is to be restored need not have its tables.
    requires_system_checks = []
    help = (
        "Restores a database and the files: from a backup's key, `latest`, the newest "
        "`daily` or `hourly`, a URL with backups, or a .dump, .sql or .sql.gz file."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("source")
        parser.add_argument("--at", default="latest", help="which one of a URL's")
        parser.add_argument("--database-url", help="the owner's; the application's own")
        parser.add_argument("--files", action=BooleanOptionalAction, default=True)
        parser.add_argument(
            "--replace", action="store_true", help="empty the database first"
        )
        parser.add_argument(
            "--fetch-to", type=Path, metavar="DIR", help="only fetch and decrypt"
        )
        parser.add_argument("--yes", action="store_true", help="do not ask")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            if options["fetch_to"]:
                self._fetch(**options)
            else:
                self._restore(**options)
        except DomainError as error:
            raise CommandError(error.message) from error

    def _fetch(self, source: str, at: str, fetch_to: Path, **options: Any) -> None:
        parts = restoring.EVERYTHING if options["files"] else {DATABASE}
        storage, key = restoring.stored(source, at)
        restoring.fetch(storage, key, fetch_to, parts)
        self.stdout.write(f"{key}: fetched to {fetch_to}")

    def _restore(self, source: str, at: str, **options: Any) -> None:
        url = options["database_url"]
        target = Database(url) if url else Database.live()
        if not options["yes"]:
            self._ask(target, replaces=options["replace"])
        parts = restoring.EVERYTHING if options["files"] else {DATABASE}
        with restoring.located(source, at, parts=parts) as fetched:
            count = restoring.restore(
                fetched,
                target,
                replaces=options["replace"],
                with_files=options["files"],
            )
        self.stdout.write(f"Database {target.name} and {count} files restored.")

    def _ask(self, target: Database, *, replaces: bool) -> None:
        what = "REPLACE everything in" if replaces else "restore into"
        if input(f"This will {what} database {target.name}. Go on? [yes/no] ") != "yes":
            raise CommandError("Nothing was done.")
