from typing import Any

from django.core.management.base import BaseCommand, CommandError

from apps.companies import row_counts


class Command(BaseCommand):
    help = "Proves that the kept numbers of rows are those of the rows."

    def handle(self, *args: Any, **options: Any) -> None:
        problems = 0
        for problem in row_counts.problems():
            problems += 1
            self.stderr.write(problem)
        if problems:
            raise CommandError(f"{problems} problem(s) found.")
        self.stdout.write(f"{len(row_counts.tables())} tables agree.")
