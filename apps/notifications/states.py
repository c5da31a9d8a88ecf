from django.db import models
from django.utils.translation import gettext_lazy as _

from apps.core.doors import door, final


class MessageState(models.TextChoices):
    PENDING = "PENDING", _("Waiting")
    SENDING = "SENDING", _("Being sent")
    SENT = "SENT", _("Sent")
    FAILED = "FAILED", _("Failed")
    PAST = "PAST", _("Past, not sent")
    SKIPPED = "SKIPPED", _("Not sent")


class SkippedBecause(models.TextChoices):
    """Why a mail was no longer true when it was to leave."""

    CANCELLED = "CANCELLED", _("The return was cancelled meanwhile.")
    COMPLETED = "COMPLETED", _("Everything was settled meanwhile.")
    ANSWERED = "ANSWERED", _("They answered meanwhile.")
    MOVED_ON = "MOVED_ON", _("The return has moved on meanwhile.")
    NEWER_MAIL = "NEWER_MAIL", _("A later mail says what holds now.")
    NOTHING_ASKED = "NOTHING_ASKED", _("Nothing is asked back any more.")
    NEVER_TOLD = "NEVER_TOLD", _("They had not been told of the return yet.")
    INVITATION_ENDED = "INVITATION_ENDED", _("The invitation does not hold any more.")
    GONE = "GONE", _("What it is about was deleted.")
    ERASED = "ERASED", _("The person's data was erased.")


class NotSentBecause(models.TextChoices):
    """Why a mail did not leave at the last attempt, or waits."""

    AWAY = "AWAY", _("The mail server could not be reached.")
    TIMED_OUT = "TIMED_OUT", _("The mail server did not answer in time.")
    NOT_SIGNED_IN = "NOT_SIGNED_IN", _("The mail server refused our sign-in.")
    SENDER_REFUSED = "SENDER_REFUSED", _("The mail server refused our address.")
    ADDRESS_REFUSED = "ADDRESS_REFUSED", _("The mail server refused the recipient.")
    REFUSED = "REFUSED", _("The mail server refused the mail.")
    UNSENDABLE = "UNSENDABLE", _("The mail has a header that can't be written.")
    UNWRITTEN = "UNWRITTEN", _("The text could not be written.")
    PAUSED = "PAUSED", _("It waits as long as the return is paused.")


_S = MessageState
TRANSITIONS: dict[str, frozenset[str]] = {
    _S.PENDING: frozenset({_S.SENDING}),
    _S.SENDING: frozenset({_S.SENT, _S.PENDING, _S.FAILED, _S.SKIPPED}),
    _S.FAILED: frozenset({_S.PENDING}),
    _S.SENT: frozenset(),
    _S.PAST: frozenset({_S.SENT}),
    _S.SKIPPED: frozenset(),
}
_SEND = ("notifications.services.send", "task apps.notifications.tasks.send_due")
DOORS = (
    door({_S.PENDING}, {_S.SENDING}, *_SEND),
    door({_S.SENDING}, {_S.SENT, _S.PENDING, _S.FAILED, _S.SKIPPED}, *_SEND),
    door(
        {_S.FAILED},
        {_S.PENDING},
        "notifications.services.retry",
        "page notifications:retry",
        "admin notifications.message.retry",
    ),
    final({_S.SENT}, "A mail can't be called back."),
    final({_S.SKIPPED}, "What is no longer true is not sent."),
    door(
        {_S.PAST},
        {_S.SENT},
        "notifications.services.note_as_sent",
        "command load_demo",
    ),
)
