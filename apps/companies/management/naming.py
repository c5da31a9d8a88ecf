"""Whose command it is."""

from __future__ import annotations

from django.core.management.base import CommandError

from apps.companies.models import Company
from apps.core.keys import has_code


def company(slug: str) -> Company:
    """Raises CommandError that says what there is not."""
    found = Company.objects.filter(has_code("slug", slug)).first()
    if found is None:
        raise CommandError(f"There is no company “{slug}”.")
    return found
