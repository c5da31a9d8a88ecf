"""Two admins erase somebody at the same moment, or one erases and one takes back."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from apps.accounts import services as accounts
from apps.accounts.models import User
from apps.conftest import make_company, make_user, together
from apps.core.actor import SYSTEM
from apps.events.models import Event
from apps.people import services

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def former(reference_data) -> User:
    user = make_user(make_company("Acme"), "Emil")
    return accounts.archive(user, actor=SYSTEM, reason="LEFT")


def erase(user: User) -> Callable[[], object]:
    return lambda: services.erase(user, actor=SYSTEM, reason="ASKED")


def test_two_erasures_are_one(former):
    assert together(erase(former), erase(former), erase(former)) == []
    assert User.objects.get(pk=former.pk).is_erased
    assert Event.objects.filter(type="user.erased").count() == 1


def test_erased_or_taken_back_but_not_both(former):
    refused = together(
        erase(former), lambda: services.rehire(former, actor=SYSTEM, seen=None)
    )
    now = User.objects.get(pk=former.pk)
    assert len(refused) == 1
    if now.is_erased:
        assert refused == ["wrong_state"]
        assert now.first_name == ""
    else:
        assert refused == ["not_left"]
        assert (now.state, now.first_name) == ("ACTIVE", "Emil")
