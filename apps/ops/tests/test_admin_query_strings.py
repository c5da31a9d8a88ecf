"""A list of the admin that is asked for what it has not says so; it never answers with
everything, and never by an error page."""

from __future__ import annotations

from collections.abc import Callable
from itertools import product

import pytest
from django.contrib import admin
from django.db import models
from django.test import Client

from apps.accounts.models import Login, User
from apps.core.admin import StrictAdmin
from apps.events.models import Event

from .test_admin import REGISTERED, by_label, url

pytestmark = pytest.mark.django_db
BAD = [
    "id__exact=abc",
    "p=x",
    "p=-1",
    "p=0",
    "p=99999",
    "p=1&p=2",
    "p=%C2%B2",
    "e=1",
    "all=1",
    "o=zzz",
    "o=1&o=2",
    "q=a&q=b",
    "q=%00",
    "q=%ED%A0%80",
    "nonsense=1",
    "company__login__password__startswith=a",
    "id__in=a,b",
    "pk__nonsense=1",
    "created_at__gte=2026-02-31",
]


NO_IDS = ["abc", "a\0b", "x" * 10_000, "-1", "9" * 40]


@pytest.fixture
def staff(root: User, anna: User, client_of: Callable[[User], Client]) -> Client:
    return client_of(root)


def test_every_list_is_strict() -> None:
    known = admin.site._registry
    assert [m for m in REGISTERED if not isinstance(known[m], StrictAdmin)] == []


@pytest.mark.full
def test_bad_query_strings_are_named(staff: Client, subtests: pytest.Subtests) -> None:
    for model in REGISTERED:
        with subtests.test(by_label(model)):
            found = []
            for asked in BAD:
                answer = staff.get(f"{url(model, 'changelist')}?{asked}")
                name = asked.partition("=")[0]
                if answer.status_code != 400 or f"<code>{name}=" not in answer.text:
                    found.append((asked, answer.status_code))
            assert found == []


@pytest.mark.full
def test_choices_that_a_filter_does_not_offer_are_named(
    staff: Client, subtests: pytest.Subtests
) -> None:
    for model in REGISTERED:
        with subtests.test(by_label(model)):
            for name in admin.site._registry[model].list_filter:
                field = model._meta.get_field(name)
                if not field.flatchoices and not isinstance(field, models.BooleanField):
                    continue  # whatever stands in the column is a choice
                bad, sound = f"{name}__exact=nonsense", f"{name}__exact="
                answer = staff.get(f"{url(model, 'changelist')}?{bad}")
                assert answer.status_code == 400, bad
                assert f"<code>{bad}</code>" in answer.text
                known = field.flatchoices[0][0] if field.flatchoices else "1"
                answer = staff.get(f"{url(model, 'changelist')}?{sound}{known}")
                assert answer.status_code == 200, sound


def test_only_what_is_wrong_is_named(staff: Client) -> None:
    asked = "role__exact=EMPLOYEE&id__exact=abc&q=anna"
    answer = staff.get(f"{url(User, 'changelist')}?{asked}")
    assert answer.status_code == 400
    assert answer.context["refusal"].url.endswith("?role__exact=EMPLOYEE&q=anna")
    assert staff.get(answer.context["refusal"].url).status_code == 200


@pytest.mark.full
def test_ids_that_are_none_do_nothing(staff: Client, subtests: pytest.Subtests) -> None:
    for model, bad in product(REGISTERED, NO_IDS):
        with subtests.test(by_label(model), id=bad[:9]):
            before = Event.objects.count()
            for action, _description in admin.site._registry[model].get_action_choices(
                staff.get(url(model, "changelist")).wsgi_request
            ):
                for more in ({}, {"index": "0"}, {"index": "x"}):
                    data = {"action": action, "_selected_action": ["1", bad], **more}
                    answer = staff.post(url(model, "changelist"), data)
                    assert answer.status_code in (200, 302, 400), (action, more)
                    if isinstance(model._meta.pk, models.UUIDField) and action:
                        assert "<code>_selected_action=" in answer.text
            assert Event.objects.count() == before


def test_an_action_on_a_filtered_list_stays_there(staff: Client, anna: User) -> None:
    address = f"{url(Login, 'changelist')}?is_active__exact=nonsense"
    data = {"action": "deactivate", "_selected_action": [anna.login_id], "index": "0"}
    data["select_across"] = "1"
    assert staff.post(address, data).status_code == 400
    assert Login.objects.get(pk=anna.login_id).is_active
