from __future__ import annotations

import logging
from collections.abc import Callable
from functools import partial
from uuid import UUID

from celery import shared_task
from django.db import InterfaceError, OperationalError

from apps.core import chunks
from apps.core.errors import DomainError

from .erasure import forgetting
from .run import applying, planning, progress, reading, undoing
from .states import BatchState
from .targets import row_texts

logger = logging.getLogger(__name__)


@shared_task
def read_batch(batch_id: str) -> None:
    run(reading.read_rows, UUID(batch_id))


@shared_task
def plan_batch(batch_id: str) -> None:
    run(planning.make_plan, UUID(batch_id))


@shared_task
def apply_batch(batch_id: str) -> None:
    _go_on(applying.apply_chunk, UUID(batch_id), BatchState.APPLYING)


@shared_task
def undo_batch(batch_id: str) -> None:
    _go_on(undoing.undo_chunk, UUID(batch_id), BatchState.UNDOING)


@shared_task
def empty_batch(batch_id: str) -> None:
    run(undoing.empty, UUID(batch_id))


def _go_on(step: Callable[[UUID], bool], batch_id: UUID, state: BatchState) -> None:
    chunks.go_on(partial(run, step, batch_id), partial(progress.send, batch_id, state))


@shared_task
def resume_stalled() -> None:
    progress.resume_stalled()


@shared_task
def forget_erased() -> None:
    forgetting.forget_erased()


def run(step: Callable[[UUID], bool], batch_id: UUID) -> bool:
    """A refusal ends the import with its sentence; a database that is away does not,
    since beat resumes it."""
    try:
        return step(batch_id)
    except (OperationalError, InterfaceError):
        raise
    except DomainError as error:
        progress.fail(batch_id, error.told)
    except Exception:
        logger.exception("import %s failed", batch_id)
        progress.fail(batch_id, row_texts.FAILED())
    return False
