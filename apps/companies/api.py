"""Operations on places and legal entities."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.http import HttpResponse
from rest_framework.request import Request

from apps.core.actor import Permission
from apps.core.api import conditions, fields
from apps.core.api.reading import Reading
from apps.core.api.resources import Resource

from . import entities, services
from .bodies import (
    ISO_COUNTRY,
    CompanyAddressPatchRequest,
    CompanyAddressRequest,
    Located,
    columns,
    optional,
)
from .models import Address, Entity
from .shapes import ADDRESS, ENTITY


class CompanyAddressQueryRequest(fields.Body):
    type = fields.OneOf(choices=Address.Type.choices, required=False)
    search_phrase = fields.Text(required=False, max_length=100)
    with_equipment = fields.Flag(
        required=False, default=False, help_text="Only those that hold equipment."
    )


class CompanyAddressKeysetRequest(CompanyAddressQueryRequest):
    updated_since = fields.Moment(required=False)


ADDRESSES = Reading(
    ADDRESS,
    Address.objects.active,
    filters={
        "type": conditions.Is("type"),
        "search_phrase": conditions.Narrowed(
            lambda rows, text, _who: rows.mentioning(text)
        ),
        "with_equipment": conditions.Narrowed(
            lambda rows, wanted, _who: rows.holding_equipment() if wanted else rows
        ),
        "updated_since": conditions.Is("updated_at", ">= {}"),
    },
    sorts={
        "addressName": "name",
        "city": "city",
        "type": "type",
        "createdAt": "created_at",
        "updatedAt": "updated_at",
    },
    default_sort="name",
    keyset="-id",
)


class AddressResource(Resource):
    tag = "Company Addresses"
    noun, singular, plural = "CompanyAddress", "company address", "company addresses"
    names = {
        "query": "queryCompanyAddresses",
        "list": "listCompanyAddresses",
        "retrieve": "getCompanyAddress",
    }
    reading = ADDRESSES
    filters = CompanyAddressQueryRequest
    list_filters = CompanyAddressKeysetRequest
    bodies = {"create": CompanyAddressRequest, "update": CompanyAddressPatchRequest}
    permissions = {
        "query": Permission.PLACES_READ,
        "list": Permission.PLACES_READ,
        "retrieve": Permission.PLACES_READ,
        "create": Permission.PLACES_EDIT,
        "update": Permission.PLACES_EDIT,
    }

    @transaction.atomic
    def create(self, request: Request) -> HttpResponse:
        """Add a company address"""
        said = columns(self.said())
        with fields.named(CompanyAddressRequest):
            place = services.create_address(
                actor=self.actor, company=request.user.company, **said
            )
        return self.one(place.pk)

    @transaction.atomic
    def update(self, request: Request, id: str) -> HttpResponse:
        """Update a company address

        What is absent stays; null empties it. A shelf stands where its warehouse does.
        """
        said, place = columns(self.said()), self.thing(id)
        with fields.named(CompanyAddressPatchRequest):
            services.update_address(place, actor=self.actor, **said)
        return self.one(place.pk)


# --- Legal entities ---------------------------------------------------------


class CompanyEntityPatchRequest(Located):
    legal_name = fields.Text(required=False, max_length=255)
    country_code = fields.Text(
        required=False, source="country_id", max_length=2, help_text=ISO_COUNTRY
    )
    invoicing_email = optional(254)
    currency = fields.Text(
        required=False, max_length=3, help_text="ISO 4217 currency code"
    )
    vat_id = optional(32)
    is_default = fields.Flag(
        required=False, help_text="It is invoiced if nothing else is chosen."
    )


class CompanyEntityRequest(CompanyEntityPatchRequest):
    legal_name = fields.Text(max_length=255)
    country_code = fields.Text(source="country_id", max_length=2, help_text=ISO_COUNTRY)
    currency = fields.Text(max_length=3, help_text="ISO 4217 currency code")


def _entities(rows: Any) -> Reading:
    return Reading(
        ENTITY,
        rows,
        sorts={
            "legalName": "legal_name",
            "createdAt": "created_at",
            "updatedAt": "updated_at",
            "currency": "currency",
        },
        default_sort="legal_name",
    )


ENTITIES = _entities(Entity.objects.active)
_ALSO_ARCHIVED = _entities(Entity.objects.all)


class EntityResource(Resource):
    tag = "Company Entities"
    noun, singular, plural = "CompanyEntity", "company entity", "company entities"
    names = {"paged": "getCompanyEntities", "retrieve": "getCompanyEntity"}
    bodies = {"create": CompanyEntityRequest, "update": CompanyEntityPatchRequest}
    permissions = {
        "paged": Permission.ENTITIES_READ,
        "retrieve": Permission.ENTITIES_READ,
        "create": Permission.ENTITIES_EDIT,
        "update": Permission.ENTITIES_EDIT,
        "archive": Permission.ENTITIES_EDIT,
    }

    @property
    def reading(self) -> Reading:
        """Lists have those that are invoiced; invoices name others, too."""
        return ENTITIES if getattr(self, "action", "") == "paged" else _ALSO_ARCHIVED

    @transaction.atomic
    def create(self, request: Request) -> HttpResponse:
        """Add a company entity

        The first one is the default.
        """
        said = columns(self.said())
        with fields.named(CompanyEntityRequest):
            entity = entities.create_entity(
                actor=self.actor, company=request.user.company, **said
            )
        return self.one(entity.pk)

    @transaction.atomic
    def update(self, request: Request, id: str) -> HttpResponse:
        """Update a company entity

        What is absent stays; null empties it. Another VAT number, or country, is not
        validated until it is looked up again.
        """
        said, entity = columns(self.said()), self.thing(id)
        with fields.named(CompanyEntityPatchRequest):
            entities.update_entity(entity, actor=self.actor, **said)
        return self.one(entity.pk)

    @transaction.atomic
    def archive(self, request: Request, id: str) -> HttpResponse:
        """Archive a company entity

        It is invoiced no longer.
        """
        entity = entities.archive_entity(self.thing(id), actor=self.actor)
        return self.one(entity.pk)
