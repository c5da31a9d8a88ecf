"""Who pays."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from apps.core.actor import Permission
from apps.core.money import check_code
from apps.core.tenancy import TenantModel, TenantQuerySet, tenant_key

from .companies import Country


class EntityQuerySet(TenantQuerySet["Entity"]):
    reads = Permission.ENTITIES_READ

    def active(self) -> EntityQuerySet:
        return self.filter(is_active=True)


class Entity(TenantModel):
    """A legal entity of a company: it is what invoices are made out to."""

    legal_name = models.CharField(max_length=255)
    street = models.CharField(max_length=255, blank=True)
    street2 = models.CharField(max_length=255, blank=True)
    city = models.CharField(max_length=128, blank=True)
    region = models.CharField(max_length=128, blank=True)
    postal_code = models.CharField(max_length=32, blank=True)
    country = models.ForeignKey(Country, models.PROTECT, related_name="+")
    invoicing_email = models.EmailField(blank=True)
    currency = models.CharField(max_length=3, validators=[check_code])
    vat_id = models.CharField(max_length=32, blank=True)
    is_vat_validated = models.BooleanField(
        default=False, help_text=_("Whether VIES knows the VAT number.")
    )
    is_default = models.BooleanField(
        default=False, help_text=_("Invoiced if nothing else is chosen.")
    )
    is_active = models.BooleanField(default=True)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    objects = EntityQuerySet.as_manager()

    class Meta:
        ordering = ["legal_name", "id"]
        verbose_name = _("legal entity")
        verbose_name_plural = _("legal entities")
        constraints = [
            tenant_key("entity"),
            models.UniqueConstraint(
                "company",
                models.functions.Lower("legal_name"),
                condition=models.Q(is_active=True),
                name="entity_name_per_company",
            ),
            models.UniqueConstraint(
                fields=["company", "vat_id"],
                condition=models.Q(is_active=True) & ~models.Q(vat_id=""),
                name="entity_vat_id_per_company",
            ),
            models.UniqueConstraint(
                fields=["company"],
                condition=models.Q(is_default=True),
                name="entity_one_default",
            ),
            models.CheckConstraint(
                condition=models.Q(is_active=True) | models.Q(is_default=False),
                name="entity_default_is_active",
            ),
            models.CheckConstraint(
                condition=models.Q(is_vat_validated=False) | ~models.Q(vat_id=""),
                name="entity_validated_has_vat_id",
            ),
        ]

    def __str__(self) -> str:
        return self.legal_name
