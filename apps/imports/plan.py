"""What each row of a file would do. Writes rows of the batch and nothing else."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Any
from uuid import UUID

import orjson
from django.db import connection, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from apps.companies.models import Country
from apps.files.services import local_path

from . import reading, services
from .assets import AssetRules
from .cells import CellReader, Reading, problem
from .decisions import Decision
from .fields import Kind
from .models import Batch, BatchRow
from .people import PeopleRules
from .reading import Row
from .states import BatchState, Verdict

CHUNK = 2_000  # rows that are looked up together; about half a second

Rules = AssetRules | PeopleRules


class Overtaken(Exception):
    """Another worker has taken the plan over."""


def rules_for(batch: Batch) -> Rules:
    return AssetRules(batch) if batch.kind == Kind.ASSETS else PeopleRules(batch)


def make_plan(batch_id: UUID) -> bool:
    """Plans the whole file, from its first row; False if another worker does.

    Raises ReadError. Killed in the middle, it is simply made again.
    """
    batch = _take_over(batch_id)
    if batch is None:
        return False
    plan = _Plan(batch)
    try:
        for chunk in _chunks(reading.read_table(local_path(batch.file)).rows()):
            plan.add(chunk)
    except Overtaken:
        return False
    return plan.finish()


def _chunks(rows: Iterator[Row]) -> Iterator[list[Row]]:
    while chunk := list(islice(rows, CHUNK)):
        yield chunk


@transaction.atomic
def _take_over(batch_id: UUID) -> Batch | None:
    batch = services.lock(batch_id)
    if batch.state != BatchState.PLANNING:
        return None
    BatchRow.objects.filter(batch=batch, company_id=batch.company_id).delete()
    batch.alive_at, batch.planned_rows = timezone.now(), 0
    batch.save(update_fields=["alive_at", "planned_rows"])
    return batch


class _Plan:
    """One walk through the file. `alive_at` is also the proof that it is still ours:
    every chunk replaces the value that the last one wrote."""

    def __init__(self, batch: Batch) -> None:
        self.batch = batch
        self.rules = rules_for(batch)
        countries = dict(Country.objects.values_list("name", "code"))
        self.reader = CellReader(
            Kind(batch.kind), batch.mapping, batch.options, countries
        )
        self.counts: Counter[str] = Counter()
        self.first_lines: dict[tuple[str, Any], int] = {}
        self.unknowns: dict[tuple[str, str], dict[str, Any]] = {}

    def add(self, chunk: list[Row]) -> None:
        readings = [self._read(row) for row in chunk]
        self.rules.load([reading.values for reading in readings])
        planned = [
            (row, *self._decide(row, reading))
            for row, reading in zip(chunk, readings, strict=True)
        ]
        self.counts.update(str(decision.verdict) for _row, _r, decision in planned)
        with transaction.atomic():
            self._prove_ours()
            _copy_rows(self.batch, planned)

    def _read(self, row: Row) -> Reading:
        if row.problem:
            found = problem(row.problem.code, row.problem.message)
            return Reading(problems=[found])
        return self.reader.read(row.cells)

    def _decide(self, row: Row, reading: Reading) -> tuple[Reading, Decision]:
        if reading.problems:
            return reading, Decision(reading.values, problems=reading.problems)
        decision = self.rules.decide(reading.values)
        self._refuse_repeated(row, decision)
        for wanted in decision.needs:
            fresh = {
                "kind": wanted.kind,
                "key": wanted.key,
                "value": wanted.value,
                "count": 0,
                "create": self.rules.choices.get((wanted.kind, wanted.key), True),
            }
            self.unknowns.setdefault((wanted.kind, wanted.key), fresh)["count"] += 1
        return reading, decision

    def _refuse_repeated(self, row: Row, decision: Decision) -> None:
        """The second row of one device or person, whichever key tells."""
        keys = [
            (name, str(text).lower())
            for name in self.rules.keys
            if (text := decision.row.get(name))
        ]
        if decision.target is not None:
            keys.append(("", decision.target.pk))
        repeated = [key for key in keys if key in self.first_lines]
        for key in keys:
            self.first_lines.setdefault(key, row.line)
        if repeated:
            message = _("Line %(line)s is about the same already: keep one of them.")
            message %= {"line": self.first_lines[repeated[0]]}
            self.rules.refuse(decision, "repeated", message, repeated[0][0])
            decision.needs = []

    def _prove_ours(self) -> None:
        now = timezone.now()
        done = sum(self.counts.values())
        ours = Batch.objects.filter(
            pk=self.batch.pk, state=BatchState.PLANNING, alive_at=self.batch.alive_at
        )
        if not ours.update(alive_at=now, planned_rows=done):
            raise Overtaken
        self.batch.alive_at, self.batch.planned_rows = now, done

    @transaction.atomic
    def finish(self) -> bool:
        batch = services.lock(self.batch.pk)
        is_ours = batch.alive_at == self.batch.alive_at
        if batch.state != BatchState.PLANNING or not is_ours:
            return False
        batch.planned_rows = sum(self.counts.values())
        counts = {verdict: self.counts[verdict] for verdict in Verdict.values}
        services.finish_plan(batch, counts, list(self.unknowns.values()))
        return True


def _copy_rows(batch: Batch, planned: Iterable[tuple[Row, Reading, Decision]]) -> None:
    columns = "company_id, batch_id, line, cells, verdict, changes, values, problems"
    statement = f"COPY {BatchRow._meta.db_table} ({columns}, target_id) FROM STDIN"
    with connection.cursor() as cursor, cursor.copy(statement) as copy:
        for row, found, decision in planned:
            copy.write_row(
                (
                    batch.company_id,
                    batch.pk,
                    row.line,
                    orjson.dumps(row.cells).decode(),
                    str(decision.verdict),
                    orjson.dumps(decision.changes).decode(),
                    orjson.dumps(found.values).decode(),
                    orjson.dumps(decision.problems).decode(),
                    decision.target.pk if decision.target else None,
                )
            )
