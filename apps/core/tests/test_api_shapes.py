"""What the schema says of shapes."""

from __future__ import annotations

import orjson
import pytest

from apps.core.api import documents
from apps.core.api.shapes import Shape, text


def test_answers_of_one_name_hold_the_same() -> None:
    product = Shape("ShapeOfTests", "catalog.Product", {"name": text("name")})
    country = Shape("ShapeOfTests", "companies.Country", {"name": text("name")})
    other = Shape("ShapeOfTests", "companies.Country", {"code": text("code")})
    assert product.serializer_class is not country.serializer_class
    with pytest.raises(TypeError, match="ShapeOfTests"):
        _differs = other.serializer_class


def test_schema_says_what_is_deprecated() -> None:
    schemas = orjson.loads(documents.schema_bytes())["components"]["schemas"]
    fields = schemas["DeliveryAddressResponse"]["properties"]
    assert [n for n, field in fields.items() if field.get("deprecated")] == ["address"]
