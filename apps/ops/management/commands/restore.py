from __future__ import annotations

from argparse import ArgumentParser, BooleanOptionalAction
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import ngettext

from apps.core.errors import DomainError
from apps.ops.backup import fetching, restoring
from apps.ops.backup.database import Database
from apps.ops.backup.manifest import DATABASE, FILES


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
        for part in (DATABASE, FILES):
            parser.add_argument(f"--{part}", action=BooleanOptionalAction, default=True)
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
        storage, key = fetching.stored(source, at)
        fetching.fetch(storage, key, fetch_to, _parts(options))
        self.stdout.write(f"{key}: fetched to {fetch_to}")

    def _restore(self, source: str, at: str, **options: Any) -> None:
        url, replaces = options["database_url"], options["replace"]
        target = Database(url) if url else Database.live()
        parts = _parts(options)
        if not options["yes"]:
            self._ask(target, parts, replaces=replaces)
        with fetching.located(source, at, parts=parts) as fetched:
            if DATABASE in parts:
                restoring.restore_database(fetched, target, replaces=replaces)
                self.stdout.write(f"Database {target.name} restored.")
            if FILES in parts:
                count = restoring.restore_files(fetched)
                files = ngettext("%(count)d file", "%(count)d files", count)
                self.stdout.write(f"{files % {'count': count}} restored.")
                if fetched.files is None:
                    self.stdout.write(
                        "It holds no files: `restore daily --no-database` brings those "
                        "of the newest daily backup."
                    )

    def _ask(self, target: Database, parts: set[str], *, replaces: bool) -> None:
        what = "REPLACE everything in" if replaces else "restore into"
        if DATABASE not in parts:
            what = "overwrite the files of"
        if input(f"This will {what} database {target.name}. Go on? [yes/no] ") != "yes":
            raise CommandError("Nothing was done.")


def _parts(options: dict[str, Any]) -> set[str]:
    return {part for part in (DATABASE, FILES) if options[part]}
