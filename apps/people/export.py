"""The list of people as a file that our own importer takes back."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from apps.accounts.models import UserQuerySet
from apps.accounts.states import PRESENT
from apps.core.tables import csv_lines

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
    "Active": "state",
    "Notes": "notes",
}
ACTIVE = list(COLUMNS).index("Active")


def lines(people: UserQuerySet) -> Iterator[str]:
    rows = people.order_by("last_name", "id").values_list(*COLUMNS.values())
    return csv_lines(COLUMNS, map(_cells, rows.iterator(chunk_size=2000)))


def _cells(row: tuple[Any, ...]) -> list[Any]:
    """Whoever has left is not added where the file is imported."""
    is_active = "yes" if row[ACTIVE] in PRESENT else "no"
    return [*row[:ACTIVE], is_active, *row[ACTIVE + 1 :]]
