"""How a return starts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from apps.accounts import services as accounts
from apps.accounts.delivery import PLACE
from apps.accounts.models import User
from apps.accounts.states import PRESENT
from apps.catalog import services as catalog
from apps.companies.models import Address
from apps.core import ids
from apps.core import seen as marks
from apps.core.actor import Actor, Permission
from apps.core.clean import fitting, one_line, require_sane_day, stripped
from apps.core.errors import Conflict, Invalid
from apps.inventory.models import Asset
from apps.returns import events, schedule
from apps.returns.models import Return
from apps.returns.states import (
    Decision,
    Kind,
)

from . import items, steps


@dataclass(frozen=True, slots=True, kw_only=True)
class Details:
    """What may be said of a return besides its items.

    `pick_up` has fields of `shown.PICK_UP` and says where the person is to be found;
    an address in it stands for the whole address that is known of them.
    `last_working_at` is the moment that was named for the last working day.
    """

    pick_up: Mapping[str, Any] = field(default_factory=dict)
    notes: str = ""
    is_charger_replacement_allowed: bool = False
    last_working_at: datetime | None = None


_NOTHING_MORE = Details()


@transaction.atomic
def start_offboarding(
    user: User,
    *,
    actor: Actor,
    last_working_on: date,
    decisions: Mapping[UUID, str],
    reasons: Mapping[UUID, str] | None = None,
    address: Address | None = None,
    contact_email: str = "",
    first_contact_at: datetime | None = None,
    details: Details = _NOTHING_MORE,
    at: datetime | None = None,
    seen: str | None = None,
) -> Return:
    """Somebody leaves: everything they hold becomes an item, decided or not.

    `decisions` maps asset ids to a Decision; what is missing stays undecided. Raises
    Invalid `not_held` naming an asset that is not theirs, `no_place`, `no_contact` or
    `bad_email`; Conflict `offboarding_exists`, `claimed`.
    """
    actor.require(Permission.RETURNS_START, user)
    actor = actor.for_consequences(user.company_id, *steps.CLOSING)
    require_sane_day(last_working_on, "day")
    marks.require(_fresh(user), seen)
    held = list(
        Asset.objects.filter(company_id=user.company_id, user=user).order_by("pk")
    )
    _require_held(user, held, decisions, reasons)
    now = at or timezone.now()
    company = user.company
    first = schedule.first_contact(company, last_working_on, first_contact_at)
    ret = _build(Kind.OFFBOARDING, user, address, contact_email, details, now)
    ret.last_working_on = last_working_on
    ret.last_working_at = details.last_working_at
    ret.closes_at = schedule.day_starts(last_working_on, company)
    plan_contact(ret, first, now=now)
    _insert(ret)
    _add_lines(ret, held, decisions, reasons or {}, actor=actor)
    accounts.begin_offboarding(user, actor=actor, end_on=last_working_on, at=at)
    return _started(ret, actor=actor, at=at)


@transaction.atomic
def start_collection(
    user: User,
    *,
    actor: Actor,
    asset_ids: Sequence[UUID],
    starts_at: datetime | None = None,
    address: Address | None = None,
    contact_email: str = "",
    details: Details = _NOTHING_MORE,
    at: datetime | None = None,
    seen: str | None = None,
) -> Return:
    """Somebody who stays gives these assets back. Same refusals as an offboarding,
    and Invalid `nothing_to_collect`."""
    actor.require(Permission.RETURNS_START, user)
    actor = actor.for_consequences(user.company_id, *steps.CLOSING)
    require_sane_day(starts_at.date() if starts_at else None, "day")
    marks.require(_fresh(user), seen)
    if not asset_ids:
        raise Invalid(
            "nothing_to_collect",
            _("Choose what is to come back."),
            field="collection_equipment_ids",
        )
    if user.state not in PRESENT:
        raise Conflict(
            "person_has_left",
            _("%(name)s has left already: there is nobody to ask.")
            % {"name": user.name},
        )
    wanted = dict.fromkeys(asset_ids, Decision.RETURN.value)
    held = list(
        Asset.objects.filter(
            company_id=user.company_id, user=user, pk__in=wanted
        ).order_by("pk")
    )
    _require_held(user, held, wanted)
    now = at or timezone.now()
    ret = _build(Kind.COLLECTION, user, address, contact_email, details, now)
    ret.starts_at = ret.closes_at = starts_at or now
    plan_contact(ret, ret.starts_at, now=now)
    _insert(ret)
    _add_lines(ret, held, wanted, {}, actor=actor)
    return _started(ret, actor=actor, at=at)


def _fresh(user: User) -> User:
    """Read, not locked: people are locked after returns and assets, and each item is
    checked again under its own lock."""
    return User.objects.get(pk=user.pk)


def _require_held(
    user: User,
    held: Sequence[Asset],
    wanted: Mapping[UUID, str],
    reasons: Mapping[UUID, str] | None = None,
) -> None:
    theirs = {asset.id for asset in held}
    for asset_id, decision in wanted.items():
        if asset_id not in theirs:
            raise Invalid(
                "not_held",
                _("%(name)s does not hold the asset %(asset)s.")
                % {"name": user.name, "asset": asset_id},
                field="items",
            )
        reason = (reasons or {}).get(asset_id, "")
        items.require_decision(decision, reason, reason_field=f"reason_{asset_id}")


def _build(
    kind: Kind,
    user: User,
    address: Address | None,
    contact_email: str,
    details: Details,
    now: datetime,
) -> Return:
    # What is known of them already was checked where it was written.
    stated = fitting(Return._meta.get_field("contact_email"), contact_email)
    email = stated or user.private_email or user.email
    if not email:
        raise Invalid(
            "no_contact",
            _("%(name)s has no e-mail address: enter one.") % {"name": user.name},
            field="contact_email",
        )
    found = _where(user, details.pick_up)
    country_id = found["country_id"] or user.country_id
    price = (
        catalog.service_price(user.company, kind, country_id) if country_id else None
    )
    return Return(
        company=user.company,
        kind=kind,
        reference=ids.reference("OFF" if kind == Kind.OFFBOARDING else "COL"),
        user=user,
        address=address or place_for(user, country_id),
        contact_email=email,
        contact_is_work=email.lower() == user.email.lower(),
        **found,
        price_amount=price.amount if price else None,
        price_currency=price.currency if price else "",
        notes=stripped(details.notes),
        is_charger_replacement_allowed=details.is_charger_replacement_allowed,
        created_at=now,
        updated_at=now,
    )


def _where(user: User, pick_up: Mapping[str, Any]) -> dict[str, Any]:
    """Where and how somebody is met: as is said, else as is known."""
    said = {
        name: one_line(value) if isinstance(value, str) else value
        for name, value in pick_up.items()
        if value
    }
    known = {name: getattr(user, name) for name in PLACE}
    where = known
    if said.keys() & set(PLACE):
        where = {name: said.get(name, "") for name in PLACE}
    return {
        "full_name": said.get("full_name") or user.name,
        "phone": said.get("phone") or user.phone,
        **where,
        "country_id": where["country_id"] or None,
    }


def place_for(user: User, country_id: str | None = None) -> Address:
    """A shelf that serves the country where it is, else where the person lives; else
    the company's default place."""
    country_id = country_id or user.country_id
    places = Address.objects.active().filter(company_id=user.company_id)
    found = (
        Address.objects.serving(user.company_id, country_id).first()
        if country_id
        else None
    ) or places.filter(is_default=True).first()
    if found is None:
        raise Invalid(
            "no_place",
            _("Choose where it is to come back to: the company has no default place."),
            field="address",
        )
    return found


def plan_contact(ret: Return, first: datetime, *, now: datetime) -> None:
    """A first contact that is due already leaves at once; one ahead keeps the hours."""
    ret.first_contact_at = first
    if first <= now:
        ret.next_contact_at = now
    else:
        zone = ret.user.zone(ret.company)
        ret.next_contact_at = schedule.in_window(first, ret.company, zone)


def _insert(ret: Return) -> None:
    try:
        with transaction.atomic():
            ret.save(force_insert=True)
    except IntegrityError as error:
        if "return_one_open_offboarding" not in str(error):
            raise
        raise Conflict("offboarding_exists", _already(ret.user)) from error


def _already(user: User) -> str:
    told = {"name": user.name}
    theirs = Return.objects.filter(company_id=user.company_id, user=user)
    found = theirs.filter(kind=Kind.OFFBOARDING).unfinished().first()
    if found is None:  # it has ended meanwhile
        return _("%(name)s is being offboarded already.") % told
    told["reference"] = found.reference
    return _("%(name)s is being offboarded already: %(reference)s.") % told


def _add_lines(
    ret: Return,
    assets: Sequence[Asset],
    decisions: Mapping[UUID, str],
    reasons: Mapping[UUID, str],
    *,
    actor: Actor,
) -> None:
    for asset in assets:
        steps.claim_line(
            ret,
            asset,
            actor=actor,
            decision=decisions.get(asset.id, Decision.UNDECIDED),
            reason=reasons.get(asset.id, ""),
            at=ret.created_at,
        )


def _started(ret: Return, *, actor: Actor, at: datetime | None) -> Return:
    lines = steps.open_lines(ret)
    steps.record(
        events.RETURN_STARTED,
        ret,
        actor=actor,
        refs=[line.asset_id for line in lines],
        at=at,
        items=[
            events.Item(asset_id=line.asset_id, decision=Decision(line.decision))
            for line in lines
        ],
    )
    items.close_what_is_due(ret, actor=actor, at=at)
    return steps.settle(ret, actor=actor, at=at)
