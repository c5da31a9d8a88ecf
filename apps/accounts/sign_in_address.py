"""Changing the address one signs in with: the owner's act, agreed to at both mailboxes.

The new mailbox must agree. The old one agrees too, or stops it; where nobody reads it
any more, seven days do, or platform staff who ask for it with a reason.
"""

from __future__ import annotations

import logging
from datetime import timedelta
from typing import Any, NamedTuple
from uuid import UUID

from django.conf import settings
from django.core import signing
from django.core.mail import EmailMessage, get_connection
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.crypto import get_random_string
from django.utils.translation import gettext as _

from apps.core import states
from apps.core.actor import Actor, Permission
from apps.core.errors import Conflict, Invalid
from apps.core.languages import current
from apps.core.mails import subject_and_body
from apps.events.registry import EventType
from apps.events.services import record_many

from . import events, languages
from .address_states import TRANSITIONS, AddressChangeState
from .models import AddressChange, Login
from .services import draft, require_over
from .sessions import actor_of

logger = logging.getLogger(__name__)

WAIT = timedelta(days=7)
GOOD_FOR = timedelta(days=30)  # a link in a mail
_SALT = "accounts.sign_in_address"
_RETRY = timedelta(minutes=1)
_BATCH = 100
OLD, NEW = "old", "new"


class Link(NamedTuple):
    change: AddressChange
    mailbox: str  # OLD or NEW


# --- Asking -----------------------------------------------------------------


@transaction.atomic
def ask(
    login: Login, new_email: str, *, actor: Actor | None = None, staff_reason: str = ""
) -> AddressChange:
    """Begins a change, in place of one that waits. Both mailboxes are written to in
    the background; an address that somebody else signs in with is found out, and told
    to nobody, when it would take effect.

    Owners ask for themselves; platform staff as `actor`, with a reason. Raises Invalid
    `same_address`, `reason_missing`.
    """
    if actor is not None:
        actor.require(Permission.LOGINS_CHANGE_ADDRESS, None)
    elif staff_reason:
        raise TypeError("a reason is given by platform staff, as the actor")
    new_email = new_email.strip().lower()
    login = Login.objects.select_for_update().get(pk=login.pk)
    if new_email == login.email:
        raise Invalid(
            "same_address",
            _("This is the address already: enter another one."),
            field="new_email",
        )
    if actor is not None:
        for user in login.users.all():
            require_over(actor, user)
        if not staff_reason.strip():
            raise Invalid("reason_missing", _("Say why."), field="staff_reason")
    waiting = login.address_changes.filter(state=AddressChangeState.WAITING)
    for change in waiting.select_for_update():
        _end(change, AddressChangeState.STOPPED)
    now = timezone.now()
    change = AddressChange.objects.create(
        login=login,
        old_email=login.email,
        new_email=new_email,
        staff_reason=staff_reason.strip()[:255],
        language=current(),
        asked_at=now,
        next_try_at=now,
    )
    if actor is not None:
        _record(login, events.USER_SIGN_IN_ADDRESS_ASKED, actor)
    return change


def waiting_of(login: Login) -> AddressChange | None:
    return login.address_changes.filter(state=AddressChangeState.WAITING).first()


# --- Agreeing ---------------------------------------------------------------


@transaction.atomic
def agree(link: Link) -> AddressChange:
    """One mailbox agrees; takes effect if nothing is left to wait for. Twice is once.

    Raises Conflict `change_ended`.
    """
    change = _lock(link.change)
    if change.state != AddressChangeState.WAITING:
        if change.state == AddressChangeState.DONE:
            return change
        raise Conflict("change_ended", _("This change was stopped."))
    field = "agreed_at_new_at" if link.mailbox == NEW else "agreed_at_old_at"
    if getattr(change, field) is None:
        setattr(change, field, timezone.now())
        change.save(update_fields=[field])
    return _take_effect_if_due(change)


@transaction.atomic
def stop(change: AddressChange) -> AddressChange:
    """The owner, or who reads one of the mailboxes, says no."""
    change = _lock(change)
    if change.state == AddressChangeState.WAITING:
        _end(change, AddressChangeState.STOPPED)
    return change


def settle_due() -> int:
    """Those whose seven days are over; returns how many took effect."""
    due = AddressChange.objects.filter(
        state=AddressChangeState.WAITING,
        agreed_at_new_at__isnull=False,
        asked_at__lte=timezone.now() - WAIT,
    )
    done = 0
    for change in due.order_by("asked_at")[:_BATCH]:
        with transaction.atomic():
            settled = _take_effect_if_due(_lock(change))
        done += settled.state == AddressChangeState.DONE
    return done


def _lock(change: AddressChange) -> AddressChange:
    Login.objects.select_for_update().get(pk=change.login_id)
    return AddressChange.objects.select_related("login").get(pk=change.pk)


def _take_effect_if_due(change: AddressChange) -> AddressChange:
    is_over = timezone.now() - change.asked_at >= WAIT
    may = change.agreed_at_old_at or change.staff_reason or is_over
    if change.state != AddressChangeState.WAITING or not change.agreed_at_new_at:
        return change
    if not may:
        return change
    login = change.login
    login.email = change.new_email
    login.session_salt = get_random_string(32)  # other browsers are signed out
    try:
        with transaction.atomic():
            login.save(update_fields=["email", "session_salt"])
    except IntegrityError:
        logger.info("sign-in address %s is somebody's already", change.pk)
        _end(change, AddressChangeState.STOPPED)
        return change
    _end(change, AddressChangeState.DONE)
    _record(login, events.USER_SIGN_IN_ADDRESS_CHANGED, None)
    return change


def _end(change: AddressChange, state: AddressChangeState) -> None:
    states.require(TRANSITIONS, change.state, state, what=_("The change"))
    change.state, change.ended_at = state, timezone.now()
    change.next_try_at = None
    change.save(update_fields=["state", "ended_at", "next_try_at"])


def _record(login: Login, type_: EventType[Any], actor: Actor | None) -> None:
    """In the history of each company, without an address."""
    for user in login.users.select_related("company"):
        record_many([draft(type_, user)], actor=actor or actor_of(user))


# --- Links and mails --------------------------------------------------------


def url(change: AddressChange, mailbox: str) -> str:
    key = signing.dumps([change.id.hex, mailbox], salt=_SALT)
    return settings.PUBLIC_URL + reverse("accounts:address_agree", args=[key])


def open_link(key: str) -> Link | None:
    """None if the key is not ours, or too old."""
    try:
        pk, mailbox = signing.loads(key, salt=_SALT, max_age=GOOD_FOR)
    except signing.BadSignature:
        return None
    change = AddressChange.objects.select_related("login").filter(pk=UUID(pk)).first()
    return Link(change, mailbox) if change and mailbox in (OLD, NEW) else None


def send_due() -> int:
    """Writes to both mailboxes of changes just asked for; returns how many.

    The next try is noted before: who dies in between leaves it to be repeated.
    """
    now, sent = timezone.now(), 0
    due = AddressChange.objects.filter(next_try_at__lte=now).order_by("next_try_at")
    for pk in list(due.values_list("pk", flat=True)[:_BATCH]):
        claimed = AddressChange.objects.filter(pk=pk, next_try_at__lte=now)
        if not claimed.update(next_try_at=timezone.now() + _RETRY):
            continue
        change = AddressChange.objects.select_related("login").get(pk=pk)
        if change.state != AddressChangeState.WAITING:
            continue  # stopped meanwhile: it has nothing to ask any more
        try:
            _send(change)
        # smtplib's errors are OSErrors.
        except OSError as error:
            logger.warning("mails of change %s not sent: %s", pk, type(error).__name__)
            continue
        AddressChange.objects.filter(pk=pk).update(next_try_at=None)
        sent += 1
    return sent


def _send(change: AddressChange) -> None:
    language = languages.of_login(change.login, else_=change.language)
    with get_connection() as connection:
        for mailbox, recipient in ((NEW, change.new_email), (OLD, change.old_email)):
            context = {
                "change": change,
                "link": url(change, mailbox),
                "day": (change.asked_at + WAIT).date(),
            }
            template = f"accounts/mail/address_change_{mailbox}.txt"
            subject, body = subject_and_body(template, context, language=language)
            EmailMessage(
                subject=subject,
                body=body,
                from_email=settings.DEFAULT_FROM_EMAIL,
                to=[recipient],
                connection=connection,
            ).send()
