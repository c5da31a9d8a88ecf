"""Bodies of operations on returns, and what the verbs make of them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from apps.accounts.delivery import PLACE
from apps.accounts.models import User
from apps.companies.bodies import DeliveryAddressRequest, columns_of
from apps.companies.models import Address
from apps.core.actor import Actor
from apps.core.api import fields
from apps.core.clean import require_sane_day
from apps.core.errors import Invalid, renamed
from apps.inventory.models import Asset
from apps.inventory.named import Named
from apps.shipping import carriers

from .models import Return
from .services.starting import Details
from .states import CancelReason, Decision, Method, ReturnState

# The contract names no reason, which the register asks for: where it was said.
_GIVEN = "API: givenEquipmentIds"


class PickUpDetailsRequest(DeliveryAddressRequest):
    """How and where to reach the person."""

    private_email = fields.Text(
        required=False, allow_null=True, allow_blank=True, max_length=254
    )


class _StartRequest(fields.Body):
    user_id = fields.Id()
    pick_up_details = PickUpDetailsRequest(required=False)
    notes = fields.Text(required=False, allow_blank=True, max_length=4000)
    is_charger_replacement_allowed = fields.Flag(required=False)


class CreateOffboardingRequest(_StartRequest):
    """Who leaves, when, and what becomes of what they hold."""

    offboarding_equipment_ids = fields.Several(fields.Id(), required=False)
    given_equipment_ids = fields.Several(fields.Id(), required=False)
    last_working_day_at = fields.Moment()
    first_contact_at = fields.Moment(required=False)


class EquipmentCollectionRequest(_StartRequest):
    """Who gives back what, from when on, and where to."""

    company_address_id = fields.Id(required=False)
    collection_equipment_ids = fields.Several(fields.Id())
    start_at = fields.Moment(required=False)


class CancelRequest(fields.Body):
    """Why it is cancelled."""

    reason = fields.OneOf(choices=CancelReason.choices, required=False)


class OffboardingQueryRequest(fields.Body):
    """Which offboardings."""

    search_phrase = fields.Text(required=False, max_length=100)
    states = fields.Several(fields.OneOf(choices=ReturnState.choices), required=False)
    created_at = fields.AskedDay(required=False)
    last_working_day = fields.Day(required=False)


class RescheduleOffboardingRequest(fields.Body):
    """The new last working day; the first mail leaves as that has it, or as is said."""

    last_working_day = fields.Day()
    first_contact_at = fields.Moment(required=False)


class RescheduleCollectionRequest(fields.Body):
    """The day from which on the person is asked."""

    start_day = fields.Day()
    first_contact_at = fields.Moment(required=False)


class AddItemRequest(fields.Body):
    """One more device."""

    user_equipment_id = fields.Id()


class DecideItemRequest(fields.Body):
    """What becomes of it, and why."""

    decision = fields.OneOf(
        choices=[pair for pair in Decision.choices if pair[0]],
        allow_null=True,
        help_text="null: undecided again.",
    )
    reason = fields.Text(
        required=False,
        max_length=255,
        help_text="Needed for GIVE_AWAY and WRITE_OFF.",
    )


class AnswerRequest(DeliveryAddressRequest):
    """How it comes back; the address is where it is picked up."""

    country = None  # type: ignore[assignment]  # nobody new should send it
    method = fields.OneOf(choices=Method.choices)
    ready_day = fields.Day(required=False)
    is_packaging_wanted = fields.Flag(required=False)
    message = fields.Text(required=False, allow_blank=True, max_length=2000)


class BookParcelRequest(fields.Body):
    """Who carries it."""

    carrier = fields.OneOf(choices=carriers.CHOICES)
    tracking_number = fields.Text(required=False, max_length=128)
    expected_day = fields.Day(required=False)
    user_equipment_ids = fields.Several(
        fields.Id(),
        required=False,
        help_text="What is in it; else all that is asked back and in no parcel.",
    )


_NEVER_PAUSED = [pair for pair in ReturnState.choices if pair[0] != ReturnState.PAUSED]


class EquipmentCollectionQueryRequest(fields.Body):
    """Which collections."""

    search_phrase = fields.Text(required=False, max_length=100)
    states = fields.Several(fields.OneOf(choices=_NEVER_PAUSED), required=False)
    user_ids = fields.Several(fields.Id(), required=False)
    company_address_ids = fields.Several(fields.Id(), required=False)
    created_at = fields.AskedDay(required=False)


class OffboardingKeysetRequest(OffboardingQueryRequest):
    updated_since = fields.Moment(required=False)


class CollectionKeysetRequest(EquipmentCollectionQueryRequest):
    updated_since = fields.Moment(required=False)


# --- What bodies refer to ---------------------------------------------------


def user_of(pk: UUID, actor: Actor) -> User:
    people = User.objects.visible_to(actor).people()
    user = people.select_related("company", "country").filter(pk=pk).first()
    if user is None:
        raise Invalid(
            "unknown_user",
            _("There is no user %(id)s.") % {"id": pk},
            field="user_id",
        )
    return user


def address_of(pk: UUID | None, user: User, actor: Actor) -> Address | None:
    if pk is None:
        return None
    named = Named(actor, user.company_id, places=[pk])
    return named.place(pk, field="company_address_id")


def asset_of(pk: UUID, ret: Return, actor: Actor) -> Asset:
    assets = Asset.objects.visible_to(actor).filter(company_id=ret.company_id)
    asset = assets.select_related("product").filter(pk=pk).first()
    if asset is None:
        raise Invalid(
            "unknown_user_equipment",
            _("There is no device with the id %(id)s.") % {"id": pk},
            field="user_equipment_id",
        )
    return asset


def decisions_of(said: Mapping[str, Any], user: User) -> dict[str, Any]:
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
    require_held(user, back, "offboarding_equipment_ids")
    require_held(user, given, "given_equipment_ids")
    return {
        "decisions": {
            **dict.fromkeys(back, Decision.RETURN.value),
            **dict.fromkeys(given, Decision.GIVE_AWAY.value),
        },
        "reasons": dict.fromkeys(given, _GIVEN),
    }


def require_held(user: User, ids: Iterable[UUID], field: str) -> None:
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


def sane(moment: datetime | None, field: str) -> datetime | None:
    require_sane_day(moment.date() if moment else None, field)
    return moment


def day_of(moment: datetime, user: User, field: str) -> date:
    """The calendar day where the company is. Raises Invalid `bad_day`."""
    sane(moment, field)
    return moment.astimezone(ZoneInfo(user.company.time_zone)).date()


def private_email_of(said: Mapping[str, Any]) -> str:
    return said.get("pick_up_details", {}).get("private_email") or ""


def details_of(
    said: Mapping[str, Any], *, last_working_at: datetime | None = None
) -> Details:
    at = {name: f"pick_up_details/{name}" for name in ("country", "country_code")}
    with renamed(at):
        pick_up = columns_of(said.get("pick_up_details", {}))
    return Details(
        pick_up=pick_up,
        notes=said.get("notes", ""),
        is_charger_replacement_allowed=said.get(
            "is_charger_replacement_allowed", False
        ),
        last_working_at=last_working_at,
    )


def answer_of(said: Mapping[str, Any]) -> dict[str, Any]:
    """Under the names of the verb. What is not said stays; an address that is said
    stands for the whole address."""
    found = columns_of(said)
    if found.keys() & set(PLACE):
        found = {**dict.fromkeys(PLACE, ""), "country_id": None, **found}
    if not found.get("full_name"):
        found.pop("full_name", None)
    return {
        **found,
        **{column: said[name] for name, column in _ANSWER.items() if name in said},
    }


_ANSWER = {
    "method": "method",
    "ready_day": "ready_on",
    "is_packaging_wanted": "wants_packaging",
    "message": "message",
}
# What verbs call a field, and where it stands in bodies.
AT_START = {
    "contact_email": "pick_up_details/private_email",
    "address": "company_address_id",
}
NAMES = {
    "street": "street_line1",
    "country": "country_code",
    "ready_on": "ready_day",
    "expected_on": "expected_day",
    "lines": "user_equipment_ids",
}


def lines_of(ret: Return, ids: Sequence[UUID] | None) -> list[UUID] | None:
    """The items of these devices. Raises Invalid `not_an_item` naming the device."""
    if ids is None:
        return None
    lines = ret.lines.filter(asset__in=ids).values_list("asset_id", "pk")
    found = dict(lines)
    for pk in ids:
        if pk not in found:
            raise Invalid(
                "not_an_item",
                _("%(reference)s has no item with the asset %(asset)s.")
                % {"reference": ret, "asset": pk},
                field="user_equipment_ids",
            )
    return list(found.values())
