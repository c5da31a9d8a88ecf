from django.db import models
from django.utils.translation import gettext_lazy as _

from apps.core.doors import door, final, no_door


class RedeploymentState(models.TextChoices):
    INITIATED = "INITIATED", _("Requested")
    PROCESSING = "PROCESSING", _("Being prepared")
    SENT = "SENT", _("On its way")
    OUT_FOR_DELIVERY = "OUT_FOR_DELIVERY", _("Out for delivery")
    DELIVERY_FAILED = "DELIVERY_FAILED", _("Delivery failed")
    COMPLETED = "COMPLETED", _("Completed")
    CANCELLED = "CANCELLED", _("Cancelled")


_S = RedeploymentState
TRANSITIONS: dict[str, frozenset[str]] = {
    _S.INITIATED: frozenset({_S.PROCESSING, _S.CANCELLED}),
    # Handed over without a parcel it is completed at once.
    _S.PROCESSING: frozenset({_S.SENT, _S.COMPLETED, _S.CANCELLED}),
    _S.SENT: frozenset({_S.OUT_FOR_DELIVERY, _S.COMPLETED, _S.DELIVERY_FAILED}),
    _S.OUT_FOR_DELIVERY: frozenset({_S.COMPLETED, _S.DELIVERY_FAILED}),
    _S.DELIVERY_FAILED: frozenset({_S.SENT, _S.OUT_FOR_DELIVERY, _S.CANCELLED}),
    _S.COMPLETED: frozenset(),
    _S.CANCELLED: frozenset(),
}
FINISHED = frozenset({_S.COMPLETED, _S.CANCELLED})
UNFINISHED = frozenset(_S) - FINISHED

DOORS = (
    door(
        {_S.INITIATED, _S.PROCESSING, _S.DELIVERY_FAILED},
        {_S.CANCELLED},
        "redeployments.services.cancel",
        "api api:redeployments-id-cancel",
        "admin redeployments.redeployment.cancel",
    ),
    no_door(
        UNFINISHED,
        UNFINISHED | {_S.COMPLETED},
        "What was requested is not prepared and sent here yet.",
    ),
    final(FINISHED, "What was delivered or cancelled is requested anew."),
)
