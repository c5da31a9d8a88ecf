"""What the API shows of devices."""

from __future__ import annotations

from apps.accounts.shapes import USER
from apps.catalog.shapes import PRODUCT
from apps.companies.shapes import ADDRESS
from apps.core.actor import Permission
from apps.core.api.shapes import Shape, choice, moment, money, one, text, uid

from .states import AssetState

ASSET = Shape(
    "UserEquipmentResponse",
    "inventory.Asset",
    {
        "id": uid("id"),
        "serialNumber": text("serial_number"),
        "equipment": one(PRODUCT, "product"),
        "createdAt": moment("created_at"),
        "updatedAt": moment("updated_at"),
        "user": one(USER, "user").needs(Permission.PEOPLE_READ),
        "storage": one(ADDRESS, "address"),
        "price": money("purchase_price", "currency").needs(
            Permission.ASSETS_READ_PRICES
        ),
        "state": choice("state", AssetState),
    },
)
