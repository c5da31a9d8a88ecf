"""What is recorded of a step says the state it led to."""

from __future__ import annotations

import pytest

from apps.conftest import make_asset
from apps.core.actor import SYSTEM
from apps.events.models import Event
from apps.inventory import services
from apps.inventory.events import ARRIVALS, ASSET_RESERVED
from apps.inventory.states import TRANSITIONS, AssetState


def test_every_state_that_can_be_reached_has_its_event():
    reached = set().union(*TRANSITIONS.values())
    assert reached == set(ARRIVALS)


@pytest.mark.django_db
def test_reserving_keeps_the_place(office):
    laptop = make_asset(office)
    move = services.Move(laptop.id, AssetState.RESERVED, office)
    services.move_many([move], actor=SYSTEM)
    event = Event.objects.get(type=ASSET_RESERVED.name)
    told = ASSET_RESERVED.read(event)
    assert (told.from_.state, told.to.state) == ("STORAGE", "RESERVED")
    assert told.to.address_id == office.id
    assert not told.holder_changed
    assert told.custody_id is None
    services.move_many([move], actor=SYSTEM)
    assert Event.objects.filter(type=ASSET_RESERVED.name).count() == 1
