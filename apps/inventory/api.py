"""Operations on devices: "user equipment" in the words of the API."""

from __future__ import annotations

from apps.core.actor import Permission
from apps.core.api import fields, reading
from apps.core.api.reading import Reading
from apps.core.api.resources import Resource

from .models import Asset
from .shapes import ASSET
from .states import AssetState


class UserEquipmentQueryRequest(fields.Body):
    user_equipment_ids = fields.Several(fields.Id(), required=False)
    search_phrase = fields.Text(required=False, max_length=100)
    states = fields.Several(fields.OneOf(choices=AssetState.choices), required=False)
    company_address_ids = fields.Several(fields.Id(), required=False)
    updated_from = fields.Day(required=False)
    updated_to = fields.Day(required=False)


class AssetKeysetRequest(UserEquipmentQueryRequest):
    updated_since = fields.Moment(required=False)


ASSETS = Reading(
    ASSET,
    Asset.objects.all,
    filters={
        "user_equipment_ids": reading.any_of("id"),
        "states": reading.any_of("state"),
        "search_phrase": reading.Narrowed(lambda rows, text, _who: rows.search(text)),
        "company_address_ids": reading.any_of("address_id"),
        "updated_from": reading.OnDay("updated_at", ends=False),
        "updated_to": reading.OnDay("updated_at", begins=False),
        "updated_since": reading.Is("updated_at", ">= {}"),
    },
    sorts={"createdAt": "created_at", "name": "name", "serialNumber": "serial_number"},
)


class AssetResource(Resource):
    tag = "User Equipment"
    noun, singular, plural = "UserEquipment", "device", "devices"
    names = {
        "query": "queryUserEquipments",
        "list": "listUserEquipments",
        "retrieve": "getUserEquipment",
    }
    reading = ASSETS
    filters = UserEquipmentQueryRequest
    list_filters = AssetKeysetRequest
    permissions = {
        "query": Permission.ASSETS_READ,
        "list": Permission.ASSETS_READ,
        "retrieve": Permission.ASSETS_READ,
    }
