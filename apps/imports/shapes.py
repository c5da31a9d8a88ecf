"""What answers say of imports."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from functools import partial
from typing import Any

from django.utils import timezone
from rest_framework import serializers

from apps.core.api.shapes import (
    Shape,
    Sql,
    choice,
    flag,
    json,
    made,
    moment,
    number,
    text,
    uid,
)
from apps.core.chunks import NO_WORKER_AFTER
from apps.core.told import Told, loads

from .columns import formats
from .models import Batch
from .shown.plan import KINDS, answers_of, changes_of, faults_of, meanings_of
from .states import PROGRESS, WORKING, BatchState, Choice, Kind, Verdict, progress_of


def _one_of(choices: Iterable[Any]) -> Callable[..., serializers.Field]:
    named = [(str(one), str(one)) for one in choices]
    return partial(serializers.ChoiceField, choices=named)


class ImportReason(serializers.Serializer):
    """Why something failed or stayed."""

    code = serializers.CharField(help_text="Stable.")
    detail = serializers.CharField(help_text="A sentence for people.")


def _reason(kept: Told | str | None) -> dict[str, str] | None:
    told = loads(kept) if isinstance(kept, str) else kept
    return {"code": told.reason, "detail": str(told)} if told else None


# --- An import ---------------------------------------------------------------


class ImportCounts(serializers.Serializer):
    """Rows of the plan by verdict."""

    create = serializers.IntegerField(required=False)
    change = serializers.IntegerField(required=False)
    rehire = serializers.IntegerField(required=False)
    same = serializers.IntegerField(required=False)
    conflict = serializers.IntegerField(required=False)
    ambiguous = serializers.IntegerField(required=False)
    refused = serializers.IntegerField(required=False)


class ImportProgress(serializers.Serializer):
    """Rows that the present step has dealt with, of those that it is about."""

    done = serializers.IntegerField()
    total = serializers.IntegerField()


def _counts(counts: Mapping[str, int]) -> dict[str, int] | None:
    known = [name for name in Verdict.values if name in counts]
    return {name.lower(): counts[name] for name in known} or None


def _progress(*facts: Any) -> dict[str, int] | None:
    state, *_rest = facts
    if state not in WORKING:
        return None
    return dict(zip(("done", "total"), progress_of(*facts), strict=True))


def _is_without_worker(batch: Batch) -> bool:
    found = Batch.objects.filter(pk=batch.pk)
    return found.without_worker(timezone.now()).exists()


def _open(options: Mapping[str, Any]) -> int:
    return len(formats.open_questions(options))


_WORKING = ", ".join(f"'{state}'" for state in sorted(WORKING))
_PATIENCE = int(NO_WORKER_AFTER.total_seconds())
IMPORT = Shape(
    "ImportResponse",
    "imports.Batch",
    {
        "id": uid("id"),
        "fileName": text("file__name"),
        "kind": choice("kind", Kind),
        "state": choice("state", BatchState),
        "createdAt": moment("created_at"),
        "plannedAt": moment("planned_at"),
        "appliedAt": moment("applied_at"),
        "undoneAt": moment("undone_at"),
        "totalRows": number("total_rows"),
        "openQuestions": made(serializers.IntegerField, _open, "options"),
        "counts": made(ImportCounts, _counts, "counts"),
        "progress": made(ImportProgress, _progress, *PROGRESS),
        "rowsWithWarnings": number("warned_rows"),
        "appliedRows": number("applied_rows"),
        "undoneRows": number("undone_rows"),
        "keptRows": number("kept_rows"),
        "stopRequested": flag("stop_requested"),
        "hasNoWorker": Sql(
            serializers.BooleanField,
            f"{{t}}.state IN ({_WORKING}) AND COALESCE({{t}}.alive_at < "
            f"statement_timestamp() - interval '{_PATIENCE} seconds', FALSE)",
            _is_without_worker,
        ),
        "error": made(ImportReason, _reason, "error"),
    },
)

# --- Its rows ----------------------------------------------------------------


class ImportCandidate(serializers.Serializer):
    """Something of the register that may be meant."""

    kind = serializers.CharField()
    id = serializers.CharField()
    text = serializers.CharField()


class ImportProblem(serializers.Serializer):
    """Why the row is refused, or (a warning) what of it is left out or looks damaged;
    `column` is the position of the cell that it is about."""

    code = serializers.CharField(help_text="Stable; rows are filtered by it.")
    detail = serializers.CharField(help_text="A sentence for people.")
    column = serializers.IntegerField(required=False)
    cell = serializers.CharField(required=False, allow_blank=True)
    candidates = ImportCandidate(many=True, required=False)


class ImportChange(serializers.Serializer):
    """What the row changes of the thing, as people read it."""

    field = serializers.CharField()
    label = serializers.CharField()
    old = serializers.CharField(allow_blank=True)
    new = serializers.CharField(allow_blank=True)


def _problems(problems: Any, cells: Any) -> list[dict[str, Any]] | None:
    return [_problem(fault) for fault in faults_of(problems, cells)] or None


def _problem(fault: Mapping[str, Any]) -> dict[str, Any]:
    found = {"code": fault["code"], "detail": str(fault["message"])}
    if fault["column"] is not None:
        found |= {"column": fault["column"], "cell": fault["cell"]}
    if fault["candidates"]:
        found["candidates"] = [
            {name: one[name] for name in ("kind", "id", "text")}
            for one in fault["candidates"]
        ]
    return found


def _changes(kind: str, changes: Any) -> list[dict[str, str]] | None:
    return changes_of(Kind(kind), changes) if kind and changes else None


_TEXTS = partial(serializers.ListField, child=serializers.CharField())
ROW = Shape(
    "ImportRowResponse",
    "imports.BatchRow",
    {
        "line": number("line"),
        "verdict": choice("verdict", Verdict),
        "cells": json(
            "cells", partial(serializers.ListField, child=serializers.CharField())
        ),
        "problems": made(
            partial(ImportProblem, many=True), _problems, "problems", "cells"
        ),
        "warnings": made(
            partial(ImportProblem, many=True), _problems, "warnings", "cells"
        ),
        "changes": made(
            partial(ImportChange, many=True), _changes, "batch__kind", "changes"
        ),
        "targetId": uid("target_id"),
        "undoneAt": moment("undone_at"),
        "kept": made(ImportReason, _reason, "kept"),
    },
)

# --- Names that the register does not have -----------------------------------


class CodeAndLabel(serializers.Serializer):
    """One of the things that may be said, and what people call it."""

    code = serializers.CharField()
    label = serializers.CharField()


def _choices(kind: str, may_create: bool) -> list[str]:
    return [one.code for one in answers_of(kind, may_create=may_create)]


def _meanings(kind: str) -> list[dict[str, str]] | None:
    found = meanings_of(kind)
    return [{"code": one.code, "label": str(one.label)} for one in found] or None


def _note(note: Told | str | None) -> str | None:
    told = loads(note) if isinstance(note, str) else note
    return str(told) if told else None


NAME = Shape(
    "ImportNameResponse",
    "imports.Unknown",
    {
        "kind": choice("kind", tuple(KINDS)),
        "key": text("key"),
        "name": text("value"),
        "note": made(serializers.CharField, _note, "note"),
        "rows": number("rows"),
        "decision": choice("action", Choice),
        "use": text("use_text"),
        "choices": made(
            partial(serializers.ListField, child=_one_of(Choice)()),
            _choices,
            "kind",
            "may_create",
        ),
        "meanings": made(partial(CodeAndLabel, many=True), _meanings, "kind"),
        "decidedAt": moment("decided_at"),
        "mayBeMeant": json("candidates", _TEXTS),
    },
)
