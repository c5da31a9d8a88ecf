"""Operations on redeployments: what lies in storage goes to somebody or somewhere."""

from __future__ import annotations

from django.db import transaction
from django.db.models import Q
from django.http import HttpResponse
from rest_framework.request import Request

from apps.accounts.target_bodies import (
    TargetRequest,
    delivery_of,
    entity_of,
    target_of,
)
from apps.companies.bodies import DeliveryAddressRequest
from apps.core.actor import Permission
from apps.core.api import conditions, fields
from apps.core.api.reading import Reading
from apps.core.api.resources import Resource
from apps.shipping.models import Shipment

from . import services
from .models import Redeployment
from .shapes import PARCEL, REDEPLOYMENT
from .states import RedeploymentState


class CreateRedeploymentRequest(TargetRequest):
    storage_equipment_ids = fields.Several(
        fields.Id(), help_text="User-equipment IDs from storage to redeploy"
    )
    start_date = fields.Day(required=False)
    delivery_address = DeliveryAddressRequest(required=False)
    contact_person_email = fields.Text(required=False, allow_blank=True, max_length=254)
    company_entity_id = fields.Id(required=False)
    notes = fields.Text(required=False, allow_blank=True, max_length=4_000)


class EquipmentRedeploymentQueryRequest(fields.Body):
    search_phrase = fields.Text(required=False, max_length=100)
    states = fields.Several(
        fields.OneOf(choices=RedeploymentState.choices), required=False
    )
    user_ids = fields.Several(fields.Id(), required=False)
    company_address_ids = fields.Several(fields.Id(), required=False)
    created_at = fields.AskedDay(required=False)


class RedeploymentKeysetRequest(EquipmentRedeploymentQueryRequest):
    updated_since = fields.Moment(required=False)


REDEPLOYMENTS = Reading(
    REDEPLOYMENT,
    Redeployment.objects.all,
    filters={
        "search_phrase": conditions.Narrowed(
            lambda rows, text, asking: rows.search(text, asking.actor)
        ),
        "states": conditions.any_of("state"),
        "user_ids": conditions.any_of("user_id"),
        "company_address_ids": conditions.any_of("address_id"),
        "created_at": conditions.OnDay("created_at"),
        "updated_since": conditions.Is("updated_at", ">= {}"),
    },
    sorts={
        "createdAt": "created_at",
        "updatedAt": "updated_at",
        "startDate": "start_on",
        "state": "state",
    },
    named_by="reference",
)


PARCELS = Reading(
    PARCEL,
    Shipment.objects.all,
    filters={
        "redeployment_id": conditions.By(
            lambda pk, _who: Q(redeployment_lines__redeployment=pk)
        )
    },
)


class RedeploymentResource(Resource):
    tag = "Redeployments"
    noun, singular, plural = "Redeployment", "redeployment", "redeployments"
    names = {
        "query": "queryRedeployments",
        "list": "listRedeployments",
        "retrieve": "getRedeployment",
        "cancel": "cancelRedeployment",
        "tracking": "getRedeploymentTracking",
    }
    reading = REDEPLOYMENTS
    filters = EquipmentRedeploymentQueryRequest
    list_filters = RedeploymentKeysetRequest
    bodies = {"create": CreateRedeploymentRequest}
    permissions = {
        "create": Permission.REDEPLOYMENTS_CREATE,
        "query": Permission.REDEPLOYMENTS_READ,
        "list": Permission.REDEPLOYMENTS_READ,
        "retrieve": Permission.REDEPLOYMENTS_READ,
        "cancel": Permission.REDEPLOYMENTS_CANCEL,
        "tracking": Permission.REDEPLOYMENTS_READ,
    }
    answers = {"tracking": [PARCEL]}

    def create(self, request: Request) -> HttpResponse:
        """Create equipment redeployment.

        The devices are reserved at once, all or none, and the price of the service is
        frozen. Exactly one of employeeId, employee, companyAddressId and companyAddress
        says where they go; without deliveryAddress to its own address.
        """
        said, company = self.said(), request.user.company
        made = services.create(
            said["storage_equipment_ids"],
            target_of(said, self.actor, company),
            actor=self.actor,
            company=company,
            entity=entity_of(said, self.actor),
            delivery=delivery_of(said),
            contact_email=said.get("contact_person_email", ""),
            start_on=said.get("start_date"),
            notes=said.get("notes", ""),
        )
        return self.one(made.pk)

    def cancel(self, request: Request, id: str) -> HttpResponse:
        """Cancel a redeployment that was not sent.

        What was reserved for it is free again. Cancelled twice is once.
        """
        with transaction.atomic():
            ended = services.cancel(self.thing(id), actor=self.actor)
        return self.one(ended.pk)

    def tracking(self, request: Request, id: str) -> HttpResponse:
        """List the parcels, the newest first, with what carriers have said."""
        return self.whole(PARCELS, redeployment_id=self.thing(id).pk)
