"""Operations on kits."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.http import HttpResponse
from django.utils.translation import gettext as _
from rest_framework import serializers
from rest_framework.request import Request

from apps.companies.models import Tag
from apps.core.actor import Permission
from apps.core.api import conditions, fields
from apps.core.api.reading import Reading
from apps.core.api.resources import Resource
from apps.core.errors import Invalid

from . import services
from .models import Category, Kit, Product
from .shapes import KIT


class Share(serializers.FloatField):
    """A number from 0 to 1."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(min_value=0, max_value=1, **kwargs)

    def to_internal_value(self, data: Any) -> Any:
        if isinstance(data, bool) or not isinstance(data, int | float):
            self.fail("invalid")
        return super().to_internal_value(data)


class KitSlotRequest(fields.Body):
    type = fields.OneOf(choices=Category.choices)
    quantity = fields.Whole(required=False, default=1, min_value=1, max_value=100)
    minimum_condition = Share(
        required=False, default=0, help_text="0 to 1, with at most two decimals."
    )
    preferred_manufacturer = fields.Text(
        required=False, default="", allow_blank=True, max_length=128
    )
    fallback_equipment_id = fields.Id(
        required=False, help_text="What is ordered where storage has none."
    )


class KitPatchRequest(fields.Body):
    name = fields.Text(required=False, max_length=128)
    tag_id = fields.Id(
        required=False, allow_null=True, help_text="Whose joiners get it."
    )
    slots = KitSlotRequest(
        many=True, required=False, min_length=1, max_length=services.MOST_SLOTS
    )


class KitCreateRequest(KitPatchRequest):
    name = fields.Text(max_length=128)
    slots = KitSlotRequest(many=True, min_length=1, max_length=services.MOST_SLOTS)


class KitKeysetRequest(fields.Body):
    tag_id = fields.Id(required=False)
    updated_since = fields.Moment(required=False)


class KitResource(Resource):
    tag = "Kits"
    noun, singular, plural = "Kit", "kit", "kits"
    names = {"list": "listKits"}
    reading = Reading(
        KIT,
        Kit.objects.all,
        filters={
            "tag_id": conditions.Is("tag_id"),
            "updated_since": conditions.Is("updated_at", ">= {}"),
        },
        keyset="-id",
    )
    filters = KitKeysetRequest
    bodies = {"create": KitCreateRequest, "update": KitPatchRequest}
    answers = {"remove": None}
    permissions = {
        "list": Permission.KITS_READ,
        "retrieve": Permission.KITS_READ,
        "create": Permission.KITS_EDIT,
        "update": Permission.KITS_EDIT,
        "remove": Permission.KITS_EDIT,
    }

    @transaction.atomic
    def create(self, request: Request) -> HttpResponse:
        """Create a kit"""
        company = request.user.company
        kit = services.create_kit(actor=self.actor, company=company, **self._wanted())
        return self.one(kit.pk)

    @transaction.atomic
    def update(self, request: Request, id: str) -> HttpResponse:
        """Update a kit

        What is absent stays; `slots` are given all together.
        """
        wanted, kit = self._wanted(), self.thing(id)
        services.update_kit(kit, actor=self.actor, **wanted)
        return self.one(kit.pk)

    @transaction.atomic
    def remove(self, request: Request, id: str) -> HttpResponse:
        """Remove a kit"""
        services.remove_kit(self.thing(id), actor=self.actor)
        return HttpResponse(status=204)

    def _wanted(self) -> dict[str, Any]:
        """As the verbs call it. Raises Invalid for a tag or a product that is not
        there."""
        said = self.said()
        if "slots" in said:
            said["slots"] = self._slots(said["slots"])
        if "tag_id" in said:
            said["tag"] = self._tag(said.pop("tag_id"))
        return said

    def _tag(self, pk: Any) -> Tag | None:
        if pk is None:
            return None
        found = Tag.objects.visible_to(self.actor).filter(pk=pk).first()
        if found is None:
            raise Invalid("no_tag", _("There is no such tag."), field="tag_id")
        return found

    def _slots(self, said: Iterable[Mapping[str, Any]]) -> list[services.Slot]:
        wanted = [slot.get("fallback_equipment_id") for slot in said]
        products = Product.objects.visible_to(self.actor).in_bulk(
            {pk for pk in wanted if pk is not None}
        )
        slots = []
        for place, slot in enumerate(said):
            pk = slot.get("fallback_equipment_id")
            if pk is not None and pk not in products:
                field = f"slots/{place}/fallback_equipment_id"
                raise Invalid("no_product", _("There is no such product."), field=field)
            slots.append(
                services.Slot(
                    slot["type"],
                    slot["quantity"],
                    Decimal(str(slot["minimum_condition"])),
                    slot["preferred_manufacturer"],
                    products.get(pk) if pk is not None else None,
                )
            )
        return slots
