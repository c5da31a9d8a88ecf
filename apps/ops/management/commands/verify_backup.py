from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from apps.core.errors import DomainError
from apps.ops.backup import verification
from apps.ops.backup.database import Database


class Command(BaseCommand):
    help = (
        "Restores a backup into a scratch database and compares migrations, counts, "
        "custody, event chain and files; exit code 1 names what differs."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "source",
            nargs="?",
            default="latest",
            help="a key, latest, daily, hourly, or a folder made by --fetch-to",
        )
        parser.add_argument(
            "--database-url",
            help="an empty database, or one that deploy/backup/restore.sh has filled",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        url = options["database_url"]
        try:
            problems = verification.verify(
                options["source"], scratch=Database(url) if url else None
            )
        except DomainError as error:
            raise CommandError(error.message) from error
        for problem in problems:
            self.stderr.write(problem)
        if problems:
            raise CommandError(f"{len(problems)} difference(s) found.")
        self.stdout.write("The backup restores, and holds what was told of it.")
