"""What bodies and query strings say of devices."""

from __future__ import annotations

from apps.catalog.models import Category
from apps.core.api import facts, fields

from .fields import FIELDS
from .shapes import APART, CALLED
from .states import ArchiveReason, AssetState, Grade

SOURCES = ("STORAGE", "EMPLOYEE", "ALL")


class UserEquipmentQueryRequest(fields.Body):
    user_equipment_ids = fields.Several(fields.Id(), required=False)
    types = fields.Several(fields.OneOf(choices=Category.choices), required=False)
    sub_types = fields.Several(fields.Text(max_length=64), required=False)
    search_phrase = fields.Text(required=False, max_length=100)
    states = fields.Several(fields.OneOf(choices=AssetState.choices), required=False)
    company_address_ids = fields.Several(fields.Id(), required=False)
    source_type = fields.OneOf(choices=SOURCES, default="STORAGE")
    updated_from = fields.AskedDay(required=False)
    updated_to = fields.AskedDay(required=False)
    storage_location_country_code = fields.CountryCode(required=False)
    currency = fields.CurrencyCode(required=False)
    is_new = fields.Flag(required=False)


class UserEquipmentListRequest(UserEquipmentQueryRequest):
    source_type = fields.OneOf(choices=SOURCES, default="ALL")
    user_ids = fields.Several(fields.Id(), required=False)
    equipment_ids = fields.Several(fields.Id(), required=False)
    serial_number = fields.Text(required=False, max_length=128)
    asset_tag = fields.Text(required=False, max_length=128)
    external_id = fields.ExternalId(
        required=False, max_length=300, help_text="As jamf:4711."
    )
    updated_since = fields.Moment(required=False)


# What bodies call the fields that refusals of the verbs name.
NAMES = {
    "purchase_price": "price/amount",
    "currency": "price/currency",
    "product_id": "equipment_id",
    "condition": "grade",
}


class HolderReference(fields.Body):
    id = fields.Id()


class DeviceFacts(facts.Facts):
    table = FIELDS
    apart = APART
    called = CALLED

    grade = fields.OneOf(choices=Grade.choices, required=False, allow_null=True)
    equipment_id = fields.Id(required=False)
    external_ids = fields.ExternalIds(required=False, allow_null=True)


class CreateUserEquipmentRequest(DeviceFacts):
    """A device and where it is: `companyAddress` or `user`. What it is says either
    `equipmentId`, or `name`: a product of the catalogue, which is made if there is none
    of that name."""

    company_address = HolderReference(required=False)
    user = HolderReference(required=False)
    type = fields.Text(required=False, max_length=64)
    at = fields.Moment(required=False)


class UpdateUserEquipmentRequest(DeviceFacts):
    company_address_id = fields.Id(required=False, allow_null=True)
    user_id = fields.Id(required=False, allow_null=True)


class UpdateOneUserEquipmentRequest(UpdateUserEquipmentRequest):
    """One of many: by `id`, else by `serialNumber`, which then stays as it is."""

    id = fields.Id(required=False)


class StepRequest(fields.Body):
    at = fields.Moment(required=False, help_text="When it happened; now, if left out.")


class HandOverRequest(StepRequest):
    user_id = fields.Id()


class PlaceRequest(StepRequest):
    company_address_id = fields.Id()


class ReceiveRequest(PlaceRequest):
    grade = fields.OneOf(
        choices=Grade.choices, required=False, help_text="The condition that was seen."
    )


_REASONS = [r for r in ArchiveReason.choices if r[0] != ArchiveReason.NOT_DELIVERED]


class RetireRequest(StepRequest):
    reason = fields.OneOf(choices=_REASONS)


class CustodyRequest(fields.Body):
    at = fields.Moment(required=False, help_text="Who had it, or what they had, then.")
