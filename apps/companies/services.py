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
from apps.core.clean import one_line, tidy
from apps.core.errors import Conflict, Invalid
from apps.core.keys import Index, key, keys
from apps.events.registry import EventType
from apps.events.services import Draft, record, record_many, subjects_of

from . import events, texts
from .models import Address, Company, Country, Entity, Warehouse

_SHOWN = (
    "type",
    "name",
    "warehouse",
    "street",
    "street2",
    "city",
    "region",
    "postal_code",
    "country",
    "contact_name",
    "contact_phone",
    "contact_email",
    "is_order_supported",
    "is_default",
)
# Of a shelf these are its warehouse's.
_WHERE = ("street", "street2", "city", "region", "postal_code", "country_id")
_CONTACT = ("contact_name", "contact_phone", "contact_email")
_TEXTS = ("name", *_WHERE[:-1], *_CONTACT)
_ADDRESS_FIELDS = {
    "type",
    "name",
    "warehouse_id",
    *_WHERE,
    *_CONTACT,
    "supported_countries",
    "is_order_supported",
    "is_default",
}
_ATTEMPTS = 5


def shown_of(address: Address) -> list[object]:
    """What its form shows."""
    return [str(getattr(address, name)) for name in sorted(_SHOWN)]


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
    """Adds a place, an office unless its `type` says otherwise. What is stated of a
    shelf (street, country) must be its warehouse's; what is not is taken from there.

    Raises Conflict `address_name_taken`, Invalid with the field's name: `no_name`,
    `address_warehouse`, `address_of_warehouse`, `unknown_country`, `too_long`,
    `bad_email`.
    """
    actor.require(Permission.PLACES_EDIT, company.id)
    fields = _by_columns(fields)
    address = Address(company=company, **fields)
    _save_address(address, stated=fields)
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
    fields = _by_columns(fields)
    before = {name: getattr(address, name) for name in fields}
    changed = {name for name in fields if before[name] != fields[name]}
    if not changed:
        return address
    marks.require(address, seen)
    for name in changed:
        setattr(address, name, fields[name])
    moves = changed & {"type", "warehouse_id"}
    _save_address(address, stated=fields if moves else changed)
    told = {name for name in before if before[name] != getattr(address, name)}
    if told:
        payload = events.ChangedPlace(
            address_name=address.name,
            changed=sorted(name.removesuffix("_id") for name in told),
        )
        record_many([_draft(events.ADDRESS_UPDATED, address, payload)], actor=actor)
    return address


def _by_columns(fields: dict[str, Any]) -> dict[str, Any]:
    """What a form says as things is kept by their keys."""
    found = dict(fields)
    for name in ("country", "warehouse"):
        if name in found:
            thing = found.pop(name)
            found[f"{name}_id"] = thing.pk if thing else None
    unknown = found.keys() - _ADDRESS_FIELDS - {"id"}
    if unknown:
        raise TypeError(f"a place has no {', '.join(sorted(unknown))}")
    return found


def save_one_default(thing: Address | Entity) -> None:
    """Saves it; if it is the default of its company, whatever was is none any more.
    Raises IntegrityError."""
    rows = type(thing)._default_manager.filter(company_id=thing.company_id)
    for attempt in range(_ATTEMPTS):
        if thing.is_default:
            rows.filter(is_default=True).exclude(pk=thing.pk).update(is_default=False)
        try:
            with transaction.atomic():
                thing.save()
        except IntegrityError as error:
            # Another one became it meanwhile; now that one is seen.
            if "one_default" not in str(error) or attempt == _ATTEMPTS - 1:
                raise
        else:
            return


def require_countries(codes: Collection[str | None], field: str) -> None:
    """Raises Invalid `unknown_country`."""
    wanted = {code for code in codes if code is not None}
    known = set(Country.objects.filter(pk__in=wanted).values_list("pk", flat=True))
    if missing := sorted(wanted - known):
        raise Invalid(
            "unknown_country",
            _("No country is called %(code)s here: write its ISO code, such as DE.")
            % {"code": one_line(missing[0])[:32] or "“”"},
            field=field,
        )


def _tidy(address: Address) -> None:
    """A name as it is compared, but for its case."""
    tidy(address, _TEXTS)
    if key(address.name) is None:
        raise Invalid(texts.NO_NAME(), field="name")


def _save_address(address: Address, *, stated: Collection[str]) -> None:
    _tidy(address)
    if (address.type == Address.Type.TEQUIPY) != (address.warehouse_id is not None):
        raise Invalid(
            "address_warehouse",
            _("A shelf needs its warehouse; an office has none."),
            field="warehouse",
        )
    if address.warehouse is not None:
        _stand_in_warehouse(address, address.warehouse, stated)
    if "country_id" in stated:
        require_countries([address.country_id], "country_id")
    if "supported_countries" in stated:
        codes = list(dict.fromkeys(address.supported_countries))
        require_countries(codes, "supported_countries")
        address.supported_countries = codes
    try:
        save_one_default(address)
    except IntegrityError as error:
        if "address_name_per_company" not in str(error):
            raise
        raise Conflict(
            "address_name_taken",
            _("There is an address named %(name)s already.") % {"name": address.name},
            field="name",
        ) from error


def _stand_in_warehouse(
    shelf: Address, warehouse: Warehouse, stated: Collection[str]
) -> None:
    for name in _WHERE:
        said, there = getattr(shelf, name), getattr(warehouse, name)
        if name in stated and said and said != there:
            raise Invalid(
                "address_of_warehouse",
                _("A shelf stands where its warehouse does: leave this out."),
                field=name,
            )
        setattr(shelf, name, there)
    if shelf.supported_countries:
        raise Invalid(
            "address_of_warehouse",
            _("A shelf serves what its warehouse serves: leave this out."),
            field="supported_countries",
        )


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


@transaction.atomic
def move_shelves(warehouse: Warehouse, *, actor: Actor) -> None:
    """The warehouse is described in another way, and so are the shelves in it."""
    actor.require(Permission.WAREHOUSES_EDIT, None)
    shelves = Address.objects.select_for_update().filter(warehouse=warehouse)
    for shelf in shelves.order_by("pk"):
        changed = [n for n in _WHERE if getattr(shelf, n) != getattr(warehouse, n)]
        if not changed:
            continue
        for name in changed:
            setattr(shelf, name, getattr(warehouse, name))
        shelf.save(update_fields=[*changed, "updated_at"])
        told = sorted(name.removesuffix("_id") for name in changed)
        payload = events.ChangedPlace(address_name=shelf.name, changed=told)
        record_many([_draft(events.ADDRESS_UPDATED, shelf, payload)], actor=actor)


@transaction.atomic
def forget_contact(emails: Collection[str], *, actor: Actor, company_id: UUID) -> None:
    """Somebody is erased: no place names them as its contact person any more."""
    actor.require(Permission.PEOPLE_ERASE, company_id)
    places = Address.objects.filter(company_id=company_id).with_contact(*emails)
    for place in places.select_for_update().order_by("pk"):
        for name in _CONTACT:
            setattr(place, name, "")
        place.save(update_fields=[*_CONTACT, "updated_at"])
        told = events.ChangedPlace(address_name=place.name, changed=sorted(_CONTACT))
        record_many([_draft(events.ADDRESS_UPDATED, place, told)], actor=actor)


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
