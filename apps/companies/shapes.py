"""What the API shows of companies and their places."""

from __future__ import annotations

from apps.core.api.shapes import Shape, choice, one, text, uid

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
