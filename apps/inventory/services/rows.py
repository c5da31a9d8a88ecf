"""Rows of assets and their holders, as every verb reads and writes them."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from operator import itemgetter
from uuid import UUID

from django.db import IntegrityError
from django.utils.translation import gettext as _

from apps.accounts.models import User
from apps.accounts.states import RECEIVES
from apps.companies.models import Address
from apps.core.bulk import copy_rows
from apps.core.errors import Conflict, Invalid
from apps.inventory import texts
from apps.inventory.models import GRADES, Asset, Custody
from apps.shipping.models import Shipment

Holder = User | Address | Shipment


def lock(asset_ids: Iterable[UUID]) -> list[Asset]:
    """The rows as they are now, locked in order of their keys."""
    wanted = set(asset_ids)
    found = list(
        Asset.objects.select_for_update(of=("self",))
        .select_related("product")
        .filter(pk__in=wanted)
        .order_by("pk")
    )
    if len(found) != len(wanted):
        raise Conflict(texts.ASSET_GONE())
    return found


def require_receivers(user_ids: Iterable[UUID | None]) -> None:
    """Locks the people of these ids, after the assets, so that nobody is archived
    while they are handed something. Raises Conflict `person_has_left`."""
    wanted = {user_id for user_id in user_ids if user_id is not None}
    if not wanted:
        return
    people = User.objects.select_for_update(of=("self",)).filter(pk__in=wanted)
    states = dict(people.order_by("pk").values_list("pk", "state"))
    for user_id, state in states.items():
        if state not in RECEIVES:
            require_may_receive(User.objects.get(pk=user_id))


def require_may_receive(user: User) -> None:
    """Raises Conflict `person_has_left`."""
    if user.state not in RECEIVES:
        raise Conflict(texts.PERSON_HAS_LEFT(name=user.name))


_HOLDERS = (("user", User), ("address", Address), ("shipment", Shipment))


def holder_name(holder: Holder) -> str:
    """The field that names it."""
    for name, model in _HOLDERS:
        if isinstance(holder, model):
            return name
    raise TypeError(f"nothing is held by {holder!r}")


def set_holder(asset: Asset, holder: Holder | None) -> None:
    for name, model in _HOLDERS:
        held = holder if isinstance(holder, model) else None
        if held is not None or getattr(asset, f"{name}_id") is not None:
            setattr(asset, name, held)


def holder_ids(asset: Asset) -> tuple[UUID | None, UUID | None, UUID | None]:
    return asset.user_id, asset.address_id, asset.shipment_id


def ids_of(holder: Holder | None) -> tuple[UUID | None, UUID | None, UUID | None]:
    return (
        holder.id if isinstance(holder, User) else None,
        holder.id if isinstance(holder, Address) else None,
        holder.id if isinstance(holder, Shipment) else None,
    )


_OF_CUSTODY = ("company_id", "id", "user_id", "address_id", "shipment_id")
_taken_over = itemgetter(*_OF_CUSTODY)


def open_custody(held: Iterable[tuple[Asset, UUID | None]]) -> None:
    """Writes who has each asset from now on, under this id; None for nobody."""
    rows = (
        (pk, *_taken_over(asset.__dict__), f"[{asset.held_since.isoformat()},)")
        for asset, pk in held
        if pk is not None
    )
    company, asset, *holders = _OF_CUSTODY
    copy_rows(Custody, ["id", company, f"asset_{asset}", *holders, "period"], rows)


def condition_of(asset: Asset, grade: str | None) -> Decimal | None:
    """What the grade says of its condition; None without one. Raises Invalid
    `bad_grade`, naming the asset."""
    if grade is None:
        return None
    if grade not in GRADES:
        raise Invalid(
            "bad_grade",
            _("%(asset)s: choose a grade from A to D.") % {"asset": asset},
            field="grade",
        )
    return GRADES[grade]


def require_grade(asset: Asset, grade: str | None) -> None:
    """Of an asset that has come already: what is said of it now is not dropped.
    Raises Conflict `graded_otherwise`."""
    if grade not in (None, asset.grade):
        raise Conflict("graded_otherwise", graded_otherwise(asset))


def graded_otherwise(asset: Asset) -> str:
    text = _(
        "%(asset)s is there already, with another condition: look at it again and "
        "grade it on its page."
    )
    return text % {"asset": asset}


def taken(error: IntegrityError) -> Exception:
    text = str(error)
    if "asset_serial_per_company" in text:
        return Conflict(texts.SERIAL_TAKEN(), field="serial_number")
    if "asset_tag_per_company" in text:
        return Conflict(texts.TAG_TAKEN(), field="asset_tag")
    return error
