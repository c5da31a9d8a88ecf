"""Of two people who move one device the second is told and asked (case 12)."""

from __future__ import annotations

import re

import pytest
from django.urls import reverse

from apps.conftest import make_asset, make_user
from apps.core import seen
from apps.core.actor import SYSTEM, Role
from apps.core.seen import ChangedMeanwhile
from apps.events.models import Event
from apps.inventory import services

pytestmark = pytest.mark.django_db


@pytest.fixture
def stored(shelf):
    return make_asset(shelf, "STORED-1")


def mark_in(page: str, action: str) -> str:
    form = page[page.index(f'action="{action}"') :]
    return re.search(r'name="seen" value="([^"]+)"', form).group(1)


def test_the_second_admin_is_told_and_asked(acme, anna, emil, stored, client_of):
    olga = make_user(acme, "Olga")
    other = make_user(acme, "Adam", role=Role.COMPANY_ADMIN)
    url = reverse("inventory:hand_over", args=[stored.pk])
    first, second = client_of(anna), client_of(other)
    marks = [
        mark_in(c.get(stored.get_absolute_url()).content.decode(), url)
        for c in (first, second)
    ]
    done = first.post(url, {"person": emil.email, "seen": marks[0]})
    assert done.status_code == 302
    before = Event.objects.count()
    asked = second.post(url, {"person": olga.email, "seen": marks[1]})
    page = asked.content.decode()
    assert asked.status_code == 409
    for said in ("was handed to Emil", "Anna Example", "Hand it over to Olga"):
        assert said in page
    stored.refresh_from_db()
    assert stored.user == emil
    assert Event.objects.count() == before
    again = {"person": olga.email, "seen": mark_in(page, url)}
    assert f'value="{olga.email}"' in page
    assert second.post(url, again).status_code == 302
    stored.refresh_from_db()
    assert stored.user == olga


@pytest.mark.parametrize("shown", [None, "", "0-0", "x-99999999999999999999", "-"])
def test_a_form_that_does_not_say_what_it_showed_is_asked(
    anna, emil, stored, client_of, shown
):
    url = reverse("inventory:hand_over", args=[stored.pk])
    data = {"person": emil.email} | ({} if shown is None else {"seen": shown})
    answer = client_of(anna).post_bare(url, data)
    assert answer.status_code == 409
    assert "Nothing has been done yet" in answer.content.decode()
    stored.refresh_from_db()
    assert stored.state == "STORAGE"


def test_a_double_click_is_no_conflict(anna, emil, stored, client_of):
    url = reverse("inventory:hand_over", args=[stored.pk])
    client = client_of(anna)
    data = {"person": emil.email, "seen": seen.mark(stored)}
    assert [client.post(url, data).status_code for _ in range(2)] == [302, 302]
    assert Event.objects.filter(type="asset.handed_over").count() == 1


def test_changed_facts_are_no_move(anna, emil, stored, as_actor):
    shown = seen.mark(stored)
    services.update(stored, actor=as_actor(anna), notes="scratched")
    services.hand_over(stored, emil, actor=as_actor(anna), seen=shown)


def test_there_and_back_again_is_a_move(anna, emil, stored, shelf, as_actor):
    shown = seen.mark(stored)
    services.hand_over(stored, emil, actor=SYSTEM)
    services.receive(stored, shelf, actor=SYSTEM)
    with pytest.raises(ChangedMeanwhile):
        services.hand_over(stored, emil, actor=as_actor(anna), seen=shown)


def test_the_question_is_not_for_another_company(gina, emil, stored, client_of):
    url = reverse("inventory:hand_over", args=[stored.pk])
    answer = client_of(gina).post(url, {"person": emil.email, "seen": "0-0"})
    assert answer.status_code == 404
