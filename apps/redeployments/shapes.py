"""What the API shows of redeployments."""

from __future__ import annotations

from apps.accounts.shapes import USER
from apps.companies.shapes import ADDRESS, ENTITY, delivery_address
from apps.core.api.shapes import (
    Shape,
    choice,
    day,
    flag,
    many,
    moment,
    money,
    one,
    text,
    uid,
)
from apps.inventory.shapes import ASSET
from apps.shipping.shapes import SHIPMENT
from apps.shipping.states import DelayReason

from .states import RedeploymentState

REDEPLOYMENT = Shape(
    "EquipmentRedeploymentResponse",
    "redeployments.Redeployment",
    {
        "id": uid("id"),
        "reference": text("reference"),
        "user": one(USER, "user"),
        "companyAddress": one(ADDRESS, "address"),
        "deliveryAddress": delivery_address("redeployments.Redeployment"),
        "companyEntity": one(ENTITY, "entity"),
        "contactPersonEmail": text("contact_email"),
        "startDate": day("start_on"),
        "state": choice("state", RedeploymentState),
        "userEquipment": many(ASSET, "lines", item="asset"),
        "price": money("price", "currency"),
        "notes": text("notes"),
        "delayed": flag("delayed"),
        "delayReason": choice("delay_reason", DelayReason),
        "deliveryFailureReason": text("delivery_failure_reason"),
        "estimatedDeliveryDate": day("expected_on"),
        "createdAt": moment("created_at"),
        "updatedAt": moment("updated_at"),
        "startProcessingAt": moment("processing_at"),
        "sentAt": moment("sent_at"),
        "outForDeliveryAt": moment("out_for_delivery_at"),
        "deliveryFailedAt": moment("delivery_failed_at"),
        "cancelledAt": moment("cancelled_at"),
        "completedAt": moment("completed_at"),
    },
)
PARCEL = Shape(
    "RedeploymentParcelResponse",
    "shipping.Shipment",
    {
        **SHIPMENT.members,
        "userEquipments": many(
            Shape(
                "RedeploymentParcelItemResponse",
                "redeployments.RedeploymentLine",
                {
                    "userEquipmentId": uid("asset_id"),
                    "serialNumber": text("asset__serial_number"),
                },
            ),
            "redeployment_lines",
        ),
    },
)
