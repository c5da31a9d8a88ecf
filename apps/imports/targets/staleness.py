"""Rows of a plan that would come out differently, since what they are about was changed
or has come into the register after the plan was made."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Exists, OuterRef, Q

from apps.imports.columns.fields import KEYS
from apps.imports.models import Batch, BatchRow, BatchRowQuerySet
from apps.imports.states import BatchState, Kind, Verdict

from . import TARGETS

PLANS = frozenset({BatchState.PLANNED, BatchState.STOPPED, BatchState.FAILED})
SHOWN = 5


@dataclass(frozen=True, slots=True)
class Staleness:
    count: int
    rows: list[BatchRow]  # the first few


def may_be(batch: Batch) -> bool:
    """Whether rows of it wait to be applied."""
    return batch.state in PLANS and batch.planned_at is not None


def of(batch: Batch) -> Staleness:
    """What is stale of the rows that wait to be applied."""
    found = among(BatchRow.objects.all(), batch)
    return Staleness(found.count(), list(found.order_by("line")[:SHOWN]))


def among(rows: BatchRowQuerySet, batch: Batch) -> BatchRowQuerySet:
    """Those of them that are stale. Each of the two is looked for once, whatever else
    is asked of the rows."""
    if not may_be(batch):
        return rows.none()
    waiting = BatchRow.objects.to_apply(batch)
    return rows.filter(
        Q(pk__in=_touched(waiting, batch).values("pk"))
        | Q(pk__in=_arrived(waiting, batch).values("pk"))
    )


def _touched(waiting: BatchRowQuerySet, batch: Batch) -> BatchRowQuerySet:
    as_planned = TARGETS[batch.kind].model._default_manager.filter(
        company=batch.company_id,
        pk=OuterRef("target_id"),
        updated_at=OuterRef("version"),
    )
    return waiting.filter(~Exists(as_planned), version__isnull=False)


def _arrived(waiting: BatchRowQuerySet, batch: Batch) -> BatchRowQuerySet:
    """Rows that would create what somebody has created meanwhile."""
    new = TARGETS[batch.kind].model._default_manager.filter(
        company=batch.company_id, created_at__gt=batch.planned_at
    )
    matches = Q(pk__in=[])
    for name in KEYS[Kind(batch.kind)]:
        if keys := set(new.exclude(**{name: ""}).values_list(name, flat=True)):
            matches |= Q(**{f"values__{name}__in": keys})
    return waiting.filter(matches, verdict=Verdict.CREATE)
