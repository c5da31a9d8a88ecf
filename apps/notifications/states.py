from django.db import models
from django.utils.translation import gettext_lazy as _


class MessageState(models.TextChoices):
    PENDING = "PENDING", _("Waiting")
    SENDING = "SENDING", _("Being sent")
    SENT = "SENT", _("Sent")
    FAILED = "FAILED", _("Failed")
    PAST = "PAST", _("Past, not sent")


_S = MessageState
TRANSITIONS: dict[str, frozenset[str]] = {
    _S.PENDING: frozenset({_S.SENDING, _S.PAST}),
    _S.SENDING: frozenset({_S.SENT, _S.PENDING, _S.FAILED}),
    _S.FAILED: frozenset({_S.PENDING}),
    _S.SENT: frozenset(),
    _S.PAST: frozenset({_S.SENT}),
}
