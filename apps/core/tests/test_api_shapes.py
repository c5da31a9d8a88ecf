"""What shapes say in the schema, and the code that they become."""

from __future__ import annotations

import inspect
import traceback
from typing import Any

import orjson
import pytest
from rest_framework import serializers

from apps.core.api import documents
from apps.core.api.shapes import Columns, Shape, Sql, here, made, one, only, text, uid


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


def _read(shape: Shape, *rows: tuple[Any, ...]) -> list[dict[str, Any]]:
    build = shape.reader(Columns(shape.model, "t0", frozenset()))()
    return [build(row) for row in rows]


def test_what_many_rows_lead_to_is_made_once_for_each_answer() -> None:
    country = Shape("C", "companies.Country", {"name": text("name")})
    company = Shape("A", "companies.Company", {"country": one(country, "country")})
    rows = [("PL", "Poland"), ("UG", "Uganda"), ("PL", "Poland"), (None, None)]
    first, other, again, nowhere = _read(company, *rows)
    assert first == {"country": {"name": "Poland"}}
    assert first["country"] is again["country"]
    assert other == {"country": {"name": "Uganda"}}
    assert nowhere == {}
    assert _read(company, ("PL", "Polska")) == [{"country": {"name": "Polska"}}]


def test_an_object_without_the_fields_that_make_it_is_left_out() -> None:
    place = Shape(
        "P", "companies.Address", {"city": text("city"), "region": text("region")}
    )
    shape = Shape(
        "S", "companies.Address", {"place": here(place, unless_empty=("city",))}
    )
    assert _read(shape, ("Gulu", ""), ("", "PL-MZ")) == [
        {"place": {"city": "Gulu"}},
        {},
    ]


def test_the_code_of_a_shape_can_be_read() -> None:
    def fails(name: str) -> str:
        raise ValueError(name)

    shape = Shape(
        "F",
        "companies.Country",
        {"displayName": made(serializers.CharField, fails, "name")},
    )
    reader = shape.reader(Columns(shape.model, "t0", frozenset()))
    assert "['displayName'] = value" in inspect.getsource(reader)
    with pytest.raises(ValueError, match="Kenya") as failed:
        reader()(("Kenya",))
    assert "fails_" in "".join(traceback.format_tb(failed.value.__traceback__))


def test_what_may_be_many_is_not_read_as_one() -> None:
    tagged = Shape("L", "accounts.UserTag", {"id": uid("tag_id")})
    shape = Shape("M", "accounts.User", {"tagged": only(tagged, "user_tags")})
    with pytest.raises(TypeError, match="more than one UserTag"):
        shape.reader(Columns(shape.model, "t0", frozenset()))


def test_a_subselect_is_asked_for_what_is_there() -> None:
    tag = Shape("T", "companies.Tag", {"n": Sql(serializers.IntegerField, "{t}.n", id)})
    shape = Shape("K", "catalog.Kit", {"tag": one(tag, "tag")})
    columns = Columns(shape.model, "t0", frozenset())
    shape.reader(columns)
    assert 'CASE WHEN t0_1."id" IS NOT NULL THEN (t0_1.n) END' in columns.selected
