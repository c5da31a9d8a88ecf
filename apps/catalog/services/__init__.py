"""The verbs of the catalogue, by noun: `products`, and what things cost (`pricing`)."""

from .pricing import service_price
from .products import create, create_many, key, remove_many

__all__ = ["create", "create_many", "key", "remove_many", "service_price"]
