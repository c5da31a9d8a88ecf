"""What belongs together."""

from __future__ import annotations

from decimal import Decimal

from django.db import models
from django.db.models.functions import Lower

from apps.companies.models import Tag
from apps.core.actor import Permission
from apps.core.tenancy import (
    TenantForeignKey,
    TenantModel,
    TenantQuerySet,
    tenant_key,
)

from .products import Category, Product

# --- What a joiner gets -----------------------------------------------------


class KitQuerySet(TenantQuerySet["Kit"]):
    reads = Permission.KITS_READ


class Kit(TenantModel):
    """The equipment that a joiner gets: one with the tag that it is for."""

    name = models.CharField(max_length=128)
    tag = TenantForeignKey(
        Tag, null=True, blank=True, db_index=False, related_name="kits"
    )
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    objects = KitQuerySet.as_manager()

    class Meta:
        ordering = ["name"]
        constraints = [
            tenant_key("kit"),
            models.UniqueConstraint(
                "company", Lower("name"), name="kit_name_per_company"
            ),
            models.UniqueConstraint(
                fields=["tag"],
                condition=models.Q(tag__isnull=False),
                name="kit_one_per_tag",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class KitSlotQuerySet(TenantQuerySet["KitSlot"]):
    reads = Permission.KITS_READ


class KitSlot(TenantModel):
    """One thing of a kit: so many assets of a category from storage, else so many of a
    product ordered."""

    kit = TenantForeignKey(Kit, db_index=False, related_name="slots")
    position = models.PositiveSmallIntegerField()
    category = models.CharField(max_length=16, choices=Category)
    quantity = models.PositiveSmallIntegerField(default=1)
    minimum_condition = models.DecimalField(
        max_digits=3, decimal_places=2, default=Decimal(0)
    )
    preferred_manufacturer = models.CharField(max_length=128, blank=True)
    fallback_product = TenantForeignKey(
        Product, null=True, blank=True, related_name="kit_slots"
    )

    objects = KitSlotQuerySet.as_manager()

    class Meta:
        ordering = ["kit", "position"]
        constraints = [
            tenant_key("kitslot"),
            models.UniqueConstraint(
                fields=["kit", "position"], name="kitslot_one_per_position"
            ),
            models.CheckConstraint(
                condition=models.Q(quantity__range=(1, 100)), name="kitslot_quantity"
            ),
            models.CheckConstraint(
                condition=models.Q(minimum_condition__range=(0, 1)),
                name="kitslot_condition_between_0_and_1",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.quantity} × {self.get_category_display()}"
