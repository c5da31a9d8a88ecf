"""What imports kept of somebody erased: rows, names, samples, the file itself."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import PurePath
from typing import Any
from uuid import UUID

from django.db import connection, transaction
from django.utils.translation import gettext_lazy as _

from apps.accounts.models import Erasure
from apps.core import background
from apps.core.showing import untranslated
from apps.events.models import Event
from apps.files import services as files
from apps.imports.columns.cells import problem
from apps.imports.models import Batch, BatchRow, Made, Unknown
from apps.imports.run import progress
from apps.imports.states import WRITTEN, Verdict
from apps.imports.targets import row_texts
from apps.imports.targets.references import IDENTITY

from .traces import Meanings, Traces, said_as, said_by_field

CHUNK = 1_000  # rows that are written together
_TOLD = (
    "cells",
    "changes",
    "values",
    "problems",
    "warnings",
    "before",
    "kept",
)


def hear(event: Event) -> None:
    """Somebody was erased. It takes as long as the company's imports are large, so it
    is done apart; beat finds what this can't start."""
    background.publish("apps.imports.tasks.forget_erased")


def forget_erased() -> int:
    """Cleans what is kept of all who were erased; returns how many are done. Imports
    that are being worked on are left to the next time."""
    erasures = Erasure.objects.order_by("pk")
    return sum(_forget(one) for one in erasures)


def _forget(erasure: Erasure) -> bool:
    traces = Traces(erasure)
    batches = Batch.objects.filter(company=erasure.company_id).order_by("pk")
    is_done = True
    for pk in list(batches.values_list("pk", flat=True)):
        is_done &= _forget_in(pk, erasure.user_id, traces)
    if is_done:
        erasure.delete()
    return is_done


def _forget_in(batch_id: UUID, user_id: UUID, traces: Traces) -> bool:
    """False if it is being worked on, or was planned anew meanwhile."""
    batch = Batch.objects.get(pk=batch_id)
    if batch.is_working:
        return False
    # Looked for before the lock: nobody who clicks waits for that.
    ids = rows_about(batch, user_id, traces)
    with transaction.atomic():
        as_read, batch = batch, progress.lock(batch_id)
        if batch.is_working or batch.planned_at != as_read.planned_at:
            return False
        is_in_file = _clean_rows(batch, ids, user_id, traces)
        _clean_names(batch, user_id, traces)
        # What its columns have as samples stands in its rows.
        beside = [batch.samples.get("sheets"), batch.samples.get("words")]
        is_in_file |= traces.are_in(beside) or traces.are_in(batch.headers)
        # Of a file that has no plan nobody knows who is in it.
        is_known = batch.planned_at and BatchRow.objects.of(batch).exists()
        if is_in_file or not is_known:
            _erase_file(batch, traces)
        _clean_batch(batch, traces)
    return True


def rows_about(batch: Batch, user_id: UUID, traces: Traces) -> list[int]:
    """Ids of rows that may tell of them: `Traces.are_in` says which do."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT id FROM imports_batchrow WHERE company_id = %s AND batch_id = %s "
            "AND (target_id = %s OR tequipy_fold(concat_ws(' ', cells, changes, "
            '"values", problems, warnings, before, kept)) LIKE ANY(%s)) ORDER BY id',
            [batch.company_id, batch.pk, user_id, traces.patterns()],
        )
        return [pk for (pk,) in cursor]


@dataclass(slots=True)
class _Gone:
    """What the lists of a plan no longer have: rows by verdict, and changes by verdict
    and field."""

    rows: Counter[str] = field(default_factory=Counter)
    changes: Counter[tuple[str, str]] = field(default_factory=Counter)

    def note(self, row: BatchRow) -> None:
        if row.verdict in WRITTEN:
            self.changes.update((row.verdict, name) for name in row.changes)

    def take_from(self, batch: Batch) -> None:
        for (verdict, name), gone in self.changes.items():
            facets = batch.facets.get(verdict, {})
            left = facets.pop(name, 0) - gone
            if left > 0:
                facets[name] = left
        if refused := sum(self.rows.values()):
            counts = Counter(batch.counts)
            counts.subtract(self.rows)
            counts[Verdict.REFUSED] += refused
            batch.counts = dict(counts)
            reasons = batch.facets.setdefault(Verdict.REFUSED, {})
            reasons["erased"] = reasons.get("erased", 0) + refused


def _clean_rows(
    batch: Batch, ids: Sequence[int], user_id: UUID, traces: Traces
) -> bool:
    """Whether any of them was about them, so that the file is, too."""
    is_in_file, gone, meanings = False, _Gone(), Meanings(batch)
    for start in range(0, len(ids), CHUNK):
        rows = list(
            BatchRow.objects.of(batch).filter(pk__in=ids[start : start + CHUNK])
        )
        for row in rows:
            is_theirs = row.target_id == user_id
            is_about = is_theirs or traces.are_said(meanings.row(row))
            _clean_row(row, traces, gone, is_about=is_about, is_theirs=is_theirs)
            if is_about and row.line > batch.applied_line:
                _refuse(row, gone)
            is_in_file |= is_about
        fields = [*_TOLD, "verdict", "version"]
        BatchRow.objects.bulk_update(rows, fields, batch_size=CHUNK)
    gone.take_from(batch)
    return is_in_file


def _clean_row(
    row: BatchRow, traces: Traces, gone: _Gone, *, is_about: bool, is_theirs: bool
) -> None:
    if is_about or traces.are_said(said_by_field(row.changes)):
        gone.note(row)
        row.changes = {}
    if is_about:
        row.cells, row.values = [], {}
    if is_about or traces.are_in(row.problems):
        row.problems = [_erased(one) for one in row.problems]
    if is_about or traces.are_in(row.warnings):
        row.warnings = [_erased(one) for one in row.warnings]
    if row.kept and (is_about or traces.are_in(row.kept)):
        row.kept = row_texts.ERASED()
    if row.before:
        row.before = None if is_theirs else _without(row.before, traces)


def _erased(found: dict[str, Any]) -> dict[str, Any]:
    code = found.get("code", "erased")
    return problem(row_texts.ERASED(), found.get("column"), code=code)


def _without(before: dict[str, Any], traces: Traces) -> dict[str, Any]:
    """What undoing writes back, where it tells nothing of them."""
    facts = before.get("facts", {})
    kept = {
        name: two
        for name, two in facts.items()
        if not traces.are_said(said_as(name, two))
    }
    return {**before, "facts": kept} if len(kept) < len(facts) else before


def _refuse(row: BatchRow, gone: _Gone) -> None:
    """It was not applied, and won't be: nobody is brought back."""
    if row.verdict in WRITTEN or row.verdict == Verdict.SAME:
        gone.rows[row.verdict] += 1
        row.verdict, row.version = Verdict.REFUSED, None
        row.problems = [problem(row_texts.ERASED())]


def _clean_names(batch: Batch, user_id: UUID, traces: Traces) -> None:
    ours = Unknown.objects.filter(company=batch.company_id, batch=batch)
    for name in ours.filter(kind__in=("person", "holder", IDENTITY)).iterator(CHUNK):
        is_about = name.use_id == user_id or name.key.startswith(str(user_id))
        if is_about or _tells(name, traces):
            name.delete()
        elif traces.are_in(name.candidates):
            name.candidates = [one for one in name.candidates if not traces.are_in(one)]
            name.save(update_fields=["candidates"])
    made = Made.objects.filter(company=batch.company_id, batch=batch, kind="person")
    made.filter(target_id=user_id).update(value="", kept="")


def _tells(name: Unknown, traces: Traces) -> bool:
    """Each by itself: the name is what the file said of who it is."""
    told = [
        ("holder_username", name.key),
        ("holder_username", name.value),
        *(("holder_username", one) for one in re.split(r"\n|: | → ", name.value)),
        *said_as(None, [name.note, name.use_text]),
    ]
    return any(traces.are_said([one]) for one in told)


def _erase_file(batch: Batch, traces: Traces) -> None:
    """Its name goes too, where it is theirs."""
    if traces.may_be_in_name(batch.file.name):
        batch.file.name = (
            untranslated(_("Erased file")) + PurePath(batch.file.name).suffix
        )
    files.erase(batch.file)
    batch.samples = {}


def _clean_batch(batch: Batch, traces: Traces) -> None:
    batch.headers = ["" if traces.are_in(one) else one for one in batch.headers]
    if traces.are_in(batch.error):
        batch.error = row_texts.ERASED()
    batch.save(update_fields=["samples", "headers", "error", "counts", "facets"])
