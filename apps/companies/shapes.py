"""What the API shows of companies and their places."""

from __future__ import annotations

from rest_framework import serializers

from apps.core.api.shapes import (
    Member,
    One,
    Shape,
    choice,
    flag,
    here,
    made,
    moment,
    one,
    text,
    uid,
)

from .models import Address

COUNTRY = Shape(
    "CountryResponse",
    "companies.Country",
    {"code": text("code"), "displayName": text("name")},
)
COMPANY = Shape(
    "CompanyResponse",
    "companies.Company",
    {
        "id": uid("id"),
        "name": text("name"),
        "currency": text("currency"),
        "country": one(COUNTRY, "country"),
    },
)
ADDRESS = Shape(
    "CompanyAddressResponse",
    "companies.Address",
    {
        "id": uid("id"),
        "addressName": text("name"),
        "streetLine1": text("street"),
        "postalCode": text("postal_code"),
        "city": text("city"),
        "country": one(COUNTRY, "country"),
        "type": choice("type", Address.Type),
    },
)
ENTITY = Shape(
    "CompanyEntityResponse",
    "companies.Entity",
    {
        "id": uid("id"),
        "legalName": text("legal_name"),
        "streetLine1": text("street"),
        "streetLine2": text("street2"),
        "postalCode": text("postal_code"),
        "city": text("city"),
        "invoicingEmail": text("invoicing_email"),
        "country": one(COUNTRY, "country"),
        "countrySubdivisionCode": text("region"),
        "currency": text("currency"),
        "vatId": text("vat_id"),
        "vies": flag("is_vat_validated"),
        "isDefault": flag("is_default"),
        "isActive": flag("is_active"),
        "createdAt": moment("created_at"),
        "updatedAt": moment("updated_at"),
    },
)

TAG = Shape(
    "TagResponse",
    "companies.Tag",
    {
        "id": uid("id"),
        "name": text("name"),
        "updatedAt": moment("updated_at"),
        "createdAt": moment("created_at"),
    },
)


def address_line(*parts: str) -> str | None:
    """Street, second line, postal code, city, as one line."""
    street, street2, postal_code, city = parts
    lines = [street, street2, f"{postal_code} {city}".strip()]
    return ", ".join(line for line in lines if line) or None


def delivery_address(
    model: str, *, full_name: Member | None = None, phone: Member | None = None
) -> One:
    """Where parcels go, of a table with the columns of `bodies.COLUMNS`; absent where
    no part of an address is known."""
    shape = Shape(
        "DeliveryAddressResponse",
        model,
        {
            "fullName": full_name or text("full_name"),
            "address": made(
                serializers.CharField,
                address_line,
                *("street", "street2", "postal_code", "city"),
            ).deprecated(),
            "streetLine1": text("street"),
            "streetLine2": text("street2"),
            "city": text("city"),
            "postalCode": text("postal_code"),
            "phoneNumber": phone or text("phone"),
            "country": one(COUNTRY, "country"),
            "countrySubdivisionCode": text("region"),
        },
    )
    parts = ("streetLine1", "streetLine2", "city", "postalCode", "country")
    return here(shape, unless_empty=(*parts, "countrySubdivisionCode"))
