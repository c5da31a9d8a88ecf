"""How a Login becomes a person of a company, and stops being one: the company invites,
the invited accepts, signed in; either side can end it.

Nothing here tells a company whether somebody signs in with an address: inviting looks
no Login up.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from apps.core import states
from apps.core.actor import Actor, Permission, Role
from apps.core.errors import Conflict, Invalid, NotAllowed
from apps.core.roles import PLATFORM_ROLES
from apps.events.registry import EventType
from apps.events.services import record_many

from . import events
from .admins import require_other_admin
from .invitation_states import TRANSITIONS, InvitationState
from .models import Invitation, Login, User
from .services import draft, lock, require_over
from .sessions import actor_of
from .states import PRESENT, SignInEndedBecause

GOOD_FOR = timedelta(days=14)
_PAUSE = timedelta(minutes=5)  # between two mails to one person
PER_HOUR = 300  # of one company


@transaction.atomic
def invite(user: User, *, actor: Actor, at: datetime | None = None) -> Invitation:
    """Sends a link to the person's work e-mail; a link sent before stops working.

    The mail leaves through the event. Raises Conflict `signs_in_already`, `has_left`,
    `invitation_just_sent`, `too_many_invitations`.
    """
    actor.require(Permission.PEOPLE_LET_SIGN_IN, user)
    user, now = lock(user), at or timezone.now()
    require_over(actor, user)
    if user.login_id:
        raise Conflict(
            "signs_in_already", _("%(name)s can sign in already.") % {"name": user.name}
        )
    if user.state not in PRESENT:
        raise Conflict(
            "has_left",
            _("%(name)s has left: only somebody who works here is invited.")
            % {"name": user.name},
        )
    invitation = user.invitations.filter(state=InvitationState.OPEN).first()
    _require_pause(invitation, user, now)
    if invitation is None:
        invitation = Invitation(company_id=user.company_id, user=user)
    else:
        invitation.link_version += 1
    invitation.email = user.email.lower()
    invitation.invited_by = actor.id
    invitation.sent_at, invitation.expires_at = now, now + GOOD_FOR
    invitation.save()
    _record(events.USER_INVITED, user, invitation, actor=actor, at=at)
    return invitation


def _require_pause(invitation: Invitation | None, user: User, now: datetime) -> None:
    if (
        invitation is not None
        and invitation.email == user.email.lower()
        and now - invitation.sent_at < _PAUSE
    ):
        raise Conflict(
            "invitation_just_sent",
            _("An invitation was sent a moment ago: look into the mailbox first."),
        )
    sent = Invitation.objects.filter(
        company_id=user.company_id, sent_at__gt=now - timedelta(hours=1)
    )
    if len(sent.values_list("id", flat=True)[:PER_HOUR]) == PER_HOUR:
        raise Conflict(
            "too_many_invitations",
            _("Your company has sent %(count)d invitations within an hour: wait a bit.")
            % {"count": PER_HOUR},
        )


@transaction.atomic
def withdraw(invitation: Invitation, *, actor: Actor) -> Invitation:
    """The company takes an open invitation back; its link stops working."""
    actor.require(Permission.PEOPLE_LET_SIGN_IN, invitation)
    require_over(actor, invitation.user)
    return _end(invitation, InvitationState.WITHDRAWN, actor=actor)


@transaction.atomic
def decline(invitation: Invitation) -> Invitation:
    """The invited says no, by the link alone."""
    acting = actor_of(invitation.user)
    return _end(invitation, InvitationState.DECLINED, actor=acting)


_ENDED_BY = {
    InvitationState.WITHDRAWN: events.USER_INVITATION_WITHDRAWN,
    InvitationState.DECLINED: events.USER_INVITATION_DECLINED,
    InvitationState.ACCEPTED: events.USER_INVITATION_ACCEPTED,
}


def _end(invitation: Invitation, state: InvitationState, *, actor: Actor) -> Invitation:
    user = lock(invitation.user_id)
    invitation = Invitation.objects.select_for_update().get(pk=invitation.pk)
    if invitation.state == state:
        return invitation
    states.require(TRANSITIONS, invitation.state, state, what=_("The invitation"))
    invitation.state, invitation.ended_at = state, timezone.now()
    invitation.save(update_fields=["state", "ended_at"])
    _record(_ENDED_BY[state], user, invitation, actor=actor)
    return invitation


@transaction.atomic
def accept(invitation: Invitation, *, login: Login, link_version: int) -> User:
    """The invited, signed in with this Login, becomes the person. Twice is once.

    Raises Conflict `invitation_ended`, `is_member_already`, NotAllowed
    `platform_staff`.
    """
    user = lock(invitation.user_id)
    invitation = Invitation.objects.select_for_update().get(pk=invitation.pk)
    if invitation.state == InvitationState.ACCEPTED and user.login_id == login.id:
        return user
    # Another company may erase who was all that this Login was of (`erasing`).
    if not Login.objects.select_for_update().filter(pk=login.pk).exists():
        raise ended()
    invitation.user = user
    is_good = invitation.is_good(timezone.now()) and not user.login_id
    if not is_good or link_version != invitation.link_version:
        raise ended()
    _require_one_world(user, login)
    user.login = login
    try:
        with transaction.atomic():
            user.save(update_fields=["login", "updated_at"])
    except IntegrityError as error:
        raise Conflict(
            "is_member_already",
            _("You are somebody else in this company already, with this sign-in."),
        ) from error
    if user.role in PLATFORM_ROLES:
        login.is_staff = login.is_superuser = True
        login.save(update_fields=["is_staff", "is_superuser"])
    _end(invitation, InvitationState.ACCEPTED, actor=actor_of(user))
    return user


def ended() -> Conflict:
    return Conflict(
        "invitation_ended",
        _("This invitation does not work any more: ask for a new one."),
    )


def _require_one_world(user: User, login: Login) -> None:
    """Who runs the platform is nobody in a customer's company, and the reverse."""
    joins_platform = user.role in PLATFORM_ROLES
    others = login.users.filter(state__in=PRESENT)
    is_staff = login.is_staff or others.filter(role__in=PLATFORM_ROLES).exists()
    if (is_staff and not joins_platform) or (
        joins_platform and others.exclude(role__in=PLATFORM_ROLES).exists()
    ):
        raise NotAllowed(
            "platform_staff",
            _("Work for the platform needs a sign-in of its own: use another address."),
        )


@transaction.atomic
def sign_up(
    invitation: Invitation, *, password: str, link_version: int
) -> tuple[User, Login]:
    """Makes a Login for the address the link went to, and accepts with it.

    Raises Conflict `login_exists` where somebody signs in with it already.
    """
    try:
        with transaction.atomic():
            login = Login.objects.create_user(invitation.email, password)
    except IntegrityError as error:
        raise Conflict(
            "login_exists", _("You have a sign-in already: sign in to accept.")
        ) from error
    return accept(invitation, login=login, link_version=link_version), login


@transaction.atomic
def leave(user: User, *, login: Login) -> User:
    """The owner of the Login stops being this person. Raises Conflict `last_admin`."""
    user = lock(user)
    if user.login_id != login.id:
        return user
    acting = actor_of(user)
    return _disconnect(user, events.USER_MEMBERSHIP_LEFT, actor=acting)


@transaction.atomic
def end(user: User, *, actor: Actor, reason: str) -> User:
    """The company ends a person's sign-in; open pages stop at the next click. Raises
    Conflict `last_admin`, `own_login`, Invalid `no_reason`."""
    actor.require(Permission.PEOPLE_LET_SIGN_IN, user)
    if reason not in SignInEndedBecause.values:
        raise Invalid("no_reason", _("Say why their sign-in ends."), field="reason")
    user = lock(user)
    if user.id == actor.id:
        raise Conflict("own_login", _("You can't lock yourself out."))
    require_over(actor, user)
    if not user.login_id:
        return user
    why = SignInEndedBecause(reason)
    return _disconnect(user, events.USER_MEMBERSHIP_ENDED, actor=actor, reason=why)


def _disconnect(
    user: User, type_: EventType[Any], *, actor: Actor, **told: Any
) -> User:
    if user.role == Role.COMPANY_ADMIN and user.state in PRESENT:
        require_other_admin(user)
    if user.role in PLATFORM_ROLES:
        Login.objects.filter(pk=user.login_id).update(
            is_staff=False, is_superuser=False
        )
    user.login = None
    user.save(update_fields=["login", "updated_at"])
    record_many([draft(type_, user, **told)], actor=actor)
    return user


def _record(
    type_: EventType[Any],
    user: User,
    invitation: Invitation,
    *,
    actor: Actor,
    at: datetime | None = None,
) -> None:
    told = draft(type_, user, refs=[invitation.id], at=at, invitation_id=invitation.id)
    record_many([told], actor=actor)


def latest_of(user: User) -> Invitation | None:
    """What a person's page tells of."""
    found = Invitation.objects.filter(company_id=user.company_id, user=user)
    return found.order_by("-id").first()


def of_link(invitation_id: UUID) -> Invitation | None:
    found = Invitation.objects.select_related("user__company", "company")
    return found.filter(pk=invitation_id).first()
