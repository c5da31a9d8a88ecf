"""The public form of a redeployment, frozen into events: ids, states, amounts."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from .models import Redeployment


def facts(redeployment: Redeployment, asset_ids: Iterable[UUID]) -> dict[str, Any]:
    """The fields of events.RedeploymentFacts."""
    return {
        "reference": redeployment.reference,
        "state": redeployment.state,
        "user_id": redeployment.user_id,
        "address_id": redeployment.address_id,
        "entity_id": redeployment.entity_id,
        "asset_ids": list(asset_ids),
    }
