"""Asking something of many things at once, and stopping it."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import orjson
from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from django.utils import translation
from django.utils.translation import gettext as _

from apps.companies.models import Company
from apps.core.actor import Actor, Permission
from apps.core.bulk_verbs import Things, Verb
from apps.core.errors import Conflict, Invalid

from . import events, parameters, progress, texts
from .models import BulkJob
from .states import JobState

MOST_IDS = 1_000  # that a form may post
MOST_ROWS = 200_000  # of one job: what an import may have


@dataclass(frozen=True, slots=True)
class Selection:
    """These things, or all that a list with this query string shows."""

    ids: Sequence[UUID] = ()
    query: str | None = None

    def plain(self) -> dict[str, Any]:
        if self.query is not None:
            return {"query": self.query}
        return {"ids": [str(one) for one in self.ids]}

    @classmethod
    def of(cls, plain: Mapping[str, Any]) -> Selection:
        return cls([UUID(one) for one in plain.get("ids", ())], plain.get("query"))

    def rows(self, things: Things, *, actor: Actor, company_id: UUID) -> QuerySet:
        """Those of the company that the actor sees. Raises Invalid `bad_query`."""
        if self.query is not None:
            found = things.shown(self.query, actor)
        else:
            found = things.visible_to(actor).filter(pk__in=self.ids)
        return found.filter(company_id=company_id)

    def count(self, things: Things, *, actor: Actor, company_id: UUID) -> int:
        """At most MOST_ROWS are counted. Raises Invalid `nothing_chosen`, `too_many`,
        `bad_query`, or `unknown_thing` for an id that nothing of theirs has."""
        if self.query is None and len(self.ids) > MOST_IDS:
            raise Invalid(texts.TOO_MANY_IDS(most=MOST_IDS))
        found = self.rows(things, actor=actor, company_id=company_id)
        if self.query is None:
            known = set(found.values_list("pk", flat=True))
            if missing := [one for one in self.ids if one not in known]:
                sentence = _("There is nothing with the id %(id)s.")
                message = sentence % {"id": missing[0]}
                raise Invalid("unknown_thing", message, field="ids")
            count = len(known)
        else:
            count = found.order_by().values("pk")[: MOST_ROWS + 1].count()
        if not count:
            raise Invalid(texts.NOTHING())
        if count > MOST_ROWS:
            raise Invalid(texts.TOO_MANY(most=MOST_ROWS))
        return count


@transaction.atomic
def ask(
    verb: Verb,
    selection: Selection,
    values: Mapping[str, Any],
    *,
    actor: Actor,
    company: Company,
    form_token: str,
    in_background: bool = True,
) -> BulkJob:
    """Has the verb done, with these cleaned values of its form, to all that is selected
    when a worker begins. `form_token` is of the one form that asks: sent again it is
    the same job.

    Raises Invalid as `Selection.count` and `no_form_token`, Conflict `form_sent` if
    that form said something else before.
    """
    for permission in (Permission.BULK_RUN, verb.permission):
        actor.require(permission, company.id)
    if not form_token.strip():
        message = _("Open the list again, and choose there.")
        raise Invalid("no_form_token", message)
    job = BulkJob(
        company=company,
        verb=verb.name,
        asked_by=actor.id,
        language=translation.get_language() or "",
        form_token=form_token,
        selection=selection.plain(),
        parameters=parameters.keep(values),
    )
    job.form_digest = _digest(job)
    if (earlier := _sent_before(job)) is not None:
        return earlier
    job.total_rows = selection.count(verb.things, actor=actor, company_id=company.id)
    job.hand_on()
    try:
        with transaction.atomic():
            job.save(force_insert=True)
    except IntegrityError as error:
        if (earlier := _sent_before(job)) is None:
            raise error
        return earlier
    told = events.Bulk(verb=job.verb, rows=job.total_rows)
    progress.record(job, events.BULK_ASKED, told, actor)
    if in_background:
        transaction.on_commit(lambda: progress.send(job.pk), robust=True)
    return job


def _digest(job: BulkJob) -> str:
    said = [job.verb, str(job.asked_by), job.selection, job.parameters]
    plain = orjson.dumps(said, option=orjson.OPT_SORT_KEYS)
    return hashlib.sha256(plain).hexdigest()


def _sent_before(job: BulkJob) -> BulkJob | None:
    found = BulkJob.objects.filter(company=job.company_id, form_token=job.form_token)
    earlier = found.first()
    if earlier is not None and earlier.form_digest != job.form_digest:
        message = _("This form was sent before, with something else in it: begin anew.")
        raise Conflict("form_sent", message)
    return earlier


@transaction.atomic
def stop(job: BulkJob, *, actor: Actor) -> BulkJob:
    """Ends it after the rows in hand, for which this waits; what is done stays done.
    Raises Conflict `wrong_state` once it has ended otherwise."""
    actor.require(Permission.BULK_RUN, job)
    job = progress.lock(job.pk)
    if job.state != JobState.STOPPED:
        progress.end(job, JobState.STOPPED, actor)
    return job
