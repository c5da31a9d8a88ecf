from __future__ import annotations

import pytest

from apps.accounts import services as accounts
from apps.accounts.models import User
from apps.accounts.targets import Target
from apps.companies.models import Address
from apps.conftest import make_asset
from apps.core.actor import SYSTEM
from apps.core.errors import Conflict
from apps.events.models import Event
from apps.inventory import integrity
from apps.inventory import services as inventory
from apps.inventory.models import Claim
from apps.redeployments import services
from apps.redeployments.models import Redeployment
from apps.redeployments.states import TRANSITIONS, RedeploymentState

pytestmark = pytest.mark.django_db


@pytest.fixture
def redeployment(store: Address, rui: User) -> Redeployment:
    assets = [make_asset(store, f"C{number}") for number in range(2)]
    return services.create(
        [asset.id for asset in assets],
        Target(user=rui),
        actor=SYSTEM,
        company=store.company,
    )


def test_what_was_reserved_is_free_and_in_storage(
    redeployment: Redeployment, store: Address
) -> None:
    ended = services.cancel(redeployment, actor=SYSTEM)
    assert (ended.state, ended.cancelled_at is not None) == ("CANCELLED", True)
    for line in ended.lines.select_related("asset"):
        assert (line.asset.state, line.asset.address) == ("STORAGE", store)
        assert line.claim is None
        assert line.asset.custody.count() == 1
    assert not Claim.objects.exists()
    assert list(integrity.problems()) == []
    event = Event.objects.get(type="redeployment.cancelled")
    assert (event.payload["from"], event.payload["state"]) == ("INITIATED", "CANCELLED")
    assert len(event.payload["asset_ids"]) == 2


def test_second_cancel_changes_nothing(redeployment: Redeployment) -> None:
    first = services.cancel(redeployment, actor=SYSTEM)
    count = Event.objects.count()
    second = services.cancel(redeployment, actor=SYSTEM)
    assert second.cancelled_at == first.cancelled_at
    assert Event.objects.count() == count


def test_what_is_free_again_can_be_sent_to_somebody_else(
    redeployment: Redeployment, rui: User
) -> None:
    services.cancel(redeployment, actor=SYSTEM)
    asset = redeployment.lines.first().asset
    inventory.hand_over(asset, rui, actor=SYSTEM)
    asset.refresh_from_db()
    assert asset.state == "ACTIVE"


@pytest.mark.parametrize("state", RedeploymentState)
def test_it_is_refused_where_the_table_has_no_way(
    redeployment: Redeployment, state: str
) -> None:
    if state in ("CANCELLED", "COMPLETED"):
        now = redeployment.created_at
        stamps = {f"{state.lower()}_at": now}
    else:
        stamps = {}
    Redeployment.objects.filter(pk=redeployment.pk).update(state=state, **stamps)
    if "CANCELLED" in TRANSITIONS[state] or state == "CANCELLED":
        assert services.cancel(redeployment, actor=SYSTEM).state == "CANCELLED"
        return
    count = Event.objects.count()
    with pytest.raises(Conflict) as refusal:
        services.cancel(redeployment, actor=SYSTEM)
    assert refusal.value.code == "wrong_state"
    assert Event.objects.count() == count
    assert Claim.objects.count() == 2


def test_who_saw_another_state_is_asked(redeployment: Redeployment) -> None:
    with pytest.raises(Conflict) as refusal:
        services.cancel(redeployment, actor=SYSTEM, seen="older-1")
    assert refusal.value.code == "changed_meanwhile"


def test_nobody_is_erased_to_whom_something_is_on_its_way(
    redeployment: Redeployment, rui: User
) -> None:
    accounts.archive(rui, actor=SYSTEM, reason="LEFT")
    with pytest.raises(Conflict) as refusal:
        services.forget(rui, actor=SYSTEM)
    assert refusal.value.code == "redeployment_open"
    services.cancel(redeployment, actor=SYSTEM)
    assert services.forget(rui, actor=SYSTEM) == 1
    redeployment.refresh_from_db()
    assert (redeployment.full_name, redeployment.street, redeployment.city) == (
        "",
        "",
        "",
    )
    assert redeployment.country_id is None
