"""Lists of devices are read by indexes, however many there are."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db import connection

from apps.accounts.models import User
from apps.companies.models import Address
from apps.conftest import Api, make_product
from apps.core.actor import SYSTEM
from apps.inventory import services
from apps.inventory.external_ids import set_external_ids
from apps.inventory.models import Asset

pytestmark = pytest.mark.django_db
MANY = 6_000
LIST = "user-equipments"


@pytest.fixture
def many(office: Address, emil: User) -> None:
    """Of two companies; two thirds are with people."""
    product = make_product(office.company)
    assets = [
        services.build(
            office.company,
            product=product,
            holder=emil if number % 3 else office,
            serial_number=f"P{number:05d}",
            asset_tag=f"T{number}",
        )
        for number in range(MANY)
    ]
    services.create_many(assets, actor=SYSTEM, company=office.company)
    set_external_ids(assets[7], {"jamf": "7"}, actor=SYSTEM)
    with connection.cursor() as cursor:
        # One an hour, so that they are as spread as in life.
        cursor.execute(
            "UPDATE inventory_asset a SET created_at = n.at, updated_at = n.at FROM "
            "(SELECT id, now() - row_number() OVER (ORDER BY id) * interval '1 hour' "
            "AS at FROM inventory_asset) n WHERE n.id = a.id"
        )
        cursor.execute("ANALYZE inventory_asset")


@pytest.mark.full
def test_each_list_is_read_by_an_index(
    api: Api, many: None, office: Address, plan_of: Callable[[str], str]
) -> None:
    newest = Asset.objects.order_by("-updated_at")[50].updated_at
    since = (newest - timedelta(minutes=1)).strftime("%Y-%m-%dT%H:%M:%SZ")
    after = api.found(f"{LIST}?limit=20")["next"]
    changed = api.found(f"{LIST}?limit=20&updatedSince={since}")["next"]
    for query in (
        "limit=20",
        f"limit=20&after={after}",
        "limit=20&states=STORAGE",
        "limit=20&sourceType=STORAGE",
        "limit=20&sourceType=EMPLOYEE",
        f"limit=20&updatedSince={since}",
        f"limit=20&updatedSince={since}&after={changed}",
        f"companyAddressIds={office.pk}&limit=20",
        "serialNumber=P04711",
        "assetTag=T4711",
        "externalId=jamf:7",
    ):
        plan = plan_of(f"{LIST}?{query}")
        assert "Seq Scan on inventory_asset" not in plan, f"{query}\n{plan}"
        assert "Index" in plan
