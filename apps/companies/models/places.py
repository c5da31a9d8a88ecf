"""Offices, shelves and warehouses."""

from __future__ import annotations

from uuid import UUID

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models.functions import Now
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from apps.core.actor import Actor, Permission
from apps.core.folding import Fold, fold, has_words
from apps.core.ids import uuid7
from apps.core.keys import any_of, keys
from apps.core.tenancy import TenantModel, TenantQuerySet, tenant_key

from .companies import Country


class Warehouse(models.Model):
    """A site run by the platform and shared by companies; it holds no tenant data."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    name = models.CharField(max_length=128, unique=True)
    country = models.ForeignKey(Country, models.PROTECT, related_name="+")
    street = models.CharField(max_length=255)
    street2 = models.CharField(max_length=255, blank=True, default="", db_default="")
    city = models.CharField(max_length=128)
    region = models.CharField(max_length=128, blank=True, default="", db_default="")
    postal_code = models.CharField(max_length=32, blank=True)
    serves = models.ManyToManyField(Country, related_name="warehouses", blank=True)

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class AddressQuerySet(TenantQuerySet["Address"]):
    reads = Permission.PLACES_READ

    def at_places(self, actor: Actor) -> models.Q:
        shelves = models.Q(warehouse_id__in=actor.warehouse_ids)
        own = models.Q(id__in=actor.address_ids, company_id=actor.company_id)
        return shelves | own

    def worked_at(self, actor: Actor) -> AddressQuerySet:
        """Where a warehouse worker works."""
        return self.filter(self.at_places(actor))

    def search(self, text: str) -> AddressQuerySet:
        """By parts of the name; a company has few places."""
        return self.alias(folded=Fold("name")).filter(has_words("folded", text))

    def mentioning(self, text: str) -> AddressQuerySet:
        """By parts of name, street and city."""
        whole = ("name", models.Value(" "), "street", models.Value(" "), "city")
        told = models.functions.Concat(*whole, output_field=models.TextField())
        return self.alias(folded=Fold(told)).filter(has_words("folded", text))

    def holding_equipment(self) -> AddressQuerySet:
        assets = self.model._meta.get_field("assets").related_model
        here = models.OuterRef("company"), models.OuterRef("pk")
        rows = assets._base_manager.filter(company=here[0], address=here[1])
        return self.filter(models.Exists(rows))

    def called(self, text: str | None) -> AddressQuerySet:
        """What may be meant by a whole name."""
        found = self.alias(folded=Fold("name"))
        return found.filter(any_of({"folded": [fold(text or "")]}))

    def with_contact(self, *emails: str | None) -> AddressQuerySet:
        """Whose contact person is reached there."""
        found = self.alias(contact=models.functions.Lower("contact_email"))
        return found.filter(any_of({"contact": keys(emails)}))

    def active(self) -> AddressQuerySet:
        return self.filter(is_active=True)

    def in_country(self, code: str) -> AddressQuerySet:
        """By their own country; of a shelf without one, by the warehouse's."""
        shelves = models.Q(country=None, warehouse__country=code)
        return self.filter(models.Q(country=code) | shelves)

    def serving(self, company_id: UUID, country_code: str) -> AddressQuerySet:
        """That company's shelves in warehouses that serve the country."""
        return self.filter(
            company_id=company_id,
            type=Address.Type.TEQUIPY,
            is_active=True,
            warehouse__serves=country_code,
        )


class Address(TenantModel):
    """A place of one company that can hold equipment.

    A shelf stands where its warehouse does and serves what that serves.
    """

    class Type(models.TextChoices):
        INTERNAL = "INTERNAL", _("Office")
        TEQUIPY = "TEQUIPY", _("Shelf in a Tequipy warehouse")

    type = models.CharField(max_length=16, choices=Type, default=Type.INTERNAL)
    name = models.CharField(max_length=128)
    warehouse = models.ForeignKey(
        Warehouse, models.PROTECT, null=True, blank=True, related_name="shelves"
    )
    street = models.CharField(max_length=255, blank=True)
    street2 = models.CharField(max_length=255, blank=True, default="", db_default="")
    city = models.CharField(max_length=128, blank=True)
    region = models.CharField(max_length=128, blank=True, default="", db_default="")
    postal_code = models.CharField(max_length=32, blank=True)
    country = models.ForeignKey(
        Country, models.PROTECT, null=True, blank=True, related_name="+"
    )
    # Whom parcels are addressed to, and whom carriers call.
    contact_name = models.CharField(
        max_length=257, blank=True, default="", db_default=""
    )
    contact_phone = models.CharField(
        max_length=64, blank=True, default="", db_default=""
    )
    contact_email = models.EmailField(blank=True, default="", db_default="")
    # Codes; in the row, so that a list of places needs no join. Countries stay.
    supported_countries = ArrayField(
        models.CharField(max_length=2), blank=True, default=list, db_default=[]
    )
    is_order_supported = models.BooleanField(
        default=True, db_default=True, help_text=_("Whether orders are delivered here.")
    )
    is_default = models.BooleanField(
        default=False, help_text=_("Where returns go if nothing else is chosen.")
    )
    is_active = models.BooleanField(default=True)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True, db_default=Now())

    objects = AddressQuerySet.as_manager()

    class Meta:
        ordering = ["name"]
        verbose_name_plural = _("addresses")
        constraints = [
            tenant_key("address"),
            models.UniqueConstraint(
                "company",
                models.functions.Lower("name"),
                name="address_name_per_company",
                violation_error_message=_("There is an address of this name already."),
            ),
            models.UniqueConstraint(
                fields=["company"],
                condition=models.Q(is_default=True),
                name="address_one_default",
            ),
            models.CheckConstraint(
                condition=models.Q(type="TEQUIPY", warehouse__isnull=False)
                | models.Q(type="INTERNAL", warehouse__isnull=True),
                name="address_type_fits_warehouse",
            ),
            models.CheckConstraint(
                condition=models.Q(type="INTERNAL") | models.Q(supported_countries=[]),
                name="address_shelf_serves_as_warehouse",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("companies:address_detail", args=[self.pk])

    @property
    def one_line(self) -> str:
        parts = [self.street, f"{self.postal_code} {self.city}".strip()]
        if self.country_id:
            parts.append(str(self.country))
        return ", ".join(part for part in parts if part)
