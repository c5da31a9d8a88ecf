from __future__ import annotations

from datetime import timedelta

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
