"""Whom a command is about."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any
from uuid import UUID

from django.core.management.base import CommandError

from apps.accounts.models import User
from apps.companies.management import naming
from apps.core.keys import has_key


def add_arguments(parser: ArgumentParser) -> None:
    parser.add_argument("person", metavar="EMAIL_OR_ID")
    parser.add_argument("--company", required=True, help="its slug")


def find(options: dict[str, Any]) -> User:
    """Raises CommandError that says who or what there is not."""
    company, text = naming.company(options["company"]), options["person"]
    try:
        found = User.objects.with_erased().filter(pk=UUID(text))
    except ValueError:
        found = User.objects.people().filter(has_key("email", text))
    person = found.filter(company=company).select_related("company").first()
    if person is None:
        raise CommandError(f"Nobody at {company.name} has the e-mail or id “{text}”.")
    return person
