"""Writes what a plan shows: chunk by chunk, each in one transaction, so that a
worker killed in the middle loses nothing and doubles nothing."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from operator import add
from typing import Any, NamedTuple
from uuid import UUID

import orjson
from django.db import connection
from django.db.models import Case, TextField, Value, When
from django.db.models.functions import Cast

from apps.core.actor import Actor
from apps.core.bulk import plan_checks_anew
from apps.core.chunks import by_halves
from apps.core.errors import DomainError
from apps.core.ids import uuid7
from apps.imports.columns.cells import problem
from apps.imports.models import Batch, BatchRow
from apps.imports.states import CHANGES, BatchState
from apps.imports.targets import row_texts, target_of
from apps.imports.targets.outcome import Outcome
from apps.imports.targets.target import Target

from . import progress

CHUNK = 3_000  # rows of one transaction; a stop is heard after about a second


def apply_chunk(batch_id: UUID) -> bool:
    """Writes the next rows; False when there is nothing left to do, or another worker
    does it. Raises Invalid `given_up`."""
    return progress.work_on(batch_id, BatchState.APPLYING, _write_chunk)


def _write_chunk(batch: Batch) -> bool:
    rows = _next_rows(batch)
    if not rows:
        progress.finish_apply(batch)
        return False
    outcomes = _apply(rows, target_of(batch), progress.worker_actor(batch))
    _mark(batch, rows, outcomes)
    plan_checks_anew()
    return True


class Waiting(NamedTuple):
    """What applying needs of a BatchRow: making instances costs more than writing."""

    id: int
    line: int
    verdict: str
    target_id: UUID | None
    version: datetime | None
    values: dict[str, Any]
    changes: dict[str, Any]  # {} for what is created: nobody compares them


def _next_rows(batch: Batch) -> list[Waiting]:
    found = BatchRow.objects.to_apply(batch).values_list(
        "id",
        "line",
        "verdict",
        "target_id",
        "version",
        Cast("values", TextField()),
        Case(
            When(verdict__in=CHANGES, then=Cast("changes", TextField())),
            default=Value(""),
            output_field=TextField(),
        ),
    )
    return [
        Waiting(*plain, orjson.loads(values), orjson.loads(changes) if changes else {})
        for *plain, values, changes in found.first_written("line", CHUNK)
    ]


def _apply(rows: Sequence[Waiting], target: Target, actor: Actor) -> list[Outcome]:
    """Looks at the rows again and writes them."""

    def write(rows: Sequence[Waiting]) -> list[Outcome]:
        target.look_up([row.values for row in rows], lock=True)
        outcomes = [_judge(row, target) for row in rows]
        target.write([o for o in outcomes if o.is_written], actor=actor)
        return outcomes

    def refused(row: Waiting, error: Exception) -> list[Outcome]:
        return [_refused(row, target, error)]

    return by_halves(rows, write, refused, add)


def _judge(row: Waiting, target: Target) -> Outcome:
    outcome = target.judge(row.values)
    if outcome.target is None:
        outcome.result_id = row.target_id or uuid7()
    if outcome.is_written and not _is_as_shown(row, outcome):
        outcome.problems.append(problem(row_texts.CHANGED_SINCE_PLAN()))
    return outcome


def _is_as_shown(row: Waiting, outcome: Outcome) -> bool:
    """Nothing is written that the plan did not show."""
    if outcome.verdict != row.verdict:
        return False
    if outcome.target is None:
        return True
    is_same_row = outcome.target.pk == row.target_id
    is_untouched = outcome.target.updated_at == row.version
    return is_same_row and (is_untouched or outcome.changes == row.changes)


def _refused(row: Waiting, target: Target, error: Exception) -> Outcome:
    if isinstance(error, DomainError):
        column = target.context.columns.get(error.field or "")
        found = problem(error.told, column, code=error.code)
    else:
        found = problem(row_texts.CONTRADICTION())
    return target.unreadable(row.values, [found])


def _mark(batch: Batch, rows: Sequence[Waiting], outcomes: list[Outcome]) -> None:
    """Notes how far it is. Rows that came out as planned, and need no more to be undone
    than their id, are left as they are: most are, and their table is wide."""
    moved: Counter[str] = Counter(batch.counts)
    marks = []
    for row, outcome in zip(rows, outcomes, strict=True):
        verdict = outcome.verdict.value
        if verdict != row.verdict:
            moved[row.verdict] -= 1
            moved[verdict] += 1
        if verdict != row.verdict or outcome.version or outcome.before:
            target_id = outcome.target.pk if outcome.target else row.target_id
            before = outcome.before and orjson.dumps(outcome.before).decode()
            problems = orjson.dumps(outcome.problems).decode()
            marks.append(
                (row.id, verdict, problems, target_id, outcome.version, before)
            )
    if marks:
        _write_marks(marks)
    batch.counts = dict(moved)
    batch.applied_rows += sum(outcome.is_written for outcome in outcomes)
    batch.applied_line = rows[-1].line
    progress.finish_chunk(batch, "counts", "applied_rows", "applied_line")


def _write_marks(marks: list[tuple]) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE imports_batchrow r SET verdict = m.verdict, "
            "problems = m.problems::jsonb, target_id = m.target_id, "
            "version = m.version, before = m.before::jsonb "
            "FROM unnest(%s::bigint[], %s::text[], %s::text[], %s::uuid[], "
            "%s::timestamptz[], %s::text[]) "
            "AS m(id, verdict, problems, target_id, version, before) "
            "WHERE r.id = m.id",
            [list(column) for column in zip(*marks, strict=True)],
        )
