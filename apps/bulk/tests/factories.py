from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from apps.bulk import services, tasks
from apps.bulk.models import BulkJob, BulkRow
from apps.bulk.services import Selection
from apps.companies.models import Company
from apps.core.actor import SYSTEM, Actor
from apps.core.bulk_verbs import Verb
from apps.core.ids import uuid7


def ask(
    verb: Verb,
    things: Iterable[Any] | str,
    company: Company,
    *,
    actor: Actor = SYSTEM,
    token: str = "",
    **values: Any,
) -> BulkJob:
    """Of these things, or of what a list with this query string shows."""
    if isinstance(things, str):
        selection = Selection(query=things)
    else:
        selection = Selection([thing.pk for thing in things])
    return services.ask(
        verb,
        selection,
        values,
        actor=actor,
        company=company,
        form_token=token or str(uuid7()),
        in_background=False,
    )


def run(job: BulkJob) -> BulkJob:
    """As a worker does it, to the end."""
    tasks.run_job(str(job.pk))
    job.refresh_from_db()
    return job


def counts(job: BulkJob) -> tuple[str, int, int, int]:
    return job.state, job.done_rows, job.skipped_rows, job.refused_rows


def outcomes(job: BulkJob) -> dict[Any, tuple[str, str]]:
    """Outcome and code by thing."""
    rows = BulkRow.objects.of(job)
    return {row.object_id: (row.outcome, row.code) for row in rows}
