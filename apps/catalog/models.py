from __future__ import annotations

from django.db import models
from django.db.models.functions import Concat, Lower
from django.utils.translation import gettext_lazy as _

from apps.core.actor import Permission
from apps.core.folding import Fold, fold, has_words
from apps.core.keys import any_of
from apps.core.money import AmountField
from apps.core.tenancy import TenantModel, TenantQuerySet, tenant_key


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

    def called(self, text: str | None) -> ProductQuerySet:
        """What may be meant by a whole name or a whole label."""
        label = Concat("name", models.Value(" ("), "model_number", models.Value(")"))
        wanted = [fold(text or "")]
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
    price = AmountField(null=True, blank=True)
    currency = models.CharField(max_length=3, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
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
            models.CheckConstraint(
                condition=models.Q(price__isnull=True)
                | (models.Q(price__gte=0) & ~models.Q(currency="")),
                name="product_price_has_currency",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def label(self) -> str:
        """What tells it from a product of the same name."""
        return f"{self.name} ({self.model_number})" if self.model_number else self.name
