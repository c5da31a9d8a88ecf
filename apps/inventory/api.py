"""Operations on devices: "user equipment" in the words of the API."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any
from uuid import UUID

from django.db import transaction
from django.http import Http404, HttpResponse
from rest_framework.request import Request

from apps.accounts.models import User
from apps.companies.models import Address
from apps.core.actor import Permission
from apps.core.api import uploads
from apps.core.api.bulk import Verdicts, decided, request_of, settle_one
from apps.core.api.fields import of_query_string
from apps.core.api.reading import as_id
from apps.core.api.resources import Resource

from . import services
from .changing import Change, change_many, change_named_many
from .models import Asset
from .named import Named
from .readings import (
    ASSETS,
    ATTACHMENTS,
    CUSTODY_OF_ASSETS,
    CUSTODY_OF_PEOPLE,
    TRACKING,
)
from .registering import register_many
from .serializers import (
    CreateUserEquipmentRequest,
    CustodyRequest,
    HandOverRequest,
    PlaceRequest,
    ReceiveRequest,
    RetireRequest,
    UpdateOneUserEquipmentRequest,
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
        "create_many": "createUserEquipments",
        "update_many": "updateUserEquipments",
        "retrieve": "getUserEquipment",
    }
    reading = ASSETS
    filters = UserEquipmentQueryRequest
    list_filters = UserEquipmentListRequest
    permissions = {
        "query": Permission.ASSETS_READ,
        "list": Permission.ASSETS_READ,
        "retrieve": Permission.ASSETS_READ,
        "create": Permission.ASSETS_ADD,
        "create_many": Permission.ASSETS_ADD,
        "update": Permission.ASSETS_EDIT,
        "update_many": Permission.ASSETS_EDIT,
        "hand_over": Permission.ASSETS_HAND_OVER,
        "receive": Permission.ASSETS_RECEIVE,
        "move": Permission.ASSETS_RECEIVE,
        "repair": Permission.ASSETS_REPAIR,
        "retire": Permission.ASSETS_RETIRE,
    }
    bodies = {
        "create": CreateUserEquipmentRequest,
        "create_many": request_of(CreateUserEquipmentRequest),
        "update": UpdateUserEquipmentRequest,
        "update_many": request_of(UpdateOneUserEquipmentRequest),
        "hand_over": HandOverRequest,
        "receive": ReceiveRequest,
        "move": PlaceRequest,
        "repair": PlaceRequest,
        "retire": RetireRequest,
    }
    answers = {"create_many": Verdicts, "update_many": Verdicts}

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

    def create_many(self, request: Request) -> HttpResponse:
        """Register up to 1,000 devices.

        Each has a verdict of its own; `atomic` makes it all or nothing.
        """
        company = request.user.company
        register = partial(register_many, actor=self.actor, company=company)
        kind = CreateUserEquipmentRequest
        return self.answer(decided(request.data, kind, register, status="created"))

    def update_many(self, request: Request) -> HttpResponse:
        """Change up to 1,000 devices.

        Each is named by its `id`, else by its `serialNumber`, and has a verdict of its
        own; `atomic` makes it all or nothing.
        """
        company_id = request.user.company_id
        change = partial(change_named_many, actor=self.actor, company_id=company_id)
        kind = UpdateOneUserEquipmentRequest
        return self.answer(decided(request.data, kind, change, status="updated"))

    # --- Steps ---

    def hand_over(self, request: Request, id: str) -> HttpResponse:
        """Give a device to a person: ACTIVE."""
        return self._step(id, services.hand_over, self._person)

    def receive(self, request: Request, id: str) -> HttpResponse:
        """Put a device into storage at a place: STORAGE.

        `grade` is the condition that was seen as it came in.
        """
        return self._step(id, services.receive, self._place, "grade")

    def move(self, request: Request, id: str) -> HttpResponse:
        """Move a device to another place.

        It stays stored, reserved or in repair, as it is.
        """
        return self._step(id, services.relocate, self._place)

    def repair(self, request: Request, id: str) -> HttpResponse:
        """Send a device to repair at a place: IN_REPAIR."""
        return self._step(id, services.repair, self._place)

    def retire(self, request: Request, id: str) -> HttpResponse:
        """Take a device out of the register: ARCHIVED, with the reason."""
        return self._step(id, services.retire, lambda _asset, said: said["reason"])

    def _step(
        self,
        name: str,
        verb: Callable[..., Asset],
        where: Callable[[Asset, dict[str, Any]], Any],
        *options: str,
    ) -> HttpResponse:
        said = self.said()
        told = {name: said[name] for name in ("at", *options) if name in said}
        with transaction.atomic():
            asset = self.thing(name)
            verb(asset, where(asset, said), actor=self.actor, **told)
        found = self.reading.one(self.asking, asset.pk)
        # A warehouse worker sees no longer what has left the warehouse.
        if found is None:
            return HttpResponse(status=204)
        return self.answer(found, is_one=True)

    def _person(self, asset: Asset, said: dict[str, Any]) -> User:
        pk = said["user_id"]
        named = Named(self.actor, asset.company_id, people=[pk])
        return named.person(pk, field="user_id")

    def _place(self, asset: Asset, said: dict[str, Any]) -> Address:
        pk = said["company_address_id"]
        named = Named(self.actor, asset.company_id, places=[pk])
        return named.place(pk, field="company_address_id")


class _OfAsset(Resource):
    """What belongs to one device."""

    tag = "User Equipment"
    permissions = {"list": Permission.ASSETS_READ}

    def found(self, name: str) -> UUID:
        pk = as_id(name)
        visible = Asset.objects.visible_to(self.actor)
        if pk is None or not visible.filter(pk=pk).exists():
            raise Http404
        return pk


class AssetCustodyResource(_OfAsset):
    names = {"list": "listUserEquipmentCustody"}
    noun, singular, plural = "Custody", "holder of a device", "holders of a device"
    reading = CUSTODY_OF_ASSETS
    list_filters = CustodyRequest

    def list(self, request: Request, **names: str) -> HttpResponse:
        """Who or what had the device, from when until when; newest first."""
        return self.keyset(request, asset_id=self.found(names["id"]))


class TrackingResource(_OfAsset):
    names = {"list": "listUserEquipmentTracking"}
    noun, singular, plural = "Tracking", "parcel of a device", "parcels of a device"
    reading = TRACKING
    permissions = {"list": Permission.PARCELS_READ}

    def list(self, request: Request, **names: str) -> HttpResponse:
        """Parcels in which the device was, with what their carriers said; newest
        first."""
        return self.keyset(request, asset_id=self.found(names["id"]))


class AttachmentResource(_OfAsset):
    """Files that belong to a device."""

    names = {
        "list": "listUserEquipmentAttachments",
        "create": "attachToUserEquipment",
    }
    noun, singular, plural = "Attachment", "file of a device", "files of a device"
    reading = ATTACHMENTS
    permissions = {
        "list": Permission.ATTACHMENTS_READ,
        "retrieve": Permission.ATTACHMENTS_READ,
        "create": Permission.ASSETS_EDIT,
        "remove": Permission.ASSETS_EDIT,
    }
    bodies = {"create": uploads.Upload}
    queries = {"create": [uploads.UploadQuery]}
    answers = {"remove": None}
    parser_classes = uploads.PARSERS
    content_negotiation_class = uploads.AsFile

    def list(self, request: Request, **names: str) -> HttpResponse:
        """Files of the device, newest first. `downloadUrl` is good without a token
        until the end of tomorrow (UTC)."""
        return self.keyset(request, asset_id=self.found(names["id"]))

    def create(self, request: Request, id: str) -> HttpResponse:
        """Attach a file to a device.

        As the part `file` of a form (multipart/form-data), or as the whole body, with
        its `name` in the query string; up to 20 MB. Its type is told by its content.
        """
        of_query_string(uploads.UploadQuery, request.query_params)
        said = self.said()
        with transaction.atomic():
            asset = Asset.objects.get(pk=self.found(id))
            made = services.attach(
                asset, said["file"], actor=self.actor, name=said.get("name", "")
            )
        return self.one(made.pk)

    def remove(self, request: Request, id: str) -> HttpResponse:
        """Remove a file; its bytes are deleted."""
        with transaction.atomic():
            services.detach(self.thing(id), actor=self.actor)
        return HttpResponse(status=204)


class PersonCustodyResource(Resource):
    tag = "Users"
    names = {"list": "listUserCustody"}
    noun, singular, plural = "UserCustody", "device somebody had", "devices of a person"
    reading = CUSTODY_OF_PEOPLE
    list_filters = CustodyRequest
    permissions = {"list": Permission.ASSETS_READ}

    def list(self, request: Request, **names: str) -> HttpResponse:
        """What the person had, from when until when; newest first."""
        pk = as_id(names["id"])
        visible = User.objects.visible_to(self.actor)
        if pk is None or not visible.filter(pk=pk).exists():
            raise Http404
        return self.keyset(request, user_id=pk)
