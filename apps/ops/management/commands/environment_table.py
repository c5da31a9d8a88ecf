import textwrap
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from tequipy.variables import GROUPS, SET, Variable

HEAD = """# Environment

Written by `manage.py environment_table` from `tequipy/variables.py`: a test fails when
they differ.

Every process (web, worker, beat, `manage.py`) checks all of them at its start. A value
that is not what its row says, or a file that can't be read, stops it with one line that
names the variable and shows no secret. An empty one is not set.

`NAME_FILE` names a file that holds the value of NAME, for secrets mounted as files; it
goes before NAME. Rows with an asterisk lack it. In a file `.env` a value with a `$`
stands in single quotes: `JWT_SECRET_KEY='$ecret…'`.
"""
EXAMPLE_HEAD = """\
# Written by `manage.py environment_table`; docs/environment.md says more of each line.
# Copied to .env it starts as it is: docker compose up -d --build. For `make demo` there
# is nothing to set.
# A value with a $ stands in single quotes.
"""


class Command(BaseCommand):
    help = (
        "Writes docs/environment.md and .env.example from the table of variables; "
        "--check only compares."
    )

    def add_arguments(self, parser: Any) -> None:
        parser.add_argument("--check", action="store_true")

    def handle(self, *args: Any, check: bool, **options: Any) -> None:
        for name, text in (
            ("docs/environment.md", page()),
            (".env.example", example()),
        ):
            target = Path(settings.BASE_DIR) / name
            if not check:
                target.write_text(text)
                self.stdout.write(f"{target} written")
            elif target.read_text() != text:
                raise CommandError(f"{name} is old: run environment_table.")


def page() -> str:
    parts = [HEAD]
    for title, group in GROUPS.items():
        rows = [_row("name", "meaning", "value", "default"), "|---|---|---|---|"]
        rows += [_described(variable) for variable in group]
        parts.append("\n".join([f"## {title}", "", *rows, ""]))
    return "\n".join(parts)


def _described(variable: Variable) -> str:
    secret = "secret; " if variable.is_secret else ""
    default = variable.otherwise or variable.default
    if variable.is_required:
        default = "required"
    return _row(
        variable.name + ("" if variable.may_be_file else " \\*"),
        variable.meaning,
        secret + variable.kind.words.replace("<", "\\<"),
        default.replace("<", "\\<"),
    )


def _row(*cells: str) -> str:
    return f"| {' | '.join(cells)} |".replace("|  |", "| |")


def example() -> str:
    lines = [EXAMPLE_HEAD]
    for title, group in GROUPS.items():
        if group is not SET:
            lines += [f"# --- {title} ---", ""]
            lines += [line for variable in group for line in _line(variable)]
    return "\n".join(lines)


def _line(variable: Variable) -> Iterator[str]:
    said = f"{variable.meaning} ({variable.kind.words})"
    yield from textwrap.wrap(
        said, 88, initial_indent="# ", subsequent_indent="# ", break_on_hyphens=False
    )
    value = variable.example or variable.default
    yield f"{'' if variable.example else '#'}{variable.name}={value}"
    yield ""
