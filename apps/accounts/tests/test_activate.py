from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest
from django.utils import timezone

from apps.accounts import services, tasks
from apps.accounts.events import USER_ACTIVATED
from apps.accounts.states import UserState
from apps.conftest import make_user
from apps.core.actor import SYSTEM
from apps.core.errors import NotAllowed
from apps.events.models import Event

pytestmark = pytest.mark.django_db


def starting(acme, days: int):
    """Somebody who was added before their first day, which is in so many days."""
    today = timezone.now().date()
    user = make_user(acme, "Joy", start_on=today + timedelta(days=5))
    assert user.state == UserState.CREATED
    services.update(user, actor=SYSTEM, start_on=today + timedelta(days=days))
    return services.lock(user)


def test_becomes_active_on_the_first_day(acme):
    user = starting(acme, 0)
    tasks.activate_due()
    assert services.lock(user).state == UserState.ACTIVE
    told = USER_ACTIVATED.read(Event.objects.get(type=USER_ACTIVATED.name))
    assert (told.from_, told.state) == (UserState.CREATED, UserState.ACTIVE)
    tasks.activate_due()
    assert Event.objects.filter(type=USER_ACTIVATED.name).count() == 1


@pytest.mark.parametrize(
    ("zone", "moment", "state"),
    [
        ("Pacific/Auckland", "2026-11-28T12:00Z", UserState.ACTIVE),
        ("Europe/Warsaw", "2026-11-28T23:30Z", UserState.ACTIVE),
        ("Europe/Warsaw", "2026-11-28T22:30Z", UserState.CREATED),
        ("America/Los_Angeles", "2026-11-29T07:30Z", UserState.CREATED),
        ("America/Los_Angeles", "2026-11-29T08:30Z", UserState.ACTIVE),
    ],
)
def test_the_first_day_begins_where_they_work(acme, zone, moment, state, monkeypatch):
    acme.time_zone = zone
    acme.save()
    first, now = date(2026, 11, 29), datetime.fromisoformat(moment)
    fields = {"first_name": "Joy", "email": "joy@acme.example", "start_on": first}
    at_once = services.create(actor=SYSTEM, company=acme, at=now, **fields)
    assert at_once.state == state
    fields["email"] = "roy@acme.example"
    early = now - timedelta(days=5)
    later = services.create(actor=SYSTEM, company=acme, at=early, **fields)
    assert later.state == UserState.CREATED
    monkeypatch.setattr(timezone, "now", lambda: now)
    tasks.activate_due()
    assert services.lock(later).state == state


def test_not_before_it(acme):
    user = starting(acme, 3)
    tasks.activate_due()
    assert services.lock(user).state == UserState.CREATED
    assert not Event.objects.filter(type=USER_ACTIVATED.name).exists()


def test_other_company_may_not(acme, gina, as_actor):
    user = starting(acme, 3)
    with pytest.raises(NotAllowed):
        services.activate(user, actor=as_actor(gina))
    assert services.lock(user).state == UserState.CREATED
