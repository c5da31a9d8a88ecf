"""The list of people as a file that our own importer takes back."""

from __future__ import annotations

from collections.abc import Iterator

from django.db.models import Case, Value, When

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
    "Active": "is_present",
    "Notes": "notes",
}


def lines(people: UserQuerySet) -> Iterator[str]:
    """Who has left is told from who works here: without that, a row of somebody who
    has left is refused by the importer."""
    is_present = Case(When(state__in=PRESENT, then=Value("yes")), default=Value("no"))
    found = people.annotate(is_present=is_present).order_by("last_name", "id")
    rows = found.values_list(*COLUMNS.values())
    return csv_lines(COLUMNS, rows.iterator(chunk_size=2000))
