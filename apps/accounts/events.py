"""What happens to people and to how they sign in."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from django.db.models import TextChoices
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from apps.core.actor import Role
from apps.events.models import Event
from apps.events.names import Names
from apps.events.payloads import Changes, Payload, SystemName
from apps.events.registry import declare

from .fields import FIELDS
from .states import (
    ArchivedBecause,
    ErasedBecause,
    LockedOutBecause,
    SignInEndedBecause,
    UserState,
)

CHANGES = Changes.of(FIELDS)


@dataclass(slots=True, kw_only=True)
class Person(Payload):
    role: Role
    state: UserState

    def nameless(self) -> str:
        return gettext("somebody")


@dataclass(slots=True, kw_only=True)
class PersonMoved(Person):
    from_: UserState


@dataclass(slots=True, kw_only=True)
class PersonChanged(Person):
    changes: Annotated[dict[str, Any], CHANGES]

    def words(self, names: Names) -> dict[str, str]:
        return {"changed": CHANGES.labels(self.changes)}


def _because(codes: type[TextChoices], reason: str | None) -> dict[str, str]:
    return {"reason": str(codes(reason).label)} if reason else {}


@dataclass(slots=True, kw_only=True)
class PersonArchived(PersonMoved):
    """`reason` is missing only in rows of version 1."""

    reason: ArchivedBecause | None = None

    def words(self, names: Names) -> dict[str, str]:
        return _because(ArchivedBecause, self.reason)

    def told_as(self) -> Promise | None:
        return None if self.reason else _("%(thing)s was archived")


@dataclass(slots=True, kw_only=True)
class PersonErased(PersonMoved):
    """`from` is the state before; what it says of nobody is who they were."""

    reason: ErasedBecause

    def words(self, names: Names) -> dict[str, str]:
        return _because(ErasedBecause, self.reason)


@dataclass(slots=True, kw_only=True)
class PersonLockedOut(Person):
    """`reason` is missing only in rows of version 1."""

    reason: LockedOutBecause | None = None

    def words(self, names: Names) -> dict[str, str]:
        return _because(LockedOutBecause, self.reason)

    def told_as(self) -> Promise | None:
        return None if self.reason else _("%(thing)s was locked out")


@dataclass(slots=True, kw_only=True)
class SignInEnded(Person):
    """`reason` is missing only in rows of version 1."""

    reason: SignInEndedBecause | None = None

    def words(self, names: Names) -> dict[str, str]:
        return _because(SignInEndedBecause, self.reason)

    def told_as(self) -> Promise | None:
        return None if self.reason else _("%(thing)s may no longer sign in")


@dataclass(slots=True, kw_only=True)
class PersonRehired(PersonChanged):
    from_: UserState


@dataclass(slots=True, kw_only=True)
class PersonRestored(PersonChanged):
    """`from` is the state before, if that was set back, too."""

    from_: UserState | None = None


@dataclass(slots=True, kw_only=True)
class PersonInvited(Person):
    invitation_id: UUID


@dataclass(slots=True, kw_only=True)
class TokenIssued(Person):
    token_id: UUID
    expires_at: datetime


@dataclass(slots=True, kw_only=True)
class TokenRevoked(Person):
    token_id: UUID


@dataclass(slots=True, kw_only=True)
class PersonTagged(Person):
    """Ids of tags."""

    added: list[UUID]
    removed: list[UUID]


@dataclass(slots=True, kw_only=True)
class PersonKnownAs(Person):
    """Systems whose id of the person is another one now, and that have none any more;
    the ids themselves are not told."""

    written: list[SystemName]
    removed: list[SystemName]


@dataclass(slots=True, kw_only=True)
class StorageAssigned(Person):
    address_id: UUID | None = None
    warehouse_id: UUID | None = None

    def words(self, names: Names) -> dict[str, str]:
        place = self.address_id or self.warehouse_id
        return {"to": names.text(place, gettext("a warehouse"))}


def _changed_1(event: Event) -> dict[str, Any]:
    """`changes` told the old and new department."""
    changes = event.payload["changes"]
    told = {"department": {}} if "department" in changes else {}
    return {**event.payload, "changes": {**changes, **told}}


def _without_reason_1(event: Event) -> dict[str, Any]:
    """Nobody was asked for a `reason`."""
    return dict(event.payload)


def _assigned_1(event: Event) -> dict[str, Any]:
    """The place was named by the event's second reference alone."""
    return {**event.payload, "address_id": str(event.refs[-1])}


USER_CREATED = declare("user.created", Person, _("%(thing)s was added"), icon="user")
USER_UPDATED = declare(
    "user.updated",
    PersonChanged,
    _("%(thing)s was changed: %(changed)s"),
    icon="user",
    version=2,
    older={1: _changed_1},
)
USER_TAGGED = declare(
    "user.tagged", PersonTagged, _("The tags of %(thing)s were changed"), icon="user"
)
USER_EXTERNAL_IDS_SET = declare(
    "user.external_ids_set",
    PersonKnownAs,
    _("The ids of %(thing)s in other systems were changed"),
    icon="user",
)
USER_RESTORED = declare(
    "user.restored",
    PersonRestored,
    _("%(thing)s is as before an import"),
    icon="user",
    version=2,
    older={1: _changed_1},
)
USER_REMOVED = declare(
    "user.removed",
    Person,
    _("%(thing)s was taken out: the import was undone"),
    icon="user",
)
USER_ACTIVATED = declare(
    "user.activated", PersonMoved, _("%(thing)s became active"), icon="user"
)
USER_OFFBOARDING_STARTED = declare(
    "user.offboarding_started", PersonMoved, _("%(thing)s is leaving"), icon="user"
)
USER_OFFBOARDING_CANCELLED = declare(
    "user.offboarding_cancelled",
    PersonMoved,
    _("%(thing)s stays: the offboarding was cancelled"),
    icon="user",
)
USER_OFFBOARDED = declare(
    "user.offboarded", PersonMoved, _("%(thing)s has left"), icon="user"
)
USER_ARCHIVED = declare(
    "user.archived",
    PersonArchived,
    _("%(thing)s was archived: %(reason)s"),
    icon="user",
    version=2,
    older={1: _without_reason_1},
)
USER_REHIRED = declare(
    "user.rehired", PersonRehired, _("%(thing)s works here again"), icon="user"
)
USER_EXPORTED = declare(
    "user.exported",
    Person,
    _("What is kept about %(thing)s was taken out as a file"),
    icon="user",
)
USER_ERASED = declare(
    "user.erased",
    PersonErased,
    _("%(thing)s was erased: %(reason)s"),
    icon="user",
)
USER_LOGIN_GIVEN = declare(
    "user.login_given",
    Person,
    _("%(thing)s can sign in"),
    icon="user",
    is_retired=True,
)
USER_INVITED = declare(
    "user.invited", PersonInvited, _("%(thing)s was invited to sign in"), icon="user"
)
USER_INVITATION_WITHDRAWN = declare(
    "user.invitation_withdrawn",
    PersonInvited,
    _("The invitation of %(thing)s was withdrawn"),
    icon="user",
)
USER_INVITATION_DECLINED = declare(
    "user.invitation_declined",
    PersonInvited,
    _("%(thing)s declined the invitation"),
    icon="user",
)
USER_INVITATION_ACCEPTED = declare(
    "user.invitation_accepted",
    PersonInvited,
    _("%(thing)s accepted the invitation"),
    icon="user",
)
USER_MEMBERSHIP_LEFT = declare(
    "user.membership_left",
    Person,
    _("%(thing)s left the company's pages"),
    icon="user",
)
USER_MEMBERSHIP_ENDED = declare(
    "user.membership_ended",
    SignInEnded,
    _("%(thing)s may no longer sign in: %(reason)s"),
    icon="user",
    version=2,
    older={1: _without_reason_1},
)
USER_SIGN_IN_ADDRESS_ASKED = declare(
    "user.sign_in_address_asked",
    Person,
    _("Another sign-in address was asked for %(thing)s"),
    icon="user",
)
USER_SIGN_IN_ADDRESS_CHANGED = declare(
    "user.sign_in_address_changed",
    Person,
    _("%(thing)s signs in with another address"),
    icon="user",
)
USER_SIGN_IN_ALLOWED = declare(
    "user.sign_in_allowed", Person, _("%(thing)s may sign in again"), icon="user"
)
USER_SIGN_IN_FORBIDDEN = declare(
    "user.sign_in_forbidden",
    PersonLockedOut,
    _("%(thing)s was locked out: %(reason)s"),
    icon="user",
    version=2,
    older={1: _without_reason_1},
)
USER_STORAGE_ASSIGNED = declare(
    "user.storage_assigned",
    StorageAssigned,
    _("%(thing)s works at %(to)s"),
    icon="user",
    version=2,
    older={1: _assigned_1},
)
USER_TOKEN_ISSUED = declare(
    "user.token_issued",
    TokenIssued,
    _("An API token was issued for %(thing)s"),
    icon="user",
)
USER_TOKEN_REVOKED = declare(
    "user.token_revoked",
    TokenRevoked,
    _("The API token of %(thing)s was revoked"),
    icon="user",
)
