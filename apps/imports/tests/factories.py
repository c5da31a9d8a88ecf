from __future__ import annotations

from functools import partial
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile

from apps.companies.models import Company
from apps.core.actor import SYSTEM, Actor
from apps.imports import reading as files
from apps.imports import services, tasks
from apps.imports.columns.cells import told_of
from apps.imports.columns.headers import count_known
from apps.imports.models import Batch, BatchRow
from apps.imports.run import applying, planning, reading, undoing
from apps.imports.targets.unresolved import NameChoice

read_table = partial(files.read_table, score=count_known)


def upload(
    company: Company,
    text: str | bytes,
    *,
    actor: Actor = SYSTEM,
    kind: str | None = None,
    name: str = "list.csv",
) -> Batch:
    content = text.encode() if isinstance(text, str) else text
    file = SimpleUploadedFile(name, content, content_type="text/csv")
    return read_now(services.upload(company, file, kind, actor=actor))


def read_now(batch: Batch) -> Batch:
    """As a worker reads it; a refusal is raised."""
    reading.read_rows(batch.pk)
    batch.refresh_from_db()
    return batch


def work(name: str) -> dict[str, Any]:
    """What a worker does of the import `name` until nothing is left to do."""
    batch = Batch.objects.get(pk=name)
    steps = {
        "READING": tasks.read_batch,
        "PLANNING": tasks.plan_batch,
        "APPLYING": tasks.apply_batch,
        "UNDOING": tasks.undo_batch,
        "DISCARDED": tasks.empty_batch,
    }
    while (state := batch.state) in steps:
        steps[state](str(batch.pk))
        batch.refresh_from_db()
        if batch.state == state:
            break
    return {"state": batch.state}


def make_plan(batch: Batch, *, actor: Actor = SYSTEM) -> Batch:
    """As if somebody had looked at the columns."""
    Batch.objects.filter(pk=batch.pk).update(is_confirmed=True)
    services.request_plan(batch, actor=actor, in_background=False)
    planning.make_plan(batch.pk)
    batch.refresh_from_db()
    return batch


def planned(
    company: Company, text: str | bytes, *, creates_people: bool = False, **options: Any
) -> Batch:
    """`creates_people`: whoever imports said so of all that are unknown."""
    batch = make_plan(upload(company, text, **options))
    return create_people(batch) if creates_people else batch


def create_people(batch: Batch) -> Batch:
    everybody = NameChoice("person", None, "CREATE")
    services.decide_unknowns(batch, [everybody], actor=SYSTEM, in_background=False)
    planning.make_plan(batch.pk)
    batch.refresh_from_db()
    return batch


def apply_all(batch: Batch, *, actor: Actor = SYSTEM) -> Batch:
    services.request_apply(batch, actor=actor, in_background=False)
    while applying.apply_chunk(batch.pk):
        pass
    batch.refresh_from_db()
    return batch


def applied(company: Company, text: str, **options: Any) -> Batch:
    return apply_all(planned(company, text, **options))


def undo_all(batch: Batch, *, actor: Actor = SYSTEM) -> Batch:
    services.undo(batch, reason="WRONG_FILE", actor=actor, in_background=False)
    while undoing.undo_chunk(batch.pk):
        pass
    batch.refresh_from_db()
    return batch


def unknowns(batch: Batch) -> set[tuple[str, str, int, str]]:
    """Kind, name, rows and what becomes of it."""
    return set(batch.unknowns.values_list("kind", "value", "rows", "action"))


def counts(batch: Batch) -> dict[str, int]:
    """By verdict, without the zeros."""
    return {verdict: count for verdict, count in batch.counts.items() if count}


def rows(batch: Batch) -> list[BatchRow]:
    return list(BatchRow.objects.filter(batch=batch).order_by("line"))


def codes(row: BatchRow) -> list[str]:
    return [problem["code"] for problem in row.problems]


def sentence_of(row: BatchRow) -> str:
    """The first of why it was refused."""
    return str(told_of(row.problems[0]))
