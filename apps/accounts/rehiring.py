"""Somebody who had left works here again."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db import transaction

from apps.companies.models import Company
from apps.core import seen as marks
from apps.core import states
from apps.core.actor import Actor, Permission
from apps.core.clean import require_sane_day
from apps.core.errors import Conflict, Invalid
from apps.core.roles import COMPANY_ROLES
from apps.events.models import Event
from apps.events.services import Draft, record_many

from . import events, services, texts
from .models import User
from .states import LEFT, TRANSITIONS, UserState

_LEAVING = (str(events.USER_OFFBOARDED), str(events.USER_ARCHIVED))


@transaction.atomic
def rehire(
    user: User,
    *,
    actor: Actor,
    start_on: date | None = None,
    at: datetime | None = None,
    seen: str | None = None,
) -> User:
    """Back to ACTIVE, at once even if `start_on` lies ahead: that day is kept, the last
    working day is cleared. Without `start_on` the first working day stays as it was.

    Raises Conflict `wrong_state`, `not_rehired_here`, Invalid `starts_before_end`.
    """
    actor.require(Permission.PEOPLE_REHIRE, user)
    user = services.lock(user)
    if user.state == UserState.ACTIVE and start_on in (None, user.start_on):
        return user
    marks.require(user, seen)
    fields = {} if start_on is None else {"start_on": start_on}
    today = user.company.today(at)
    draft = apply_rehire(user, fields, today=today)
    draft.occurred_at = at
    written = [*fields, *WRITTEN_BY_REHIRE, "updated_at"]
    user.save(update_fields=written)
    record_many([draft], actor=actor)
    return user


WRITTEN_BY_REHIRE = ("state", "end_on", "state_before_offboarding")


def apply_rehire(
    user: User,
    fields: dict[str, Any],
    *,
    today: date,
    batch_id: UUID | None = None,
) -> Draft:
    """Sets WRITTEN_BY_REHIRE and the fields (of EDITABLE, none of them the role) on the
    locked instance; the event to record."""
    require_may_return(user)
    require_starts_after_end(user, fields.get("start_on"), today=today)
    before = {name: getattr(user, name) for name in {*fields, "end_on"}}
    came_from, user.state = user.state, UserState.ACTIVE
    user.state_before_offboarding, user.end_on = "", None
    for name, value in services.clean(fields).items():
        setattr(user, name, value)
    after = {name: getattr(user, name) for name in before}
    return services.draft(
        events.USER_REHIRED,
        user,
        refs=[batch_id],
        changes=events.CHANGES.between(before, after),
        from_=came_from,
    )


def require_may_return(user: User) -> None:
    if user.state not in LEFT:
        raise Conflict(texts.HAS_NOT_LEFT(name=user.name))
    states.require(TRANSITIONS, user.state, UserState.ACTIVE, what=user.name)
    if user.role not in COMPANY_ROLES:
        raise Conflict(texts.NOT_REHIRED_HERE(name=user.name))


def require_starts_after_end(user: User, start_on: date | None, *, today: date) -> None:
    require_sane_day(start_on, "start_on")
    if start_on is None or user.end_on is None:
        return
    if user.end_on <= today and start_on <= user.end_on:
        raise Invalid(texts.STARTS_BEFORE_END(day=user.end_on), field="start_on")


def leaving_days(people: Sequence[User], company: Company) -> dict[UUID, date]:
    """On which day those of the people who have left did so: the last working day, or
    the day on which that was noted, whichever came first."""
    ids = [user.id for user in people if user.state in LEFT]
    if not ids:
        return {}
    zone = ZoneInfo(company.time_zone)
    found = Event.objects.filter(
        company_id=company.id, refs__overlap=ids, type__in=_LEAVING
    )
    noted = found.filter(subject_id__in=ids).order_by("occurred_at")
    days = {
        subject_id: at.astimezone(zone).date()
        for subject_id, at in noted.values_list("subject_id", "occurred_at")
    }
    for user in people:
        if user.state in LEFT and user.end_on is not None:
            days[user.id] = min(user.end_on, days.get(user.id, user.end_on))
    return days


def apply_leaving_again(
    user: User, state: str, fields: dict[str, Any], *, batch_id: UUID
) -> Draft:
    """Annuls a rehire on the locked instance: `state` and `fields` as they were before
    it. The event to record. Raises Conflict `wrong_state` for any other step."""
    services.require_not_erased(user)
    is_ours = state in LEFT and states.may(TRANSITIONS, state, user.state)
    if not is_ours:
        states.require(TRANSITIONS, user.state, state, what=user.name)
    before = {name: getattr(user, name) for name in fields}
    came_from, user.state = user.state, state
    for name, value in fields.items():
        setattr(user, name, value)
    return services.draft(
        events.USER_RESTORED,
        user,
        refs=[batch_id],
        changes=events.CHANGES.between(before, fields),
        from_=came_from,
    )
