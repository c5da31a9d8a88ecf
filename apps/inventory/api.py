"""Operations on devices: "user equipment" in the words of the API."""

from __future__ import annotations

from functools import partial

from django.db import transaction
from django.http import HttpResponse
from rest_framework.request import Request

from apps.core.actor import Permission
from apps.core.api.bulk import settle_one
from apps.core.api.resources import Resource

from .changing import Change, change_many
from .readings import ASSETS
from .registering import register_many
from .serializers import (
    CreateUserEquipmentRequest,
    UpdateUserEquipmentRequest,
    UserEquipmentListRequest,
    UserEquipmentQueryRequest,
)


class AssetResource(Resource):
    tag = "User Equipment"
    noun, singular, plural = "UserEquipment", "device", "devices"
    names = {
        "query": "queryUserEquipments",
        "list": "listUserEquipments",
        "retrieve": "getUserEquipment",
        "partial_update": "updateUserEquipment",
    }
    reading = ASSETS
    filters = UserEquipmentQueryRequest
    list_filters = UserEquipmentListRequest
    permissions = {
        "query": Permission.ASSETS_READ,
        "list": Permission.ASSETS_READ,
        "retrieve": Permission.ASSETS_READ,
        "create": Permission.ASSETS_ADD,
        "update": Permission.ASSETS_EDIT,
    }
    bodies = {
        "create": CreateUserEquipmentRequest,
        "update": UpdateUserEquipmentRequest,
    }

    def create(self, request: Request) -> HttpResponse:
        """Register a device.

        Say where it is (`companyAddress` or `user`) and what it is: `equipmentId`, or
        `name` of a product of the catalogue; one of that name is made if there is
        none. `type` is one of our categories, else a sub-type of your own.
        """
        register = partial(
            register_many, actor=self.actor, company=request.user.company
        )
        return self.one(settle_one(self.said(), register))

    def update(self, request: Request, id: str) -> HttpResponse:
        """Change a device.

        What is absent stays as it is, null clears. `companyAddressId` puts it into
        storage there, `userId` hands it over; it is always somewhere. 409 while it is
        part of a workflow, which is named.
        """
        said = self.said()
        with transaction.atomic():
            asset = self.thing(id)
            change = partial(change_many, actor=self.actor, company_id=asset.company_id)
            settle_one(Change(asset.pk, said), change)
        return self.one(asset.pk)
