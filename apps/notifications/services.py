"""From a sealed event to a mail that leaves once."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from email.utils import make_msgid
from functools import partial
from typing import Any
from uuid import UUID

from django.conf import settings
from django.core.mail import EmailMessage, get_connection
from django.core.mail.backends.base import BaseEmailBackend
from django.db import transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _

from apps.accounts import events as account_events
from apps.accounts import invitations
from apps.accounts.models import Invitation
from apps.companies.models import Company
from apps.core import backoff, states
from apps.core.actor import Actor, Permission
from apps.core.errors import Conflict
from apps.core.mails import subject_and_body
from apps.events.models import Event
from apps.events.payloads import Payload
from apps.events.registry import EventType
from apps.events.services import record
from apps.returns import events as return_events
from apps.returns import links
from apps.returns.models import Return

from . import events
from .models import Message
from .states import TRANSITIONS, MessageState

logger = logging.getLogger(__name__)

# A sender that has not come back by then has died; its mail is tried again.
SENDER_IS_DEAD_AFTER = timedelta(minutes=3)
MAX_ATTEMPTS = 8
# An event this old when it is read came from a back-dated verb.
IS_PAST_AFTER = timedelta(hours=24)
# To one address, from all companies.
INVITATIONS_A_DAY = 10
# Stands where the link of the mail itself does.
LINK_IN_THE_MAIL = "[…]"


@dataclass(frozen=True, slots=True)
class Mail:
    recipient: str
    subject: str
    body: str


# --- Writing ----------------------------------------------------------------


def write(event: Event, mail: Mail) -> Message | None:
    """The one row for this event and recipient; None if it was there already.

    A mail about something that was entered afterwards is kept and marked PAST.
    """
    is_past = event.recorded_at - event.occurred_at > IS_PAST_AFTER
    domain = settings.PUBLIC_URL.split("//")[1].split(":")[0] or "tequipy"
    message, is_new = Message.objects.get_or_create(
        event_id=event.id,
        recipient=mail.recipient,
        channel="EMAIL",
        defaults={
            "company_id": event.company_id,
            "event_type": event.type,
            "subject_id": event.subject_id,
            "subject": mail.subject[:255],
            "body": mail.body,
            "message_id": make_msgid(idstring=str(event.id), domain=domain),
            "state": MessageState.PAST if is_past else MessageState.PENDING,
            "next_try_at": None if is_past else timezone.now(),
            "occurred_at": event.occurred_at,
        },
    )
    return message if is_new else None


def _return_mail(template: str, event: Event) -> None:
    """A mail to the person who is to give something back."""
    ret = (
        Return.objects.select_related("company", "user", "address")
        .filter(pk=event.subject_id)
        .first()
    )
    if ret is None or ret.user.is_erased:
        return
    write(event, render(ret, template))


def render(ret: Return, template: str) -> Mail:
    """The mail of one step. What is kept has no link: whoever reads it in the company
    could answer as the leaver."""
    subject, body = subject_and_body(
        f"notifications/mail/{template}.txt",
        {
            "ret": ret,
            "lines": [
                line
                for line in ret.lines.select_related("asset")
                if line.is_open and line.decision in ("RETURN", "")
            ],
            "link": LINK_IN_THE_MAIL,
        },
    )
    return Mail(ret.contact_email, subject, body)


def _invitation_mail(event: Event) -> None:
    """What is kept has no link: it would let any admin of the company in."""
    invitation = Invitation.objects.select_related("user", "company").filter(
        pk=account_events.USER_INVITED.read(event).invitation_id
    )
    one = invitation.first()
    if one is None or not one.is_good(timezone.now()) or _is_flooded(one):
        return
    context = {"invitation": one, "link": LINK_IN_THE_MAIL}
    subject, body = subject_and_body("notifications/mail/invited.txt", context)
    write(event, Mail(one.email, subject, body))


def _is_flooded(invitation: Invitation) -> bool:
    """Of all companies together; told to none of them."""
    since = timezone.now() - timedelta(days=1)
    others = Message.objects.filter(
        event_type=str(account_events.USER_INVITED),
        recipient=invitation.email,
        created_at__gt=since,
    )
    return others[INVITATIONS_A_DAY - 1 : INVITATIONS_A_DAY].exists()


def _invitation_link(message: Message) -> str | None:
    invitation = (
        Invitation.objects.select_related("user")
        .filter(user_id=message.subject_id, email=message.recipient)
        .order_by("-id")
        .first()
    )
    if invitation is None or not invitation.is_good(timezone.now()):
        return None
    return invitations.link_for(invitation)


def _leaver_link(message: Message) -> str | None:
    ret = Return.objects.not_deleted().filter(pk=message.subject_id).first()
    return links.url(ret) if ret else None


@transaction.atomic
def forget(event: Event) -> None:
    """Empties the mails to somebody erased: about them, and about their returns. What
    waits to be sent, or is being sent, ends in `_claim` and `_failed`."""
    returns = Return.objects.filter(company_id=event.company_id, user=event.subject_id)
    about = [event.subject_id, *returns.values_list("pk", flat=True)]
    Message.objects.filter(company_id=event.company_id, subject_id__in=about).update(
        recipient="", subject="", body="", error=""
    )


MAILS = {
    return_events.RETURN_FIRST_EMAIL_SENT: "first_email_sent",
    return_events.RETURN_FIRST_REMINDER_SENT: "first_reminder_sent",
    return_events.RETURN_SECOND_REMINDER_SENT: "second_reminder_sent",
    return_events.RETURN_LINK_SENT: "link_sent",
    return_events.RETURN_ANSWERED: "answered",
    return_events.RETURN_MATERIALS_SENT: "materials_sent",
    return_events.RETURN_PARCEL_BOOKED: "parcel_booked",
    return_events.RETURN_COMPLETED: "completed",
    return_events.RETURN_CANCELLED: "cancelled",
}
HANDLERS: dict[EventType[Any], Callable[[Event], None]] = {
    account_events.USER_INVITED: _invitation_mail,
    **{type_: partial(_return_mail, template) for type_, template in MAILS.items()},
}
# Mails whose link is made when they leave; None where it would not work any more.
SECRET_LINKS: dict[str, Callable[[Message], str | None]] = {
    str(account_events.USER_INVITED): _invitation_link,
    **{str(type_): _leaver_link for type_ in MAILS},
}


# --- Sending ----------------------------------------------------------------


def send(message_id: UUID, connection: BaseEmailBackend | None = None) -> bool:
    """Sends one due message; returns whether this call sent it.

    The claim is committed before the mail leaves: a twin finds nothing due, and a
    sender that dies leaves at most this one mail to be repeated, under the same
    Message-ID.
    """
    message = _claim(message_id)
    if message is None:
        return False
    body = message.body
    if make_link := SECRET_LINKS.get(message.event_type):
        body = body.replace(LINK_IN_THE_MAIL, make_link(message) or "")
    mail = EmailMessage(
        subject=message.subject,
        body=body,
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
        _failed(message, repr(error))
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
    if message.state == MessageState.PENDING and _leads_nowhere(message):
        message.next_try_at = None
        _move(message, MessageState.PAST, fields=["next_try_at"])
        return None
    if message.is_erased:
        _give_up(message, "")
        return None
    message.attempts += 1
    message.next_try_at = now + SENDER_IS_DEAD_AFTER
    if message.state == MessageState.SENDING:
        message.save(update_fields=["attempts", "next_try_at"])
    else:
        _move(message, MessageState.SENDING, fields=["attempts", "next_try_at"])
    return message


def _leads_nowhere(message: Message) -> bool:
    """There is nobody to send it to any more, or its link would not work."""
    make_link = SECRET_LINKS.get(message.event_type)
    return message.is_erased or bool(make_link and not make_link(message))


@transaction.atomic
def _failed(message: Message, error: str) -> None:
    now = Message.objects.select_for_update().get(pk=message.pk)
    if now.is_erased:  # meanwhile; the error may name the address
        _give_up(now, "")
        return
    message.error = error
    if message.attempts >= MAX_ATTEMPTS:
        _give_up(message, error)
        return
    message.next_try_at = timezone.now() + backoff.delay(message.attempts)
    _move(message, MessageState.PENDING, fields=["error", "next_try_at"])


def _give_up(message: Message, error: str) -> None:
    message.error, message.next_try_at = error, None
    _move(message, MessageState.FAILED, fields=["error", "next_try_at"])


def _move(message: Message, target: str, *, fields: list[str]) -> None:
    states.require(TRANSITIONS, message.state, target, what=message.subject)
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
