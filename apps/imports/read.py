"""Reads the rows of a file that is too large to be read while a page is waited for."""

from __future__ import annotations

from uuid import UUID

from django.db import transaction

from . import inference, intake, progress, services
from .fields import Kind
from .intake import Contents
from .models import Batch
from .states import BatchState


def read_rows(batch_id: UUID) -> bool:
    """Finds out what the cells say; columns that people have looked at are planned, if
    nothing is left open. False if another worker does it.

    Raises ReadError. Killed in the middle, it is simply done again.
    """
    batch = progress.take_over(batch_id, BatchState.READING)
    if batch is None:
        return False
    try:
        contents = intake.read_rows(
            intake.table_of(batch),
            Kind(batch.kind),
            batch.mapping,
            watch=lambda rows: progress.show_life(batch, rows=rows),
        )
        _finish(batch, contents)
    except progress.Overtaken:
        return False
    return True


@transaction.atomic
def _finish(read: Batch, contents: Contents) -> None:
    batch = progress.lock_ours(read)
    progress.finish_reading(batch, contents)
    if batch.is_confirmed and not inference.open_questions(batch.options):
        services.request_plan(batch, actor=progress.worker_actor(batch))
