"""What each row of a file would do. Writes rows of the batch and nothing else."""

from __future__ import annotations

import sqlite3
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from itertools import starmap
from typing import Any, TypedDict
from uuid import UUID

import orjson
from django.db import transaction
from django.db.models import Value
from django.db.models.functions import Concat
from django.utils import timezone

from apps.accounts.models import User
from apps.companies.models import Address, Company, Country
from apps.core.bulk import copy_rows
from apps.core.clean import stripped
from apps.core.folding import Fold, fold
from apps.core.ids import uuid7
from apps.core.keys import any_of, key
from apps.core.money import CURRENCIES
from apps.imports.columns import meaning
from apps.imports.columns.cells import CellReader, Reading, problem
from apps.imports.columns.headers import aliases
from apps.imports.columns.headers import normalise_header as normalised
from apps.imports.models import Batch, BatchRow
from apps.imports.reading import Row
from apps.imports.states import WARNED, WRITTEN, BatchState, Kind, Verdict
from apps.imports.targets import TARGETS, row_texts, target_of, unresolved
from apps.imports.targets.asset_attributes import UNKNOWN_CATEGORY
from apps.imports.targets.asset_location import HOLDER_FIELDS
from apps.imports.targets.holders import EMAIL_INSIDE
from apps.imports.targets.outcome import UNKNOWN, Outcome
from apps.imports.values import (
    CellProblem,
    DateOrder,
    Status,
    folded,
    split_name,
    to_date,
    to_status,
)
from apps.imports.values.vocabulary import HEADER_WORDS

from . import progress
from .progress import Overtaken


class FirstLines:
    """On disk, since 200,000 rows of three keys would take 70 MB of a worker; the file
    has no name and is gone with the process."""

    def __init__(self) -> None:
        self._db = sqlite3.connect("", isolation_level=None)
        self._db.execute("PRAGMA journal_mode = OFF")
        self._db.execute("CREATE TABLE seen (key INTEGER PRIMARY KEY, line INTEGER)")
        self._db.execute("BEGIN")

    def note(self, key: int, line: int) -> int | None:
        """The line where this key (64 bits) stood before; None if this is the first."""
        added = self._db.execute(
            "INSERT OR IGNORE INTO seen VALUES (?, ?)", (key, line)
        )
        if added.rowcount:
            return None
        found = self._db.execute("SELECT line FROM seen WHERE key = ?", (key,))
        return int(found.fetchone()[0])

    def close(self) -> None:
        self._db.close()


# Codes of what a cell says by itself.
OF_ONE_CELL = UNKNOWN | {
    "ambiguous",
    "country_not_served",
    "mapped_gone",
    "person_has_left",
    "place_closed",
}
CHUNK = 2_000  # rows that are looked up together; about half a second
CELLS = 100_000  # of them, since all are in memory


def make_plan(batch_id: UUID) -> bool:
    """Plans the whole file, from its first row; False if another worker does.

    Raises ReadError. Killed in the middle, it is simply made again.
    """
    batch = _take_over(batch_id)
    if batch is None:
        return False
    plan = _Plan(batch)
    try:
        for chunk in _chunks(meaning.table_of(batch).rows()):
            plan.add(chunk)
        plan.finish()
    except Overtaken:
        return False
    finally:
        plan.first_lines.close()
    return True


def _chunks(rows: Iterator[Row]) -> Iterator[list[Row]]:
    chunk: list[Row] = []
    cells = 0
    for row in rows:
        chunk.append(row)
        cells += len(row.cells)
        if len(chunk) >= CHUNK or cells >= CELLS:
            yield chunk
            chunk, cells = [], 0
    if chunk:
        yield chunk


@transaction.atomic
def _take_over(batch_id: UUID) -> Batch | None:
    batch = progress.take_over(batch_id, BatchState.PLANNING)
    if batch is not None:
        BatchRow.objects.of(batch).delete()
        batch.made.all().delete()
        batch.unknowns.update(rows=0)
        unresolved.inherit(batch)
    return batch


class _Plan:
    """One walk through the file."""

    def __init__(self, batch: Batch) -> None:
        self.batch = batch
        self.started_at = timezone.now()
        self.target = target_of(batch)
        countries = dict(Country.objects.values_list("name", "code"))
        self.reader = CellReader(
            Kind(batch.kind), batch.mapping, batch.options, countries
        )
        self.category_at = self.target.context.columns.get("category")
        self.counts: Counter[str] = Counter()
        self.facets: dict[str, Counter[str]] = {}
        self.warned_rows = 0
        self.first_lines = FirstLines()
        self.unused = UnusedColumns(batch)

    def add(self, chunk: list[Row]) -> None:
        readings = [self._read(row) for row in chunk]
        for row in chunk:
            self.unused.see(row)
        self.target.look_up([reading.values for reading in readings])
        planned = [
            (row, *self._judge(row, reading))
            for row, reading in zip(chunk, readings, strict=True)
        ]
        for _row, reading, outcome in planned:
            outcome.warnings = reading.warnings + outcome.warnings
            self._count(outcome)
        with transaction.atomic():
            progress.show_life(self.batch, rows=sum(self.counts.values()))
            _copy_rows(self.batch, planned)
            unresolved.note_unknowns(
                self.batch, [outcome for _r, _v, outcome in planned]
            )

    def _read(self, row: Row) -> Reading:
        if row.problem:
            return Reading(problems=[problem(row.problem.told)])
        reading = self.reader.read(row.cells)
        at = self.category_at
        text = "" if at is None else stripped(row.cells[at])
        is_said = "category" in reading.values or "category" in reading.left_out
        if text and not is_said:
            reading.values[UNKNOWN_CATEGORY] = text
        return reading

    def _judge(self, row: Row, reading: Reading) -> tuple[Reading, Outcome]:
        if reading.problems:
            found = reading.problems + self._besides(reading)
            return reading, self.target.unreadable(reading.values, found)
        outcome = self.target.judge(reading.values)
        self._refuse_repeated(row, outcome)
        return reading, outcome

    def _besides(self, reading: Reading) -> list[dict[str, Any]]:
        """What is wrong with the cells that can be read, as far as that does not hang
        on the others: people repair a row once."""
        damaged = {found["column"] for found in reading.problems}
        judged = self.target.judge(reading.values)
        return [
            found
            for found in judged.problems
            if found["code"] in OF_ONE_CELL and found["column"] not in damaged | {None}
        ]

    def _refuse_repeated(self, row: Row, outcome: Outcome) -> None:
        """The second row of one device or person, whichever key tells."""
        keys = {
            hash((name, found)): name
            for name in self.target.keys
            if (found := key(outcome.row.get(name)))
        }
        if outcome.target is not None:
            keys[hash(outcome.target.pk)] = ""
        noted = ((self.first_lines.note(one, row.line), keys[one]) for one in keys)
        repeated = [(line, name) for line, name in noted if line is not None]
        if repeated:
            line, name = repeated[0]
            outcome.refuse(row_texts.REPEATED(line=line), name)

    def _count(self, outcome: Outcome) -> None:
        verdict = outcome.verdict
        self.counts[verdict] += 1
        reasons = {problem["code"] for problem in outcome.problems}
        for name in reasons or (outcome.changes if verdict in WRITTEN else ()):
            self.facets.setdefault(verdict, Counter())[name] += 1
        self.warned_rows += bool(outcome.warnings)
        for name in {warning["code"] for warning in outcome.warnings}:
            self.facets.setdefault(WARNED, Counter())[name] += 1

    @transaction.atomic
    def finish(self) -> None:
        batch = progress.lock_ours(self.batch)
        batch.planned_rows = sum(self.counts.values())
        batch.warned_rows = self.warned_rows
        batch.facets = {verdict: dict(names) for verdict, names in self.facets.items()}
        batch.unused = self.unused.found()
        counts = {verdict: self.counts[verdict] for verdict in Verdict.values}
        progress.finish_plan(batch, counts, as_of=self.started_at)


def _copy_rows(batch: Batch, planned: Iterable[tuple[Row, Reading, Outcome]]) -> None:
    def values(row: Row, found: Reading, outcome: Outcome) -> tuple[Any, ...]:
        target = outcome.target
        return (
            batch.company_id,
            batch.pk,
            row.line,
            orjson.dumps(row.cells).decode(),
            outcome.verdict,
            orjson.dumps(outcome.changes).decode(),
            orjson.dumps(found.values).decode(),
            orjson.dumps(outcome.problems).decode(),
            orjson.dumps(outcome.warnings).decode(),
            target.pk if target else uuid7(),
            target.updated_at if target else None,
        )

    columns = (
        *("company_id", "batch_id", "line", "cells", "verdict", "changes", "values"),
        *("problems", "warnings", "target_id", "version"),
    )
    copy_rows(BatchRow, columns, starmap(values, planned))


# --- Columns that it leaves out ---


TEXTS = 50  # different ones of a column that are looked at

HOLDER, PLACE, STATE, CURRENCY = "holder", "place", "state", "currency"
_BY_TARGET = {**dict.fromkeys(HOLDER_FIELDS, HOLDER), "location": PLACE, "state": STATE}


class Unused(TypedDict):
    """`Batch.unused`: a column that is left out, with how many rows fill it, and what
    it seems to hold that a device could have: "holder", "place", "state", "currency"
    or ""."""

    column: int
    rows: int
    holds: str


class UnusedColumns:
    """Watches the rows of one plan."""

    def __init__(self, batch: Batch) -> None:
        self.batch = batch
        self.texts: dict[int, dict[str, None]] = {
            at: {} for at in range(len(batch.headers)) if str(at) not in batch.mapping
        }
        self.rows = dict.fromkeys(self.texts, 0)

    def see(self, row: Row) -> None:
        if row.problem:
            return
        for at, seen in self.texts.items():
            if text := stripped(row.cells[at]):
                self.rows[at] += 1
                if len(seen) < TEXTS:
                    seen[text] = None

    def found(self) -> list[Unused]:
        has_places = TARGETS[self.batch.kind].has_places
        columns = meaning.guess_of(self.batch).columns
        return [
            Unused(
                column=at,
                rows=self.rows[at],
                holds=self._holds(at)
                if has_places and not columns[at].is_known_to_be_left_out
                else "",
            )
            for at in self.texts
            if self.rows[at]
        ]

    def _holds(self, at: int) -> str:
        seen = list(self.texts[at])
        if _are_days(seen):  # “Assigned on”
            return ""
        by_header = _by_header(self.batch.headers[at])
        return by_header or _by_texts(self.batch.company, seen)


def _are_days(seen: Sequence[str]) -> bool:
    read = [to_date(text, DateOrder.DAY_FIRST) for text in seen]
    return any(isinstance(day, date) for day in read) and not any(
        isinstance(day, CellProblem) and day.code == "bad_date" for day in read
    )


def _by_header(header: str) -> str:
    target, _confidence = aliases(Kind.ASSETS).get(normalised(header) or "", ("", None))
    if target in _BY_TARGET:
        return _BY_TARGET[target]
    words = folded(header).split()
    return next((HEADER_WORDS[word] for word in words if word in HEADER_WORDS), "")


def _by_texts(company: Company, seen: Sequence[str]) -> str:
    """What at least half of the texts are."""

    def most(count: int) -> bool:
        return count * 2 >= len(seen)

    if most(sum(isinstance(to_status(text), Status) for text in seen)):
        return STATE
    if most(sum(text.strip().upper() in CURRENCIES for text in seen)):
        return CURRENCY
    if most(sum(bool(EMAIL_INSIDE.search(text)) for text in seen)) or most(
        _people(company, seen)
    ):
        return HOLDER
    return PLACE if most(_places(company, seen)) else ""


def _people(company: Company, seen: Iterable[str]) -> int:
    people = User.objects.present().filter(company=company)
    names = {fold(" ".join(filter(None, split_name(text)))) for text in seen}
    whole = Fold(Concat("first_name", Value(" "), "last_name"))
    return people.alias(named=whole).filter(any_of({"named": names})).count()


def _places(company: Company, seen: Iterable[str]) -> int:
    found = Address.objects.filter(company=company).alias(named=Fold("name"))
    return found.filter(any_of({"named": {fold(text) for text in seen}})).count()
