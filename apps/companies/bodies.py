"""Addresses as bodies of requests state them, and as tables keep them."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema_serializer

from apps.core.api import fields
from apps.core.errors import Invalid
from apps.core.keys import key

from .models import Country

ISO_COUNTRY = "ISO 3166-1 alpha-2 country code"

# What a body calls the columns that every table with an address has.
COLUMNS = {
    "full_name": "full_name",
    "street_line1": "street",
    "street_line2": "street2",
    "postal_code": "postal_code",
    "city": "city",
    "country_subdivision_code": "region",
    "phone_number": "phone",
}


def names_under(place: str) -> dict[str, str]:
    """What a body calls the columns of an address that it has at `place`."""
    names = {column: name for name, column in COLUMNS.items()}
    names["country_id"] = "country_code"
    return {column: f"{place}/{name}" for column, name in names.items()}


def _text(longest: int) -> fields.Text:
    return fields.Text(
        required=False, allow_null=True, allow_blank=True, max_length=longest
    )


@extend_schema_serializer(deprecate_fields=["country"])
class DeliveryAddressRequest(fields.Body):
    """Where parcels go."""

    full_name = _text(255)
    street_line1 = _text(255)
    street_line2 = _text(255)
    postal_code = _text(32)
    city = _text(128)
    country_code = _text(64)
    country = fields.Text(
        required=False,
        allow_null=True,
        allow_blank=True,
        max_length=64,
        help_text="Deprecated. Use countryCode.",
    )
    country_subdivision_code = _text(128)
    phone_number = _text(64)


def columns_of(
    stated: Mapping[str, Any], countries: Collection[Country] | None = None
) -> dict[str, Any]:
    """What the body states, by the names of columns; null is "". Who reads many bodies
    gives the `countries`.

    Raises Invalid `unknown_country`.
    """
    found: dict[str, Any] = {
        column: stated[name] or "" for name, column in COLUMNS.items() if name in stated
    }
    for name in ("country_code", "country"):
        if name in stated:
            found["country_id"] = country_id(stated[name], field=name, known=countries)
            break
    return found


def country_id(
    text: str | None, *, field: str, known: Collection[Country] | None = None
) -> str | None:
    """The code of a country by its code or its name. Raises Invalid
    `unknown_country`."""
    if (wanted := key(text)) is None:
        return None
    for country in Country.objects.all() if known is None else known:
        if wanted in (key(country.code), key(country.name)):
            return country.code
    sentence = _("“%(text)s” is no country that we know: send its code, such as DE.")
    raise Invalid("unknown_country", sentence % {"text": text}, field=field)


def optional(length: int, source: str = "", **told: Any) -> fields.Text:
    """A text that null, or "", empties."""
    told = {"source": source, **told} if source else told
    return fields.Text(
        required=False, allow_null=True, allow_blank=True, max_length=length, **told
    )


class Located(fields.Body):
    """Where something is."""

    street_line1 = optional(255, "street")
    street_line2 = optional(255, "street2")
    postal_code = optional(32)
    city = optional(128)
    country_subdivision_code = optional(128, "region")


class CompanyAddressPatchRequest(Located):
    address_name = fields.Text(required=False, source="name", max_length=128)
    country_code = optional(2, "country_id", help_text=ISO_COUNTRY)
    supported_countries = fields.Several(
        fields.Text(max_length=2, help_text=ISO_COUNTRY), required=False
    )
    contact_person_full_name = optional(257, "contact_name")
    contact_person_phone = optional(64, "contact_phone")
    contact_person_email = optional(254, "contact_email")
    order_supported = fields.Flag(required=False, source="is_order_supported")
    is_default = fields.Flag(
        required=False, help_text="Returns come here if nothing else is chosen."
    )


class CompanyAddressRequest(CompanyAddressPatchRequest):
    """A new place of the company; orders and redeployments have it inline."""

    address_name = fields.Text(source="name", max_length=128)


def columns(said: dict[str, Any]) -> dict[str, Any]:
    """As the verbs take them: null empties."""
    found = {name: "" if value is None else value for name, value in said.items()}
    if not found.get("country_id", True):
        found["country_id"] = None
    return found
