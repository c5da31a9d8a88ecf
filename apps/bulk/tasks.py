from __future__ import annotations

from functools import partial
from uuid import UUID

from celery import shared_task

from apps.core import chunks

from . import forgetting, progress, running, texts


@shared_task
def run_job(job_id: str) -> None:
    pk = UUID(job_id)
    chunks.go_on(partial(step, pk), partial(progress.send, pk))


@shared_task
def resume_stalled() -> None:
    progress.resume_stalled()


@shared_task
def forget_old() -> None:
    forgetting.forget_old()


def step(job_id: UUID) -> bool:
    fail, what = partial(progress.fail, job_id), f"bulk job {job_id}"
    work = partial(running.take_step, job_id)
    return chunks.attempt(work, fail, texts.FAILED(), what)
