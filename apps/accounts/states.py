from django.db import models
from django.utils.translation import gettext_lazy as _


class UserState(models.TextChoices):
    CREATED = "CREATED", _("Joins soon")
    ACTIVE = "ACTIVE", _("Active")
    OFFBOARDING_IN_PROGRESS = "OFFBOARDING_IN_PROGRESS", _("Leaving")
    OFFBOARDED = "OFFBOARDED", _("Left")
    ARCHIVED = "ARCHIVED", _("Archived")
    DELETED = "DELETED", _("Erased")


_S = UserState
TRANSITIONS: dict[str, frozenset[str]] = {
    _S.CREATED: frozenset({_S.ACTIVE, _S.OFFBOARDING_IN_PROGRESS, _S.ARCHIVED}),
    _S.ACTIVE: frozenset({_S.OFFBOARDING_IN_PROGRESS, _S.ARCHIVED}),
    _S.OFFBOARDING_IN_PROGRESS: frozenset({_S.CREATED, _S.ACTIVE, _S.OFFBOARDED}),
    _S.OFFBOARDED: frozenset({_S.ACTIVE, _S.ARCHIVED, _S.DELETED}),
    _S.ARCHIVED: frozenset({_S.ACTIVE, _S.DELETED}),
    _S.DELETED: frozenset(),
}
PRESENT = frozenset({_S.CREATED, _S.ACTIVE, _S.OFFBOARDING_IN_PROGRESS})


class InvitationState(models.TextChoices):
    OPEN = "OPEN", _("Not answered yet")
    ACCEPTED = "ACCEPTED", _("Accepted")
    DECLINED = "DECLINED", _("Declined")
    WITHDRAWN = "WITHDRAWN", _("Withdrawn")


_I = InvitationState
INVITATION_TRANSITIONS: dict[str, frozenset[str]] = {
    _I.OPEN: frozenset({_I.ACCEPTED, _I.DECLINED, _I.WITHDRAWN}),
    _I.ACCEPTED: frozenset(),
    _I.DECLINED: frozenset(),
    _I.WITHDRAWN: frozenset(),
}


class AddressChangeState(models.TextChoices):
    WAITING = "WAITING", _("Waiting")
    DONE = "DONE", _("Done")
    STOPPED = "STOPPED", _("Stopped")


_A = AddressChangeState
ADDRESS_CHANGE_TRANSITIONS: dict[str, frozenset[str]] = {
    _A.WAITING: frozenset({_A.DONE, _A.STOPPED}),
    _A.DONE: frozenset(),
    _A.STOPPED: frozenset(),
}
# Who may be handed equipment.
RECEIVES = frozenset({_S.CREATED, _S.ACTIVE, _S.OFFBOARDING_IN_PROGRESS})
