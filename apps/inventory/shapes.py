"""What the API shows of devices."""

from __future__ import annotations

from decimal import Decimal
from functools import cache

from rest_framework import serializers

from apps.accounts.shapes import USER
from apps.catalog.shapes import PRODUCT
from apps.companies.shapes import ADDRESS
from apps.core.actor import Permission
from apps.core.api import facts
from apps.core.api.shapes import (
    Shape,
    choice,
    external_ids,
    flag,
    made,
    moment,
    number,
    one,
    only,
    sql_moment,
    text,
    uid,
)
from apps.files import links
from apps.shipping.shapes import SHIPMENT

from .fields import FIELDS
from .models import AttachmentKind, grade_of
from .states import ArchiveReason, AssetState, Grade

# What the API says otherwise than the field table: as an object, or by a grade.
APART = frozenset({"product_id", "condition", "external_id"})
CALLED = {"purchase_price": "price"}


def _number(condition: Decimal | None) -> float | None:
    return None if condition is None else float(condition)


@cache
def _letter(condition: Decimal | None) -> str | None:
    return grade_of(condition) or None


# Its own facts, without where it is.
DEVICE = Shape(
    "DeviceResponse",
    "inventory.Asset",
    {
        "id": uid("id"),
        "serialNumber": text("serial_number"),
        "assetTag": text("asset_tag"),
        "name": text("name"),
        "equipment": one(PRODUCT, "product"),
    },
)
CLAIM = Shape(
    "ClaimResponse",
    "inventory.Claim",
    {"kind": text("kind"), "reference": text("reference"), "id": uid("workflow_id")},
)
ASSET = Shape(
    "UserEquipmentResponse",
    "inventory.Asset",
    {
        "id": uid("id"),
        "equipment": one(PRODUCT, "product"),
        "createdAt": moment("created_at"),
        "updatedAt": moment("updated_at"),
        "user": one(USER, "user").needs(Permission.PEOPLE_READ),
        "storage": one(ADDRESS, "address"),
        "state": choice("state", AssetState),
        **facts.members(FIELDS, apart=APART, called=CALLED),
        "archiveReason": choice("archive_reason", ArchiveReason),
        "heldSince": moment("held_since"),
        "condition": made(serializers.FloatField, _number, "condition"),
        "grade": made(
            lambda **told: serializers.ChoiceField(choices=Grade.values, **told),
            _letter,
            "condition",
        ),
        "claim": only(CLAIM, "claims"),
        "externalIds": external_ids(),
    },
)
_PERIOD = {
    "id": uid("id"),
    "from": sql_moment("lower({t}.period)", lambda row: row.period.lower),
    "until": sql_moment("upper({t}.period)", lambda row: row.period.upper),
}
CUSTODY_OF_ASSET = Shape(
    "CustodyResponse",
    "inventory.Custody",
    {
        **_PERIOD,
        "user": one(USER, "user").needs(Permission.PEOPLE_READ),
        "storage": one(ADDRESS, "address"),
        "shipment": one(SHIPMENT.less("events"), "shipment").needs(
            Permission.PARCELS_READ
        ),
    },
)
CUSTODY_OF_PERSON = Shape(
    "UserCustodyResponse",
    "inventory.Custody",
    {**_PERIOD, "userEquipment": one(DEVICE, "asset")},
)
ATTACHMENT = Shape(
    "AttachmentResponse",
    "inventory.Attachment",
    {
        "id": uid("id"),
        "name": text("file__name"),
        "kind": choice("kind", AttachmentKind),
        "isPicture": flag("is_picture"),
        "contentType": text("file__content_type"),
        "size": number("file__size"),
        "sha256": text("file__sha256"),
        "createdAt": moment("created_at"),
        "downloadUrl": made(serializers.URLField, links.url, "file_id"),
    },
)
