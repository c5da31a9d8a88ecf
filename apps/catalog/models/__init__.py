from .kits import Kit, KitQuerySet, KitSlot, KitSlotQuerySet
from .products import (
    Category,
    KeyboardLayout,
    KeyboardLayoutQuerySet,
    Product,
    ProductPrice,
    ProductPriceQuerySet,
    ProductQuerySet,
)
from .services import ServiceKind, ServicePrice, ServicePriceQuerySet
from .warranties import Warranty, WarrantyPrice, WarrantyPriceQuerySet, WarrantyQuerySet

__all__ = [
    "Category",
    "KeyboardLayout",
    "KeyboardLayoutQuerySet",
    "Kit",
    "KitQuerySet",
    "KitSlot",
    "KitSlotQuerySet",
    "Product",
    "ProductPrice",
    "ProductPriceQuerySet",
    "ProductQuerySet",
    "ServiceKind",
    "ServicePrice",
    "ServicePriceQuerySet",
    "Warranty",
    "WarrantyPrice",
    "WarrantyPriceQuerySet",
    "WarrantyQuerySet",
]
