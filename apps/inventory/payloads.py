"""The public form of an asset and its steps, frozen into events."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from .models import Asset

# Everything but notes may appear with old and new value: nothing of it is personal.
NAMED_ONLY = frozenset({"notes"})


def facts(asset: Asset) -> dict[str, Any]:
    return {
        "product_name": asset.name,
        "serial_number": asset.serial_number,
        "asset_tag": asset.asset_tag,
    }


def place(asset: Asset) -> dict[str, Any]:
    """State and holder, by id."""
    found: dict[str, Any] = {"state": asset.state}
    for name in ("user_id", "address_id", "shipment_id"):
        if value := getattr(asset, name):
            found[name] = value
    if asset.archive_reason:
        found["reason"] = asset.archive_reason
    return found


def whereabouts(asset: Asset) -> list[object]:
    """Where it is and since when: what whoever moves it has seen."""
    return [*place(asset).items(), asset.held_since]


def step(
    asset: Asset, before: dict[str, Any], custody_id: UUID | None, *, moves: bool
) -> dict[str, Any]:
    """One step. `custody` (the row it opens, or null) is there only if the holder
    changed: check_custody rebuilds all custody from these."""
    payload = {**facts(asset), "from": before, "to": place(asset)}
    if moves:
        payload["custody"] = custody_id
    return payload


def changes(before: dict[str, Any], after: dict[str, Any]) -> dict[str, Any]:
    return {
        name: {} if name in NAMED_ONLY else {"old": before[name], "new": after[name]}
        for name in after
        if before[name] != after[name]
    }
