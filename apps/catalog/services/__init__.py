"""The verbs of the catalogue, by noun: `products` with their `facts`, what things cost
(`pricing`), what the platform sells (`publishing`), `kits`, and what an order costs
(`quoting`)."""

from .facts import key
from .kits import MOST_SLOTS, Slot, create_kit, remove_kit, update_kit
from .pricing import service_price, set_price, set_service_price, set_warranty
from .products import create, create_many, remove_many, set_orderable, update
from .publishing import publish
from .quoting import Item, Quote, QuotedItem, quote

__all__ = [
    "MOST_SLOTS",
    "Item",
    "Quote",
    "QuotedItem",
    "Slot",
    "create",
    "create_kit",
    "create_many",
    "key",
    "publish",
    "quote",
    "remove_kit",
    "remove_many",
    "service_price",
    "set_orderable",
    "set_price",
    "set_service_price",
    "set_warranty",
    "update",
    "update_kit",
]
