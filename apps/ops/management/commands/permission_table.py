from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from apps.core.permissions import RIGHTS, Permission, Reach

HEAD = """# Permissions

Written by `manage.py permission_table` from `apps/core/permissions.py`: a test fails
when they differ. What follows from a verb (the last item that is received ends an
offboarding) runs under a right that the verb itself declares, is recorded with who did
it, and is in nobody's row here.

- **all**: of all companies
- **company**: of everything in their company
- **places**: of what is, or arrives, at the places they work at
- **own**: of what is their own
"""
WORDS = {
    Reach.EVERYWHERE: "all",
    Reach.COMPANY: "company",
    Reach.PLACES: "places",
    Reach.OWN: "own",
}


class Command(BaseCommand):
    help = "Writes docs/permissions.md from the table of rights; --check only compares."

    def add_arguments(self, parser: Any) -> None:
        parser.add_argument("--check", action="store_true")

    def handle(self, *args: Any, check: bool, **options: Any) -> None:
        target = Path(settings.BASE_DIR) / "docs" / "permissions.md"
        text = render()
        if check:
            if target.read_text() != text:
                raise CommandError("docs/permissions.md is old: run permission_table.")
            return
        target.write_text(text)
        self.stdout.write(f"{target} written")


def render() -> str:
    """The page: a row per permission, a column per role."""
    head = _row(["permission", "what one may do", *map(str, RIGHTS)])
    line = _row(["---"] * (len(RIGHTS) + 2))
    rows = [
        _row([f"`{permission}`", permission.description, *_held(permission)])
        for permission in Permission
    ]
    return "\n".join([HEAD, head, line, *rows, "", _given(), ""])


def _held(permission: Permission) -> list[str]:
    return [
        ", ".join(
            WORDS[reach] for reach in Reach if reach in rights.reaches(permission)
        )
        for rights in RIGHTS.values()
    ]


def _given() -> str:
    lines = ["## Roles one may give", ""]
    for who, rights in RIGHTS.items():
        if rights.gives:
            lines.append(f"- {who}: {', '.join(sorted(rights.gives))}")
    return "\n".join(lines)


def _row(cells: list[str]) -> str:
    return f"| {' | '.join(cells)} |".replace("|  |", "| |").replace("|  |", "| |")
