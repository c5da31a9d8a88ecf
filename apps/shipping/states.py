from django.db import models
from django.utils.translation import gettext_lazy as _


class ShipmentState(models.TextChoices):
    CREATED = "CREATED", _("Announced")
    IN_TRANSIT = "IN_TRANSIT", _("On its way")
    OUT_FOR_DELIVERY = "OUT_FOR_DELIVERY", _("Out for delivery")
    DELIVERED = "DELIVERED", _("Delivered")
    FAILED = "FAILED", _("Delivery failed")
    RETURNED = "RETURNED", _("Returned to sender")
    LOST = "LOST", _("Lost")
    CANCELLED = "CANCELLED", _("Cancelled")


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
