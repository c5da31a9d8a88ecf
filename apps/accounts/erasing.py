"""Making somebody anonymous: a state and their id stay, for what refers to them."""

from __future__ import annotations

import logging
from collections.abc import Collection, Iterable, Mapping
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.db.models.functions import Lower
from django.utils.translation import gettext as _

from apps.core import states
from apps.core.actor import Actor, Permission
from apps.core.errors import Invalid
from apps.core.keys import Key, any_of, key, keys
from apps.events.services import record_many

from . import events, membership
from .fields import FIELDS
from .invitation_states import InvitationState
from .models import (
    AddressChange,
    Erasure,
    Invitation,
    Login,
    ResetRequest,
    StorageAssignment,
    User,
    UserExternalId,
    UserTag,
)
from .services import draft, lock, require_over
from .states import TRANSITIONS, ErasedBecause, UserState

logger = logging.getLogger(__name__)

# What is personal in a User: what events may not tell of them.
PERSONAL = tuple(field.name for field in FIELDS.edited if not field.is_told)


def emails_of(user: User) -> set[Key]:
    """By which they are, or were, reached and signed in here."""
    invited = Invitation.objects.filter(company_id=user.company_id, user=user)
    login = user.login.email if user.login else ""
    known = [user.email, user.private_email, login]
    return {*keys(known), *keys(invited.values_list("email", flat=True))}


@transaction.atomic
def erase(user: User, *, actor: Actor, reason: str) -> User:
    """The set of PERSONAL emptied, the sign-in ended, invitations and workplaces taken
    away; DELETED. Erased twice is once.

    A Login stays its owner's where it is somebody in another company; one that is
    nobody any more is deleted, with its sessions. What is needed to find copies further
    up is left in Erasure. Raises Conflict `wrong_state`, Invalid `no_reason`.
    """
    actor.require(Permission.PEOPLE_ERASE, user)
    require_over(actor, user)
    if reason not in ErasedBecause.values:
        raise Invalid("no_reason", _("Say why they are erased."), field="reason")
    user = lock(user)
    if user.is_erased:
        return user
    states.require(TRANSITIONS, user.state, UserState.DELETED, what=user.name)
    emails, logins = emails_of(user), _logins(user)
    Erasure.objects.create(
        company_id=user.company_id, user=user, traces=traces_of(user)
    )
    _end_invitations(user, actor=actor)
    StorageAssignment.objects.filter(company_id=user.company_id, user=user).delete()
    UserTag.objects.filter(company_id=user.company_id, user=user).delete()
    UserExternalId.objects.filter(company_id=user.company_id, user=user).delete()
    before, user.state = user.state, UserState.DELETED
    user.login = None
    for name in PERSONAL:
        setattr(user, name, _empty(name))
    user.save(update_fields=["state", "login", *PERSONAL, "updated_at"])
    for login in logins:
        _delete_if_nobody(login)
    in_use = Login.objects.filter(email__in=emails).values("email")
    ResetRequest.objects.filter(email__in=emails).exclude(email__in=in_use).delete()
    told = draft(events.USER_ERASED, user, from_=before, reason=ErasedBecause(reason))
    record_many([told], actor=actor)
    # After a restore of an older backup it is done again: by this line (operations.md).
    logger.info("person erased", extra={"person": str(user.id)})
    return user


def _empty(name: str) -> Any:
    return None if User._meta.get_field(name).null else ""


def traces_of(user: User) -> dict[str, list[str]]:
    """By what copies that name them are found; see Erasure."""
    words = {
        name: sorted(keys([getattr(user, name)]))
        for name in ("username", "employee_number", "phone")
    }
    emails = emails_of(user)
    return {
        "emails": sorted(emails),
        "names": [key(user.first_name) or "", key(user.last_name) or ""],
        **words,
        "shared": sorted(_shared(user, emails, words)),
    }


def _shared(
    user: User, emails: Collection[Key], words: Mapping[str, Iterable[str]]
) -> set[Key]:
    """Those that somebody else of the company has, too: a couple's address, the phone
    of a reception."""
    wanted = {"email": emails, "private_email": emails, **words}
    lowered = {f"{name}_lower": Lower(name) for name in wanted}
    others = User.objects.filter(~Q(state=UserState.DELETED), company=user.company_id)
    found = others.exclude(pk=user.pk).alias(**lowered)
    found = found.filter(any_of({f"{name}_lower": wanted[name] for name in wanted}))
    theirs = {one for row in found.values_list(*wanted) for one in keys(row)}
    return theirs & {*emails, *keys(one for two in words.values() for one in two)}


def _end_invitations(user: User, *, actor: Actor) -> None:
    follows = actor.for_consequences(user.company_id, Permission.PEOPLE_LET_SIGN_IN)
    theirs = Invitation.objects.filter(company_id=user.company_id, user=user)
    for invitation in theirs.filter(state=InvitationState.OPEN):
        membership.withdraw(invitation, actor=follows)
    theirs.update(email="")


def _logins(user: User) -> list[Login]:
    """The one they sign in with, and one that accepted an invitation to its address and
    whose membership was ended later."""
    accepted = Invitation.objects.filter(
        company_id=user.company_id, user=user, state=InvitationState.ACCEPTED
    )
    theirs = Q(pk=user.login_id) | Q(email__in=accepted.values("email"))
    return list(Login.objects.select_for_update().filter(theirs).order_by("pk"))


def _delete_if_nobody(login: Login) -> None:
    if login.is_staff or login.users.exists():
        return
    AddressChange.objects.filter(login=login).delete()
    login.delete()
