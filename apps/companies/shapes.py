"""What the API shows of companies and their places."""

from __future__ import annotations

from typing import Any

import orjson
from django.db.models import Sum
from rest_framework import serializers

from apps.core.api.shapes import (
    Columns,
    Member,
    One,
    Shape,
    Sql,
    choice,
    flag,
    here,
    made,
    moment,
    one,
    text,
    uid,
    unless_none,
)

from .models import Address, Country
from .row_counts import rows_of

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
        "videoUrl": text("video_url"),
        "country": one(COUNTRY, "country"),
    },
)


class _Served(Member):
    """The countries that a place serves: a shelf those of its warehouse."""

    _SQL = (
        "(CASE WHEN {t}.supported_countries = '{}' AND {t}.warehouse_id IS NULL "
        "THEN '[]' ELSE (SELECT COALESCE(json_agg(json_build_object('code', c.code, "
        "'displayName', c.name) ORDER BY c.name), '[]') FROM companies_country c "
        "WHERE c.code = ANY({t}.supported_countries) OR c.code IN "
        "(SELECT s.country_id FROM companies_warehouse_serves s "
        "WHERE s.warehouse_id = {t}.warehouse_id)) END)"
    )

    def read(self, columns: Columns) -> str:
        sql = self._SQL.replace("{t}", columns.alias)
        if columns.is_json:
            return columns.select(sql)
        return unless_none(columns, orjson.Fragment, columns.select(f"{sql}::text"))

    def of_instance(self, thing: Address) -> Any:
        if thing.warehouse is not None:
            return thing.warehouse.serves.order_by("name")
        return Country.objects.filter(pk__in=thing.supported_countries)

    def field(self) -> serializers.Field:
        return COUNTRY.serializer_class(many=True, read_only=True)


ADDRESS = Shape(
    "CompanyAddressResponse",
    "companies.Address",
    {
        "id": uid("id"),
        "addressName": text("name"),
        "streetLine1": text("street"),
        "streetLine2": text("street2"),
        "postalCode": text("postal_code"),
        "city": text("city"),
        "country": one(COUNTRY, "country"),
        "countrySubdivisionCode": text("region"),
        "type": choice("type", Address.Type),
        "contactPersonFullName": text("contact_name"),
        "contactPersonPhone": text("contact_phone"),
        "contactPersonEmail": text("contact_email"),
        "supportedCountries": _Served(),
        "orderSupported": flag("is_order_supported"),
        "isDefault": flag("is_default"),
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
        # Of the tables of kits and people, which are above.
        "equipmentsSize": Sql(
            serializers.IntegerField,
            "SELECT COALESCE(SUM(s.quantity), 0) FROM catalog_kitslot s "
            "JOIN catalog_kit k ON k.id = s.kit_id WHERE k.tag_id = {t}.id",
            lambda tag: tag.kits.aggregate(n=Sum("slots__quantity"))["n"] or 0,
        ),
        "employeesSize": Sql(
            serializers.IntegerField,
            "SELECT COALESCE(SUM(r.n), 0)::bigint FROM companies_rowcount r "
            "WHERE r.company_id = {t}.company_id "
            "AND r.table_name = 'accounts_usertag' "
            "AND r.bucket = replace({t}.id::text, '-', '')",
            lambda tag: rows_of(tag.company_id, "accounts_usertag", tag.id.hex),
        ),
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
