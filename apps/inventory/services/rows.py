"""Rows of assets and their holders, as every verb reads and writes them."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from django.db import IntegrityError
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from django.utils.translation import gettext as _

from apps.accounts.models import User
from apps.companies.models import Address
from apps.core.errors import Conflict
from apps.inventory.models import Asset, Custody
from apps.shipping.models import Shipment

Holder = User | Address | Shipment


def lock(asset_ids: Iterable[UUID]) -> list[Asset]:
    """The rows as they are now, locked in order of their keys."""
    wanted = set(asset_ids)
    found = list(
        Asset.objects.select_for_update(of=("self",))
        .filter(pk__in=wanted)
        .order_by("pk")
    )
    if len(found) != len(wanted):
        raise Conflict("asset_gone", _("An asset of this step no longer exists."))
    return found


def set_holder(asset: Asset, holder: Holder | None) -> None:
    asset.user = holder if isinstance(holder, User) else None
    asset.address = holder if isinstance(holder, Address) else None
    asset.shipment = holder if isinstance(holder, Shipment) else None


def holder_ids(asset: Asset) -> tuple[UUID | None, UUID | None, UUID | None]:
    return asset.user_id, asset.address_id, asset.shipment_id


def ids_of(holder: Holder | None) -> tuple[UUID | None, UUID | None, UUID | None]:
    return (
        holder.id if isinstance(holder, User) else None,
        holder.id if isinstance(holder, Address) else None,
        holder.id if isinstance(holder, Shipment) else None,
    )


def opened(asset: Asset) -> Custody:
    return Custody(
        company_id=asset.company_id,
        asset_id=asset.id,
        user_id=asset.user_id,
        address_id=asset.address_id,
        shipment_id=asset.shipment_id,
        period=DateTimeTZRange(asset.held_since, None),
    )


def taken(error: IntegrityError) -> Exception:
    text = str(error)
    if "asset_serial_per_company" in text:
        return Conflict(
            "serial_taken",
            _("There is an asset with this serial number already."),
            field="serial_number",
        )
    if "asset_tag_per_company" in text:
        return Conflict(
            "tag_taken",
            _("There is an asset with this asset tag already."),
            field="asset_tag",
        )
    return error
