"""What jobs keep of things and people ends: rows with their job's old age, words about
somebody with their erasure."""

from __future__ import annotations

from datetime import timedelta

from django.db import transaction
from django.utils import timezone

from apps.events.models import Event

from .models import BulkJob, BulkRow

KEPT_FOR = timedelta(days=30)
PIECE = 10_000


def forget_old() -> int:
    """Deletes the rows of jobs that ended long ago; their numbers stay. Returns how
    many jobs. In pieces, so that nobody waits; what was begun is gone on with."""
    jobs = BulkJob.objects.ended_before(timezone.now() - KEPT_FOR)
    forgotten = list(jobs.order_by("pk"))
    for job in forgotten:
        while _delete_piece(job):
            pass
        BulkJob.objects.filter(pk=job.pk).update(rows_forgotten_at=timezone.now())
    return len(forgotten)


@transaction.atomic
def _delete_piece(job: BulkJob) -> int:
    rows = BulkRow.objects.of(job).order_by("id").values_list("pk", flat=True)[:PIECE]
    return BulkRow.objects.filter(pk__in=list(rows)).delete()[0]


def hear_erased(event: Event) -> None:
    """Somebody was erased: a refusal may name them, whatever it was about. Of all that
    are kept of the company the words go; the codes stay."""
    rows = BulkRow.objects.filter(company_id=event.company_id)
    rows.exclude(reason="").update(reason="")
