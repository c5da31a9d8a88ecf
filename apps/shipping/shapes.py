"""What the API shows of parcels."""

from __future__ import annotations

from rest_framework import serializers

from apps.core.api.shapes import Shape, choice, day, made, many, moment, text, uid

from . import carriers
from .states import ShipmentState


def _url(carrier: str, tracking_number: str) -> str | None:
    return carriers.tracking_url(carrier, tracking_number) or None


TRACKING_EVENT = Shape(
    "TrackingEventResponse",
    "shipping.TrackingEvent",
    {
        "state": choice("state", ShipmentState),
        "note": text("note"),
        "occurredAt": moment("occurred_at"),
    },
)
SHIPMENT = Shape(
    "ShipmentResponse",
    "shipping.Shipment",
    {
        "id": uid("id"),
        "state": choice("state", ShipmentState),
        "carrier": choice("carrier", [name for name, _label in carriers.CHOICES]),
        "trackingNumber": text("tracking_number"),
        "trackingUrl": made(serializers.URLField, _url, "carrier", "tracking_number"),
        "expectedDay": day("expected_on"),
        "createdAt": moment("created_at"),
        "endedAt": moment("ended_at"),
        "events": many(TRACKING_EVENT, "tracking_events", order="occurred_at,id"),
    },
)
