"""A parcel that was lost and turns up: what follows, and what does not."""

from datetime import timedelta

import pytest
from django.utils import timezone

from apps.conftest import make_asset
from apps.core.errors import Conflict
from apps.events.models import Event
from apps.inventory import services as inventory
from apps.returns import services

pytestmark = pytest.mark.django_db


@pytest.fixture
def lost(anna, emil, laptop, shelf, as_actor):
    """One of two items was lost on its way; the other is still asked back."""
    other = make_asset(emil, "OTHER-1")
    actor = as_actor(anna)
    ret = services.start_offboarding(
        emil,
        actor=actor,
        last_working_on=timezone.now().date() + timedelta(days=20),
        decisions={laptop.id: "RETURN", other.id: "RETURN"},
    )
    line = ret.lines.get(asset=laptop)
    shipment = services.book_parcel(
        ret, actor=actor, carrier="OTHER", line_ids=[line.id]
    )
    services.track_parcel(ret, shipment, "IN_TRANSIT", actor=actor)
    services.track_parcel(ret, shipment, "LOST", actor=actor)
    ret.refresh_from_db()
    return ret, shipment


@pytest.mark.parametrize("state", ["IN_TRANSIT", "RETURNED"])
def test_does_not_move_a_return_that_waits_for_something_else(
    lost, anna, laptop, as_actor, state
):
    ret, shipment = lost
    before = ret.state
    services.track_parcel(ret, shipment, state, actor=as_actor(anna))
    ret.refresh_from_db()
    shipment.refresh_from_db()
    laptop.refresh_from_db()
    assert (shipment.state, ret.state) == (state, before)
    assert (laptop.state, laptop.archive_reason) == ("ARCHIVED", "LOST")
    assert not Event.objects.filter(type="return.pickup_failed").exists()


def test_what_was_in_it_is_found_one_by_one(lost, anna, laptop, shelf, as_actor):
    inventory.receive(laptop, shelf, actor=as_actor(anna))
    laptop.refresh_from_db()
    assert (laptop.state, laptop.archive_reason) == ("STORAGE", "")


def test_a_paused_offboarding_completes_when_nothing_is_left(
    anna, emil, laptop, shelf, as_actor
):
    actor = as_actor(anna)
    ret = services.start_offboarding(
        emil,
        actor=actor,
        last_working_on=timezone.now().date() - timedelta(days=2),
        decisions={laptop.id: "RETURN"},
    )
    services.pause(ret, actor=actor)
    services.decide(ret.lines.get(), "ALREADY_BACK", actor=actor)
    ret.refresh_from_db()
    assert (ret.state, ret.paused_from) == ("COMPLETED", "")


def test_a_lost_parcel_is_not_closed_as_delivered(lost, anna, as_actor):
    ret, shipment = lost
    before = Event.objects.count()
    with pytest.raises(Conflict) as refusal:
        services.close_parcel(ret, shipment, actor=as_actor(anna))
    assert refusal.value.code == "parcel_ended"
    shipment.refresh_from_db()
    assert shipment.state == "LOST"
    assert Event.objects.count() == before
