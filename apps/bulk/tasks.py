from __future__ import annotations

import logging
from functools import partial
from uuid import UUID

from celery import shared_task
from django.db import InterfaceError, OperationalError

from apps.core import chunks
from apps.core.errors import DomainError

from . import forgetting, progress, running, texts

logger = logging.getLogger(__name__)


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
    """A refusal ends the job with its sentence; a database that is away does not, since
    beat resumes it."""
    try:
        return running.take_step(job_id)
    except (OperationalError, InterfaceError):
        raise
    except DomainError as error:
        progress.fail(job_id, error.told)
    except Exception:
        logger.exception("bulk job %s failed", job_id)
        progress.fail(job_id, texts.FAILED())
    return False
