"""Operations on returns: offboardings and collections."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.core.validators import validate_email
from django.db.models import Q
from django.http import HttpResponse
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema_serializer
from rest_framework.request import Request

from apps.accounts.models import User
from apps.companies.models import Address, Country
from apps.core.actor import Actor, Permission
from apps.core.api import fields, reading
from apps.core.api.reading import Reading
from apps.core.api.resources import Resource
from apps.core.clean import require_sane_day
from apps.core.errors import Invalid
from apps.inventory.models import Asset

from . import services
from .models import Return
from .services.starting import Details
from .shapes import COLLECTION, OFFBOARDING
from .states import CancelReason, Decision, Kind, ReturnState

# The contract names no reason, which the register asks for: where it was said.
_GIVEN = "API: givenEquipmentIds"

# --- Bodies -----------------------------------------------------------------


@extend_schema_serializer(deprecate_fields=["country"])
class PickUpDetailsRequest(fields.Body):
    private_email = fields.Text(
        required=False, max_length=254, validators=[validate_email]
    )
    phone_number = fields.Text(required=False, max_length=64)
    full_name = fields.Text(required=False, max_length=255)
    city = fields.Text(required=False, max_length=128)
    postal_code = fields.Text(required=False, max_length=32)
    country = fields.Text(required=False, max_length=64)
    country_code = fields.Text(required=False, max_length=2)
    country_subdivision_code = fields.Text(required=False, max_length=128)
    street_line1 = fields.Text(required=False, max_length=255)
    street_line2 = fields.Text(required=False, max_length=255)


class _StartRequest(fields.Body):
    user_id = fields.Id()
    pick_up_details = PickUpDetailsRequest(required=False)
    notes = fields.Text(required=False, allow_blank=True, max_length=4000)
    is_charger_replacement_allowed = fields.Flag(required=False)


class CreateOffboardingRequest(_StartRequest):
    offboarding_equipment_ids = fields.Several(fields.Id(), required=False)
    given_equipment_ids = fields.Several(fields.Id(), required=False)
    last_working_day_at = fields.Moment()
    first_contact_at = fields.Moment(required=False)


class EquipmentCollectionRequest(_StartRequest):
    company_address_id = fields.Id(required=False)
    collection_equipment_ids = fields.Several(fields.Id())
    start_at = fields.Moment(required=False)


class CancelRequest(fields.Body):
    reason = fields.OneOf(choices=CancelReason.choices, required=False)


class OffboardingQueryRequest(fields.Body):
    search_phrase = fields.Text(required=False, max_length=100)
    states = fields.Several(fields.OneOf(choices=ReturnState.choices), required=False)
    created_at = fields.Day(required=False)
    last_working_day = fields.Day(required=False)


_NEVER_PAUSED = [pair for pair in ReturnState.choices if pair[0] != ReturnState.PAUSED]


class EquipmentCollectionQueryRequest(fields.Body):
    search_phrase = fields.Text(required=False, max_length=100)
    states = fields.Several(fields.OneOf(choices=_NEVER_PAUSED), required=False)
    user_ids = fields.Several(fields.Id(), required=False)
    company_address_ids = fields.Several(fields.Id(), required=False)
    created_at = fields.Day(required=False)


class OffboardingKeysetRequest(OffboardingQueryRequest):
    updated_since = fields.Moment(required=False)


class CollectionKeysetRequest(EquipmentCollectionQueryRequest):
    updated_since = fields.Moment(required=False)


# --- Reads ------------------------------------------------------------------

_FILTERS: dict[str, reading.Filter] = {
    "search_phrase": reading.Narrowed(
        lambda rows, text, asking: rows.search(text, asking.actor)
    ),
    "states": reading.any_of("state"),
    "created_at": reading.OnDay("created_at"),
    "updated_since": reading.Is("updated_at", ">= {}"),
}
OFFBOARDINGS = Reading(
    OFFBOARDING,
    lambda: Return.objects.filter(kind=Kind.OFFBOARDING),
    filters={**_FILTERS, "last_working_day": reading.Is("last_working_on")},
    sorts={
        "createdAt": "created_at",
        "updatedAt": "updated_at",
        "lastWorkingDayAt": "closes_at",
        "firstContactAt": "first_contact_at",
    },
    named_by="reference",
)
COLLECTIONS = Reading(
    COLLECTION,
    lambda: Return.objects.filter(kind=Kind.COLLECTION),
    filters={
        **_FILTERS,
        "user_ids": reading.any_of("user_id"),
        "company_address_ids": reading.any_of("address_id"),
    },
    sorts={"createdAt": "created_at", "updatedAt": "updated_at"},
    named_by="reference",
)


# --- Operations -------------------------------------------------------------


class ReturnResource(Resource):
    permissions = {
        "create": Permission.RETURNS_START,
        "query": Permission.RETURNS_READ,
        "list": Permission.RETURNS_READ,
        "retrieve": Permission.RETURNS_READ,
        "cancel": Permission.RETURNS_CANCEL,
    }

    def cancel(self, request: Request, id: str) -> HttpResponse:
        """Cancel what is not under way yet.

        Open items stay where they are; a person who was leaving stays. The body may be
        left out; `reason` says why.
        """
        said = self.said() if request.body.strip() else {}
        reason = said.get("reason", CancelReason.OTHER)
        ret = services.cancel(self.thing(id), actor=self.actor, reason=reason)
        return self.one(ret.pk)


class OffboardingResource(ReturnResource):
    tag, noun = "Offboardings", "Offboarding"
    singular, plural = "offboarding", "offboardings"
    names = {
        "query": "queryOffboardings",
        "list": "listOffboardings",
        "retrieve": "getOffboarding",
    }
    reading = OFFBOARDINGS
    filters = OffboardingQueryRequest
    list_filters = OffboardingKeysetRequest
    bodies = {"create": CreateOffboardingRequest, "cancel": CancelRequest}

    def create(self, request: Request) -> HttpResponse:
        """Start the offboarding of a person.

        Devices in neither list stay with the person, undecided, and keep it from being
        completed.
        """
        said = self.said()
        user = _user(said["user_id"], self.actor)
        last = said["last_working_day_at"]
        ret = services.start_offboarding(
            user,
            actor=self.actor,
            last_working_on=_day(last, user, "last_working_day_at"),
            first_contact_at=_sane(said.get("first_contact_at"), "first_contact_at"),
            contact_email=_private_email(said),
            details=_details(said, last_working_at=last),
            **_decisions(said, user),
        )
        return self.one(ret.pk)


class CollectionResource(ReturnResource):
    tag, noun = "Collections", "Collection"
    singular, plural = "collection", "collections"
    names = {
        "query": "queryCollections",
        "list": "listCollections",
        "retrieve": "getCollection",
    }
    reading = COLLECTIONS
    filters = EquipmentCollectionQueryRequest
    list_filters = CollectionKeysetRequest
    bodies = {"create": EquipmentCollectionRequest, "cancel": CancelRequest}

    def create(self, request: Request) -> HttpResponse:
        """Ask a person who stays to give devices back."""
        said = self.said()
        user = _user(said["user_id"], self.actor)
        wanted = said["collection_equipment_ids"]
        _require_held(user, wanted, "collection_equipment_ids")
        ret = services.start_collection(
            user,
            actor=self.actor,
            asset_ids=wanted,
            starts_at=_sane(said.get("start_at"), "start_at"),
            address=_address(said.get("company_address_id"), user, self.actor),
            contact_email=_private_email(said),
            details=_details(said),
        )
        return self.one(ret.pk)


# --- What bodies refer to ---------------------------------------------------


def _user(pk: UUID, actor: Actor) -> User:
    people = User.objects.visible_to(actor).people()
    user = people.select_related("company", "country").filter(pk=pk).first()
    if user is None:
        raise Invalid(
            "unknown_user",
            _("There is no person with the id %(id)s.") % {"id": pk},
            field="user_id",
        )
    return user


def _address(pk: UUID | None, user: User, actor: Actor) -> Address | None:
    if pk is None:
        return None
    places = Address.objects.visible_to(actor).active()
    address = places.filter(company_id=user.company_id, pk=pk).first()
    if address is None:
        raise Invalid(
            "unknown_address",
            _("There is no address with the id %(id)s.") % {"id": pk},
            field="company_address_id",
        )
    return address


def _decisions(said: Mapping[str, Any], user: User) -> dict[str, Any]:
    """What becomes of each device, under the names of the verb."""
    back = said.get("offboarding_equipment_ids", [])
    given = said.get("given_equipment_ids", [])
    for pk in given:
        if pk in back:
            raise Invalid(
                "in_both_lists",
                _("The asset %(asset)s is either returned or given away.")
                % {"asset": pk},
                field="given_equipment_ids",
            )
    _require_held(user, back, "offboarding_equipment_ids")
    _require_held(user, given, "given_equipment_ids")
    return {
        "decisions": {
            **dict.fromkeys(back, Decision.RETURN.value),
            **dict.fromkeys(given, Decision.GIVE_AWAY.value),
        },
        "reasons": dict.fromkeys(given, _GIVEN),
    }


def _require_held(user: User, ids: Iterable[UUID], field: str) -> None:
    """Says in which list it is; the verb looks again, under its locks."""
    wanted = list(ids)
    theirs = Asset.objects.filter(company_id=user.company_id, user=user)
    held = set(theirs.filter(pk__in=wanted).values_list("pk", flat=True))
    for pk in wanted:
        if pk not in held:
            raise Invalid(
                "not_held",
                _("%(name)s does not hold the asset %(asset)s.")
                % {"name": user.name, "asset": pk},
                field=field,
            )


def _sane(moment: datetime | None, field: str) -> datetime | None:
    require_sane_day(moment.date() if moment else None, field)
    return moment


def _day(moment: datetime, user: User, field: str) -> date:
    """The calendar day where the company is. Raises Invalid `bad_day`."""
    _sane(moment, field)
    return moment.astimezone(ZoneInfo(user.company.time_zone)).date()


def _private_email(said: Mapping[str, Any]) -> str:
    return said.get("pick_up_details", {}).get("private_email", "")


_PICK_UP = {
    "full_name": "full_name",
    "phone_number": "phone",
    "street_line1": "street",
    "street_line2": "street2",
    "city": "city",
    "postal_code": "postal_code",
    "country_subdivision_code": "region",
}


def _details(
    said: Mapping[str, Any], *, last_working_at: datetime | None = None
) -> Details:
    stated = said.get("pick_up_details", {})
    pick_up = {_PICK_UP[name]: stated[name] for name in _PICK_UP if name in stated}
    if country := _country(stated):
        pick_up["country_id"] = country
    return Details(
        pick_up=pick_up,
        notes=said.get("notes", ""),
        is_charger_replacement_allowed=said.get(
            "is_charger_replacement_allowed", False
        ),
        last_working_at=last_working_at,
    )


def _country(stated: Mapping[str, Any]) -> str | None:
    """Its code; older clients say `country`, where a name may stand, too."""
    name = "country_code" if "country_code" in stated else "country"
    if name not in stated:
        return None
    wanted = Q(pk=stated[name].upper())
    if name == "country":
        wanted |= Q(name__iexact=stated[name])
    found = Country.objects.filter(wanted).first()
    if found is None:
        raise Invalid(
            "unknown_country",
            _("There is no country %(country)s: give its code, such as PL.")
            % {"country": stated[name]},
            field=f"pick_up_details/{name}",
        )
    return found.pk
