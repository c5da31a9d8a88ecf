"""Wayne, of Bern, whose legal entity pays in francs, and a redeployment of theirs."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest

from apps.accounts.models import User
from apps.accounts.targets import Target
from apps.companies import services as companies
from apps.companies.models import Address, Company, Entity
from apps.conftest import make_asset, make_company, make_user
from apps.core.actor import SYSTEM
from apps.invoicing import services, texts
from apps.invoicing.models import Invoice
from apps.redeployments import services as redeployments
from apps.redeployments.models import Redeployment

DUE = datetime(2027, 3, 31, 12, tzinfo=UTC)


@pytest.fixture
def wayne(reference_data: None) -> Company:
    return make_company("Wayne", country_id="CH", currency="CHF")


@pytest.fixture
def entity(wayne: Company) -> Entity:
    return Entity.objects.create(
        company=wayne,
        legal_name="Wayne Güter AG",
        country_id="CH",
        currency="CHF",
        is_default=True,
    )


@pytest.fixture
def lager(wayne: Company) -> Address:
    return companies.create_address(
        actor=SYSTEM, company=wayne, name="Lager", city="Thun", country_id="CH"
    )


@pytest.fixture
def beat(wayne: Company) -> User:
    return make_user(wayne, "Beat", country_id="CH")


@pytest.fixture
def redeployment(entity: Entity, lager: Address, beat: User) -> Redeployment:
    asset = make_asset(lager, "W1")
    target = {"target": Target(user=beat), "company": entity.company}
    return redeployments.create([asset.id], actor=SYSTEM, **target)


def a_bill(*items: services.Item, **over: Any) -> services.Bill:
    told = texts.REDEPLOYMENT(reference="RED-2345678")
    found = items or (services.Item(text=told, unit_price=Decimal("49.35")),)
    fields = {
        "currency": "CHF",
        "tax_rate": Decimal("8.1"),
        "due_at": DUE,
        **over,
    }
    return services.Bill(items=found, **fields)


@pytest.fixture
def invoice(redeployment: Redeployment) -> Invoice:
    return services.create(redeployment, a_bill(), actor=SYSTEM)


@pytest.fixture
def in_state(invoice: Invoice) -> Callable[[str], Invoice]:
    """The invoice, brought there by the verbs."""
    late = datetime(2027, 4, 2, tzinfo=UTC)

    def bring(state: str) -> Invoice:
        if state in ("SENT", "PAID", "OVERDUE"):
            services.send(invoice, actor=SYSTEM)
        if state == "PAID":
            services.mark_paid(invoice, actor=SYSTEM)
        if state == "OVERDUE":
            services.mark_overdue(invoice, actor=SYSTEM, at=late)
        if state == "CANCELLED":
            services.cancel(invoice, actor=SYSTEM)
        invoice.refresh_from_db()
        assert invoice.state == state
        return invoice

    return bring
