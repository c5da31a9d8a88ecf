"""By which ids other systems know devices."""

from __future__ import annotations

from collections.abc import Mapping

from django.db import transaction
from django.utils import timezone

from apps.core import external_ids
from apps.core.actor import Actor, Permission
from apps.events.services import record

from . import events
from .models import Asset, AssetExternalId
from .services import lock


@transaction.atomic
def set_external_ids(
    asset: Asset, ids: Mapping[str, str | None], *, actor: Actor
) -> Asset:
    """Its ids in these systems; None takes one away, other systems stay.

    Raises Conflict `external_id_taken`, Invalid `bad_system`, `bad_external_id`.
    """
    actor.require(Permission.ASSETS_EDIT, asset.company_id)
    (asset,) = lock([asset.pk])
    owner = {"company_id": asset.company_id, "asset_id": asset.id}
    written, removed = external_ids.write(AssetExternalId, owner, ids)
    if not written and not removed:
        return asset
    asset.updated_at = timezone.now()
    asset.save(update_fields=["updated_at"])
    told = events.DeviceKnownAs(
        product_id=asset.product_id,
        serial_number=asset.serial_number,
        asset_tag=asset.asset_tag,
        written=written,
        removed=removed,
    )
    record(
        events.ASSET_EXTERNAL_IDS_SET,
        told,
        actor=actor,
        company_id=asset.company_id,
        subject_id=asset.id,
    )
    return asset
