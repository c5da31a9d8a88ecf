"""What happens to the catalogue."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Annotated, Any

from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from apps.core import languages, money
from apps.events.names import Names
from apps.events.payloads import Changes, Field, Payload, ProductName, Text, Told
from apps.events.registry import declare

from .models import Category, ServiceKind

CurrencyCode = Annotated[str, Text("a currency, as ISO 4217 writes it")]
CountryCode = Annotated[str, Text("a country, as ISO 3166-1 alpha-2 writes it")]
KitName = Annotated[str, Text("what a company calls one of its kits")]


def _text(about: str) -> Any:
    return Annotated[str, Text(f"what the catalogue says of a product: {about}")]


CHANGES = Changes(
    {
        "name": Field(_("Name"), ProductName),
        "category": Field(_("Category"), Category),
        "manufacturer": Field(_("Manufacturer"), _text("manufacturer")),
        "model_number": Field(_("Model number"), _text("model number")),
        "specification": Field(_("Specification"), Told.FREE_TEXT),
        "subtype": Field(_("Sub-type"), _text("sub-type")),
        "sku": Field(_("SKU"), _text("SKU")),
        "ean": Field(_("EAN"), _text("EAN")),
        "image_url": Field(_("Picture"), Told.FREE_TEXT),
    }
)


@dataclass(slots=True, kw_only=True)
class _OfProduct(Payload):
    product_name: ProductName

    def thing(self) -> str:
        return self.product_name


@dataclass(slots=True, kw_only=True)
class ProductFacts(_OfProduct):
    category: Category


@dataclass(slots=True, kw_only=True)
class ProductChanged(_OfProduct):
    changes: Annotated[dict[str, Any], CHANGES]

    def words(self, names: Names) -> dict[str, str]:
        return {"changed": CHANGES.labels(self.changes)}


@dataclass(slots=True, kw_only=True)
class ProductPriced(_OfProduct):
    """No `amount`: it has no such price any more. No `country`: in all countries that
    have none of their own."""

    amount: Decimal | None = None
    currency: CurrencyCode
    country: CountryCode | None = None

    def words(self, names: Names) -> dict[str, str]:
        return {"price": _shown(self.amount, self.currency)}


@dataclass(slots=True, kw_only=True)
class ServicePriced(Payload):
    """No `amount`: it has no such price any more."""

    kind: ServiceKind
    country: CountryCode
    amount: Decimal | None = None
    currency: CurrencyCode

    def thing(self) -> str:
        return str(ServiceKind(self.kind).label)

    def words(self, names: Names) -> dict[str, str]:
        return {
            "country": languages.country_name(self.country, self.country),
            "price": _shown(self.amount, self.currency),
        }


@dataclass(slots=True, kw_only=True)
class Amount:
    amount: Decimal
    currency: CurrencyCode


@dataclass(slots=True, kw_only=True)
class WarrantyFacts(Payload):
    """Of one product or of a category; `prices` one for each currency."""

    months: int
    product_name: ProductName | None = None
    category: Category | None = None
    is_active: bool
    prices: list[Amount]

    def thing(self) -> str:
        if self.product_name:
            return self.product_name
        return str(Category(self.category).label) if self.category else ""

    def words(self, names: Names) -> dict[str, str]:
        term = ngettext("%(count)d month", "%(count)d months", self.months)
        return {"term": term % {"count": self.months}}


@dataclass(slots=True, kw_only=True)
class KitFacts(Payload):
    kit_name: KitName

    def thing(self) -> str:
        return self.kit_name


def _shown(amount: Decimal | None, currency: str) -> str:
    return currency if amount is None else money.shown(amount, currency)


PRODUCT_CREATED = declare(
    "product.created",
    ProductFacts,
    _("%(thing)s was added to the catalogue"),
    icon="tag",
)
PRODUCT_UPDATED = declare(
    "product.updated",
    ProductChanged,
    _("%(thing)s was changed: %(changed)s"),
    icon="tag",
)
PRODUCT_REMOVED = declare(
    "product.removed",
    ProductFacts,
    _("%(thing)s was taken out: its import was undone"),
    icon="tag",
)
PRODUCT_PUBLISHED = declare(
    "product.published",
    ProductFacts,
    _("%(thing)s is in the catalogue as the platform sells it"),
    icon="tag",
)
PRODUCT_OFFERED = declare(
    "product.offered", ProductFacts, _("%(thing)s can be ordered"), icon="tag"
)
PRODUCT_WITHDRAWN = declare(
    "product.withdrawn",
    ProductFacts,
    _("%(thing)s can't be ordered any more"),
    icon="tag",
)
PRODUCT_PRICED = declare(
    "product.priced", ProductPriced, _("%(thing)s costs %(price)s"), icon="tag"
)
PRODUCT_PRICE_REMOVED = declare(
    "product.price_removed",
    ProductPriced,
    _("%(thing)s has no price in %(price)s any more"),
    icon="tag",
)
SERVICE_PRICE_SET = declare(
    "service_price.set",
    ServicePriced,
    _("%(thing)s in %(country)s costs %(price)s"),
    icon="tag",
)
SERVICE_PRICE_REMOVED = declare(
    "service_price.removed",
    ServicePriced,
    _("%(thing)s in %(country)s has no price in %(price)s any more"),
    icon="tag",
)
WARRANTY_SET = declare(
    "warranty.set",
    WarrantyFacts,
    _("%(thing)s: a warranty of %(term)s was set"),
    icon="tag",
)
KIT_CREATED = declare(
    "kit.created", KitFacts, _("The kit %(thing)s was added"), icon="box"
)
KIT_UPDATED = declare(
    "kit.updated", KitFacts, _("The kit %(thing)s was changed"), icon="box"
)
KIT_REMOVED = declare(
    "kit.removed", KitFacts, _("The kit %(thing)s was removed"), icon="box"
)
