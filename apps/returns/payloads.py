"""The public form of a return, frozen into events: ids, states, times."""

from __future__ import annotations

from typing import Any

from .models import Return, ReturnLine


def facts(ret: Return) -> dict[str, Any]:
    """The fields of events.ReturnFacts."""
    return {
        "reference": ret.reference,
        "kind": ret.kind,
        "state": ret.state,
        "user_id": ret.user_id,
        "address_id": ret.address_id,
        "last_working_on": ret.last_working_on,
    }


def item(line: ReturnLine) -> dict[str, Any]:
    """What events.ItemFacts says besides. The device's own name is not told."""
    return {"asset_id": line.asset_id, "product_name": line.asset.product.name}
