"""What the API shows of a product's prices."""

from __future__ import annotations

from decimal import Decimal

import orjson
import pytest

from apps.accounts.models import User
from apps.accounts.sessions import actor_of
from apps.catalog import services as catalog
from apps.catalog.models import Product
from apps.catalog.shapes import PRODUCT
from apps.companies.models import Company, Country
from apps.conftest import Api, make_asset, make_product
from apps.core.actor import SYSTEM
from apps.inventory.models import Asset


def priced(product: Product, *prices: tuple[str, int, str | None]) -> Product:
    for currency, amount, code in prices:
        catalog.set_price(
            product,
            actor=SYSTEM,
            currency=currency,
            amount=Decimal(amount),
            country=Country.objects.get(code=code) if code else None,
        )
    return catalog.set_orderable(product, actor=SYSTEM, is_orderable=True)


@pytest.fixture
def device(emil: User) -> Asset:
    return make_asset(emil, product=make_product(emil.company, "Slate"))


def shown(api: Api, asset: Asset) -> dict:
    return api.found(f"user-equipment/{asset.pk}")["equipment"]


def test_a_device_shows_its_product_by_the_companys_price_list(
    api: Api, device: Asset, acme: Company
) -> None:
    priced(device.product, ("EUR", 900, "DE"), ("EUR", 950, "PL"), ("PLN", 4000, "PL"))
    found = shown(api, device)
    assert found["price"] == {"amount": "950.00", "currency": "EUR"}
    assert found["countries"] == [
        {"code": "DE", "displayName": "Germany"},
        {"code": "PL", "displayName": "Poland"},
    ]
    slow = PRODUCT.serializer_class(Product.objects.get(name="Slate")).data
    assert found == orjson.loads(orjson.dumps(slow))


@pytest.mark.parametrize(
    ("prices", "amount"),
    [
        ([("EUR", 900, "DE"), ("EUR", 800, "FR")], "800.00"),
        ([("EUR", 900, "DE"), ("EUR", 1000, None)], "1000.00"),
    ],
)
def test_without_a_price_at_home_it_is_the_general_or_the_lowest(
    api: Api, device: Asset, prices: list, amount: str
) -> None:
    priced(device.product, *prices)
    found = shown(api, device)
    assert found["price"]["amount"] == amount
    assert ("countries" in found) == all(code for *_rest, code in prices)


def test_what_cannot_be_ordered_has_no_price(
    api: Api, device: Asset, root: User
) -> None:
    product = priced(device.product, ("EUR", 900, None))
    catalog.set_orderable(product, actor=actor_of(root), is_orderable=False)
    found = shown(api, device)
    assert not {"price", "countries"} & found.keys()
    assert found["isOrderable"] is False
