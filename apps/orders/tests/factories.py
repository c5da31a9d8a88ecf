"""A shop for Initech: what can be ordered to Poland, for EUR."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from apps.accounts.models import User
from apps.accounts.targets import Target
from apps.catalog import services as catalog
from apps.catalog.models import Category, Product
from apps.companies.models import Address, Company
from apps.conftest import make_product
from apps.core.actor import SYSTEM
from apps.orders import services
from apps.orders.models import CreditLine, Order
from apps.orders.services import Details, Item


def make_wares(
    company: Company, name: str = "ThinkPad X13", price: str = "1000.00", **over: Any
) -> Product:
    """A product that can be ordered at the price, in every country."""
    product = make_product(company, name, **{"category": Category.LAPTOP, **over})
    product = catalog.set_orderable(product, actor=SYSTEM, is_orderable=True)
    catalog.set_price(product, actor=SYSTEM, currency="EUR", amount=Decimal(price))
    return product


def make_order(
    target: User | Address | Target,
    *items: Item | Product,
    company: Company | None = None,
    **details: Any,
) -> Order:
    """What SYSTEM orders for somebody or a place: two laptops, if nothing is said."""
    if isinstance(target, User):
        target = Target(user=target)
    elif isinstance(target, Address):
        target = Target(address=target)
    found = target.user or target.address
    company = company or (found.company if found else None)
    assert company is not None
    wanted = items or [Item(product_id=make_wares(company).id, quantity=2)]
    return services.create(
        [Item(product_id=x.id) if isinstance(x, Product) else x for x in wanted],
        target,
        actor=SYSTEM,
        company=company,
        details=Details(**details),
    )


def make_credit_line(
    company: Company, limit: str | None, currency: str = "EUR"
) -> CreditLine:
    return CreditLine.objects.create(
        company=company, currency=currency, limit=None if limit is None else limit
    )
