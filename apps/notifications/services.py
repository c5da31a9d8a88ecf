"""From a sealed event to a mail that leaves once, if it is true then."""

from __future__ import annotations

import logging
import smtplib
from collections.abc import Callable
from datetime import datetime, timedelta
from email.utils import make_msgid
from typing import Any
from uuid import UUID

from django.conf import settings
from django.core.mail import EmailMessage, get_connection
from django.core.mail.backends.base import BaseEmailBackend
from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _

from apps.accounts import events as account_events
from apps.accounts.models import Invitation
from apps.companies.models import Company
from apps.core import backoff, states
from apps.core.actor import Actor, Permission
from apps.core.errors import Conflict
from apps.events.models import Event
from apps.events.payloads import Payload
from apps.events.registry import EventType
from apps.events.services import record
from apps.returns.models import Return

from . import events, kinds, texts
from .models import Message
from .states import TRANSITIONS, MessageState, NotSentBecause, SkippedBecause

logger = logging.getLogger(__name__)

# A sender that has not come back by then has died; its mail is tried again.
SENDER_IS_DEAD_AFTER = timedelta(minutes=3)
MAX_ATTEMPTS = 8
# An event this old when it is read came from a back-dated verb.
IS_PAST_AFTER = timedelta(hours=24)
# To one address, from all companies.
INVITATIONS_A_DAY = 10
# A mail about a paused return is looked at again.
LOOKS_AGAIN_AFTER = timedelta(minutes=10)


# --- Taking note ------------------------------------------------------------


def note(event: Event, recipient: str) -> Message | None:
    """The one row for this event and recipient; None if it was there already. Its text
    is written when it leaves.

    A mail about something that was entered afterwards is written at once, kept, and
    marked PAST.
    """
    domain = settings.PUBLIC_URL.split("//")[1].split(":")[0] or "tequipy"
    message = Message(
        company_id=event.company_id,
        event_id=event.id,
        event_type=event.type,
        subject_id=event.subject_id,
        recipient=recipient,
        message_id=make_msgid(idstring=str(event.id), domain=domain),
        next_try_at=timezone.now(),
        occurred_at=event.occurred_at,
    )
    if event.recorded_at - event.occurred_at > IS_PAST_AFTER:
        message.state, message.next_try_at = MessageState.PAST, None
        _fill(message, texts.as_it_would_have_been(message))
    try:
        with transaction.atomic():
            message.save(force_insert=True)
    except IntegrityError as error:
        if "message_once_per_event_and_address" not in str(error):
            raise
        return None
    return message


def _fill(message: Message, text: texts.Text | None) -> list[str]:
    """Sets what the mail says; the names of the fields."""
    if text is not None:
        message.recipient, message.language = text.recipient, text.language
        message.subject, message.body = text.subject[:255], text.body
    return ["recipient", "language", "subject", "body"]


def _return_mail(event: Event) -> None:
    """To the person who is to give something back."""
    ret = Return.objects.select_related("user").filter(pk=event.subject_id).first()
    if ret is not None and not ret.user.is_erased:
        note(event, ret.contact_email)


def _invitation_mail(event: Event) -> None:
    invitation = Invitation.objects.select_related("user").filter(
        pk=account_events.USER_INVITED.read(event).invitation_id
    )
    one = invitation.first()
    if one is not None and one.is_good(timezone.now()) and not _is_flooded(one):
        note(event, one.email)


def _is_flooded(invitation: Invitation) -> bool:
    """Of all companies together; told to none of them."""
    since = timezone.now() - timedelta(days=1)
    others = Message.objects.filter(
        event_type=str(account_events.USER_INVITED),
        recipient=invitation.email,
        created_at__gt=since,
    )
    return others[INVITATIONS_A_DAY - 1 : INVITATIONS_A_DAY].exists()


@transaction.atomic
def forget(event: Event) -> None:
    """Empties the mails to somebody erased: about them, and about their returns. What
    waits to be sent is skipped then; what is being sent ends in `_failed`."""
    returns = Return.objects.filter(company_id=event.company_id, user=event.subject_id)
    about = [event.subject_id, *returns.values_list("pk", flat=True)]
    Message.objects.filter(company_id=event.company_id, subject_id__in=about).update(
        recipient="", subject="", body="", error=""
    )


HANDLERS: dict[EventType[Any], Callable[[Event], None]] = {
    account_events.USER_INVITED: _invitation_mail,
    **dict.fromkeys(kinds.RETURN_MAILS, _return_mail),
}


# --- Sending ----------------------------------------------------------------


def send(message_id: UUID, connection: BaseEmailBackend | None = None) -> bool:
    """Sends one due message; returns whether this call sent it.

    The claim is committed before the text is written, and the text before the mail
    leaves: a twin finds nothing due, and a sender that dies leaves at most this one
    mail to be repeated, under the same Message-ID, as it is true then.
    """
    message = _claim(message_id)
    if message is None:
        return False
    try:
        text = _write(message)
    except Exception as error:  # one broken text holds up no other mail
        logger.exception("mail %s not written", message.id)
        _failed(message, NotSentBecause.UNWRITTEN, type(error).__name__)
        return False
    if text is None:
        return False
    mail = EmailMessage(
        subject=message.subject,
        body=message.body.replace(texts.LINK_IN_THE_MAIL, text.secret),
        from_email=settings.DEFAULT_FROM_EMAIL,
        to=[message.recipient],
        headers={"Message-ID": message.message_id},
        connection=connection or get_connection(),
    )
    try:
        mail.send()
    # smtplib's errors are OSErrors; a header that can't be written is a ValueError.
    except (OSError, ValueError) as error:
        logger.warning("mail %s not sent: %s", message.id, error)
        _failed(message, _why(error), repr(error))
        return False
    message.sent_at = timezone.now()
    _move(message, MessageState.SENT, fields=["sent_at"])
    return True


@transaction.atomic
def _claim(message_id: UUID) -> Message | None:
    now = timezone.now()
    message = (
        Message.objects.select_for_update(skip_locked=True)
        .due(now)
        .filter(pk=message_id)
        .first()
    )
    if message is None:
        return None
    message.attempts += 1
    message.next_try_at = now + SENDER_IS_DEAD_AFTER
    if message.state == MessageState.SENDING:
        message.save(update_fields=["attempts", "next_try_at"])
    else:
        _move(message, MessageState.SENDING, fields=["attempts", "next_try_at"])
    return message


@transaction.atomic
def _write(message: Message) -> texts.Text | None:
    """Keeps the text as it is true now; None if it is not, or not yet."""
    message.recipient = Message.objects.select_for_update().get(pk=message.pk).recipient
    try:
        found = texts.of(message)
    except texts.Paused:
        message.attempts -= 1
        message.not_sent_because = NotSentBecause.PAUSED
        message.next_try_at = timezone.now() + LOOKS_AGAIN_AFTER
        fields = ["attempts", "not_sent_because", "next_try_at"]
        _move(message, MessageState.PENDING, fields=fields)
        return None
    if isinstance(found, SkippedBecause):
        message.attempts -= 1
        message.skipped_because, message.next_try_at = found, None
        fields = ["attempts", "skipped_because", "next_try_at"]
        _move(message, MessageState.SKIPPED, fields=fields)
        return None
    message.save(update_fields=_fill(message, found))
    return found


def _why(error: Exception) -> NotSentBecause:
    return next((why for kind, why in _FAULTS if isinstance(error, kind)), _N.AWAY)


_N = NotSentBecause
# The first that fits counts: most of smtplib's errors are of several kinds.
_FAULTS: tuple[tuple[type[Exception], NotSentBecause], ...] = (
    (smtplib.SMTPRecipientsRefused, _N.ADDRESS_REFUSED),
    (smtplib.SMTPSenderRefused, _N.SENDER_REFUSED),
    (smtplib.SMTPAuthenticationError, _N.NOT_SIGNED_IN),
    (smtplib.SMTPConnectError, _N.AWAY),
    (smtplib.SMTPResponseException, _N.REFUSED),
    (TimeoutError, _N.TIMED_OUT),
    (ValueError, _N.UNSENDABLE),
)


@transaction.atomic
def _failed(message: Message, why: NotSentBecause, error: str) -> None:
    now = Message.objects.select_for_update().get(pk=message.pk)
    # Erased meanwhile: the error may name the address, and there is nobody to try.
    message.not_sent_because, message.error = why, "" if now.is_erased else error
    fields = ["not_sent_because", "error", "next_try_at"]
    if message.attempts >= MAX_ATTEMPTS or now.is_erased:
        message.next_try_at = None
        _move(message, MessageState.FAILED, fields=fields)
        return
    message.next_try_at = timezone.now() + backoff.delay(message.attempts)
    _move(message, MessageState.PENDING, fields=fields)


def _move(message: Message, target: str, *, fields: list[str]) -> None:
    states.require(TRANSITIONS, message.state, target, what=message.title)
    message.state = target
    message.save(update_fields=["state", *fields])


@transaction.atomic
def retry(message: Message, *, actor: Actor, at: datetime | None = None) -> Message:
    """Sends a failed mail again, under its old Message-ID."""
    actor.require(Permission.MAILS_RETRY, message.company_id)
    message = Message.objects.select_for_update().get(pk=message.pk)
    if message.state == MessageState.PENDING:
        return message
    if message.is_erased:
        raise Conflict("user_erased", _("Whoever it went to was erased."))
    message.attempts = 0
    message.next_try_at = timezone.now()
    _move(message, MessageState.PENDING, fields=["attempts", "next_try_at"])
    record(
        events.MESSAGE_RETRIED,
        Payload(),
        actor=actor,
        company_id=message.company_id,
        subject_id=message.id,
        refs=[message.subject_id],
        at=at,
    )
    return message


@transaction.atomic
def note_as_sent(company: Company, *, actor: Actor) -> int:
    """Takes the mails about a company's past as sent on their day: right where that
    past is played, as in a demo, not where it was entered afterwards. Returns how many.
    """
    actor.require(Permission.MAILS_NOTE_AS_SENT, company.id)
    states.require(TRANSITIONS, MessageState.PAST, MessageState.SENT, what=company.name)
    past = Message.objects.filter(company=company, state=MessageState.PAST)
    return past.update(state=MessageState.SENT, sent_at=F("occurred_at"))
