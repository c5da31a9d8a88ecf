"""What there is, and what it costs."""

from __future__ import annotations

from typing import Self

from django.db import models
from django.db.models.functions import Concat, Lower, Now
from django.utils.translation import gettext_lazy as _

from apps.companies.models import Country
from apps.core.actor import Permission
from apps.core.folding import Fold, fold, has_words
from apps.core.ids import uuid7
from apps.core.keys import any_of
from apps.core.money import AmountField, check_code
from apps.core.tenancy import (
    SharedQuerySet,
    TenantForeignKey,
    TenantModel,
    TenantQuerySet,
    tenant_key,
)


class Category(models.TextChoices):
    LAPTOP = "LAPTOP", _("Laptop")
    DESKTOP = "DESKTOP", _("Desktop")
    MONITOR = "MONITOR", _("Monitor")
    PHONE = "PHONE", _("Phone")
    TABLET = "TABLET", _("Tablet")
    KEYBOARD = "KEYBOARD", _("Keyboard")
    MOUSE = "MOUSE", _("Mouse")
    HEADSET = "HEADSET", _("Headset")
    DOCK = "DOCK", _("Docking station")
    PRINTER = "PRINTER", _("Printer")
    NETWORK = "NETWORK", _("Network device")
    SERVER = "SERVER", _("Server")
    ACCESSORY = "ACCESSORY", _("Accessory")
    OTHER = "OTHER", _("Other")


class ProductQuerySet(TenantQuerySet["Product"]):
    reads = Permission.PRODUCTS_READ

    def search(self, text: str) -> ProductQuerySet:
        """By parts of name, manufacturer and model number."""
        return self.filter(has_words("search_text", text))

    def orderable(self, country_code: str, currency: str | models.F) -> ProductQuerySet:
        """What has a price in that country, by the list of that currency (one of the
        price's columns, or a code)."""
        prices = ProductPrice.objects.filter(
            models.Q(country_id=country_code) | models.Q(country=None),
            product=models.OuterRef("pk"),
            company=models.OuterRef("company"),
            currency=currency,
        )
        return self.filter(models.Exists(prices), is_orderable=True)

    def called(self, *texts: str | None) -> ProductQuerySet:
        """What may be meant by one of these: a whole name or a whole label."""
        label = Concat("name", models.Value(" ("), "model_number", models.Value(")"))
        wanted = [fold(text or "") for text in texts]
        found = self.alias(named=Fold("name"), labelled=Fold(label))
        return found.filter(any_of({"named": wanted, "labelled": wanted}))


class Product(TenantModel):
    """A catalogue entry of one company: what an asset is one of."""

    name = models.CharField(max_length=255)
    category = models.CharField(max_length=16, choices=Category, default=Category.OTHER)
    manufacturer = models.CharField(max_length=128, blank=True)
    model_number = models.CharField(max_length=128, blank=True)
    specification = models.JSONField(
        default=list, blank=True, help_text=_("A list of one-key objects, in order.")
    )
    subtype = models.CharField(
        max_length=64,
        blank=True,
        default="",
        db_default="",
        help_text=_("A code of the company's own below the category: ULTRABOOK."),
    )
    sku = models.CharField(
        _("SKU"), max_length=64, blank=True, default="", db_default=""
    )
    ean = models.CharField(
        _("EAN"), max_length=14, blank=True, default="", db_default=""
    )
    image_url = models.CharField(max_length=2000, blank=True, default="", db_default="")
    is_orderable = models.BooleanField(
        default=False,
        db_default=False,
        help_text=_("It can be ordered where it has a price."),
    )
    # The platform's product this one is a copy of: of another company, so no reference.
    published_from = models.UUIDField(null=True, blank=True, editable=False)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True, db_default=Now())
    search_text = models.GeneratedField(
        expression=Fold(
            Concat(
                "name",
                models.Value(" "),
                "manufacturer",
                models.Value(" "),
                "model_number",
                output_field=models.TextField(),
            )
        ),
        output_field=models.TextField(),
        db_persist=True,
    )

    objects = ProductQuerySet.as_manager()

    class Meta:
        ordering = ["name"]
        constraints = [
            tenant_key("product"),
            models.UniqueConstraint(
                "company",
                Lower("name"),
                Lower("model_number"),
                name="product_name_per_company",
            ),
            models.UniqueConstraint(
                fields=["company", "sku"],
                condition=~models.Q(sku=""),
                name="product_sku_per_company",
            ),
            models.UniqueConstraint(
                fields=["company", "published_from"],
                condition=models.Q(published_from__isnull=False),
                name="product_published_once_per_company",
            ),
        ]
        indexes = [
            models.Index(
                fields=["company", "updated_at", "id"], name="product_by_change"
            )
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def label(self) -> str:
        """What tells it from a product of the same name."""
        return f"{self.name} ({self.model_number})" if self.model_number else self.name


# --- What things cost -------------------------------------------------------


class ProductPriceQuerySet(TenantQuerySet["ProductPrice"]):
    reads = Permission.PRICES_READ

    def in_list(self, currency: str, country_code: str | None = None) -> Self:
        """One price list: what things cost in that currency, in that country; the
        price of a country comes before that of all countries."""
        rows = self.filter(currency=currency)
        if country_code is not None:
            here = models.Q(country_id=country_code) | models.Q(country=None)
            rows = rows.filter(here)
        return rows.order_by("product_id", models.F("country_id").asc(nulls_last=True))


class ProductPrice(TenantModel):
    """What one piece of a product costs a company, in one currency: in one country, or
    in every country that has no price of its own."""

    product = TenantForeignKey(Product, db_index=False, related_name="prices")
    currency = models.CharField(max_length=3, validators=[check_code])
    country = models.ForeignKey(
        Country,
        models.PROTECT,
        null=True,
        blank=True,
        db_index=False,
        related_name="+",
        help_text=_("Empty: in every country without a price of its own."),
    )
    amount = AmountField()
    is_special = models.BooleanField(
        default=False,
        help_text=_("Agreed with this company: publishing leaves it as it is."),
    )
    updated_at = models.DateTimeField(auto_now=True)

    objects = ProductPriceQuerySet.as_manager()

    class Meta:
        ordering = ["product", "currency", "country"]
        constraints = [
            tenant_key("productprice"),
            models.UniqueConstraint(
                fields=["product", "currency", "country"],
                nulls_distinct=False,
                name="productprice_one_per_list",
            ),
            models.CheckConstraint(
                condition=models.Q(amount__gte=0), name="productprice_not_negative"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.amount} {self.currency}"


# --- What is chosen with a product ------------------------------------------


class KeyboardLayoutQuerySet(SharedQuerySet["KeyboardLayout"]):
    reads = Permission.PRODUCTS_READ


class KeyboardLayout(models.Model):
    """What may stand on the keys; the same list for all companies."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    code = models.CharField(max_length=16, unique=True)
    name = models.CharField(max_length=64)
    is_active = models.BooleanField(default=True, help_text=_("It can be ordered."))

    objects = KeyboardLayoutQuerySet.as_manager()

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name
