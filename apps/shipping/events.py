"""What happens to parcels."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from django.utils.translation import gettext_lazy as _

from apps.events.payloads import Payload, Text
from apps.events.registry import declare

from .carriers import CHOICES
from .states import ShipmentState


@dataclass(slots=True, kw_only=True)
class Parcel(Payload):
    state: ShipmentState
    carrier: Annotated[str, Text("name of the carrier, or OTHER")]

    def thing(self) -> str:
        return str(dict(CHOICES).get(self.carrier, self.carrier))


@dataclass(slots=True, kw_only=True)
class ParcelMoved(Parcel):
    from_: ShipmentState


SHIPMENT_BOOKED = declare(
    "shipment.booked", Parcel, _("A parcel was announced: %(thing)s"), icon="truck"
)
SHIPMENT_IN_TRANSIT = declare(
    "shipment.in_transit", ParcelMoved, _("%(thing)s is on its way"), icon="truck"
)
SHIPMENT_OUT_FOR_DELIVERY = declare(
    "shipment.out_for_delivery",
    ParcelMoved,
    _("%(thing)s is out for delivery"),
    icon="truck",
)
SHIPMENT_DELIVERED = declare(
    "shipment.delivered", ParcelMoved, _("%(thing)s was delivered"), icon="truck"
)
SHIPMENT_FAILED = declare(
    "shipment.failed",
    ParcelMoved,
    _("%(thing)s could not be delivered"),
    icon="truck",
)
SHIPMENT_RETURNED = declare(
    "shipment.returned",
    ParcelMoved,
    _("%(thing)s came back to its sender"),
    icon="truck",
)
SHIPMENT_LOST = declare(
    "shipment.lost", ParcelMoved, _("%(thing)s is lost"), icon="truck"
)
SHIPMENT_CANCELLED = declare(
    "shipment.cancelled", ParcelMoved, _("%(thing)s was cancelled"), icon="truck"
)

# What is recorded when a parcel comes into a state.
ARRIVALS = {
    ShipmentState.IN_TRANSIT: SHIPMENT_IN_TRANSIT,
    ShipmentState.OUT_FOR_DELIVERY: SHIPMENT_OUT_FOR_DELIVERY,
    ShipmentState.DELIVERED: SHIPMENT_DELIVERED,
    ShipmentState.FAILED: SHIPMENT_FAILED,
    ShipmentState.RETURNED: SHIPMENT_RETURNED,
    ShipmentState.LOST: SHIPMENT_LOST,
    ShipmentState.CANCELLED: SHIPMENT_CANCELLED,
}
