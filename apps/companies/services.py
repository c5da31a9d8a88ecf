from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from operator import attrgetter
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from apps.core import money, references
from apps.core import seen as marks
from apps.core.actor import Actor, Permission
from apps.core.clean import one_line
from apps.core.errors import Conflict, Invalid
from apps.core.keys import Index, key, keys
from apps.events.registry import EventType
from apps.events.services import Draft, record, record_many, subjects_of

from . import events, texts
from .models import Address, Company

_ADDRESS_FIELDS = {
    "type",
    "name",
    "warehouse",
    "street",
    "city",
    "postal_code",
    "country",
    "is_default",
}


def shown_of(address: Address) -> list[object]:
    """What its form shows."""
    return [str(getattr(address, name)) for name in sorted(_ADDRESS_FIELDS)]


def create_company(
    *,
    actor: Actor,
    name: str,
    slug: str,
    at: datetime | None = None,
    **fields: Any,
) -> Company:
    """Raises Conflict `slug_taken`, Invalid `bad_currency`."""
    actor.require(Permission.COMPANIES_CREATE, None)
    money.exact(None, fields.get("currency", ""))
    try:
        with transaction.atomic():
            company = Company.objects.create(name=name, slug=slug, **fields)
    except IntegrityError as error:
        raise Conflict(
            "slug_taken", _("There is a company with this slug already."), field="slug"
        ) from error
    record(
        events.COMPANY_CREATED,
        events.NewCompany(name=name, slug=slug),
        actor=actor,
        company_id=company.id,
        subject_id=company.id,
        at=at,
    )
    return company


@transaction.atomic
def create_address(
    *, actor: Actor, company: Company, at: datetime | None = None, **fields: Any
) -> Address:
    """Raises Conflict `address_name_taken`, Invalid `address_warehouse`,
    `no_name`."""
    actor.require(Permission.PLACES_EDIT, company.id)
    address = Address(company=company, **fields)
    _save_address(address)
    record_many([_created(address, at=at)], actor=actor)
    return address


@transaction.atomic
def update_address(
    address: Address, *, actor: Actor, seen: str | None = None, **fields: Any
) -> Address:
    """Changes the given fields. Same refusals as `create_address`, and Conflict
    `changed_meanwhile`."""
    actor.require(Permission.PLACES_EDIT, address.company_id)
    address = Address.objects.select_for_update().get(pk=address.pk)
    changed = [
        name
        for name, value in fields.items()
        if name in _ADDRESS_FIELDS and getattr(address, name) != value
    ]
    if not changed:
        return address
    marks.require(address, seen)
    for name in changed:
        setattr(address, name, fields[name])
    _save_address(address)
    payload = events.ChangedPlace(address_name=address.name, changed=sorted(changed))
    record_many([_draft(events.ADDRESS_UPDATED, address, payload)], actor=actor)
    return address


def _tidy(address: Address) -> None:
    """A name as it is compared, but for its case."""
    address.name = one_line(address.name)
    if key(address.name) is None:
        raise Invalid(texts.NO_NAME(), field="name")


def _save_address(address: Address) -> None:
    _tidy(address)
    if (address.type == Address.Type.TEQUIPY) != (address.warehouse_id is not None):
        raise Invalid(
            "address_warehouse",
            _("A shelf needs its warehouse; an office has none."),
            field="warehouse",
        )
    if address.is_default:
        Address.objects.filter(company_id=address.company_id, is_default=True).exclude(
            pk=address.pk
        ).update(is_default=False)
    try:
        with transaction.atomic():
            address.save()
    except IntegrityError as error:
        raise Conflict(
            "address_name_taken",
            _("There is an address named %(name)s already.") % {"name": address.name},
            field="name",
        ) from error


@transaction.atomic
def create_addresses(
    places: Sequence[Address],
    *,
    actor: Actor,
    company: Company,
    batch_id: UUID | None = None,
) -> Index[Address]:
    """The set-based twin of `create_address`, for offices: those whose name exists
    already are left as they are. Returns every wanted place by its name."""
    actor.require(Permission.PLACES_EDIT, company.id)
    for place in places:
        _tidy(place)
    Address.objects.bulk_create(places, ignore_conflicts=True)
    wanted = keys(place.name for place in places)
    all_of_them = Address.objects.filter(company=company)
    found = Index(
        (address for address in all_of_them if key(address.name) in wanted),
        attrgetter("name"),
    )
    ours = {place.id for place in places}  # a row with our id was made by us
    new = (address for address in found if address.id in ours)
    record_many((_created(one, refs=[batch_id]) for one in new), actor=actor)
    return found


@transaction.atomic
def remove_addresses(
    ids: Collection[UUID], *, actor: Actor, company: Company, batch_id: UUID
) -> references.Refused:
    """Deletes places that an import made, nobody changed and nothing refers to; their
    events stay. Returns the refusals; a place that is gone already is none."""
    actor.require(Permission.PLACES_EDIT, company.id)

    def refuse(places: Sequence[Address]) -> references.Refused:
        changed = subjects_of(events.ADDRESS_UPDATED, ids)
        return {
            place.id: references.changed_since(place)
            for place in places
            if place.id in changed or place.is_default
        }

    gone, refused = references.remove_unused(
        Address, ids, company_id=company.id, refuse=refuse
    )
    drafts = (
        _draft(
            events.ADDRESS_REMOVED,
            place,
            events.Place(address_name=place.name),
            refs=[batch_id],
        )
        for place in gone
    )
    record_many(drafts, actor=actor)
    return refused


def _created(
    address: Address, *, refs: Sequence[UUID | None] = (), at: datetime | None = None
) -> Draft:
    payload = events.NewPlace(
        address_name=address.name, type=Address.Type(address.type)
    )
    return _draft(events.ADDRESS_CREATED, address, payload, refs=refs, at=at)


def _draft(
    type_: EventType[Any],
    address: Address,
    payload: events.Place,
    *,
    refs: Sequence[UUID | None] = (),
    at: datetime | None = None,
) -> Draft:
    return Draft(type_, address.company_id, address.id, payload, refs, at)
