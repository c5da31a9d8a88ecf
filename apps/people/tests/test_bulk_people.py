"""Many people are tagged, locked out or archived at once."""

from __future__ import annotations

import pytest

from apps.accounts.models import User, UserTag
from apps.accounts.sessions import actor_of
from apps.bulk.tests.factories import ask, counts, outcomes, run
from apps.companies.models import Tag
from apps.conftest import make_asset, make_user
from apps.core.actor import SYSTEM
from apps.core.errors import Invalid
from apps.events.models import Event
from apps.inventory.models import Asset
from apps.people.bulk_verbs import ARCHIVE, END_SIGN_IN, TAG, UNTAG, TagForm
from apps.returns import services as returns

pytestmark = pytest.mark.django_db


@pytest.fixture
def people(acme):
    return [make_user(acme, name) for name in ("Ines", "Jules", "Kofi")]


@pytest.fixture
def night(acme):
    return Tag.objects.create(company=acme, name="Night shift")


def test_a_tag_is_added_and_taken_and_others_stay(people, night, acme, anna):
    other = Tag.objects.create(company=acme, name="Drivers")
    for tag in (night, other):
        UserTag.objects.create(company=acme, user=people[0], tag=tag)
    actor = actor_of(anna)

    assert counts(run(ask(TAG, people, acme, actor=actor, tag=night)))[1:] == (2, 1, 0)
    assert UserTag.objects.filter(tag=night).count() == 3
    job = run(ask(UNTAG, "q=Example", acme, actor=actor, tag=night))
    assert counts(job) == ("COMPLETED", 3, 1, 0)
    assert outcomes(job)[anna.pk] == ("SKIPPED", "")
    assert UserTag.objects.get().tag == other
    assert Event.objects.filter(type="user.tagged").count() == 5


def test_the_form_offers_tags_of_the_company_alone(night, globex, gina):
    form = TagForm({"tag": night.pk}, actor=actor_of(gina))
    assert list(form.errors) == ["tag"]


def test_nobody_locks_themselves_out(people, acme, anna):
    job = run(
        ask(END_SIGN_IN, [*people, anna], acme, actor=actor_of(anna), reason="OTHER")
    )
    assert counts(job) == ("COMPLETED", 3, 0, 1)
    assert outcomes(job)[anna.pk] == ("REFUSED", "own_login")
    assert set(User.objects.exclude(login=None).filter(company=acme)) == {anna}


def test_who_is_to_give_something_back_is_left_out(people, acme, shelf):
    ines, jules, kofi = people
    phone = make_asset(jules, "PHONE-7")
    returns.start_collection(jules, actor=SYSTEM, asset_ids=[phone.pk])
    laptop = make_asset(kofi, "LAPTOP-7")

    job = run(ask(ARCHIVE, people, acme, reason="LEFT", way="GIVEN_AWAY"))

    assert outcomes(job) == {
        ines.pk: ("DONE", ""),
        jules.pk: ("REFUSED", "return_open"),
        kofi.pk: ("DONE", ""),
    }
    assert Asset.objects.get(pk=laptop.pk).archive_reason == "GIVEN_AWAY"
    again = run(ask(ARCHIVE, people, acme, reason="LEFT", way="ARCHIVED"))
    assert counts(again) == ("COMPLETED", 0, 2, 1)


def test_clients_of_the_api_are_no_people(people, acme, api):
    with pytest.raises(Invalid) as refused:
        ask(ARCHIVE, [*people, api.user], acme, reason="LEFT", way="ARCHIVED")
    assert refused.value.code == "unknown_thing"
