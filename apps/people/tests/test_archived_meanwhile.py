"""Somebody is archived at the very moment when they are handed something."""

from __future__ import annotations

from threading import Thread
from time import monotonic, sleep

import pytest
from django.db import connection, transaction

from apps.accounts.models import User
from apps.accounts.targets import Target
from apps.conftest import make_asset
from apps.core.actor import SYSTEM
from apps.core.errors import DomainError
from apps.events.models import Event
from apps.inventory import integrity
from apps.inventory import services as inventory
from apps.inventory.models import Asset
from apps.inventory.states import AssetState
from apps.people import services
from apps.redeployments import services as redeployments

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.full]


@pytest.fixture
def stored(laptop, office) -> Asset:
    return inventory.receive(laptop, office, actor=SYSTEM)


def _handed_over(asset: Asset, person: User) -> None:
    inventory.hand_over(asset, person, actor=SYSTEM)


def _moved(asset: Asset, person: User) -> None:
    move = inventory.Move(asset.pk, AssetState.ACTIVE, person)
    inventory.move_many([move], actor=SYSTEM)


def _registered(asset: Asset, person: User) -> None:
    make_asset(person, "NEW1")


def _sent(asset: Asset, person: User) -> None:
    target = Target(user=person)
    redeployments.create([asset.pk], target, actor=SYSTEM, company=person.company)


WAYS = [_handed_over, _moved, _registered, _sent]


def _until_somebody_waits(thread: Thread) -> None:
    stop_at = monotonic() + 30
    while thread.is_alive() and monotonic() < stop_at:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1 FROM pg_locks WHERE NOT granted")
            if cursor.fetchone():
                return
        sleep(0.02)


@pytest.mark.parametrize("give", WAYS)
def test_whoever_is_archived_is_handed_nothing(give, emil, stored):
    refused: list[str] = []

    def run() -> None:
        try:
            give(stored, emil)
        except DomainError as error:
            refused.append(error.code)
        finally:
            connection.close()

    with transaction.atomic():
        services.archive(User.objects.get(pk=emil.pk), actor=SYSTEM, reason="LEFT")
        giving = Thread(target=run)
        giving.start()
        _until_somebody_waits(giving)
    giving.join(30)
    assert refused == ["person_has_left"]
    assert not Asset.objects.held_by(emil).exists()
    assert not Event.objects.filter(type="asset.handed_over").exists()
    assert list(integrity.problems()) == []


@pytest.mark.parametrize("give", WAYS)
def test_whoever_is_handed_something_is_not_archived(give, emil, stored):
    refused: list[str] = []

    def run() -> None:
        try:
            services.archive(User.objects.get(pk=emil.pk), actor=SYSTEM, reason="LEFT")
        except DomainError as error:
            refused.append(error.code)
        finally:
            connection.close()

    with transaction.atomic():
        give(stored, emil)
        archiving = Thread(target=run)
        archiving.start()
        _until_somebody_waits(archiving)
    archiving.join(30)
    assert refused == ["redeployment_open" if give is _sent else "still_holds"]
    emil.refresh_from_db()
    assert emil.state == "ACTIVE"
    assert list(integrity.problems()) == []
