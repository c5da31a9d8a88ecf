"""Rows that did not come into the register, or stayed in them, as they stood in the
file, with the reason as last column."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from django.utils.translation import gettext as _

from apps.core.tables import csv_lines, original
from apps.imports.columns.cells import told_of
from apps.imports.models import Batch, BatchRow
from apps.imports.states import LEFT_OUT

CHUNK_READ = 2_000


def left_out_csv(batch: Batch) -> Iterator[str]:
    """Rows that were refused or are ambiguous."""
    rows = BatchRow.objects.of(batch).filter(verdict__in=LEFT_OUT)
    found = rows.order_by("line").values_list("cells", "problems")
    return _with_reason(
        batch,
        (
            (cells, " ".join(str(told_of(problem)) for problem in problems))
            for cells, problems in found.iterator(CHUNK_READ)
        ),
    )


def kept_csv(batch: Batch) -> Iterator[str]:
    """Rows that could not be undone."""
    rows = BatchRow.objects.of(batch).kept_by_undoing().order_by("line")
    return _with_reason(batch, rows.values_list("cells", "kept").iterator(CHUNK_READ))


def _with_reason(batch: Batch, rows: Iterable[tuple[list[str], Any]]) -> Iterator[str]:
    width = len(batch.headers)
    lines = (
        [*map(original, cells), *[""] * (width - len(cells)), why]
        for cells, why in rows
    )
    delimiter = batch.options.get("delimiter") or ";"
    return csv_lines([*batch.headers, _("Reason")], lines, delimiter=delimiter)
