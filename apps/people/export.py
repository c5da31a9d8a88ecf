"""The list of people as a file that our own importer takes back."""

from __future__ import annotations

from collections.abc import Iterator

from apps.accounts.models import UserQuerySet
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
    "Notes": "notes",
}


def lines(people: UserQuerySet) -> Iterator[str]:
    rows = people.order_by("last_name", "id").values_list(*COLUMNS.values())
    return csv_lines(COLUMNS, rows.iterator(chunk_size=2000))
