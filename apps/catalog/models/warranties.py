"""What may be bought with a product."""

from __future__ import annotations

from typing import Self

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from apps.core.actor import Permission
from apps.core.money import AmountField, check_code
from apps.core.tenancy import (
    TenantForeignKey,
    TenantModel,
    TenantQuerySet,
    tenant_key,
)

from .products import Category, Product


class WarrantyQuerySet(TenantQuerySet["Warranty"]):
    reads = Permission.PRODUCTS_READ

    def of(self, product: Product) -> Self:
        """Those that can be had with it."""
        fits = models.Q(product=product) | models.Q(category=product.category)
        return self.filter(fits, company_id=product.company_id, is_active=True)


class Warranty(TenantModel):
    """So many months of warranty, bought with one product or any of a category."""

    product = TenantForeignKey(
        Product, null=True, blank=True, related_name="warranties"
    )
    category = models.CharField(max_length=16, choices=Category, blank=True)
    months = models.PositiveSmallIntegerField()
    is_active = models.BooleanField(default=True, help_text=_("It can be ordered."))
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    objects = WarrantyQuerySet.as_manager()

    class Meta:
        ordering = ["months"]
        verbose_name_plural = _("warranties")
        constraints = [
            tenant_key("warranty"),
            models.UniqueConstraint(
                fields=["company", "product", "category", "months"],
                nulls_distinct=False,
                name="warranty_once",
            ),
            models.CheckConstraint(
                condition=models.Q(product__isnull=True) ^ models.Q(category=""),
                name="warranty_of_product_or_category",
            ),
            models.CheckConstraint(
                condition=models.Q(months__range=(1, 120)), name="warranty_months"
            ),
        ]

    def __str__(self) -> str:
        return ngettext("%(count)d month", "%(count)d months", self.months) % {
            "count": self.months
        }


class WarrantyPriceQuerySet(TenantQuerySet["WarrantyPrice"]):
    reads = Permission.PRICES_READ


class WarrantyPrice(TenantModel):
    """What a warranty costs for one piece, in one currency."""

    warranty = TenantForeignKey(Warranty, db_index=False, related_name="prices")
    currency = models.CharField(max_length=3, validators=[check_code])
    amount = AmountField()

    objects = WarrantyPriceQuerySet.as_manager()

    class Meta:
        ordering = ["warranty", "currency"]
        constraints = [
            tenant_key("warrantyprice"),
            models.UniqueConstraint(
                fields=["warranty", "currency"], name="warrantyprice_one_per_currency"
            ),
            models.CheckConstraint(
                condition=models.Q(amount__gte=0), name="warrantyprice_not_negative"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.amount} {self.currency}"
