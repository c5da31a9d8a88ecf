"""The public form of an asset and its steps, frozen into events."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from apps.events.payloads import as_json
from apps.events.registry import EventType

from . import events
from .models import Asset
from .states import ArchiveReason, AssetState, Grade


def place(asset: Asset) -> events.Place:
    return events.Place(
        state=AssetState(asset.state),
        user_id=asset.user_id,
        address_id=asset.address_id,
        shipment_id=asset.shipment_id,
        reason=ArchiveReason(asset.archive_reason) if asset.archive_reason else None,
    )


def whereabouts(asset: Asset) -> list[object]:
    """Where it is and since when: what whoever moves it has seen."""
    return [*as_json(place(asset)).items(), asset.held_since]


def step(
    type_: EventType[Any],
    asset: Asset,
    before: events.Place | None,
    custody_id: UUID | None,
    *,
    moves: bool,
    grade: str | None = None,
) -> events.DeviceStep | events.DeviceRestored:
    """One step, to where the asset is now; its product is at hand. `grade` is told
    where something comes into storage."""
    told = {"grade": Grade(grade)} if grade else {}
    return type_.payload(
        product_id=asset.product_id,
        product_name=asset.product.name,
        serial_number=asset.serial_number,
        asset_tag=asset.asset_tag,
        from_=before,
        to=place(asset),
        holder_changed=moves,
        custody_id=custody_id,
        **told,
    )


def changed(
    asset: Asset, changes: dict[str, Any], *, is_undone: bool = False
) -> events.DeviceChanged | events.DeviceRestored:
    """Facts that changed. The product is named by its id: its name may be one more
    query for each row of an import."""
    made = events.DeviceRestored if is_undone else events.DeviceChanged
    return made(
        product_id=asset.product_id,
        serial_number=asset.serial_number,
        asset_tag=asset.asset_tag,
        changes=changes,
    )
