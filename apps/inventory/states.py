from django.db import models
from django.utils.translation import gettext_lazy as _


class AssetState(models.TextChoices):
    ORDERED = "ORDERED", _("Ordered")
    STORAGE = "STORAGE", _("In storage")
    RESERVED = "RESERVED", _("Reserved")
    IN_TRANSIT = "IN_TRANSIT", _("On its way")
    ACTIVE = "ACTIVE", _("In use")
    IN_REPAIR = "IN_REPAIR", _("In repair")
    ARCHIVED = "ARCHIVED", _("Archived")


class ArchiveReason(models.TextChoices):
    RETIRED = "RETIRED", _("Retired")
    GIVEN_AWAY = "GIVEN_AWAY", _("Given away")
    SOLD = "SOLD", _("Sold")
    LOST = "LOST", _("Lost")
    STOLEN = "STOLEN", _("Stolen")
    WRITTEN_OFF = "WRITTEN_OFF", _("Written off")


_S = AssetState
# A state that may follow itself does so with another holder.
TRANSITIONS: dict[str, frozenset[str]] = {
    _S.ORDERED: frozenset({_S.IN_TRANSIT, _S.STORAGE, _S.ACTIVE, _S.ARCHIVED}),
    _S.STORAGE: frozenset(
        {_S.STORAGE, _S.RESERVED, _S.IN_TRANSIT, _S.ACTIVE, _S.IN_REPAIR, _S.ARCHIVED}
    ),
    _S.RESERVED: frozenset(
        {_S.RESERVED, _S.STORAGE, _S.IN_TRANSIT, _S.ACTIVE, _S.IN_REPAIR, _S.ARCHIVED}
    ),
    _S.IN_TRANSIT: frozenset({_S.IN_TRANSIT, _S.ACTIVE, _S.STORAGE, _S.ARCHIVED}),
    _S.ACTIVE: frozenset(
        {_S.ACTIVE, _S.IN_TRANSIT, _S.STORAGE, _S.IN_REPAIR, _S.ARCHIVED}
    ),
    _S.IN_REPAIR: frozenset({_S.IN_REPAIR, _S.STORAGE, _S.ACTIVE, _S.ARCHIVED}),
    _S.ARCHIVED: frozenset({_S.STORAGE}),
}
AT_A_PERSON = frozenset({_S.ACTIVE})
AT_A_PLACE = frozenset({_S.STORAGE, _S.RESERVED, _S.IN_REPAIR})
IN_A_PARCEL = frozenset({_S.IN_TRANSIT})
NOWHERE = frozenset({_S.ORDERED, _S.ARCHIVED})
