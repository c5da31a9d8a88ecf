import json
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from apps.events import catalogue


class Command(BaseCommand):
    help = "Writes docs/events.md and docs/events.json; --check only compares."

    def add_arguments(self, parser: Any) -> None:
        parser.add_argument("--check", action="store_true")

    def handle(self, *args: Any, check: bool, **options: Any) -> None:
        docs = Path(settings.BASE_DIR) / "docs"
        lines = (
            f"{json.dumps(name)}: {json.dumps(schema, ensure_ascii=False)}"
            for name, schema in catalogue.schemas().items()
        )
        schemas = "{\n" + ",\n".join(lines) + "\n}\n"  # one line for each type
        for name, text in (
            ("events.md", catalogue.page()),
            ("events.json", schemas),
        ):
            target = docs / name
            if not check:
                target.write_text(text)
                self.stdout.write(f"{target} written")
            elif not target.exists() or target.read_text() != text:
                raise CommandError(f"docs/{name} is old: run event_catalogue.")
