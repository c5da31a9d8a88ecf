"""Stored equipment that goes to somebody, or to another place."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from apps.accounts.delivery import DELIVERY, set_delivery
from apps.accounts.models import User
from apps.accounts.targets import Target, receiver
from apps.catalog import services as catalog
from apps.catalog.models import ServiceKind
from apps.companies.billing import invoiced_entity
from apps.companies.models import Address, Company, Entity
from apps.core import ids, states
from apps.core import seen as marks
from apps.core.actor import Actor, Permission
from apps.core.clean import fitting, require_sane_day, stripped
from apps.core.errors import Conflict, Invalid
from apps.events.services import record
from apps.inventory import services as inventory
from apps.inventory.models import Asset, Claim

from . import events
from .models import Redeployment, RedeploymentLine
from .payloads import facts
from .states import TRANSITIONS, RedeploymentState


@transaction.atomic
def create(
    asset_ids: Sequence[UUID],
    target: Target,
    *,
    actor: Actor,
    company: Company,
    entity: Entity | None = None,
    delivery: Mapping[str, Any] | None = None,
    contact_email: str = "",
    start_on: date | None = None,
    notes: str = "",
    at: datetime | None = None,
) -> Redeployment:
    """Asks for stored assets to be sent to the target; they are RESERVED for it, and
    the price of the service is frozen. All or nothing.

    `delivery` has names of DELIVERY; None: the target's own address. Without `entity`
    the company's default one is invoiced. Refuses as `Target.require_one`,
    `inventory.reserve` and `accounts.create` do, and by Invalid `nothing_to_send`,
    `unknown_entity`, `bad_email`, `too_long`, `bad_day`, Conflict `person_has_left`,
    and as `accounts.delivery.set_delivery`.
    """
    actor.require(Permission.REDEPLOYMENTS_CREATE, company.id)
    target.require_one(company)
    if not asset_ids:
        raise Invalid(
            "nothing_to_send",
            _("Name at least one asset that is in storage."),
            field="storage_equipment_ids",
        )
    require_sane_day(start_on, "start_date")
    now = at or timezone.now()
    redeployment = Redeployment(
        company=company,
        reference=ids.reference("RED"),
        entity=invoiced_entity(company, entity),
        contact_email=fitting(
            Redeployment._meta.get_field("contact_email"),
            contact_email,
            field="contact_person_email",
        ),
        start_on=start_on,
        notes=stripped(notes),
        created_at=now,
        updated_at=now,
    )
    claims = inventory.reserve(
        asset_ids,
        actor=actor.for_consequences(company.id, Permission.ASSETS_CLAIM),
        company_id=company.id,
        kind=ServiceKind.REDEPLOYMENT,
        reference=redeployment.reference,
        workflow_id=redeployment.id,
        at=at,
        field="storage_equipment_ids",
    )
    _address_to(redeployment, receiver(target, actor=actor, company=company), delivery)
    _freeze_price(redeployment)
    redeployment.save(force_insert=True)
    _add_lines(redeployment, claims)
    _record_created(redeployment, claims, actor=actor, at=at)
    return redeployment


@transaction.atomic
def cancel(
    redeployment: Redeployment,
    *,
    actor: Actor,
    at: datetime | None = None,
    seen: str | None = None,
) -> Redeployment:
    """Ends it before it is sent, or once its delivery has failed: what was reserved for
    it is in storage again. Cancelled twice is once. Raises Conflict `wrong_state`."""
    actor.require(Permission.REDEPLOYMENTS_CANCEL, redeployment)
    redeployment = _lock(redeployment)
    if redeployment.state == RedeploymentState.CANCELLED:
        return redeployment
    target = RedeploymentState.CANCELLED
    states.require(TRANSITIONS, redeployment.state, target, what=redeployment.reference)
    marks.require(redeployment, seen)
    before, redeployment.state = redeployment.state, target
    redeployment.cancelled_at = at or timezone.now()
    redeployment.updated_at = timezone.now()
    redeployment.save(update_fields=["state", "cancelled_at", "updated_at"])
    inventory.unreserve(
        redeployment.id,
        actor=actor.for_consequences(redeployment.company_id, Permission.ASSETS_CLAIM),
        company_id=redeployment.company_id,
        at=at,
    )
    asset_ids = list(redeployment.lines.values_list("asset_id", flat=True))
    record(
        events.REDEPLOYMENT_CANCELLED,
        events.RedeploymentMoved(
            **facts(redeployment, asset_ids), from_=RedeploymentState(before)
        ),
        actor=actor,
        company_id=redeployment.company_id,
        subject_id=redeployment.id,
        refs=_refs(redeployment, asset_ids),
        at=at,
    )
    return redeployment


@transaction.atomic
def forget(user: User, *, actor: Actor) -> int:
    """Empties where things were sent to somebody, and whom to ask about it; what was
    sent, and when, stays. Returns how many redeployments.

    Raises Conflict `redeployment_open`.
    """
    actor.require(Permission.PEOPLE_ERASE, user)
    theirs = Redeployment.objects.filter(company_id=user.company_id, user=user)
    found = list(theirs.select_for_update(of=("self",)).order_by("pk"))
    for redeployment in found:
        if not redeployment.is_finished:
            raise Conflict(
                "redeployment_open",
                _("%(name)s still has %(reference)s open: finish or cancel it first.")
                % {"name": user.name, "reference": redeployment.reference},
            )
    emptied = {name: None if name == "country_id" else "" for name in DELIVERY}
    Redeployment.objects.filter(pk__in=[one.pk for one in found]).update(
        **emptied,
        contact_email="",
        notes="",
        delivery_failure_reason="",
        updated_at=timezone.now(),
    )
    return len(found)


def _lock(redeployment: Redeployment) -> Redeployment:
    """The row as it is now, locked until the transaction ends."""
    rows = Redeployment.objects.select_for_update(of=("self",))
    return rows.select_related("company", "user", "address").get(pk=redeployment.pk)


def _address_to(
    redeployment: Redeployment,
    to: User | Address,
    delivery: Mapping[str, Any] | None,
) -> None:
    """Sets who or what gets it, and where."""
    if isinstance(to, User):
        inventory.require_receivers([to.id])
        redeployment.user = to
    else:
        redeployment.address = to
    set_delivery(redeployment, to, delivery)


def _freeze_price(redeployment: Redeployment) -> None:
    """Of the service in that country, in the currency of who pays."""
    if redeployment.country_id is None:
        return
    entity, company = redeployment.entity, redeployment.company
    currency = entity.currency if entity else company.currency
    country = redeployment.country_id
    price = catalog.service_price(company, ServiceKind.REDEPLOYMENT, country, currency)
    if price is not None:
        redeployment.price, redeployment.currency = price.amount, price.currency


def _add_lines(redeployment: Redeployment, claims: Mapping[Asset, Claim]) -> None:
    RedeploymentLine.objects.bulk_create(
        RedeploymentLine(
            company_id=redeployment.company_id,
            redeployment=redeployment,
            asset=asset,
            claim=claim,
        )
        for asset, claim in claims.items()
    )


def _record_created(
    redeployment: Redeployment,
    claims: Mapping[Asset, Claim],
    *,
    actor: Actor,
    at: datetime | None,
) -> None:
    asset_ids = [asset.id for asset in claims]
    record(
        events.REDEPLOYMENT_CREATED,
        events.RedeploymentCreated(
            **facts(redeployment, asset_ids),
            start_on=redeployment.start_on,
            price=redeployment.price,
            currency=redeployment.currency or None,
        ),
        actor=actor,
        company_id=redeployment.company_id,
        subject_id=redeployment.id,
        refs=_refs(redeployment, asset_ids),
        at=at,
    )


def _refs(redeployment: Redeployment, asset_ids: Sequence[UUID]) -> list[UUID | None]:
    owners = [redeployment.user_id, redeployment.address_id, redeployment.entity_id]
    return [*owners, *asset_ids]
