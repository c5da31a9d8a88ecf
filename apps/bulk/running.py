"""Works through a job: first what is selected is put into rows, once; then chunk by
chunk, each with what came of it in one transaction, so that a worker killed in the
middle leaves nothing half-done and does nothing twice."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from itertools import takewhile
from operator import or_
from typing import Any
from uuid import UUID

from django.db import connection, transaction
from django.utils import translation

from apps.accounts.models import User
from apps.accounts.sessions import actor_of
from apps.core import correlation
from apps.core.actor import SYSTEM, Actor
from apps.core.bulk import plan_checks_anew, prefer_indexes
from apps.core.bulk_verbs import Outcomes, Verb
from apps.core.chunks import by_halves
from apps.core.errors import DomainError, Invalid, NotAllowed
from apps.core.told import Told, dumps

from . import parameters, progress, texts
from .models import BulkJob, BulkRow
from .services import MOST_ROWS, Selection
from .states import JobState, Outcome

CHUNK = 500  # rows of one transaction: about half a second, and then a stop is heard


def take_step(job_id: UUID) -> bool:
    """Puts what is selected into rows, or works on the next of them; False when there
    is nothing left to do, or another worker does it. Raises DomainError for what ends
    the job."""
    if not _take_over(job_id):
        return False
    with transaction.atomic():
        job = progress.lock(job_id)
        if not job.is_working:
            return False
        # What the verbs record belongs together, and speaks to who asked.
        correlation.set(str(job.pk))
        with translation.override(job.language or None):
            return _work(job)


@transaction.atomic
def _take_over(job_id: UUID) -> bool:
    """Counted before the work, as it may kill the worker."""
    job = progress.lock(job_id)
    if not job.is_working or job.is_begun:
        return False
    if job.is_given_up:
        raise Invalid(texts.GIVEN_UP(times=job.attempts))
    job.take()
    job.save(update_fields=job.WORKED)
    return True


def _work(job: BulkJob) -> bool:
    verb = job.declared
    if verb is None:
        raise Invalid(texts.UNKNOWN_VERB())
    actor = _asker(job)
    if not verb.may_be_asked_by(actor, job.company_id):
        raise NotAllowed(texts.MAY_NOT())
    if job.state == JobState.PREPARING:
        _select(job, verb, actor)
        return True
    rows = _next_rows(job, verb)
    if not rows:
        progress.end(job, JobState.COMPLETED, actor)
        return False
    values = parameters.restore(job.parameters, actor)
    _mark(job, rows, _do(job, rows, verb, actor=actor, values=values))
    plan_checks_anew()
    return True


def _asker(job: BulkJob) -> Actor:
    """Whoever asked, with the role they have now. Raises NotAllowed once they have
    left."""
    if job.asked_by is None:
        return SYSTEM
    found = User.objects.present().select_related("company")
    user = found.filter(pk=job.asked_by).first()
    if user is None:
        raise NotAllowed(texts.HAS_LEFT())
    return actor_of(user)


def _select(job: BulkJob, verb: Verb, actor: Actor) -> None:
    """By one statement, so that all rows are of one moment. Things stand in the order
    of their keys, those that go together beside each other."""
    selection = Selection.of(job.selection)
    group = [verb.together] if verb.together else []
    found = selection.rows(verb.things, actor=actor, company_id=job.company_id)
    ordered = found.order_by(*group, "pk")
    chosen = ordered.values_list("pk", *group)[: MOST_ROWS + 1]
    sql, params = chosen.query.sql_with_params()
    columns = "object_id, group_id" if group else "object_id"
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO bulk_bulkrow (company_id, job_id, {columns}) "  # noqa: S608
            f"SELECT %s, %s, chosen.* FROM ({sql}) AS chosen",
            [job.company_id, job.pk, *params],
        )
        count = cursor.rowcount
    if count > MOST_ROWS:
        raise Invalid(texts.TOO_MANY(most=MOST_ROWS))
    progress.begin_rows(job, count)


def _next_rows(job: BulkJob, verb: Verb) -> list[BulkRow]:
    found = BulkRow.objects.of(job).filter(outcome="", id__gt=job.worked_up_to)
    most = 1 if verb.is_one_by_one else CHUNK
    rows = list(found.order_by("id")[:most])
    if verb.together:
        group = rows[0].group_id if rows else None
        return list(takewhile(lambda row: row.group_id == group, rows))
    return rows


def _do(
    job: BulkJob,
    rows: Sequence[BulkRow],
    verb: Verb,
    *,
    actor: Actor,
    values: dict[str, Any],
) -> Outcomes:
    prefer_indexes()
    ids = [row.object_id for row in rows]
    found = verb.things.visible_to(actor).filter(company_id=job.company_id)
    things = list(found.filter(pk__in=ids).order_by("pk"))
    gone = set(ids) - {thing.pk for thing in things}
    outcomes = Outcomes(refused={pk: Invalid(texts.GONE()) for pk in gone})
    if not things:
        return outcomes

    def do(things: Sequence[Any]) -> Outcomes:
        return verb.do(things, actor=actor, values=values)

    def refused(thing: Any, error: Exception) -> Outcomes:
        return Outcomes(refused={thing.pk: error})

    return outcomes | by_halves(things, do, refused, or_, ended_by=())


def _mark(job: BulkJob, rows: Sequence[BulkRow], outcomes: Outcomes) -> None:
    """Notes what came of each, and how far the job is."""
    counts: Counter[str] = Counter()
    marks = []
    for row in rows:
        outcome, code, reason = _came_of(row.object_id, outcomes)
        counts[outcome] += 1
        marks.append((row.id, str(outcome), code, reason))
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE bulk_bulkrow r SET outcome = m.outcome, code = m.code, "
            "reason = m.reason FROM unnest(%s::bigint[], %s::text[], %s::text[], "
            "%s::text[]) AS m(id, outcome, code, reason) WHERE r.id = m.id",
            [list(column) for column in zip(*marks, strict=True)],
        )
    job.done_rows += counts[Outcome.DONE]
    job.skipped_rows += counts[Outcome.SKIPPED]
    job.refused_rows += counts[Outcome.REFUSED]
    job.worked_up_to = rows[-1].id
    job.hand_on()
    names = ["done_rows", "skipped_rows", "refused_rows", "worked_up_to"]
    job.save(update_fields=[*names, *job.WORKED])


def _came_of(thing_id: UUID, outcomes: Outcomes) -> tuple[Outcome, str, str]:
    if error := outcomes.refused.get(thing_id):
        told = _told(error)
        code = error.code if isinstance(error, DomainError) else told.reason
        return Outcome.REFUSED, code[:64], dumps(told)
    is_same = thing_id in outcomes.unchanged
    return (Outcome.SKIPPED if is_same else Outcome.DONE), "", ""


def _told(error: Exception) -> Told:
    return error.told if isinstance(error, DomainError) else texts.CONTRADICTS()
