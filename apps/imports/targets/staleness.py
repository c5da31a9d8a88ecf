"""Rows of a plan that would come out differently, since what they are about was changed
or has come into the register after the plan was made."""

from __future__ import annotations

from dataclasses import dataclass

from django.db import connection
from django.db.models import Q

from apps.imports.columns.fields import KEYS
from apps.imports.models import Batch, BatchRow
from apps.imports.states import BatchState, Kind, Verdict

from .kinds import TARGETS

PLANS = frozenset({BatchState.PLANNED, BatchState.STOPPED, BatchState.FAILED})
SHOWN = 5


@dataclass(frozen=True, slots=True)
class Staleness:
    count: int
    rows: list[BatchRow]  # the first few


def of(batch: Batch) -> Staleness:
    """What is stale of the rows that wait to be applied."""
    if batch.state not in PLANS or batch.planned_at is None:
        return Staleness(0, [])
    ids = [*_touched(batch), *_arrived(batch)]
    rows = BatchRow.objects.of(batch).filter(pk__in=ids[:SHOWN]).order_by("line")
    return Staleness(len(ids), list(rows))


def _touched(batch: Batch) -> list[int]:
    table = TARGETS[batch.kind].model._meta.db_table
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT r.id FROM imports_batchrow r LEFT JOIN {table} t "  # noqa: S608
            "ON t.id = r.target_id AND t.company_id = r.company_id "
            "WHERE r.company_id = %s AND r.batch_id = %s AND r.line > %s "
            "AND r.version IS NOT NULL AND t.updated_at IS DISTINCT FROM r.version "
            "ORDER BY r.line",
            [batch.company_id, batch.pk, batch.applied_line],
        )
        return [pk for (pk,) in cursor]


def _arrived(batch: Batch) -> list[int]:
    """Rows that would create what somebody has created meanwhile."""
    new = TARGETS[batch.kind].model._default_manager.filter(
        company=batch.company_id, created_at__gt=batch.planned_at
    )
    matches = Q(pk__in=[])
    for name in KEYS[Kind(batch.kind)]:
        if keys := set(new.exclude(**{name: ""}).values_list(name, flat=True)):
            matches |= Q(**{f"values__{name}__in": keys})
    if matches == Q(pk__in=[]):
        return []
    rows = BatchRow.objects.to_apply(batch).filter(matches, verdict=Verdict.CREATE)
    return list(rows.values_list("pk", flat=True))
