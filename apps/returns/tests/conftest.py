"""Calls of the API about returns."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest

from apps.accounts.models import User
from apps.catalog import services as catalog
from apps.companies.models import Address, Company, Country
from apps.conftest import Api, make_asset, make_user
from apps.core.actor import SYSTEM, Role
from apps.core.roles import PLATFORM_ROLES
from apps.inventory.models import Asset

CLIENTS = {Role.API_CLIENT, Role.API_CLIENT_READONLY, Role.AI_AGENT}
READS = {*Role} - {Role.EMPLOYEE, Role.STORAGE}
CHANGES = READS - {Role.API_CLIENT_READONLY, Role.AI_AGENT}


@pytest.fixture
def rosa(acme: Company, shelf: Address) -> User:
    """Somebody with three devices, who lives in Poland."""
    user = make_user(acme, "Rosa", phone="+48 600 100 200", region="MZ")
    for serial in ("LAPTOP-7", "PHONE-8", "SCREEN-9"):
        make_asset(user, serial)
    return user


def set_service_price(kind: str, country: str, amount: str, currency: str) -> None:
    """What the platform asks of whoever has no price of their own."""
    catalog.set_service_price(
        actor=SYSTEM,
        company=Company.objects.get(kind=Company.Kind.PLATFORM),
        kind=kind,
        country=Country.objects.get(pk=country),
        currency=currency,
        amount=Decimal(amount),
    )


def devices(user: User) -> list[Asset]:
    return list(user.assets.order_by("serial_number"))


def shown(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat().replace("+00:00", "Z")


def refused(answer: Any, status: int, code: str) -> dict[str, Any]:
    assert answer.status_code == status, answer.content
    (problem,) = answer.json()["errors"]
    assert problem["code"] == code
    return problem


@pytest.fixture
def asking_as(
    api_as: Callable[[Any], Api], acme: Company, root: User
) -> Callable[[Role], Api]:
    """A client, or somebody, with that role; platform roles at the platform."""

    def of_role(role: Role) -> Api:
        company = root.company if role in PLATFORM_ROLES else acme
        return api_as(
            role if role in CLIENTS else make_user(company, "Asking", role=role)
        )

    return of_role
