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
# Who may be handed equipment.
RECEIVES = frozenset({_S.CREATED, _S.ACTIVE, _S.OFFBOARDING_IN_PROGRESS})
