"""Devices that have been ordered: no number yet, nowhere, and perhaps never come."""

from __future__ import annotations

import pytest

from apps.conftest import make_product
from apps.core.actor import SYSTEM
from apps.core.errors import Conflict, Invalid
from apps.core.ids import uuid7
from apps.events.models import Event
from apps.inventory import integrity, services
from apps.inventory.models import Asset, Claim
from apps.inventory.states import ArchiveReason, AssetState

WORKFLOW = uuid7()


def order(company, count=3, workflow_id=WORKFLOW):
    product = make_product(company, "ThinkPad X13")
    units = [
        services.build(company, product=product, holder=None) for _ in range(count)
    ]
    services.order(
        units,
        actor=SYSTEM,
        company=company,
        kind="ORDER",
        reference="ORD-TEST",
        workflow_id=workflow_id,
    )
    return units


def states(company):
    return sorted(Asset.objects.filter(company=company).values_list("state", flat=True))


@pytest.mark.django_db
class TestOrder:
    def test_they_are_ordered_and_locked_to_the_workflow(self, acme):
        order(acme)
        assert states(acme) == [AssetState.ORDERED] * 3
        found = Claim.objects.values_list("workflow_id", "reference")
        assert list(found) == [(WORKFLOW, "ORD-TEST")] * 3
        assert Event.objects.filter(type="asset.created").count() == 3
        assert list(integrity.problems()) == []

    def test_nobody_else_takes_one(self, acme, emil):
        unit = order(acme)[0]
        with pytest.raises(Conflict, match="ORD-TEST"):
            services.update(unit, actor=SYSTEM, notes="mine")
        with pytest.raises(Conflict, match="ORD-TEST"):
            services.hand_over(unit, emil, actor=SYSTEM)
        assert states(acme) == [AssetState.ORDERED] * 3


@pytest.mark.django_db
class TestWithoutNumber:
    def test_it_is_handed_to_nobody(self, acme, emil):
        product = make_product(acme, "ThinkPad X13")
        unit = services.create(actor=SYSTEM, company=acme, product=product)
        before = Event.objects.count()
        with pytest.raises(Invalid) as refusal:
            services.hand_over(unit, emil, actor=SYSTEM)
        assert refusal.value.field == "serial_number"
        unit.refresh_from_db()
        assert (unit.state, Event.objects.count()) == (AssetState.ORDERED, before)

    def test_it_is_retired_only_as_never_delivered(self, acme):
        product = make_product(acme, "ThinkPad X13")
        unit = services.create(actor=SYSTEM, company=acme, product=product)
        with pytest.raises(Invalid, match="serial number"):
            services.retire(unit, ArchiveReason.LOST, actor=SYSTEM)
        unit = services.retire(unit, ArchiveReason.NOT_DELIVERED, actor=SYSTEM)
        assert unit.state == AssetState.ARCHIVED

    def test_it_can_be_found_only_with_a_number(self, acme, office):
        product = make_product(acme, "ThinkPad X13")
        unit = services.create(actor=SYSTEM, company=acme, product=product)
        unit = services.retire(unit, ArchiveReason.NOT_DELIVERED, actor=SYSTEM)
        with pytest.raises(Invalid, match="serial number"):
            services.receive(unit, office, actor=SYSTEM)
        unit = services.update(unit, actor=SYSTEM, serial_number="PF-77")
        unit = services.receive(unit, office, actor=SYSTEM)
        assert (unit.state, unit.address) == (AssetState.STORAGE, office)


@pytest.mark.django_db
class TestCallOff:
    def test_what_has_not_come_never_does(self, acme):
        order(acme)
        services.call_off(WORKFLOW, actor=SYSTEM, company_id=acme.id)
        found = set(Asset.objects.values_list("state", "archive_reason"))
        assert found == {(AssetState.ARCHIVED, ArchiveReason.NOT_DELIVERED)}
        assert not Claim.objects.exists()
        assert Event.objects.filter(type="asset.retired").count() == 3

    def test_what_has_come_stays_and_is_free(self, acme, office):
        come, _late = order(acme, 2)
        Asset.objects.filter(pk=come.pk).update(serial_number="PF-78")
        services.receive(come, office, actor=SYSTEM, workflow_id=WORKFLOW)
        services.call_off(WORKFLOW, actor=SYSTEM, company_id=acme.id)
        assert states(acme) == [AssetState.ARCHIVED, AssetState.STORAGE]
        assert services.claim_of(come) is None

    def test_what_another_workflow_ordered_stays(self, acme):
        order(acme, 1)
        order(acme, 1, uuid7())
        services.call_off(WORKFLOW, actor=SYSTEM, company_id=acme.id)
        assert states(acme) == [AssetState.ARCHIVED, AssetState.ORDERED]

    def test_twice_is_once(self, acme):
        order(acme)
        services.call_off(WORKFLOW, actor=SYSTEM, company_id=acme.id)
        before = Event.objects.count()
        services.call_off(WORKFLOW, actor=SYSTEM, company_id=acme.id)
        assert Event.objects.count() == before
