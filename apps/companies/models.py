from __future__ import annotations

from datetime import date, datetime, time
from uuid import UUID
from zoneinfo import ZoneInfo, available_timezones

from django.contrib.postgres.fields import ArrayField
from django.core.exceptions import ValidationError
from django.core.validators import URLValidator
from django.db import models
from django.db.models.functions import Now
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from apps.core import languages
from apps.core.actor import Actor, Permission
from apps.core.folding import Fold, fold, has_words
from apps.core.ids import uuid7
from apps.core.keys import any_of, keys
from apps.core.money import check_code
from apps.core.tenancy import TenantModel, TenantQuerySet, tenant_key

from .row_counts import RowCount  # noqa: F401  (a table of this app)


def check_time_zone(value: str) -> None:
    # localtime and its like mean something else on every machine.
    is_place = "/" in value or value == "UTC"
    if not is_place or value not in available_timezones():
        raise ValidationError(_("Use a name such as Europe/Warsaw."))


def _working_days() -> list[int]:
    return [1, 2, 3, 4, 5]


class Country(models.Model):
    """A country Tequipy works in."""

    code = models.CharField(primary_key=True, max_length=2)
    name = models.CharField(max_length=64)
    currency = models.CharField(max_length=3, validators=[check_code])
    time_zone = models.CharField(max_length=64, validators=[check_time_zone])
    allows_sellback = models.BooleanField(default=False)

    class Meta:
        ordering = ["name"]
        verbose_name_plural = _("countries")

    def __str__(self) -> str:
        return languages.country_name(self.code, self.name)


class CompanyQuerySet(TenantQuerySet["Company"]):
    reads = Permission.COMPANY_READ
    tenant = "id"


class Company(models.Model):
    """A tenant: a customer, or the platform that runs this installation."""

    class Kind(models.TextChoices):
        CUSTOMER = "CUSTOMER", _("Customer")
        PLATFORM = "PLATFORM", _("Platform")

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    kind = models.CharField(max_length=16, choices=Kind, default=Kind.CUSTOMER)
    name = models.CharField(max_length=128)
    slug = models.SlugField(unique=True)
    country = models.ForeignKey(
        Country, models.PROTECT, null=True, blank=True, related_name="+"
    )
    time_zone = models.CharField(
        max_length=64, default="Europe/Warsaw", validators=[check_time_zone]
    )
    currency = models.CharField(max_length=3, default="EUR", validators=[check_code])
    language = models.CharField(
        _("language"),
        max_length=languages.LENGTH,
        choices=languages.choices,
        default="en",
        db_default="en",
        help_text=_("Of pages and mails of all who have chosen none of their own."),
    )
    video_url = models.CharField(
        _("welcome video"),
        max_length=500,
        blank=True,
        default="",
        db_default="",
        validators=[URLValidator(["https", "http"])],
    )
    # When a return's mails leave (design, section 5).
    first_contact_days_before = models.PositiveSmallIntegerField(default=7)
    first_reminder_days = models.PositiveSmallIntegerField(default=3)
    second_reminder_days = models.PositiveSmallIntegerField(default=6)
    not_responding_days = models.PositiveSmallIntegerField(default=9)
    mail_always = models.BooleanField(
        _("send mails at any hour"),
        default=False,
        help_text=_("Otherwise planned mails leave on working days after the hour."),
    )
    mail_from = models.TimeField(default=time(9))
    mail_until = models.TimeField(default=time(18))
    mail_weekdays = ArrayField(
        models.PositiveSmallIntegerField(),
        default=_working_days,
        help_text=_("ISO weekdays: 1 is Monday."),
    )
    created_at = models.DateTimeField(auto_now_add=True)

    objects = CompanyQuerySet.as_manager()

    class Meta:
        ordering = ["name"]
        verbose_name_plural = _("companies")
        constraints = [
            models.UniqueConstraint(
                fields=["kind"],
                condition=models.Q(kind="PLATFORM"),
                name="company_one_platform",
            ),
            models.CheckConstraint(
                condition=models.Q(
                    first_reminder_days__lt=models.F("second_reminder_days"),
                    second_reminder_days__lt=models.F("not_responding_days"),
                ),
                name="company_reminders_in_order",
            ),
            models.CheckConstraint(
                condition=models.Q(mail_from__lt=models.F("mail_until"))
                & models.Q(mail_weekdays__len__gt=0),
                name="company_mail_window_not_empty",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def is_platform(self) -> bool:
        return self.kind == self.Kind.PLATFORM

    def today(self, at: datetime | None = None) -> date:
        """Now, or at that moment, as its people have it."""
        return timezone.localdate(at, ZoneInfo(self.time_zone))


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


class TagQuerySet(TenantQuerySet["Tag"]):
    reads = Permission.TAGS_READ


class Tag(TenantModel):
    """A team or role label of people."""

    name = models.CharField(max_length=128)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    objects = TagQuerySet.as_manager()

    class Meta:
        ordering = ["name", "id"]
        constraints = [
            tenant_key("tag"),
            models.UniqueConstraint(
                "company",
                models.functions.Lower("name"),
                name="tag_name_per_company",
            ),
        ]

    def __str__(self) -> str:
        return self.name
