"""The list of people as a file that our own importer takes back."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from apps.accounts.fields import FIELDS
from apps.accounts.models import UserQuerySet
from apps.accounts.states import PRESENT
from apps.core.tables import csv_lines

_COLUMNS = [field.reads or field.name for field in FIELDS.exported]
_ACTIVE = FIELDS.exported.index(FIELDS["active"])


def lines(people: UserQuerySet) -> Iterator[str]:
    rows = people.order_by("last_name", "id").values_list(*_COLUMNS)
    return csv_lines(FIELDS.headers, map(_cells, rows.iterator(chunk_size=2000)))


def _cells(row: tuple[Any, ...]) -> list[Any]:
    """Whoever has left is not added where the file is imported."""
    is_active = "yes" if row[_ACTIVE] in PRESENT else "no"
    return [*row[:_ACTIVE], is_active, *row[_ACTIVE + 1 :]]
