"""Facts of assets: taking them into the register, changing them, grading them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime
from operator import itemgetter
from typing import Any
from uuid import UUID

import orjson
from django.db import IntegrityError, transaction
from django.db.models.base import ModelState
from django.utils import timezone
from django.utils.translation import gettext as _

from apps.accounts.models import User
from apps.catalog.models import Product
from apps.companies.models import Company
from apps.core import money
from apps.core.actor import Actor, Permission
from apps.core.bulk import copy_rows, write_back
from apps.core.clean import capitals, require_sane_day
from apps.core.errors import Invalid
from apps.core.fields import Value
from apps.core.ids import uuid7
from apps.events.services import Draft, record_many
from apps.inventory import events, payloads, texts
from apps.inventory.fields import FIELDS
from apps.inventory.models import Asset
from apps.inventory.states import AssetState

from .claims import require_unclaimed
from .rows import (
    Holder,
    condition_of,
    holder_ids,
    holder_name,
    lock,
    open_custody,
    require_receivers,
    taken,
)

EDITABLE = tuple(field.name for field in FIELDS.edited)
_DAYS = sorted(FIELDS.edited_of(Value.DATE))
_CLEANERS = FIELDS.cleaners
_LONGEST = FIELDS.lengths(_CLEANERS)
_AMOUNTS = [field for field in FIELDS.edited if field.currency]
_KEPT = [field for field in Asset._meta.concrete_fields if not field.generated]
_COLUMNS = {field.attname: str(field.column) for field in _KEPT}
_values_of = itemgetter(*_COLUMNS)
_SPECIFICATION = [*_COLUMNS].index("specification")
_FRESH = {
    field.attname: field.default
    for field in _KEPT
    if field.has_default() and callable(field.default)
}
_BLANK = {
    field.attname: field.get_default() for field in _KEPT if field.attname not in _FRESH
}
_PRICES = {name for field in _AMOUNTS for name in (field.name, field.currency)}


@transaction.atomic
def create(
    *,
    actor: Actor,
    company: Company,
    product: Product,
    holder: Holder | None = None,
    state: str | None = None,
    at: datetime | None = None,
    **fields: Any,
) -> Asset:
    """Takes a device into the register: at a person (ACTIVE), at an address (STORAGE,
    or IN_REPAIR), or ORDERED without a holder.

    Raises Conflict `serial_taken` or `tag_taken`, Invalid with the field's name.
    """
    asset = build(company, product=product, holder=holder, state=state, at=at, **fields)
    create_many([asset], actor=actor, company=company)
    require_receivers([asset.user_id])
    return asset


def build(
    company: Company,
    *,
    product: Product,
    holder: Holder | None,
    state: str | None = None,
    at: datetime | None = None,
    **fields: Any,
) -> Asset:
    """An unsaved Asset with clean values; what `create_many` takes."""
    now = datetime.now(UTC)
    if at is not None and at > now:
        raise Invalid("in_future", _("The time lies in the future."), field="at")
    for name, value in fields.items():
        if value and (clean := _CLEANERS.get(name)):
            fields[name] = clean(value)
    fields["company_id"] = company.id
    fields["name"] = fields.get("name") or product.name
    fields["serial_number"] = fields.get("serial_number") or ""
    fields["state"] = state or _first_state(holder)
    fields["held_since"] = at or now
    fields["created_at"] = fields["updated_at"] = now
    related: dict[str, Any] = {"product": product}
    fields["product_id"] = product.id
    if holder is not None:
        name = holder_name(holder)
        fields[f"{name}_id"], related[name] = holder.id, holder
    asset = _instance(fields)
    asset._state.fields_cache = related
    _check(asset)
    _settle_prices(asset)
    return asset


def _instance(values: dict[str, Any]) -> Asset:
    """Made as unpickling makes it: imports make many, and Model.__init__ costs more
    than all the rest of `build`."""
    whole = {**_BLANK, **values}
    for name, make in _FRESH.items():
        if name not in whole:
            whole[name] = make()
    if len(whole) != len(_COLUMNS):
        unknown = whole.keys() - _BLANK.keys() - _FRESH.keys()
        raise TypeError(f"an asset has no {', '.join(sorted(unknown))}")
    asset = Asset.__new__(Asset)
    asset.__dict__ = {"_state": ModelState(), **whole}
    return asset


def _first_state(holder: Holder | None) -> AssetState:
    if holder is None:
        return AssetState.ORDERED
    return AssetState.ACTIVE if isinstance(holder, User) else AssetState.STORAGE


def normalise_serial(value: str) -> str:
    return capitals(value)


def _settle_prices(asset: Asset) -> None:
    for field in _AMOUNTS:
        amount, currency = getattr(asset, field.name), getattr(asset, field.currency)
        told = {"field": field.name, "currency_field": field.currency}
        setattr(asset, field.name, money.exact(amount, currency, **told))


def _check(asset: Asset) -> None:
    if (
        asset.state != AssetState.ORDERED
        and not asset.serial_number
        and not asset.asset_tag
    ):
        raise Invalid(texts.NO_SERIAL_OR_TAG(), field="serial_number")
    for name in _DAYS:
        require_sane_day(getattr(asset, name), name)
    for name, longest in _LONGEST.items():
        if len(getattr(asset, name)) > longest:
            raise Invalid(texts.TOO_LONG(), field=name)
    if asset.condition is not None and not 0 <= asset.condition <= 1:
        raise Invalid(texts.BAD_CONDITION(), field="condition")


@transaction.atomic
def create_many(
    assets: Iterable[Asset],
    *,
    actor: Actor,
    company: Company,
    batch_id: UUID | None = None,
) -> None:
    """Writes assets made by `build` with custody and events, one COPY per table.

    They may be a generator that asks the database nothing: PostgreSQL then writes
    one while the next is made. Once no more assets are to be locked, the caller ends
    with `require_receivers` of their people.
    """
    actor.require(Permission.ASSETS_ADD, company.id)
    written: list[Asset] = []
    try:
        with transaction.atomic():
            copy_rows(Asset, _COLUMNS.values(), _rows(assets, written))
            held = [(one, uuid7() if any(holder_ids(one)) else None) for one in written]
            open_custody(held)
    except IntegrityError as error:
        raise taken(error) from error
    record_many((_created(*one, batch_id) for one in held), actor=actor)


def _rows(assets: Iterable[Asset], kept: list[Asset]) -> Iterator[list[Any]]:
    """What is copied of each, which is `kept`."""
    for asset in assets:
        kept.append(asset)
        row = [*_values_of(asset.__dict__)]  # its descriptors of relations take longer
        row[_SPECIFICATION] = orjson.dumps(row[_SPECIFICATION]).decode()
        yield row


def _created(asset: Asset, custody_id: UUID | None, batch_id: UUID | None) -> Draft:
    payload = payloads.step(events.ASSET_CREATED, asset, None, custody_id, moves=True)
    return Draft(
        events.ASSET_CREATED,
        asset.company_id,
        asset.id,
        payload,
        [asset.user_id, asset.address_id, asset.shipment_id, batch_id],
        asset.held_since,
    )


@transaction.atomic
def update(
    asset: Asset, *, actor: Actor, seen: str | None = None, **fields: Any
) -> Asset:
    """Changes facts, never state or holder. Same refusals as `create`, and Conflict
    `claimed` while a workflow has it, `changed_meanwhile` unless it is as it was
    `seen` (`FIELDS.version`)."""
    actor.require(Permission.ASSETS_EDIT, asset.company_id)
    (asset,) = lock([asset.pk])
    FIELDS.require_unchanged(asset, seen)
    require_unclaimed({asset.id: asset}, {})
    draft = apply_changes(asset, fields)
    if draft is not None:
        update_many([asset], list(fields), [draft], actor=actor)
    return asset


def apply_changes(
    asset: Asset,
    fields: dict[str, Any],
    *,
    batch_id: UUID | None = None,
    is_undone: bool = False,
    at: datetime | None = None,
) -> Draft | None:
    """Sets facts (of EDITABLE) on the instance; the event to record, None if nothing
    changed. `is_undone` sets back what an import wrote."""
    before = {name: getattr(asset, name) for name in fields}
    for name, value in fields.items():
        clean = FIELDS.cleaners.get(name)
        setattr(asset, name, clean(value) if clean else value)
    after = {name: getattr(asset, name) for name in before}
    if before == after:
        return None
    _check(asset)
    # What was stored before currencies were checked stands in nobody's way.
    if any(before[name] != after[name] for name in _PRICES & before.keys()):
        _settle_prices(asset)
    changes = events.CHANGES.between(before, after)
    return Draft(
        events.ASSET_RESTORED if is_undone else events.ASSET_UPDATED,
        asset.company_id,
        asset.id,
        payloads.changed(asset, changes, is_undone=is_undone),
        [asset.user_id, asset.address_id, batch_id],
        at,
    )


@transaction.atomic
def update_many(
    assets: Sequence[Asset],
    fields: Sequence[str],
    drafts: Iterable[Draft],
    *,
    actor: Actor,
) -> None:
    """Writes what `apply_changes` set, for assets of one company."""
    for company_id in {asset.company_id for asset in assets}:
        actor.require(Permission.ASSETS_EDIT, company_id)
    now = timezone.now()
    for asset in assets:
        asset.updated_at = now
    try:
        with transaction.atomic():
            write_back(Asset, assets, [*fields, "updated_at"])
    except IntegrityError as error:
        raise taken(error) from error
    record_many(drafts, actor=actor)


@transaction.atomic
def grade(
    asset: Asset, grade_letter: str, *, actor: Actor, at: datetime | None = None
) -> Asset:
    """Notes the condition seen at a later inspection (A to D); what is graded as it
    comes in is received with its grade."""
    actor.require(Permission.ASSETS_INSPECT, asset)
    condition = condition_of(asset, grade_letter)
    (asset,) = lock([asset.pk])
    draft = apply_changes(asset, {"condition": condition}, at=at)
    if draft is not None:
        asset.updated_at = timezone.now()
        asset.save(update_fields=["condition", "updated_at"])
        record_many([draft], actor=actor)
    return asset
