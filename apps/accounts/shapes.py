"""What the API shows of people."""

from __future__ import annotations

from rest_framework import serializers

from apps.companies.shapes import COMPANY, TAG, delivery_address
from apps.core.api import facts
from apps.core.api.shapes import (
    Shape,
    choice,
    day,
    external_ids,
    made,
    many,
    moment,
    one,
    text,
    uid,
)
from apps.core.roles import Role

from .fields import FIELDS
from .states import UserState

# What the contract says in its own words, and what only the person chooses.
APART = frozenset(
    {
        *("first_name", "last_name", "email", "private_email", "role", "start_on"),
        *("street", "street2", "city", "region", "postal_code", "country_id"),
        *("parcel_name", "parcel_phone", "language", "end_on"),
    }
)
CALLED = {"job_title": "position"}


def full_name(first: str, last: str) -> str | None:
    return f"{first} {last}".strip() or None


def first_of(text: str, other: str) -> str | None:
    return text or other or None


def _recipient(parcel_name: str, first: str, last: str) -> str | None:
    return parcel_name or full_name(first, last)


_NAMES = ("first_name", "last_name")
_ADDRESS = delivery_address(
    "accounts.User",
    full_name=made(serializers.CharField, _recipient, "parcel_name", *_NAMES),
    phone=made(serializers.CharField, first_of, "parcel_phone", "phone"),
)
# What the contract has beside the fields of the table, or calls otherwise.
USER = Shape(
    "UserResponse",
    "accounts.User",
    {
        "id": uid("id"),
        "email": text("email"),
        "privateEmail": text("private_email"),
        "startDate": day("start_on"),
        "phone": text("phone"),
        "state": choice("state", UserState),
        "tags": many(TAG, "user_tags", item="tag", order="tag__name,tag_id"),
        "company": one(COMPANY, "company"),
        "firstName": text("first_name"),
        "lastName": text("last_name"),
        "fullName": made(serializers.CharField, full_name, "first_name", "last_name"),
        "position": text("job_title"),
        "role": choice("role", Role),
        "address": _ADDRESS,
        "createdAt": moment("created_at"),
        "updatedAt": moment("updated_at"),
        **facts.members(FIELDS, apart=APART, called=CALLED),
        "externalIds": external_ids(),
    },
)
