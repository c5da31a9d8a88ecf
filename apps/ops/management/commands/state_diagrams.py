from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from apps.accounts import states as accounts
from apps.imports import states as imports
from apps.inventory import states as inventory
from apps.notifications import states as notifications
from apps.returns import states as returns
from apps.shipping import states as shipping

TABLES = {
    "Asset": inventory.TRANSITIONS,
    "Return": returns.TRANSITIONS,
    "Shipment": shipping.TRANSITIONS,
    "Person": accounts.TRANSITIONS,
    "Import": imports.TRANSITIONS,
    "Message": notifications.TRANSITIONS,
}
HEAD = """# States

Written by `manage.py state_diagrams` from each app's `states.py`: a test fails when
they differ. An arrow means that the one state may follow the other.
"""


class Command(BaseCommand):
    help = "Writes docs/states.md from the state tables; --check only compares."

    def add_arguments(self, parser: Any) -> None:
        parser.add_argument("--check", action="store_true")

    def handle(self, *args: Any, check: bool, **options: Any) -> None:
        target = Path(settings.BASE_DIR) / "docs" / "states.md"
        text = render()
        if check:
            if target.read_text() != text:
                raise CommandError("docs/states.md is old: run state_diagrams.")
            return
        target.write_text(text)
        self.stdout.write(f"{target} written")


def render() -> str:
    """The page: one Mermaid diagram per state table."""
    parts = [HEAD]
    for name, table in TABLES.items():
        arrows = [
            f"    {current} --> {target}"
            for current, targets in sorted(table.items())
            for target in sorted(targets)
        ]
        diagram = "\n".join(["```mermaid", "stateDiagram-v2", *arrows, "```"])
        parts.append(f"## {name}\n\n{diagram}\n")
    return "\n".join(parts)
