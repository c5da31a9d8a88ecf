from django.db import models
from django.utils.translation import gettext_lazy as _

from apps.core.doors import door, final


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
_SEND = ("notifications.services.send", "task apps.notifications.tasks.send_due")
DOORS = (
    door({_S.PENDING}, {_S.SENDING, _S.PAST}, *_SEND),
    door({_S.SENDING}, {_S.SENT, _S.PENDING, _S.FAILED}, *_SEND),
    door(
        {_S.FAILED},
        {_S.PENDING},
        "notifications.services.retry",
        "page notifications:retry",
        "admin notifications.message.retry",
    ),
    final({_S.SENT}, "A mail can't be called back."),
    door(
        {_S.PAST},
        {_S.SENT},
        "notifications.services.note_as_sent",
        "command load_demo",
    ),
)
