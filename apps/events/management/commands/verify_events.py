from argparse import ArgumentParser
from datetime import datetime
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import ngettext

from apps.events import services


class Command(BaseCommand):
    help = "Checks the hash chain of all events; exit code 1 names what was altered."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--as-of",
            type=datetime.fromisoformat,
            help="a restored database: the moment of its backup, with time zone",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        problems = 0
        for problem in services.verify(now=options["as_of"]):
            problems += 1
            self.stderr.write(problem)
        position, digest = services.head()
        events = ngettext("%(count)d event", "%(count)d events", position)
        said = events % {"count": position}
        if problems:
            raise CommandError(f"Problems in {said} sealed: {problems}.")
        self.stdout.write(f"{said} verified, head {digest}")
