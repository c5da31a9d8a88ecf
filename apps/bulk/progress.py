"""From one state of a job to the next: what its verbs and its worker share."""

from __future__ import annotations

import logging
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from apps.core import background, chunks, states
from apps.core.actor import SYSTEM, Actor
from apps.core.told import Told
from apps.events.payloads import AnyPayload
from apps.events.registry import EventType
from apps.events.services import record as record_event

from . import events
from .models import BulkJob
from .states import TRANSITIONS, JobState

logger = logging.getLogger(__name__)


def lock(job_id: UUID) -> BulkJob:
    """The job as it is now; whoever works on it holds this row's lock."""
    found = BulkJob.objects.select_for_update(of=("self",))
    return found.select_related("company").get(pk=job_id)


def send(job_id: UUID) -> None:
    """Asks a worker to go on; beat resumes what this can't start."""
    background.publish("apps.bulk.tasks.run_job", str(job_id))


def resume_stalled() -> int:
    """Hands jobs that nobody works on to a worker; returns how many."""
    claimed = chunks.claim_stalled(BulkJob.objects.stalled(timezone.now()))
    for pk, _state in claimed:
        logger.info("bulk job %s resumed", pk)
        send(pk)
    return len(claimed)


def require(job: BulkJob, target: JobState) -> None:
    states.require(TRANSITIONS, job.state, target, what=str(job))


# The caller of these holds the lock.


def begin_rows(job: BulkJob, count: int) -> None:
    """Everything that is selected stands in rows."""
    require(job, JobState.RUNNING)
    job.state, job.total_rows, job.selection = JobState.RUNNING, count, {}
    job.hand_on()
    job.save(update_fields=["state", "total_rows", "selection", *job.WORKED])


_ENDED = {
    JobState.COMPLETED: events.BULK_COMPLETED,
    JobState.STOPPED: events.BULK_STOPPED,
    JobState.FAILED: events.BULK_FAILED,
}


def end(job: BulkJob, state: JobState, actor: Actor) -> None:
    require(job, state)
    job.state, job.ended_at, job.selection = state, timezone.now(), {}
    job.hand_on()
    fields = ["state", "ended_at", "selection", "error"]
    job.save(update_fields=[*fields, *job.WORKED])
    told = events.BulkEnded(
        verb=job.verb,
        rows=job.total_rows,
        done=job.done_rows,
        skipped=job.skipped_rows,
        refused=job.refused_rows,
    )
    record(job, _ENDED[state], told, actor)


@transaction.atomic
def fail(job_id: UUID, why: Told) -> None:
    """It can't go on; what is done stays."""
    job = lock(job_id)
    if job.is_working:
        job.error = why
        end(job, JobState.FAILED, SYSTEM)


def record(job: BulkJob, type_: EventType[Any], told: AnyPayload, actor: Actor) -> None:
    record_event(type_, told, actor=actor, company_id=job.company_id, subject_id=job.id)
