from __future__ import annotations

from collections.abc import Callable
from functools import partial
from uuid import UUID

from celery import shared_task

from apps.core import chunks

from .erasure import forgetting
from .run import applying, planning, progress, reading, undoing
from .states import BatchState
from .targets import row_texts


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
    fail, what = partial(progress.fail, batch_id), f"import {batch_id}"
    return chunks.attempt(partial(step, batch_id), fail, row_texts.FAILED(), what)
