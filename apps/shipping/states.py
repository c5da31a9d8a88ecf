from django.db import models
from django.utils.translation import gettext_lazy as _

from apps.core.doors import door, final, no_door


class ShipmentState(models.TextChoices):
    CREATED = "CREATED", _("Announced")
    IN_TRANSIT = "IN_TRANSIT", _("On its way")
    OUT_FOR_DELIVERY = "OUT_FOR_DELIVERY", _("Out for delivery")
    DELIVERED = "DELIVERED", _("Delivered")
    FAILED = "FAILED", _("Delivery failed")
    RETURNED = "RETURNED", _("Returned to sender")
    LOST = "LOST", _("Lost")
    CANCELLED = "CANCELLED", _("Cancelled")


class DelayReason(models.TextChoices):
    """Why what is sent by an order or a redeployment comes later."""

    AWAITING_STOCK = "AWAITING_STOCK", _("Waiting for stock")
    CTO_BUILD_TIME = "CTO_BUILD_TIME", _("Being built to order takes longer")
    COURIER_ISSUES = "COURIER_ISSUES", _("The carrier has a problem")
    REMOTE_DELIVERY_ADDRESS = "REMOTE_DELIVERY_ADDRESS", _("The address is remote")
    INCOMPLETE_ADDRESS = "INCOMPLETE_ADDRESS", _("The address is incomplete")
    HOLIDAY_PERIOD = "HOLIDAY_PERIOD", _("Holidays")


_S = ShipmentState
_ENDS = {_S.DELIVERED, _S.FAILED, _S.RETURNED, _S.LOST}
TRANSITIONS: dict[str, frozenset[str]] = {
    _S.CREATED: frozenset({_S.IN_TRANSIT, _S.OUT_FOR_DELIVERY, _S.CANCELLED, *_ENDS}),
    _S.IN_TRANSIT: frozenset({_S.OUT_FOR_DELIVERY, *_ENDS}),
    _S.OUT_FOR_DELIVERY: frozenset(_ENDS),
    _S.FAILED: frozenset(
        {_S.IN_TRANSIT, _S.OUT_FOR_DELIVERY, _S.DELIVERED, _S.RETURNED, _S.LOST}
    ),
    _S.LOST: frozenset({_S.IN_TRANSIT, _S.DELIVERED, _S.RETURNED}),
    _S.DELIVERED: frozenset(),
    _S.RETURNED: frozenset(),
    _S.CANCELLED: frozenset(),
}
OPEN = frozenset({_S.CREATED, _S.IN_TRANSIT, _S.OUT_FOR_DELIVERY, _S.FAILED})
# Booked and not (yet) come back to where it started.
UNDER_WAY = OPEN - {_S.FAILED}
_TRACK = ("returns.services.track_parcel", "page returns:track_parcel")
DOORS = (
    door(frozenset(_S), {_S.IN_TRANSIT, _S.FAILED, _S.RETURNED, _S.LOST}, *_TRACK),
    door(
        OPEN,
        {_S.DELIVERED},
        "returns.services.receive",
        "page returns:receive",
        "page portal:receive_items",
    ),
    door(
        {_S.IN_TRANSIT, _S.OUT_FOR_DELIVERY},
        {_S.DELIVERED},
        "returns.services.close_parcel",
        "page returns:close_parcel",
        "page portal:close_parcel",
    ),
    door({_S.CREATED}, {_S.CANCELLED}, *_TRACK),
    door(
        {_S.CREATED},
        {_S.CANCELLED},
        "returns.services.cancel",
        "page returns:cancel",
        "admin returns.return.cancel",
    ),
    no_door(
        frozenset(_S),
        {_S.OUT_FOR_DELIVERY},
        "Only carriers know, and none reports by itself yet; “picked up” says enough.",
    ),
    no_door(
        {_S.LOST},
        {_S.DELIVERED},
        "What was in a lost parcel is archived: each device that turns up is put into "
        "storage by itself, and the parcel stays lost.",
    ),
    final({_S.DELIVERED}, "It has arrived."),
    final({_S.RETURNED}, "It is with its sender, who can send another."),
    final({_S.CANCELLED}, "Nobody came for it: another carrier is booked."),
)
