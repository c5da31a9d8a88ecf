"""What happens to the catalogue."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from apps.events.payloads import Payload, ProductName
from apps.events.registry import declare

from .models import Category


@dataclass(slots=True, kw_only=True)
class ProductFacts(Payload):
    product_name: ProductName
    category: Category

    def thing(self) -> str:
        return self.product_name


PRODUCT_CREATED = declare(
    "product.created",
    ProductFacts,
    _("%(thing)s was added to the catalogue"),
    icon="tag",
)
PRODUCT_REMOVED = declare(
    "product.removed",
    ProductFacts,
    _("%(thing)s was taken out: its import was undone"),
    icon="tag",
)
