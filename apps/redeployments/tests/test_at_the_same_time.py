"""Several who want the same stored assets at the same moment."""

from __future__ import annotations

import pytest

from apps.accounts.targets import Target
from apps.conftest import make_asset, together
from apps.core.actor import SYSTEM
from apps.events.models import Event
from apps.inventory import integrity
from apps.inventory import services as inventory
from apps.inventory.models import Asset, Claim
from apps.redeployments import services
from apps.redeployments.models import Redeployment

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def assets(store) -> list[Asset]:
    return [make_asset(store, f"T{number}") for number in range(6)]


def create(rui, assets: list[Asset]) -> Redeployment:
    ids = [asset.id for asset in assets]
    target = Target(user=rui)
    return services.create(ids, target, actor=SYSTEM, company=rui.company)


def test_of_many_who_want_the_same_asset_one_gets_it(rui, assets):
    one = assets[:1]
    refused = together(*[lambda: create(rui, one)] * 5)
    assert refused == ["claimed"] * 4
    assert Redeployment.objects.count() == 1
    assert Claim.objects.count() == 1
    assert Event.objects.filter(type="asset.reserved").count() == 1


def test_overlapping_wishes_in_opposite_order_end_without_deadlock(rui, assets):
    turned = assets[::-1]
    calls = [lambda: create(rui, assets[:4]), lambda: create(rui, turned[:4])]
    refused = together(*calls, *calls)
    assert set(refused) == {"claimed"}
    assert len(refused) == 3
    claimed = set(Claim.objects.values_list("asset_id", flat=True))
    reserved = Asset.objects.filter(state="RESERVED").values_list("id", flat=True)
    assert claimed == set(reserved)
    assert len(claimed) == 4
    assert list(integrity.problems()) == []


def test_handed_over_while_it_is_wanted_one_wins(rui, assets):
    asset = assets[0]
    refused = together(
        lambda: create(rui, [asset]),
        lambda: inventory.hand_over(asset, rui, actor=SYSTEM),
    )
    asset.refresh_from_db()
    won = {"RESERVED": ["claimed"], "ACTIVE": ["not_in_storage"]}
    assert refused == won[asset.state]


def test_cancelled_by_several_it_ends_once(rui, assets):
    made = create(rui, assets)
    assert together(*[lambda: services.cancel(made, actor=SYSTEM)] * 4) == []
    assert Event.objects.filter(type="redeployment.cancelled").count() == 1
    assert not Claim.objects.exists()
    assert Asset.objects.filter(state="STORAGE").count() == 6
