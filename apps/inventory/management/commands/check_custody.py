from typing import Any

from django.core.management.base import BaseCommand, CommandError

from apps.inventory import integrity
from apps.inventory.models import Custody


class Command(BaseCommand):
    help = "Proves that assets, custody and events agree; exit code 1 names the rows."

    def handle(self, *args: Any, **options: Any) -> None:
        problems = 0
        for problem in integrity.problems():
            problems += 1
            self.stderr.write(problem)
        if problems:
            raise CommandError(f"{problems} problem(s) found.")
        self.stdout.write(f"{Custody.objects.count()} custody rows agree.")
