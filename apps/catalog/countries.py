"""Where something has a price: the countries of the API's filters OFFBOARDING and
PRICING."""

from __future__ import annotations

from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet

from apps.companies.models import Country

from .models import ProductPrice, ServiceKind, ServicePrice


def with_service(company_id: UUID, kind: ServiceKind) -> QuerySet[Country]:
    """Where the platform does it for that company, in whatever currency."""
    prices = ServicePrice.objects.applying_to(company_id).filter(kind=kind)
    return Country.objects.filter(Exists(prices.filter(country=OuterRef("pk"))))


def with_prices(company_id: UUID) -> QuerySet[Country]:
    """Where any service, or any product that can be ordered, has a price for that
    company; a price of all countries is one in each."""
    here = Q(country=OuterRef("pk"))
    services = ServicePrice.objects.applying_to(company_id).filter(here)
    products = ProductPrice.objects.filter(
        here | Q(country=None), company_id=company_id, product__is_orderable=True
    )
    return Country.objects.filter(Exists(services) | Exists(products))
