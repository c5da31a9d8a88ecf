"""What somebody asked of many things, and what was done to them so."""

from __future__ import annotations

from django.db.models import Q

from apps.accounts.models import User
from apps.core.personal import Rows, facts, part
from apps.core.told import dumps

from .models import BulkJob, BulkRow

_NEWEST = 200  # that a request looks at
_INSIDE = ("form_token", "form_digest", "selection", "parameters", "worked_up_to")


@part("bulk_jobs")
def bulk_jobs(user: User, thorough: bool) -> Rows:
    found = BulkJob.objects.filter(company=user.company_id, asked_by=user.pk)
    jobs = found.order_by("-id") if thorough else found.order_by("-id")[:_NEWEST]
    for job in jobs:
        yield facts(job, *_INSIDE)


@part("bulk_rows")
def bulk_rows(user: User, thorough: bool) -> Rows:
    """Thoroughly also those about other things whose refusal names them."""
    about = Q(object_id=user.pk)
    if thorough and user.first_name and user.last_name:
        about |= Q(reason__icontains=user.name)
    found = BulkRow.objects.filter(about, company=user.company_id)
    rows = found.select_related("job").order_by("-id")
    for row in rows if thorough else rows[:_NEWEST]:
        yield {
            "verb": row.job.verb,
            "asked_at": row.job.created_at,
            "outcome": row.outcome,
            "code": row.code,
            "reason": str(row.reason),
            "kept_as": dumps(row.reason),
        }
