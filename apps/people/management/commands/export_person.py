import os
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from apps.core.actor import SYSTEM
from apps.people import services
from apps.people.management import naming


class Command(BaseCommand):
    help = "Writes everything that is kept about somebody into a JSON file."

    def add_arguments(self, parser: ArgumentParser) -> None:
        naming.add_arguments(parser)
        parser.add_argument("-o", "--output", type=Path, required=True, metavar="FILE")

    def handle(self, *args: Any, **options: Any) -> None:
        """Of nobody's but whoever runs it to read; a file that is there stays."""
        person, path = naming.find(options), options["output"]
        try:
            handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        except OSError as error:
            raise CommandError(f"{path}: {error.strerror}.") from error
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            for piece in services.export_person(person, actor=SYSTEM, thorough=True):
                file.write(piece)
        size = path.stat().st_size
        self.stdout.write(f"{path}: {size:,} bytes about {person.id}.")
