"""Stock levels: how many pieces of a product lie in storage at a place, free for the
next person.

They are counted in the order of an index that has the stored devices alone, and only
as far as the page goes (`asset_stock`).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import QuerySet
from django.http import HttpResponse
from rest_framework import serializers
from rest_framework.request import Request

from apps.catalog.models import Category, Product
from apps.core import pagination
from apps.core.actor import Actor, Permission
from apps.core.api import fields, json
from apps.core.api.conditions import compiled
from apps.core.api.problems import BadParameter
from apps.core.api.resources import KeysetQuery
from apps.core.api.views import Operation
from apps.core.errors import Invalid

from .models import Asset
from .states import AssetState

_SORT = "product,address"
_LEVELS = """
SELECT l.company_id, l.product_id, p.name, p.category, l.address_id, a.name, l.pieces
FROM (
    SELECT company_id, product_id, address_id, count(*) AS pieces
    FROM inventory_asset WHERE {where}
    GROUP BY company_id, product_id, address_id
    ORDER BY company_id, product_id, address_id LIMIT {limit:d}
) l
JOIN catalog_product p ON p.id = l.product_id
JOIN companies_address a ON a.id = l.address_id
ORDER BY l.company_id, l.product_id, l.address_id
"""
_BEYOND = "(company_id, product_id, address_id) > (%s, %s, %s)"


class StockQuery(KeysetQuery):
    equipment_ids = fields.Several(fields.Id(), required=False)
    company_address_ids = fields.Several(fields.Id(), required=False)
    type = fields.OneOf(choices=Category.choices, required=False)


class StockedEquipment(serializers.Serializer):
    id = serializers.UUIDField()
    name = serializers.CharField()
    type = serializers.ChoiceField(choices=Category.choices)


class StockingAddress(serializers.Serializer):
    id = serializers.UUIDField()
    addressName = serializers.CharField()


class StockLevelResponse(serializers.Serializer):
    """How many pieces of a product are free at a place."""

    equipment = StockedEquipment()
    storage = StockingAddress()
    quantity = serializers.IntegerField()


class StockLevels(serializers.Serializer):
    items = StockLevelResponse(many=True)
    next = serializers.CharField(
        required=False, help_text="For `after` of the next page; absent on the last."
    )


class StockView(Operation):
    """List stock levels

    How many devices are in storage, by product and place; what is reserved does not
    count. A product that is nowhere in storage is not listed.
    """

    tag = "Equipments"
    names = {"get": "listStockLevels"}
    queries = {"get": [StockQuery]}
    answers = {"get": StockLevels}
    permission = Permission.ASSETS_READ

    def get(self, request: Request) -> HttpResponse:
        said = fields.of_query_string(StockQuery, request.query_params)
        rows = _levels(self.actor, said)
        limit = said["limit"]
        found: dict[str, Any] = {"items": [_shown(row) for row in rows[:limit]]}
        if len(rows) > limit:
            company_id, product_id, *_names, address_id, _name, _count = rows[limit - 1]
            found["next"] = pagination.encode(
                [company_id, product_id],
                address_id,
                scope=_scope(self.actor),
                sort=_SORT,
            )
        return HttpResponse(json.dumps(found), content_type="application/json")


def _levels(actor: Actor, said: Mapping[str, Any]) -> list[tuple]:
    where = compiled(_stored(actor, said))
    sql, params = where.sql, list(where.params)
    if said.get("after"):
        sql += f" AND {_BEYOND}"
        params += _cursor(actor, said["after"])
    with connection.cursor() as cursor:
        cursor.execute(_LEVELS.format(where=sql, limit=said["limit"] + 1), params)
        return cursor.fetchall()


def _stored(actor: Actor, said: Mapping[str, Any]) -> QuerySet[Asset]:
    assets = Asset.objects.visible_to(actor).filter(state=AssetState.STORAGE)
    if (products := said.get("equipment_ids")) is not None:
        assets = assets.filter(product_id__in=products)
    if (places := said.get("company_address_ids")) is not None:
        assets = assets.filter(address_id__in=places)
    if (category := said.get("type")) is not None:
        of_type = Product.objects.visible_to(actor).filter(category=category)
        assets = assets.filter(product_id__in=of_type.values("pk"))
    return assets


def _cursor(actor: Actor, after: str) -> list[UUID]:
    """Raises BadParameter `bad_cursor`."""
    try:
        value, pk = pagination.decode(after, scope=_scope(actor), sort=_SORT)
    except Invalid as error:
        raise BadParameter("after", error.code, error.message) from None
    return [UUID(part) for part in (*value, pk)]


def _scope(actor: Actor) -> str:
    return f"stock {actor.company_id}"


def _shown(row: tuple) -> dict[str, Any]:
    _company_id, product_id, name, category, address_id, place, pieces = row
    return {
        "equipment": {"id": product_id, "name": name, "type": category},
        "storage": {"id": address_id, "addressName": place},
        "quantity": pieces,
    }
