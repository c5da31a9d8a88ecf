"""What turns up before the person has answered: the rest is still asked for, and nobody
is said to have chosen anything."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from apps.accounts.models import User
from apps.accounts.states import UserState
from apps.companies.models import Address
from apps.conftest import make_asset
from apps.core.actor import SYSTEM
from apps.events.models import Event
from apps.inventory import integrity
from apps.inventory.models import Asset
from apps.returns import progress, services
from apps.returns.models import Return
from apps.returns.states import CONTACTING, READY, Decision, ReturnState

pytestmark = pytest.mark.django_db


@pytest.fixture
def phone(emil) -> Asset:
    return make_asset(emil, "PHONE1")


@pytest.fixture
def admin(anna, client_of) -> Client:
    return client_of(anna)


def collection(emil: User, place: Address, *assets: Asset) -> Return:
    ids = [asset.id for asset in assets]
    return services.start_collection(emil, actor=SYSTEM, asset_ids=ids, address=place)


def offboarding(emil: User, *assets: Asset) -> Return:
    return services.start_offboarding(
        emil,
        actor=SYSTEM,
        last_working_on=timezone.now().date(),
        decisions={asset.id: Decision.RETURN for asset in assets},
    )


def asked_until(ret: Return, state: str) -> Return:
    while ret.state != state:
        Return.objects.filter(pk=ret.pk).update(next_contact_at=timezone.now())
        assert services.contact_due(ret.pk, actor=SYSTEM)
        ret.refresh_from_db()
    return ret


def page(client: Client, ret: Return) -> str:
    return " ".join(client.get(ret.get_absolute_url()).text.split())


@pytest.mark.parametrize("place_name", ["shelf", "office"])
@pytest.mark.parametrize("state", CONTACTING)
def test_one_item_arrives_and_the_rest_is_still_asked_for(
    state, place_name, request, emil, laptop, phone, shelf, admin
):
    place = request.getfixturevalue(place_name)
    ret = asked_until(collection(emil, place, laptop, phone), state)
    due = ret.next_contact_at
    tick = {f"here_{laptop.pk}": "on", f"grade_{laptop.pk}": "B"}
    admin.post(reverse("returns:receive", args=[ret.pk]), tick)
    ret.refresh_from_db()
    laptop.refresh_from_db()
    assert (laptop.state, laptop.address, laptop.grade) == ("STORAGE", place, "B")
    assert (ret.state, ret.next_contact_at) == (state, due)
    assert (ret.method, ret.answered_at) == ("", None)
    shown = page(admin, ret)
    assert "picked up" not in shown
    lines = list(ret.lines.select_related("shipment"))
    now = [s["label"] for s in progress.step_bar(ret, lines) if s["state"] == "done"]
    assert now == ([] if state == ReturnState.SCHEDULED else ["Contact"])
    arrived = Event.objects.get(type="return.device_arrived")
    assert (arrived.payload["from"], arrived.payload["state"]) == (state, state)
    ret = services.answer(
        ret, actor=SYSTEM, method="DROPOFF", street="Prosta 1", city="Warszawa"
    )
    assert ret.state == ReturnState.READY_FOR_DROPOFF
    assert list(integrity.problems()) == []


@pytest.mark.parametrize("state", CONTACTING)
def test_the_last_item_completes_it_unanswered(state, emil, laptop, phone, shelf):
    ret = asked_until(collection(emil, shelf, laptop, phone), state)
    services.receive(ret, {laptop: None}, shelf, actor=SYSTEM)
    ret = services.receive(ret, {phone: "C"}, shelf, actor=SYSTEM)
    assert (ret.state, ret.next_contact_at) == (ReturnState.COMPLETED, None)
    assert list(integrity.problems()) == []


def test_a_paused_one_stays_paused_and_asks_once_resumed(emil, laptop, phone, shelf):
    ret = offboarding(emil, laptop, phone)
    ret = asked_until(ret, ReturnState.FIRST_EMAIL_SENT)
    services.pause(ret, actor=SYSTEM)
    ret = services.receive(ret, {laptop: None}, shelf, actor=SYSTEM)
    assert (ret.state, ret.paused_from) == ("PAUSED", "FIRST_EMAIL_SENT")
    ret = services.resume(ret, actor=SYSTEM)
    assert ret.state == ReturnState.FIRST_EMAIL_SENT
    assert ret.next_contact_at is not None


def test_what_came_to_a_leaver_meanwhile_is_asked_for_too(emil, laptop, shelf):
    ret = asked_until(offboarding(emil, laptop), ReturnState.FIRST_EMAIL_SENT)
    late = make_asset(emil, "LATE1")
    due = ret.next_contact_at
    ret = services.receive(ret, {laptop: None}, shelf, actor=SYSTEM)
    assert (ret.state, ret.next_contact_at) == (ReturnState.FIRST_EMAIL_SENT, due)
    assert ret.lines.get(outcome="").asset == late
    emil.refresh_from_db()
    assert emil.state == UserState.OFFBOARDING_IN_PROGRESS


def test_who_has_answered_is_not_asked_again(emil, laptop, phone, shelf):
    ret = asked_until(collection(emil, shelf, laptop, phone), "FIRST_EMAIL_SENT")
    ret = services.answer(ret, actor=SYSTEM, method="DROPOFF", wants_packaging=True)
    assert ret.state == ReturnState.FIRST_EMAIL_SENT
    ret = services.receive(ret, {laptop: None}, shelf, actor=SYSTEM)
    assert (ret.state, ret.next_contact_at) == (READY["DROPOFF"], None)


def test_a_choice_of_staff_is_not_said_to_be_the_persons(
    emil, laptop, phone, shelf, admin
):
    ret = collection(emil, shelf, laptop, phone)
    parcel = services.book_parcel(ret, actor=SYSTEM, carrier="OTHER")
    ret = services.track_parcel(ret, parcel, "CANCELLED", actor=SYSTEM)
    shown = page(admin, ret)
    assert "wants it" not in shown
    assert "To be picked up from Emil: book the carrier." in shown


@pytest.mark.parametrize("said", ["here", "grade"])
@pytest.mark.parametrize("whose", ["foreign", "gone", "nonsense"])
def test_a_form_that_says_more_than_its_list_receives_nothing(
    whose, said, emil, laptop, phone, shelf, gina, admin
):
    tablet = make_asset(emil, "TABLET1")
    ret = collection(emil, shelf, laptop, phone, tablet)
    line = ret.lines.get(asset=tablet)
    services.decide(line, Decision.WRITE_OFF, actor=SYSTEM, reason="Broken")
    services.close_due(ret.pk, actor=SYSTEM)
    stranger: dict[str, Any] = {
        "foreign": make_asset(gina, "GLOBEX").pk,
        "gone": tablet.pk,
        "nonsense": "x_\xe9",
    }
    before = Event.objects.count()
    target = reverse("returns:receive", args=[ret.pk])
    good = {f"here_{laptop.pk}": "on", f"grade_{laptop.pk}": "B"}
    value = {"here": "on", "grade": "A"}[said]
    answer = admin.post(target, good | {f"{said}_{stranger[whose]}": value})
    assert answer.status_code == 200
    assert "is not part of this list any more" in answer.text
    assert "GLOBEX" not in answer.text
    laptop.refresh_from_db()
    assert (laptop.state, Event.objects.count()) == ("ACTIVE", before)
    # The row of what is gone, left as it was, says nothing.
    assert admin.post(target, good | {f"grade_{tablet.pk}": ""}).status_code == 302
