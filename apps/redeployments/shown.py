"""What is shown of a redeployment to whoever cancels it, and so compared
(`core.seen`)."""

from __future__ import annotations

from apps.core import seen

from .models import Redeployment


def register() -> None:
    seen.register(Redeployment, of_redeployment, "redeployments/_now.html")


def of_redeployment(redeployment: Redeployment) -> list[object]:
    """Its state and items."""
    lines = redeployment.lines.order_by("id")
    items = lines.values_list("id", "shipment_id", "shipment__state")
    return [redeployment.state, *items]
