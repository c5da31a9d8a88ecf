"""What a mail says: written when it leaves, in the language of who gets it, and only
if it is true then. An outage may lie between the event and that moment."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from django.utils import timezone

from apps.accounts import events as account_events
from apps.accounts import invitations, languages
from apps.accounts.models import Invitation
from apps.core.mails import subject_and_body
from apps.events.models import Event
from apps.returns import events as return_events
from apps.returns import links
from apps.returns.models import Return
from apps.returns.states import CONTACTING, MOVING, READY, ReturnState
from apps.shipping.models import Shipment
from apps.shipping.states import ShipmentState

from . import kinds
from .models import Message
from .states import MessageState, SkippedBecause

# Stands where the link of the mail itself does.
LINK_IN_THE_MAIL = "[…]"

_S = ReturnState
_NOT = SkippedBecause


class Paused(Exception):
    """It is true again once the return is resumed."""


@dataclass(frozen=True, slots=True)
class Text:
    """`secret`, the link, takes the place of LINK_IN_THE_MAIL on its way out and is
    not kept."""

    recipient: str
    language: str
    subject: str
    body: str
    secret: str


def of(message: Message) -> Text | SkippedBecause:
    """As it is true now, or why it is not. Raises Paused."""
    if message.is_erased:
        return _NOT.ERASED
    if message.event_type == str(account_events.USER_INVITED):
        return _invitation(message)
    ret = _return_of(message)
    if ret is None or ret.state == _S.DELETED:
        return _NOT.GONE
    return _why_not(message, ret) or of_return(ret, message.event_type)


def as_it_would_have_been(message: Message) -> Text | None:
    """For the record: of something that was entered afterwards, never sent."""
    if message.event_type == str(account_events.USER_INVITED):
        found = _invitation(message)
        return found if isinstance(found, Text) else None
    ret = _return_of(message)
    return of_return(ret, message.event_type) if ret else None


# --- Returns ----------------------------------------------------------------


def _return_of(message: Message) -> Return | None:
    returns = Return.objects.select_related("company", "user__company", "address")
    found = returns.filter(pk=message.subject_id, company_id=message.company_id)
    return found.first()


def of_return(ret: Return, event_type: str) -> Text:
    """What is kept has no link: whoever reads it in the company could answer as the
    leaver."""
    kind = {str(t): kind for t, kind in kinds.RETURN_MAILS.items()}[event_type]
    language = languages.of(ret.user)
    lines = ret.lines.select_related("asset")
    context = {
        "ret": ret,
        "lines": [
            line for line in lines if line.is_open and line.decision in ("RETURN", "")
        ],
        "link": LINK_IN_THE_MAIL,
    }
    subject, body = subject_and_body(kind.path, context, language=language)
    return Text(ret.contact_email, language, subject, body, links.url(ret))


def _why_not(message: Message, ret: Return) -> SkippedBecause | None:
    if ret.user.is_erased:
        return _NOT.ERASED
    if message.event_type == str(return_events.RETURN_CANCELLED):
        return None if _was_told(message) else _NOT.NEVER_TOLD
    if ret.state == _S.CANCELLED:
        return _NOT.CANCELLED
    if message.event_type == str(return_events.RETURN_COMPLETED):
        return None
    if ret.state == _S.COMPLETED:
        return _NOT.COMPLETED
    if _has_newer(message):
        return _NOT.NEWER_MAIL
    if message.event_type == str(return_events.RETURN_LINK_SENT):
        return None
    if ret.state == _S.PAUSED:
        raise Paused
    return _CHECKS[message.event_type](message, ret)


def _was_told(message: Message) -> bool:
    """Whether any mail about the return has left, or may have. Waits for a sender that
    is just writing one, so that it does not leave after this look."""
    earlier = Message.objects.select_for_update().filter(
        company_id=message.company_id,
        subject_id=message.subject_id,
        event_id__lt=message.event_id,
    )
    left = {MessageState.SENT, MessageState.SENDING}
    return any(one.state in left for one in earlier.defer("body").order_by("-id"))


def _has_newer(message: Message) -> bool:
    """About the same thing, for the same reason."""
    return Message.objects.filter(
        company_id=message.company_id,
        subject_id=message.subject_id,
        event_type=message.event_type,
        event_id__gt=message.event_id,
    ).exists()


def _asks(*states: ReturnState) -> Callable[[Message, Return], SkippedBecause | None]:
    def check(message: Message, ret: Return) -> SkippedBecause | None:
        if ret.answered_at:
            return _NOT.ANSWERED
        if ret.state in states:
            asked = ret.lines.filter(outcome="", decision__in=("RETURN", ""))
            return None if asked.exists() else _NOT.NOTHING_ASKED
        return _NOT.NEWER_MAIL if ret.state in CONTACTING else _NOT.MOVED_ON

    return check


def _is_answer(message: Message, ret: Return) -> SkippedBecause | None:
    return None if ret.answered_at and ret.state not in MOVING else _NOT.MOVED_ON


def _is_packaging_sent(message: Message, ret: Return) -> SkippedBecause | None:
    return None if ret.state == _S.MATERIALS_SENT else _NOT.MOVED_ON


def _is_booked(message: Message, ret: Return) -> SkippedBecause | None:
    """One of several parcels may be on its way while the next one is booked."""
    if ret.state in READY.values():
        return None
    event = Event.objects.filter(pk=message.event_id).first()
    booked = event and return_events.RETURN_PARCEL_BOOKED.read(event).shipment_id
    waiting = Shipment.objects.filter(
        pk=booked, company_id=ret.company_id, state=ShipmentState.CREATED
    )
    return None if booked and waiting.exists() else _NOT.MOVED_ON


_CHECKS: dict[str, Callable[[Message, Return], SkippedBecause | None]] = {
    str(return_events.RETURN_FIRST_EMAIL_SENT): _asks(_S.FIRST_EMAIL_SENT),
    str(return_events.RETURN_FIRST_REMINDER_SENT): _asks(_S.FIRST_REMINDER_SENT),
    str(return_events.RETURN_SECOND_REMINDER_SENT): _asks(
        _S.SECOND_REMINDER_SENT, _S.EMPLOYEE_NOT_RESPONDING
    ),
    str(return_events.RETURN_ANSWERED): _is_answer,
    str(return_events.RETURN_MATERIALS_SENT): _is_packaging_sent,
    str(return_events.RETURN_PARCEL_BOOKED): _is_booked,
}


# --- Invitations ------------------------------------------------------------


def _invitation(message: Message) -> Text | SkippedBecause:
    """What is kept has no link: it would let any admin of the company in."""
    event = Event.objects.filter(pk=message.event_id).first()
    invitation = (
        Invitation.objects.select_related("user__company", "company")
        .filter(pk=event and account_events.USER_INVITED.read(event).invitation_id)
        .first()
    )
    if invitation is None or not invitation.is_good(timezone.now()):
        return _NOT.INVITATION_ENDED
    if _has_newer(message):
        return _NOT.NEWER_MAIL
    language = languages.of(invitation.user)
    context = {"invitation": invitation, "link": LINK_IN_THE_MAIL}
    subject, body = subject_and_body(kinds.INVITATION.path, context, language=language)
    secret = invitations.link_for(invitation)
    return Text(invitation.email, language, subject, body, secret)
