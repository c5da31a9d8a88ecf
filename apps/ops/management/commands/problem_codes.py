from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from apps.ops.problem_codes import render


class Command(BaseCommand):
    help = "Writes docs/problems.md from the code that refuses; --check only compares."

    def add_arguments(self, parser: Any) -> None:
        parser.add_argument("--check", action="store_true")

    def handle(self, *args: Any, check: bool, **options: Any) -> None:
        target = Path(settings.BASE_DIR) / "docs" / "problems.md"
        text = render()
        if check:
            if not target.exists() or target.read_text() != text:
                raise CommandError("docs/problems.md is old: run problem_codes.")
            return
        target.write_text(text)
        self.stdout.write(f"{target} written")
