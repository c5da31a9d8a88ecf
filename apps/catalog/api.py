"""Operations on the catalogue: products ("equipment" in the words of the API), and
what is chosen with them."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any

from django.db import transaction
from django.db.models import F, Q
from django.http import HttpResponse
from django.utils.translation import gettext as _
from rest_framework import serializers
from rest_framework.request import Request

from apps.companies.countries import rows as countries_of_ours
from apps.core import money
from apps.core.actor import Permission
from apps.core.api import conditions, fields
from apps.core.api.conditions import Asking, Filter, Where
from apps.core.api.reading import Reading
from apps.core.api.resources import Resource
from apps.core.api.shapes import Shape

from . import services
from .models import Category, KeyboardLayout, KitSlot, Product, Warranty
from .shapes import (
    LAYOUT,
    PRICES,
    PRODUCT,
    WARRANTY,
    countries,
    price_in,
    product_in,
)

_COUNTRIES = frozenset(code for code, *_rest in countries_of_ours())


class Deliverable(fields.CountryCode):
    """A country that we work in."""

    default_error_messages = {"no_country": _("We work in no country of this code.")}

    def to_internal_value(self, data: Any) -> str:
        code = super().to_internal_value(data)
        if code not in _COUNTRIES:
            self.fail("no_country")
        return code


# --- Products ---------------------------------------------------------------


class EquipmentQueryRequest(fields.Body):
    equipment_ids = fields.Several(fields.Id(), required=False)
    type = fields.Text(required=False, max_length=64)
    sub_type = fields.Text(required=False, max_length=64)
    tag_id = fields.Id(required=False)
    employee_onboarding = fields.Flag(
        required=False, default=False, help_text="What kits order: products of any kit."
    )
    country_code = Deliverable(
        required=False, help_text="Where it can be ordered; its price is that there."
    )
    search_phrase = fields.Text(required=False, max_length=100)
    currency = fields.CurrencyCode(
        required=False,
        help_text="Selects the price list: prices are in it, or there are none.",
    )


class EquipmentKeysetRequest(EquipmentQueryRequest):
    is_orderable = fields.Flag(required=False)
    sku = fields.Text(required=False, max_length=64)
    ean = fields.Text(required=False, max_length=14)
    updated_since = fields.Moment(required=False)


class EquipmentPatchRequest(fields.Body):
    name = fields.Text(required=False, max_length=255)
    type = fields.OneOf(choices=Category.choices, required=False)
    subtype = fields.Text(required=False, allow_null=True, max_length=64)
    manufacturer = fields.Text(required=False, allow_null=True, max_length=128)
    model_number = fields.Text(required=False, allow_null=True, max_length=128)
    sku = fields.Text(required=False, allow_null=True, max_length=64)
    ean = fields.Text(required=False, allow_null=True, max_length=14)
    image_url = fields.Text(required=False, allow_null=True, max_length=2000)
    specification = serializers.ListField(
        required=False,
        allow_null=True,
        child=serializers.DictField(child=fields.Text()),
        help_text="One-key objects, in order.",
    )


class EquipmentCreateRequest(EquipmentPatchRequest):
    name = fields.Text(max_length=255)


class _AnyList(Filter):
    """Selects the price list; which products there are does not depend on it."""

    def where(self, reading: Reading, value: Any, asking: Asking) -> Where:
        return Where("TRUE")


def _in_kits(asking: Asking, **of_kit: Any) -> Q:
    slots = KitSlot.objects.visible_to(asking.actor).filter(**of_kit)
    return Q(pk__in=slots.values("fallback_product"))


def _reading(shape: Shape, currency: str) -> Reading:
    listed = currency or F("company__currency")
    return Reading(
        shape,
        Product.objects.all,
        filters={
            "equipment_ids": conditions.any_of("id"),
            "type": conditions.Is("category"),
            "sub_type": conditions.Is("subtype"),
            "tag_id": conditions.By(lambda tag, who: _in_kits(who, kit__tag=tag)),
            "employee_onboarding": conditions.By(
                lambda is_wanted, who: _in_kits(who) if is_wanted else Q()
            ),
            "country_code": conditions.Narrowed(
                lambda rows, code, _who: rows.orderable(code, listed)
            ),
            "search_phrase": conditions.Narrowed(
                lambda rows, text, _w: rows.search(text)
            ),
            "currency": _AnyList(),
            "is_orderable": conditions.Is("is_orderable"),
            "sku": conditions.Is("sku"),
            "ean": conditions.Is("ean"),
            "updated_since": conditions.Is("updated_at", ">= {}"),
        },
        sorts={
            "createdAt": "created_at",
            "updatedAt": "updated_at",
            "name": "name",
            "type": "category",
            "manufacturer": "manufacturer",
        },
        default_sort="-id",
        keyset="-id",
    )


PRODUCTS = _reading(PRODUCT, "")


@cache
def _products_in(currency: str) -> Reading:
    return _reading(product_in(currency), currency)


class ProductResource(Resource):
    tag = "Equipments"
    noun, singular, plural = "Equipment", "product", "equipments"
    names = {"query": "queryEquipments", "list": "listEquipments"}
    filters = EquipmentQueryRequest
    list_filters = EquipmentKeysetRequest
    bodies = {"create": EquipmentCreateRequest, "update": EquipmentPatchRequest}
    permissions = {
        "query": Permission.PRODUCTS_READ,
        "list": Permission.PRODUCTS_READ,
        "retrieve": Permission.PRODUCTS_READ,
        "create": Permission.PRODUCTS_EDIT,
        "update": Permission.PRODUCTS_EDIT,
    }

    @property
    def reading(self) -> Reading:
        """Of lists by the price list that is asked for, if there is such a currency:
        whether there is, the filters say."""
        if getattr(self, "action", None) not in {"query", "list"} or not self._asked:
            return PRODUCTS
        currency = str(self._asked.get("currency", ""))
        return _products_in(currency if currency in money.CURRENCIES else "")

    @property
    def _asked(self) -> Mapping[str, Any]:
        request = getattr(self, "request", None)
        if request is None:
            return {}
        said = request.query_params if self.action == "list" else request.data
        return said if isinstance(said, Mapping) else {}

    def answer(self, found: Any, *, is_one: bool = False) -> HttpResponse:
        for one in found.get("content", found.get("items", ())):
            self._price(one)
        return super().answer(found, is_one=is_one)

    def _price(self, shown: dict[str, Any]) -> None:
        prices = shown.pop(PRICES, None)
        if prices is None:
            return
        price = price_in(str(self._asked.get("countryCode", "")))(prices)
        if price and self.actor.holds(Permission.PRICES_READ, beyond_own=True):
            shown["price"] = price
        if (where := countries(prices)) is not None:
            shown["countries"] = where

    @transaction.atomic
    def create(self, request: Request) -> HttpResponse:
        """Create a product in the company's catalogue"""
        company = request.user.company
        facts = _facts(self.said())
        product = services.create(actor=self.actor, company=company, **facts)
        return self.one(product.pk)

    @transaction.atomic
    def update(self, request: Request, id: str) -> HttpResponse:
        """Update a product

        What is absent stays; null empties it.
        """
        facts, product = _facts(self.said()), self.thing(id)
        services.update(product, actor=self.actor, **facts)
        return self.one(product.pk)


def _facts(said: dict[str, Any]) -> dict[str, Any]:
    """As the verbs call them."""
    if "type" in said:
        said["category"] = said.pop("type")
    empty: dict[str, Any] = {"specification": []}
    return {
        name: empty.get(name, "") if value is None else value
        for name, value in said.items()
    }


# --- What is chosen with a product ------------------------------------------


class KeyboardLayoutKeysetRequest(fields.Body):
    is_active = fields.Flag(required=False)


class KeyboardLayoutResource(Resource):
    tag = "Equipments"
    noun, singular, plural = "KeyboardLayout", "keyboard layout", "keyboard layouts"
    names = {"list": "listKeyboardLayouts"}
    reading = Reading(
        LAYOUT,
        KeyboardLayout.objects.all,
        filters={"is_active": conditions.Is("is_active")},
        keyset="name",
    )
    filters = KeyboardLayoutKeysetRequest
    permissions = {"list": Permission.PRODUCTS_READ}


class WarrantyKeysetRequest(fields.Body):
    equipment_id = fields.Id(
        required=False, help_text="What can be had with it: its own, its type's."
    )
    is_active = fields.Flag(required=False)
    updated_since = fields.Moment(required=False)


def _of_product(product_id: Any, asking: Asking) -> Q:
    product = Product.objects.visible_to(asking.actor).filter(pk=product_id)
    # A platform's client sees several companies.
    fits = Q(category__in=product.values("category")) | Q(product=product_id)
    return fits & Q(company__in=product.values("company"))


class WarrantyResource(Resource):
    tag = "Equipments"
    noun, singular, plural = "EquipmentWarranty", "warranty", "warranties"
    names = {"list": "listEquipmentWarranties"}
    reading = Reading(
        WARRANTY,
        Warranty.objects.all,
        filters={
            "equipment_id": conditions.By(_of_product),
            "is_active": conditions.Is("is_active"),
            "updated_since": conditions.Is("updated_at", ">= {}"),
        },
        keyset="-id",
    )
    filters = WarrantyKeysetRequest
    permissions = {
        "list": Permission.PRODUCTS_READ,
        "retrieve": Permission.PRODUCTS_READ,
    }
