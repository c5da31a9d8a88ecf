"""What imported files said of somebody."""

from __future__ import annotations

from collections.abc import Iterator
from uuid import UUID

from apps.accounts import erasing
from apps.accounts.models import Erasure, User
from apps.core.personal import Rows, part
from apps.events.models import Event

from .erasure.forgetting import rows_about
from .erasure.traces import Meanings, Traces
from .models import Batch, BatchRow

_PIECE = 500
_NEWEST = 20  # imports that a request looks through


@part("imported_rows")
def imported_rows(user: User, thorough: bool) -> Rows:
    """Everywhere: also where they are named and nothing was written, such as a refused
    row. Else in the newest imports that brought or changed them."""
    traces = Traces(
        Erasure(company_id=user.company_id, user=user, traces=erasing.traces_of(user))
    )
    for batch in _batches(user, thorough):
        ids = (
            rows_about(batch, user.id, traces)
            if thorough
            else list(
                BatchRow.objects.of(batch)
                .filter(target_id=user.id)
                .values_list("pk", flat=True)
            )
        )
        meanings = Meanings(batch)
        for row in _rows(batch, ids):
            is_theirs = row.target_id == user.id
            if is_theirs or traces.are_said(meanings.row(row)):
                yield {
                    "file": batch.file.name,
                    "line": row.line,
                    "cells": _named(batch.headers, row.cells),
                    "verdict": row.verdict,
                    "changes": row.changes if is_theirs else {},
                }


def _batches(user: User, thorough: bool) -> list[Batch]:
    ours = Batch.objects.filter(company=user.company_id).select_related("file")
    if thorough:
        return list(ours.defer("samples").order_by("pk"))
    refs: set[UUID] = set()
    told = Event.objects.about(user.id).filter(
        company_id=user.company_id, subject_id=user.id
    )
    for one in told.order_by("-id").values_list("refs", flat=True)[:_PIECE]:
        refs.update(one)
    found = ours.defer("samples").filter(pk__in=refs).order_by("-pk")[:_NEWEST]
    return list(found)


def _rows(batch: Batch, ids: list[int]) -> Iterator[BatchRow]:
    for start in range(0, len(ids), _PIECE):
        piece = BatchRow.objects.of(batch).filter(pk__in=ids[start : start + _PIECE])
        yield from piece.order_by("line")


def _named(headers: list[str], cells: list[str]) -> list[list[str]]:
    """Header and cell, as two columns may have one name."""
    names = [*headers, *[""] * (len(cells) - len(headers))]
    return [
        [name, cell] for name, cell in zip(names, cells, strict=False) if cell.strip()
    ]
