"""What things cost. Nothing is ever converted: what has no price in a currency has
none."""

from __future__ import annotations

from apps.catalog.models import ServiceKind, ServicePrice
from apps.companies.models import Company, Country
from apps.core.money import Money


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
