from __future__ import annotations

import signal
import sys
import time
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import connections

from apps.core.errors import DomainError
from apps.ops.backup import following, retention, services
from tequipy import alive

_LOOK_EVERY_SECONDS = 15


class Command(BaseCommand):
    help = "Backs up database and files to BACKUP_URL, and prunes old backups."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--kind", choices=retention.KINDS, default=retention.DAILY)
        parser.add_argument(
            "--dump",
            type=Path,
            metavar="FILE",
            help="take this dump of deploy/backup/dump.sh instead of running pg_dump",
        )
        parser.add_argument("--no-files", action="store_true")
        parser.add_argument(
            "--follow",
            type=Path,
            metavar="DIR",
            help="run on, and pack what deploy/backup/schedule.sh puts there",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        if options["follow"]:
            self._follow(options["follow"])
        try:
            run = services.back_up(
                kind=options["kind"],
                dump=options["dump"],
                with_files=not options["no_files"],
            )
        except DomainError as error:
            raise CommandError(error.message) from error
        self.stdout.write(f"{run.key}: {run.size_bytes} bytes")

    def _follow(self, folder: Path) -> None:
        # As process 1 of a container it would not be ended by the signal alone.
        signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
        if not folder.is_dir():
            raise CommandError(f"{folder} is no folder.")
        while True:
            alive.touch("backup")
            following.take_all(folder)
            connections.close_all()  # the server may restart before the next pass
            time.sleep(_LOOK_EVERY_SECONDS)
