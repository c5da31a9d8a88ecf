"""How the API reads devices: which filters and orders there are."""

from __future__ import annotations

from typing import TypeVar
from uuid import UUID

from django.db.models import Q, QuerySet
from django.db.models.functions import Lower

from apps.catalog.models import Product
from apps.companies.models import Address
from apps.core.actor import Permission, Reach
from apps.core.api import conditions
from apps.core.api.conditions import Asking
from apps.core.api.reading import Reading
from apps.core.external_ids import named
from apps.core.keys import any_of, has_code, keys
from apps.core.tenancy import NOTHING
from apps.shipping.models import Shipment
from apps.shipping.shapes import SHIPMENT

from . import counts
from .models import Asset, AssetExternalId, Attachment, Custody
from .services import normalise_serial
from .shapes import ASSET, ATTACHMENT, CUSTODY_OF_ASSET, CUSTODY_OF_PERSON

Rows = TypeVar("Rows", bound=QuerySet)
_FOR_SEVERAL = frozenset({Reach.EVERYWHERE, Reach.PLACES})


def _theirs(rows: Rows, asking: Asking) -> Rows:
    """What devices that they see may refer to: whoever sees those of one company alone
    has nothing looked for in others."""
    if asking.actor.reaches(Permission.ASSETS_READ) & _FOR_SEVERAL:
        return rows
    return rows.filter(company_id=asking.actor.company_id)


def _of_types(types: list[str], asking: Asking) -> Q:
    products = _theirs(Product.objects.all(), asking).filter(category__in=types)
    return Q(product__in=products.values("pk"))


def _of_sub_types(types: list[str], asking: Asking) -> Q:
    """In whatever case they are written."""
    found = _theirs(Product.objects.all(), asking).alias(key=Lower("subtype"))
    return Q(product__in=found.filter(any_of({"key": keys(types)})).values("pk"))


def _stored_in(country: str, asking: Asking) -> Q:
    places = _theirs(Address.objects.all(), asking).in_country(country)
    return Q(address__in=places.values("pk"))


def _bought_in(currency: str, asking: Asking) -> Q:
    """Who doesn't see what a device has cost learns no currency either."""
    held = asking.actor.reaches(Permission.ASSETS_READ_PRICES)
    is_seen = held & {Reach.EVERYWHERE, Reach.COMPANY}
    return Q(currency=currency) if is_seen else NOTHING


def _known_as(external_id: tuple[str, str], asking: Asking) -> Q:
    rows = named(_theirs(AssetExternalId.objects.all(), asking), *external_id)
    return Q(pk__in=rows.values("asset"))


def _of_shipments(asset_id: UUID, asking: Asking) -> Q:
    """Parcels in which the device was."""
    rows = Custody.objects.visible_to(asking.actor).filter(asset=asset_id)
    return Q(pk__in=rows.exclude(shipment=None).values("shipment"))


_AT = conditions.Is("period", "@> {}::timestamptz")
ASSETS = Reading(
    ASSET,
    Asset.objects.all,
    filters={
        "user_equipment_ids": conditions.any_of("id"),
        "types": conditions.By(_of_types),
        "sub_types": conditions.By(_of_sub_types),
        "search_phrase": conditions.Narrowed(
            lambda rows, text, _who: rows.search(text)
        ),
        "states": conditions.any_of("state"),
        "company_address_ids": conditions.any_of("address_id"),
        "source_type": conditions.Chosen(
            STORAGE=("address_id", "IS NOT NULL"),
            EMPLOYEE=("user_id", "IS NOT NULL"),
            ALL=None,
        ),
        "updated_from": conditions.OnDay("updated_at", ends=False),
        "updated_to": conditions.OnDay("updated_at", begins=False),
        "storage_location_country_code": conditions.By(_stored_in),
        "currency": conditions.By(_bought_in),
        "is_new": conditions.Is("is_new"),
        "user_ids": conditions.any_of("user_id"),
        "equipment_ids": conditions.any_of("product_id"),
        "serial_number": conditions.By(
            lambda text, _who: has_code("serial_number", normalise_serial(text))
        ),
        "asset_tag": conditions.By(lambda text, _who: has_code("asset_tag", text)),
        "external_id": conditions.By(_known_as),
        "updated_since": conditions.Is("updated_at", ">= {}"),
    },
    sorts={
        "createdAt": "created_at",
        "updatedAt": "updated_at",
        "name": "name",
        "serialNumber": "serial_number",
    },
    counter=counts.ASSETS.within(),
)
# A row is written when its time begins: the id tells the order.
CUSTODY_OF_ASSETS = Reading(
    CUSTODY_OF_ASSET,
    Custody.objects.all,
    filters={"asset_id": conditions.Is("asset_id"), "at": _AT},
    keyset="-id",
)
CUSTODY_OF_PEOPLE = Reading(
    CUSTODY_OF_PERSON,
    Custody.objects.all,
    filters={"user_id": conditions.Is("user_id"), "at": _AT},
    keyset="-id",
)
TRACKING = Reading(
    SHIPMENT, Shipment.objects.all, filters={"asset_id": conditions.By(_of_shipments)}
)
ATTACHMENTS = Reading(
    ATTACHMENT,
    Attachment.objects.present,
    filters={"asset_id": conditions.Is("asset_id")},
    keyset="-id",
)
