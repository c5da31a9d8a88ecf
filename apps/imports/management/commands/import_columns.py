from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import translation

from apps.imports.columns import headers
from apps.imports.columns.exporters import EXPORTERS, Exporter
from apps.imports.columns.fields import SPECIFICATION, field_label
from apps.imports.columns.headers import Confidence

HEAD = """# What the columns of other tools mean here

Written by `manage.py import_columns` from `apps/imports/columns/tools/`: a test fails
when they differ. A header that no tool has for its own is read as the tables of fields
say (`apps/inventory/fields.py`, `apps/accounts/fields.py`), in English, German, French,
Spanish, Polish and Indonesian.

What can't be kept, whichever tool says it: that a device is part of another one, or
held by a group, a team or a customer; who answers for it, manages or owns it beside its
holder; when it was checked out, audited or seen; what it is worth after depreciation;
addresses of places; rooms, racks and shelves of a place. Each such column is left out,
and the page of the columns says so.
"""


class Command(BaseCommand):
    help = "Writes docs/import-columns.md from the known tools; --check only compares."

    def add_arguments(self, parser: Any) -> None:
        parser.add_argument("--check", action="store_true")

    def handle(self, *args: Any, check: bool, **options: Any) -> None:
        target = Path(settings.BASE_DIR) / "docs" / "import-columns.md"
        text = render()
        if check:
            if not target.exists() or target.read_text() != text:
                raise CommandError("docs/import-columns.md is old: run import_columns.")
            return
        target.write_text(text)
        self.stdout.write(f"{target} written")


def render() -> str:
    """A table for each list of each tool."""
    with translation.override("en"):
        return "\n".join([HEAD, *map(_table, EXPORTERS)])


def _table(exporter: Exporter) -> str:
    what = f", {exporter.what}" if exporter.what else ""
    lines = [f"## {exporter.name}{what}", "", f"Source: {exporter.source}", ""]
    if exporter.held:
        lines += [exporter.held, ""]
    by_meaning: dict[str, list[str]] = {}
    for name in exporter.headers:
        by_meaning.setdefault(_meaning(name, exporter), []).append(name)
    lines += ["| column | here |", "|---|---|"]
    lines += [f"| {'; '.join(names)} | {said} |" for said, names in by_meaning.items()]
    return "\n".join([*lines, ""])


def _meaning(header: str, exporter: Exporter) -> str:
    target, confidence, why = headers.meaning_of(header, exporter)
    if target is None:
        return why
    if target.startswith(SPECIFICATION):
        said = f"Specification “{target.removeprefix(SPECIFICATION)}”"
    else:
        said = field_label(exporter.kind, target)
    return f"{said}. {why}" if confidence is Confidence.LIKELY else said
