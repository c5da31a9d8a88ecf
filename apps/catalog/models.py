from __future__ import annotations

from decimal import Decimal
from typing import Self
from uuid import UUID

from django.db import models
from django.db.models.functions import Concat, Lower, Now
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from apps.companies.models import Company, Country, Tag
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


class ServiceKind(models.TextChoices):
    """What the platform does for a price; the first three are named as the workflow."""

    OFFBOARDING = "OFFBOARDING", _("Offboarding")
    COLLECTION = "COLLECTION", _("Collection")
    REDEPLOYMENT = "REDEPLOYMENT", _("Redeployment")
    STANDARD_DELIVERY = "STANDARD_DELIVERY", _("Standard delivery of an order")
    EXPRESS_DELIVERY = "EXPRESS_DELIVERY", _("Express delivery of an order")


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
