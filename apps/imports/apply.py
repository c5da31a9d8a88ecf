"""Writes what a plan shows: chunk by chunk, each in one transaction, so that a
worker killed in the middle loses nothing and doubles nothing."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from uuid import UUID

import orjson
from django.db import DataError, IntegrityError, connection, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from apps.core.actor import Actor
from apps.core.errors import DomainError, NotAllowed

from . import services
from .cells import problem
from .decisions import Decision
from .models import Batch, BatchRow
from .plan import Rules, rules_for
from .states import BatchState, Verdict

CHUNK = 500  # rows of one transaction; a stop is heard after about a second
_WRITTEN = (Verdict.CREATE, Verdict.CHANGE)


@transaction.atomic
def apply_chunk(batch_id: UUID) -> bool:
    """Writes the next rows; False when there is nothing left to do.

    Two workers take turns: the row of the batch is locked until the chunk is written.
    """
    batch = services.lock(batch_id)
    if batch.state != BatchState.APPLYING:
        return False
    if batch.stop_requested:
        services.stop(batch)
        return False
    waiting = BatchRow.objects.filter(
        batch=batch, applied_at__isnull=True, verdict__in=_WRITTEN
    )
    rows = list(waiting.order_by("line")[:CHUNK])
    if not rows:
        services.finish_apply(batch)
        return False
    decisions = _apply(rows, rules_for(batch), services.worker_actor(batch))
    _mark(batch, rows, decisions)
    return True


def _apply(rows: Sequence[BatchRow], rules: Rules, actor: Actor) -> list[Decision]:
    """Looks at the rows again and writes them; halves them around one that breaks
    the statements of all."""
    try:
        with transaction.atomic():
            rules.load([row.values for row in rows], lock=True)
            decisions = [rules.decide(row.values) for row in rows]
            rules.write([d for d in decisions if d.verdict in _WRITTEN], actor=actor)
            return decisions
    except NotAllowed:
        raise
    except (DomainError, IntegrityError, DataError) as error:
        if len(rows) == 1:
            return [_refused(rows[0], rules, error)]
    half = len(rows) // 2
    return _apply(rows[:half], rules, actor) + _apply(rows[half:], rules, actor)


def _refused(row: BatchRow, rules: Rules, error: Exception) -> Decision:
    if isinstance(error, DomainError):
        column = rules.columns.get(error.field or "")
        found = problem(error.code, error.message, column)
    else:
        message = _("The row contradicts what has been written in the meantime.")
        found = problem("contradiction", message)
    return Decision(row.values, problems=[found])


def _mark(batch: Batch, rows: Sequence[BatchRow], decisions: list[Decision]) -> None:
    now = timezone.now()
    moved: Counter[str] = Counter(batch.counts)
    written = 0
    marks = []
    for row, decision in zip(rows, decisions, strict=True):
        verdict = str(decision.verdict)
        moved[row.verdict] -= 1
        moved[verdict] += 1
        is_written = verdict in _WRITTEN
        written += is_written
        target = decision.target.pk if decision.target else decision.result_id
        problems = orjson.dumps(decision.problems).decode()
        marks.append((row.id, verdict, problems, target, now if is_written else None))
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE imports_batchrow r SET verdict = m.verdict, "
            "problems = m.problems::jsonb, target_id = m.target_id, "
            "applied_at = m.applied_at FROM unnest(%s::bigint[], %s::text[], "
            "%s::text[], %s::uuid[], %s::timestamptz[]) "
            "AS m(id, verdict, problems, target_id, applied_at) WHERE r.id = m.id",
            [list(column) for column in zip(*marks, strict=True)],
        )
    batch.counts, batch.alive_at = dict(moved), now
    batch.applied_rows += written
    batch.save(update_fields=["counts", "applied_rows", "alive_at"])
