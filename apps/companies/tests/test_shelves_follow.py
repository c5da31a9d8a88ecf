"""Platform staff describe a warehouse anew, and note what VIES says."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse

from apps.accounts.models import User
from apps.companies import entities
from apps.companies.models import Address, Company, Warehouse
from apps.core.actor import SYSTEM
from apps.core.confirm import CONFIRMED
from apps.events.models import Event

pytestmark = pytest.mark.django_db


def test_shelves_move_with_their_warehouse(
    shelf: Address,
    office: Address,
    warehouse: Warehouse,
    root: User,
    client_of: Callable[[User], Client],
) -> None:
    data = {"name": "Posen", "country": "DE", "street": "Kai 9", "city": "Kiel"}
    page = reverse("admin:companies_warehouse_change", args=[warehouse.pk])
    before = Event.objects.filter(subject_id=office.pk).count()
    for _twice in range(2):
        assert client_of(root).post(page, {**data, "serves": ["DE"]}).status_code == 302
    shelf.refresh_from_db()
    assert (shelf.street, shelf.city, shelf.country_id) == ("Kai 9", "Kiel", "DE")
    told = Event.objects.filter(subject_id=shelf.pk, type="address.updated")
    assert [one.payload["changed"] for one in told] == [["city", "country", "street"]]
    assert Event.objects.filter(subject_id=office.pk).count() == before


def test_staff_note_what_vies_says(
    acme: Company, root: User, client_of: Callable[[User], Client]
) -> None:
    told = {"country_id": "PT", "currency": "EUR", "vat_id": "PT501964843"}
    entity = entities.create_entity(
        actor=SYSTEM, company=acme, legal_name="Norte Lda.", **told
    )
    page = reverse("admin:companies_entity_changelist")
    for action, is_valid in (("vat_is_valid", True), ("vat_is_not_valid", False)):
        data = {"action": action, "_selected_action": [str(entity.pk)]}
        client_of(root).post(page, {**data, CONFIRMED: "yes"})
        entity.refresh_from_db()
        assert entity.is_vat_validated is is_valid
