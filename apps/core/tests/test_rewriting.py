from __future__ import annotations

import pytest

from apps.accounts.models import User
from apps.conftest import make_user
from apps.core.clean import one_line, small_letters
from apps.core.rewriting import rewrite
from apps.inventory.models import Asset

pytestmark = pytest.mark.django_db
KEYS = {"email": small_letters, "employee_number": one_line}


def store(user: User, **texts: str) -> None:
    """As no verb writes it."""
    User.objects.filter(pk=user.pk).update(**texts)


def test_keys_are_written_as_today_and_nothing_else_is(acme):
    user = make_user(acme, "Ida")
    store(user, employee_number="E 1", phone="1  2")
    before = User.objects.values().get(pk=user.pk)
    store(user, employee_number=" E\u00a0 1\u200b")
    assert rewrite(User, KEYS) == 1
    assert User.objects.values().get(pk=user.pk) == before
    assert rewrite(User, KEYS) == 0


def test_a_key_that_another_has_stays_as_it_is(acme, globex):
    one, other, foreign = (
        make_user(c, n) for c, n in ((acme, "A"), (acme, "B"), (globex, "C"))
    )
    store(one, employee_number="E 1")
    store(other, employee_number="E  1")
    store(foreign, employee_number="E  1")
    assert rewrite(User, KEYS) == 1
    numbers = [
        User.objects.get(pk=one.pk).employee_number for one in (one, other, foreign)
    ]
    assert numbers == ["E 1", "E  1", "E 1"]


def test_nothing_is_written_where_all_is_well(acme, django_assert_num_queries):
    make_user(acme, "Zoë")
    with django_assert_num_queries(1):
        assert rewrite(Asset, {"asset_tag": one_line}) == 0
