"""What services cost."""

from __future__ import annotations

from typing import Self
from uuid import UUID

from django.db import models
from django.utils.translation import gettext_lazy as _

from apps.companies.models import Company, Country
from apps.core.actor import Permission
from apps.core.money import AmountField, check_code
from apps.core.tenancy import (
    TenantModel,
    TenantQuerySet,
    tenant_key,
)


class ServiceKind(models.TextChoices):
    """What the platform does for a price; the first three are named as the workflow."""

    OFFBOARDING = "OFFBOARDING", _("Offboarding")
    COLLECTION = "COLLECTION", _("Collection")
    REDEPLOYMENT = "REDEPLOYMENT", _("Redeployment")
    STANDARD_DELIVERY = "STANDARD_DELIVERY", _("Standard delivery of an order")
    EXPRESS_DELIVERY = "EXPRESS_DELIVERY", _("Express delivery of an order")


class ServicePriceQuerySet(TenantQuerySet["ServicePrice"]):
    reads = Permission.PRICES_READ

    def applying_to(self, company_id: UUID) -> Self:
        """The company's own prices, and the platform's where it has none of its own."""
        own = self.model._default_manager.filter(
            company_id=company_id,
            kind=models.OuterRef("kind"),
            country=models.OuterRef("country"),
            currency=models.OuterRef("currency"),
        )
        is_standard = models.Q(company__kind=Company.Kind.PLATFORM)
        return self.filter(
            models.Q(company_id=company_id) | (is_standard & ~models.Exists(own))
        )


class ServicePrice(TenantModel):
    """What a service costs in one country and currency. The platform's rows hold for
    every company that has no row of its own."""

    kind = models.CharField(max_length=32, choices=ServiceKind)
    country = models.ForeignKey(Country, models.PROTECT, related_name="+")
    currency = models.CharField(max_length=3, validators=[check_code])
    amount = AmountField()
    updated_at = models.DateTimeField(auto_now=True)

    objects = ServicePriceQuerySet.as_manager()

    class Meta:
        ordering = ["kind", "country", "currency"]
        constraints = [
            tenant_key("serviceprice"),
            models.UniqueConstraint(
                fields=["company", "kind", "country", "currency"],
                name="serviceprice_one_per_list",
            ),
            models.CheckConstraint(
                condition=models.Q(amount__gte=0), name="serviceprice_not_negative"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}: {self.amount} {self.currency}"
