from django.db import models
from django.utils.translation import gettext_lazy as _

from apps.core.doors import door, final


class UserState(models.TextChoices):
    CREATED = "CREATED", _("Joins soon")
    ACTIVE = "ACTIVE", _("Active")
    OFFBOARDING_IN_PROGRESS = "OFFBOARDING_IN_PROGRESS", _("Leaving")
    OFFBOARDED = "OFFBOARDED", _("Left")
    ARCHIVED = "ARCHIVED", _("Archived")
    DELETED = "DELETED", _("Erased")


class LockedOutBecause(models.TextChoices):
    SUSPICION = "SUSPICION", _("Somebody else may know the password")
    ASKED = "ASKED", _("They asked for it")
    ABUSE = "ABUSE", _("They misused it")
    OTHER = "OTHER", _("Another reason")


class SignInEndedBecause(models.TextChoices):
    NOT_NEEDED = "NOT_NEEDED", _("They don't need it any more")
    SUSPICION = "SUSPICION", _("Somebody else may know the password")
    ASKED = "ASKED", _("They asked for it")
    ABUSE = "ABUSE", _("They misused it")
    OTHER = "OTHER", _("Another reason")


class ArchivedBecause(models.TextChoices):
    LEFT = "LEFT", _("They left")
    DUPLICATE = "DUPLICATE", _("They stand here twice")
    BY_MISTAKE = "BY_MISTAKE", _("They were added by mistake")
    OTHER = "OTHER", _("Another reason")


class ErasedBecause(models.TextChoices):
    ASKED = "ASKED", _("They asked for it")
    NOT_NEEDED = "NOT_NEEDED", _("What is kept of them is not needed any more")
    BY_MISTAKE = "BY_MISTAKE", _("They were added by mistake")
    OTHER = "OTHER", _("Another reason")


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
STAYS = frozenset({_S.CREATED, _S.ACTIVE})
LEFT = frozenset({_S.OFFBOARDED, _S.ARCHIVED})
# Who may be handed equipment.
RECEIVES = frozenset({_S.CREATED, _S.ACTIVE, _S.OFFBOARDING_IN_PROGRESS})

DOORS = (
    door(
        {_S.CREATED},
        {_S.ACTIVE},
        "accounts.services.activate",
        "task apps.accounts.tasks.activate_due",
    ),
    door(
        {_S.CREATED, _S.ACTIVE},
        {_S.OFFBOARDING_IN_PROGRESS},
        "returns.services.start_offboarding",
        "page returns:create",
    ),
    door(
        {_S.OFFBOARDING_IN_PROGRESS},
        {_S.CREATED, _S.ACTIVE},
        "returns.services.cancel",
        "page returns:cancel",
        "admin returns.return.cancel",
    ),
    door(
        {_S.OFFBOARDING_IN_PROGRESS},
        {_S.OFFBOARDED},
        "accounts.services.mark_offboarded",
        "page returns:receive",
        "page portal:receive_items",
        "page returns:decide",
        "task apps.returns.tasks.advance_due",
    ),
    door(
        {_S.CREATED, _S.ACTIVE, _S.OFFBOARDED},
        {_S.ARCHIVED},
        "people.services.archive",
        "page people:archive",
        "admin accounts.user.archive",
    ),
    door(
        {_S.OFFBOARDED, _S.ARCHIVED},
        {_S.ACTIVE},
        "people.services.rehire",
        "page people:rehire",
        "admin accounts.user.take_back",
        "page imports:apply",
        "command import_file",
    ),
    door(
        {_S.OFFBOARDED, _S.ARCHIVED},
        {_S.DELETED},
        "people.services.erase",
        "page people:erase",
        "admin accounts.user.erase",
        "command erase_person",
    ),
    final({_S.DELETED}, "What was erased is not known any more."),
)
