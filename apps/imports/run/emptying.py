"""Deletes what a discarded import holds."""

from __future__ import annotations

from uuid import UUID

from django.db import transaction

from apps.files import services as files
from apps.imports.models import BatchRow
from apps.imports.states import BatchState

from . import progress


@transaction.atomic
def empty(batch_id: UUID) -> bool:
    """The rows, the names in them and the bytes of the file; done twice it is the same.
    Returns False: there is no next step."""
    batch = progress.lock(batch_id)
    if batch.state == BatchState.DISCARDED and batch.alive_at is not None:
        BatchRow.objects.of(batch).delete()
        batch.unknowns.all().delete()
        files.erase(batch.file)
        batch.alive_at = None
        batch.save(update_fields=["alive_at"])
    return False
