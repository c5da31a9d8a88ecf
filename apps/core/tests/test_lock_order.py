"""The watch over locks sees what it is for."""

import pytest
from django.db import transaction

from apps.accounts import services as accounts
from apps.inventory import services as inventory
from apps.inventory.models import Asset

from .lock_order import watched

pytestmark = pytest.mark.django_db(transaction=True)


def faults_of(*locks) -> list[str]:
    with transaction.atomic(), watched() as watch, transaction.atomic():
        for lock in locks:
            lock()
    return watch.faults


def test_the_lower_line_first_is_a_fault(emil, laptop):
    assert faults_of(
        lambda: accounts.lock(emil), lambda: inventory.lock([laptop.pk])
    ) == ["inventory_asset is locked after accounts_user"]


def test_the_law_is_none_and_neither_is_a_second_look(emil, laptop):
    def asset() -> None:
        inventory.lock([laptop.pk])

    assert faults_of(asset, lambda: accounts.lock(emil), asset) == []


def test_an_update_takes_a_lock_too(emil, laptop):
    def rename() -> None:
        Asset.objects.filter(pk=laptop.pk).update(notes="new")

    assert faults_of(lambda: accounts.lock(emil), rename) == [
        "inventory_asset is locked after accounts_user"
    ]
