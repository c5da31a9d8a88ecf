"""The list of people as a file that our own importer takes back."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from typing import Any

from apps.accounts.models import UserQuerySet

COLUMNS = {
    "First name": "first_name",
    "Last name": "last_name",
    "Email": "email",
    "Private email": "private_email",
    "Username": "username",
    "Employee number": "employee_number",
    "Phone": "phone",
    "Job title": "job_title",
    "Department": "department",
    "Street": "street",
    "City": "city",
    "Region": "region",
    "Postal code": "postal_code",
    "Country": "country_id",
    "Start date": "start_on",
    "End date": "end_on",
    "Notes": "notes",
}


PHONE = re.compile(r"\+[\d ()./-]+")


class _Echo:
    def write(self, line: str) -> str:
        return line


def lines(people: UserQuerySet) -> Iterator[str]:
    writer = csv.writer(_Echo())
    # The mark tells spreadsheets that the file is UTF-8.
    yield "\ufeff" + writer.writerow(COLUMNS)
    rows = people.order_by("last_name", "id").values_list(*COLUMNS.values())
    for row in rows.iterator(chunk_size=2000):
        yield writer.writerow([_safe(cell) for cell in row])


def _safe(cell: Any) -> str:
    """Text that a spreadsheet would run as a formula is shown as text."""
    text = "" if cell is None else str(cell)
    is_formula = text[:1] in ("=", "+", "-", "@", "\t", "\r")
    return f"'{text}" if is_formula and not PHONE.fullmatch(text) else text
