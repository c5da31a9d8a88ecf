"""What the API shows of people."""

from __future__ import annotations

from rest_framework import serializers

from apps.companies.shapes import COMPANY, COUNTRY
from apps.core.api.shapes import Shape, choice, day, here, made, moment, one, text, uid
from apps.core.roles import Role

from .states import UserState


def full_name(first: str, last: str) -> str | None:
    return f"{first} {last}".strip() or None


def one_line(street: str, postal_code: str, city: str) -> str | None:
    parts = [street, f"{postal_code} {city}".strip()]
    return ", ".join(part for part in parts if part) or None


ADDRESS = Shape(
    "DeliveryAddressResponse",
    "accounts.User",
    {
        "fullName": made(serializers.CharField, full_name, "first_name", "last_name"),
        "address": made(
            serializers.CharField, one_line, "street", "postal_code", "city"
        ).deprecated(),
        "streetLine1": text("street"),
        "streetLine2": text("street2"),
        "city": text("city"),
        "postalCode": text("postal_code"),
        "phoneNumber": text("phone"),
        "country": one(COUNTRY, "country"),
        "countrySubdivisionCode": text("region"),
    },
)


def delivery(label: str) -> Shape:
    """Where something of that model goes, or is fetched, as its columns have it."""
    return Shape(
        ADDRESS.name,
        label,
        {**ADDRESS.members, "fullName": text("full_name")},
    )


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
        "company": one(COMPANY, "company"),
        "firstName": text("first_name"),
        "lastName": text("last_name"),
        "fullName": made(serializers.CharField, full_name, "first_name", "last_name"),
        "position": text("job_title"),
        "role": choice("role", Role),
        "address": here(
            ADDRESS, unless_empty=("streetLine1", "city", "postalCode", "country")
        ),
        "createdAt": moment("created_at"),
    },
)
