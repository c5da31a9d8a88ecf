"""What things cost. Nothing is ever converted: what has no price in a currency has
none."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from apps.catalog import events
from apps.catalog.models import (
    Category,
    Product,
    ProductPrice,
    ServiceKind,
    ServicePrice,
    Warranty,
    WarrantyPrice,
)
from apps.companies.models import Company, Country
from apps.core import money
from apps.core.actor import Actor, Permission
from apps.core.errors import Invalid
from apps.core.money import Money
from apps.events.services import record

from .products import lock


def service_price(
    company: Company,
    kind: ServiceKind | str,
    country: Country | str,
    currency: str | None = None,
) -> Money | None:
    """What the platform asks of the company for one of these in that country (a Country
    or its code), in that currency, else the company's; None if it has no such price."""
    code = country.code if isinstance(country, Country) else country
    row = (
        ServicePrice.objects.applying_to(company.id)
        .filter(kind=kind, country=code, currency=currency or company.currency)
        .first()
    )
    return Money(row.amount, row.currency) if row else None


@transaction.atomic
def set_price(
    product: Product,
    *,
    actor: Actor,
    currency: str,
    amount: Decimal | None,
    country: Country | None = None,
    is_special: bool = False,
) -> Product:
    """What one piece costs in that currency, in one country or (None) in all that have
    no price of their own; no amount takes the price away. `is_special`: agreed with
    this company, so that publishing leaves it.

    Raises Invalid as `money.exact`.
    """
    actor.require(Permission.PRICES_EDIT, product.company_id)
    amount = _exact(amount, currency)
    product = lock(product)
    rows = ProductPrice.objects.filter(
        product=product, currency=currency, country=country
    )
    before = rows.first()
    if amount is None:
        if before is None:
            return product
        rows.delete()
    elif before is None:
        ProductPrice.objects.create(
            company_id=product.company_id,
            product=product,
            currency=currency,
            country=country,
            amount=amount,
            is_special=is_special,
        )
    elif (before.amount, before.is_special) == (amount, is_special):
        return product
    else:
        before.amount, before.is_special = amount, is_special
        before.save(update_fields=["amount", "is_special", "updated_at"])
    product.save(update_fields=["updated_at"])  # what is shown of it has changed
    record(
        events.PRODUCT_PRICE_REMOVED if amount is None else events.PRODUCT_PRICED,
        events.ProductPriced(
            product_name=product.name,
            amount=amount,
            currency=currency,
            country=country.code if country else None,
        ),
        actor=actor,
        company_id=product.company_id,
        subject_id=product.id,
    )
    return product


@transaction.atomic
def set_service_price(
    company: Company,
    *,
    actor: Actor,
    kind: ServiceKind | str,
    country: Country,
    currency: str,
    amount: Decimal | None,
) -> ServicePrice | None:
    """What a service costs that company, or, for the platform, every company without a
    price of its own; no amount takes the price away. Returns the row, if there is one.

    Raises Invalid as `money.exact`, and `bad_kind`.
    """
    actor.require(Permission.PRICES_EDIT, company.id)
    if kind not in ServiceKind.values:
        raise Invalid("bad_kind", _("There is no such service."), field="kind")
    amount = _exact(amount, currency)
    fields: dict[str, Any] = {"kind": kind, "country": country, "currency": currency}
    row = ServicePrice.objects.select_for_update(of=("self",)).filter(
        company=company, **fields
    )
    before = row.first()
    if amount == (before.amount if before else None):
        return before
    if amount is None:
        row.delete()
        after = None
    else:
        after, _is_new = ServicePrice.objects.update_or_create(
            company=company, **fields, defaults={"amount": amount}
        )
    record(
        events.SERVICE_PRICE_REMOVED if amount is None else events.SERVICE_PRICE_SET,
        events.ServicePriced(
            kind=ServiceKind(kind),
            country=country.code,
            amount=amount,
            currency=currency,
        ),
        actor=actor,
        company_id=company.id,
        subject_id=(after or before).id,  # type: ignore[union-attr]
    )
    return after


@transaction.atomic
def set_warranty(
    company: Company,
    *,
    actor: Actor,
    months: int,
    prices: Mapping[str, Decimal],
    product: Product | None = None,
    category: str = "",
    is_active: bool = True,
) -> Warranty:
    """So many months can be bought with one product, or with any of a category, at
    these prices (currency -> amount): exactly these, others go.

    Raises Invalid `bad_months`, `bad_category`, and as `money.exact`.
    """
    actor.require(Permission.PRICES_EDIT, company.id)
    if not 1 <= months <= 120:
        told = _("A warranty has 1 to 120 months.")
        raise Invalid("bad_months", told, field="months")
    if (product is None) != (category in Category.values):
        told = _("A warranty is for one product or for one category.")
        raise Invalid("bad_category", told, field="category")
    exact = {code: _exact(amount, code) for code, amount in prices.items()}
    warranty, is_new = Warranty.objects.get_or_create(
        company=company, product=product, category=category, months=months
    )
    warranty = Warranty.objects.select_for_update(of=("self",)).get(pk=warranty.pk)
    before = {row.currency: row.amount for row in warranty.prices.all()}
    if not is_new and (before, warranty.is_active) == (exact, is_active):
        return warranty
    warranty.is_active = is_active
    warranty.save(update_fields=["is_active", "updated_at"])
    warranty.prices.exclude(currency__in=exact).delete()
    WarrantyPrice.objects.bulk_create(
        [
            WarrantyPrice(
                company=company, warranty=warranty, currency=code, amount=amount
            )
            for code, amount in exact.items()
        ],
        update_conflicts=True,
        unique_fields=["warranty", "currency"],
        update_fields=["amount"],
    )
    record(
        events.WARRANTY_SET,
        events.WarrantyFacts(
            months=months,
            product_name=product.name if product else None,
            category=Category(category) if category else None,
            is_active=is_active,
            prices=[
                events.Amount(amount=amount, currency=code)
                for code, amount in exact.items()
            ],
        ),
        actor=actor,
        company_id=company.id,
        subject_id=warranty.id,
    )
    return warranty


def _exact(amount: Decimal | None, currency: str) -> Decimal | None:
    """Raises as `money.exact`; every price has a currency, also one that goes."""
    money.exact(Decimal(0), currency, field="amount")
    return money.exact(amount, currency, field="amount")
