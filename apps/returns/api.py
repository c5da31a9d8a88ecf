"""Operations on returns: offboardings and collections."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db.models import Q
from django.http import Http404, HttpResponse
from rest_framework.request import Request

from apps.core.actor import Permission
from apps.core.api import conditions
from apps.core.api.reading import Reading, as_id
from apps.core.api.resources import Resource, no_query
from apps.core.errors import renamed
from apps.shipping.models import Shipment

from . import counts, services
from .bodies import (
    AT_START,
    NAMES,
    AddItemRequest,
    AnswerRequest,
    BookParcelRequest,
    CancelRequest,
    CollectionKeysetRequest,
    CreateOffboardingRequest,
    DecideItemRequest,
    EquipmentCollectionQueryRequest,
    EquipmentCollectionRequest,
    OffboardingKeysetRequest,
    OffboardingQueryRequest,
    RescheduleCollectionRequest,
    RescheduleOffboardingRequest,
    address_of,
    answer_of,
    asset_of,
    day_of,
    decisions_of,
    details_of,
    lines_of,
    private_email_of,
    require_held,
    sane,
    user_of,
)
from .models import Return, ReturnLine
from .shapes import COLLECTION, ITEMS, OFFBOARDING, PARCEL, WHOLE_ITEM
from .states import CancelReason, Decision, Kind

# --- Reads ------------------------------------------------------------------

_FILTERS: dict[str, conditions.Filter] = {
    "search_phrase": conditions.Narrowed(
        lambda rows, text, asking: rows.search(text, asking.actor)
    ),
    "states": conditions.any_of("state"),
    "created_at": conditions.OnDay("created_at"),
    "updated_since": conditions.Is("updated_at", ">= {}"),
}
OFFBOARDINGS = Reading(
    OFFBOARDING,
    lambda: Return.objects.filter(kind=Kind.OFFBOARDING),
    filters={**_FILTERS, "last_working_day": conditions.Is("last_working_on")},
    sorts={
        "createdAt": "created_at",
        "updatedAt": "updated_at",
        "lastWorkingDayAt": "closes_at",
        "firstContactAt": "first_contact_at",
    },
    named_by="reference",
    counter=counts.RETURNS.within(Kind.OFFBOARDING),
)
COLLECTIONS = Reading(
    COLLECTION,
    lambda: Return.objects.filter(kind=Kind.COLLECTION),
    filters={
        **_FILTERS,
        "user_ids": conditions.any_of("user_id"),
        "company_address_ids": conditions.any_of("address_id"),
    },
    sorts={"createdAt": "created_at", "updatedAt": "updated_at"},
    named_by="reference",
    counter=counts.RETURNS.within(Kind.COLLECTION),
)


def _items_of(kind: Kind) -> Reading:
    return Reading(
        ITEMS, lambda: Return.objects.filter(kind=kind), named_by="reference"
    )


ITEMS_OF = {kind: _items_of(kind) for kind in Kind}
PARCELS = Reading(
    PARCEL,
    Shipment.objects.all,
    filters={"ret_id": conditions.By(lambda pk, _who: Q(return_lines__ret=pk))},
)


# --- Operations -------------------------------------------------------------


def _names(noun: str) -> dict[str, str]:
    """Ids in the schema that are not made of action and noun."""
    return {
        "items": f"get{noun}Items",
        "add_item": f"add{noun}Item",
        "decide": f"decide{noun}Item",
        "respond": f"answer{noun}",
        "book": f"book{noun}Parcel",
        "tracking": f"get{noun}Tracking",
    }


class ReturnResource(Resource):
    permissions = {
        "create": Permission.RETURNS_START,
        "query": Permission.RETURNS_READ,
        "list": Permission.RETURNS_READ,
        "retrieve": Permission.RETURNS_READ,
        "cancel": Permission.RETURNS_CANCEL,
        "reschedule": Permission.RETURNS_RESCHEDULE,
        "items": Permission.RETURNS_READ,
        "add_item": Permission.RETURNS_DECIDE,
        "decide": Permission.RETURNS_DECIDE,
        "respond": Permission.RETURNS_ANSWER,
        "book": Permission.RETURNS_BOOK,
        "tracking": Permission.RETURNS_READ,
    }
    bodies = {
        "cancel": CancelRequest,
        "add_item": AddItemRequest,
        "decide": DecideItemRequest,
        "respond": AnswerRequest,
        "book": BookParcelRequest,
    }
    answers = {
        "items": ITEMS,
        "add_item": WHOLE_ITEM,
        "decide": WHOLE_ITEM,
        "book": PARCEL,
        "tracking": [PARCEL],
    }
    kind: ClassVar[Kind]

    def cancel(self, request: Request, id: str) -> HttpResponse:
        """Cancel what is not under way yet.

        Open items stay where they are; a person who was leaving stays. The body may be
        left out; `reason` says why.
        """
        said = self.said() if request.body.strip() else {}
        reason = said.get("reason", CancelReason.OTHER)
        ret = services.cancel(self.thing(id), actor=self.actor, reason=reason)
        return self.one(ret.pk)

    def items(self, request: Request, id: str) -> HttpResponse:
        """List the items: what becomes of each, and how it ended."""
        no_query(request)
        return self.answer(self._items(id))

    def _items(self, name: Any) -> Any:
        found = ITEMS_OF[self.kind].one(self.asking, name)
        if found is None:
            raise Http404
        return found

    def _item(self, line: ReturnLine) -> HttpResponse:
        items = self._items(line.ret_id)["items"]
        found = (one for one in items if one["userEquipmentId"] == str(line.asset_id))
        return self.answer(next(found))

    def add_item(self, request: Request, id: str) -> HttpResponse:
        """Ask for one more device that the person holds."""
        said, ret = self.said(), self.thing(id)
        asset = asset_of(said["user_equipment_id"], ret, self.actor)
        return self._item(services.add_item(ret, asset, actor=self.actor))

    def decide(self, request: Request, id: str, asset_id: str) -> HttpResponse:
        """Decide what becomes of an item, or decide again.

        What is given away or written off leaves the register on the last working day,
        at once if it has come. `If-Match` takes the ETag of the return.
        """
        said, ret = self.said(), self.thing(id)
        line = ret.lines.filter(asset=as_id(asset_id)).first()
        if line is None:
            raise Http404
        line = services.decide(
            line,
            said["decision"] or Decision.UNDECIDED,
            reason=said.get("reason", ""),
            actor=self.actor,
        )
        return self._item(line)

    def respond(self, request: Request, id: str) -> HttpResponse:
        """Answer for the person: pick-up or drop-off, from when on, where.

        What is not said stays as it is; an address that is said stands for the whole
        address. It can be changed until a carrier is booked.
        """
        answer = answer_of(self.said())
        with renamed(NAMES):
            ret = services.answer(self.thing(id), actor=self.actor, **answer)
        return self.one(ret.pk)

    def book(self, request: Request, id: str) -> HttpResponse:
        """Book the carrier for items that are asked back."""
        said, ret = self.said(), self.thing(id)
        with renamed(NAMES):
            parcel = services.book_parcel(
                ret,
                actor=self.actor,
                carrier=said["carrier"],
                tracking_number=said.get("tracking_number", ""),
                expected_on=said.get("expected_day"),
                line_ids=lines_of(ret, said.get("user_equipment_ids")),
            )
        return self.answer(PARCELS.one(self.asking, parcel.pk))

    def tracking(self, request: Request, id: str) -> HttpResponse:
        """List the parcels, the newest first, with what carriers have said."""
        no_query(request)
        return self.whole(PARCELS, ret_id=self.thing(id).pk)


class OffboardingResource(ReturnResource):
    tag, noun = "Offboardings", "Offboarding"
    singular, plural = "offboarding", "offboardings"
    names = {
        "query": "queryOffboardings",
        "list": "listOffboardings",
        "retrieve": "getOffboarding",
        **_names("Offboarding"),
    }
    reading = OFFBOARDINGS
    filters = OffboardingQueryRequest
    list_filters = OffboardingKeysetRequest
    permissions = {
        **ReturnResource.permissions,
        "pause": Permission.RETURNS_PAUSE,
        "resume": Permission.RETURNS_PAUSE,
    }
    bodies = {
        **ReturnResource.bodies,
        "create": CreateOffboardingRequest,
        "reschedule": RescheduleOffboardingRequest,
    }
    kind = Kind.OFFBOARDING

    def create(self, request: Request) -> HttpResponse:
        """Start the offboarding of a person.

        Devices in neither list stay with the person, undecided, and keep it from being
        completed.
        """
        said = self.said()
        user = user_of(said["user_id"], self.actor)
        last = said["last_working_day_at"]
        with renamed(AT_START):
            ret = services.start_offboarding(
                user,
                actor=self.actor,
                last_working_on=day_of(last, user, "last_working_day_at"),
                first_contact_at=sane(said.get("first_contact_at"), "first_contact_at"),
                contact_email=private_email_of(said),
                details=details_of(said, last_working_at=last),
                **decisions_of(said, user),
            )
        return self.one(ret.pk)

    def pause(self, request: Request, id: str) -> HttpResponse:
        """Pause an offboarding: no mail leaves until it is resumed."""
        ret = services.pause(self.thing(id), actor=self.actor)
        return self.one(ret.pk)

    def resume(self, request: Request, id: str) -> HttpResponse:
        """Resume an offboarding: due mails move by as long as it was paused."""
        ret = services.resume(self.thing(id), actor=self.actor)
        return self.one(ret.pk)

    def reschedule(self, request: Request, id: str) -> HttpResponse:
        """Change the last working day, and with it what is due."""
        said = self.said()
        first = sane(said.get("first_contact_at"), "first_contact_at")
        with renamed({"day": "last_working_day"}):
            ret = services.reschedule(
                self.thing(id),
                actor=self.actor,
                day=said["last_working_day"],
                first_contact_at=first,
            )
        return self.one(ret.pk)


class CollectionResource(ReturnResource):
    tag, noun = "Collections", "Collection"
    singular, plural = "collection", "collections"
    names = {
        "query": "queryCollections",
        "list": "listCollections",
        "retrieve": "getCollection",
        **_names("Collection"),
    }
    reading = COLLECTIONS
    filters = EquipmentCollectionQueryRequest
    list_filters = CollectionKeysetRequest
    bodies = {
        **ReturnResource.bodies,
        "create": EquipmentCollectionRequest,
        "reschedule": RescheduleCollectionRequest,
    }
    kind = Kind.COLLECTION

    def create(self, request: Request) -> HttpResponse:
        """Ask a person who stays to give devices back."""
        said = self.said()
        user = user_of(said["user_id"], self.actor)
        wanted = said["collection_equipment_ids"]
        require_held(user, wanted, "collection_equipment_ids")
        with renamed(AT_START):
            ret = services.start_collection(
                user,
                actor=self.actor,
                asset_ids=wanted,
                starts_at=sane(said.get("start_at"), "start_at"),
                address=address_of(said.get("company_address_id"), user, self.actor),
                contact_email=private_email_of(said),
                details=details_of(said),
            )
        return self.one(ret.pk)

    def reschedule(self, request: Request, id: str) -> HttpResponse:
        """Change the day from which on the person is asked."""
        said = self.said()
        first = sane(said.get("first_contact_at"), "first_contact_at")
        with renamed({"day": "start_day"}):
            ret = services.reschedule(
                self.thing(id),
                actor=self.actor,
                day=said["start_day"],
                first_contact_at=first,
            )
        return self.one(ret.pk)
