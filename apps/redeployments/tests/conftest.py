"""Umbrella, of Lisbon, with a store and Rui, who gets something out of it."""

from __future__ import annotations

import pytest

from apps.accounts.models import User
from apps.companies import services as companies
from apps.companies.models import Address, Company
from apps.conftest import make_company, make_user
from apps.core.actor import SYSTEM


@pytest.fixture
def umbrella(reference_data: None) -> Company:
    return make_company("Umbrella", country_id="PT", currency="EUR")


@pytest.fixture
def store(umbrella: Company) -> Address:
    return companies.create_address(
        actor=SYSTEM, company=umbrella, name="Loja", city="Porto", country_id="PT"
    )


@pytest.fixture
def rui(umbrella: Company) -> User:
    return make_user(
        umbrella,
        "Rui",
        last_name="Sá Nogueira",
        phone="+351 912 000 111",
        street="Rua do Ouro 7",
        street2="3.º esq.",
        city="Lisboa",
        region="PT-11",
        postal_code="1100-060",
        country_id="PT",
    )
