"""What the API shows of the catalogue."""

from __future__ import annotations

from rest_framework import serializers

from apps.core.api.shapes import Shape, choice, json, moment, money, text, uid

from .models import Category


class Specification(serializers.ListField):
    """One-key objects, in order."""

    child = serializers.DictField(child=serializers.CharField())


PRODUCT = Shape(
    "EquipmentResponse",
    "catalog.Product",
    {
        "id": uid("id"),
        "name": text("name"),
        "specification": json("specification", Specification),
        "type": choice("category", Category),
        "manufacturer": text("manufacturer"),
        "price": money("price", "currency"),
        "createdAt": moment("created_at"),
    },
)
