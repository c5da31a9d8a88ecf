from django.db import models
from django.utils.translation import gettext_lazy as _

from apps.core.doors import door, no_door


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
    NOT_DELIVERED = "NOT_DELIVERED", _("Never delivered")


class Grade(models.TextChoices):
    """The condition that was seen."""

    A = "A", _("A: like new")
    B = "B", _("B: light signs of use")
    C = "C", _("C: clear signs of use")
    D = "D", _("D: damaged")


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
_ALL = frozenset(_S)
_APPLY = ("page imports:apply", "command import_file")
DOORS = (
    door(
        _ALL,
        {_S.ACTIVE},
        "inventory.services.hand_over",
        "page inventory:hand_over",
        "page bulk:list",
        *_APPLY,
    ),
    door(
        {_S.IN_TRANSIT},
        {_S.ACTIVE},
        "returns.services.track_parcel",
        "page returns:track_parcel",
    ),
    door(
        {_S.IN_TRANSIT},
        {_S.ACTIVE},
        "returns.services.close_parcel",
        "page returns:close_parcel",
        "page portal:close_parcel",
    ),
    door(
        _ALL,
        {_S.STORAGE},
        "inventory.services.receive_many",
        "page inventory:store",
        "page portal:receive_items",
        "page returns:receive",
        "page bulk:list",
        *_APPLY,
    ),
    door(
        {_S.ORDERED},
        {_S.ARCHIVED},
        "inventory.services.call_off",
        "api api:orders-id-cancel",
        "admin orders.order.cancel",
    ),
    door(
        {_S.STORAGE},
        {_S.RESERVED},
        "inventory.services.reserve",
        "api api:redeployments",
    ),
    door(
        {_S.RESERVED},
        {_S.STORAGE},
        "inventory.services.unreserve",
        "api api:redeployments-id-cancel",
        "admin redeployments.redeployment.cancel",
    ),
    door(
        _ALL,
        {_S.IN_REPAIR},
        "inventory.services.repair",
        "page inventory:repair",
        *_APPLY,
    ),
    door(
        _ALL,
        {_S.ARCHIVED},
        "inventory.services.retire",
        "page inventory:retire",
        "page people:archive",
        "page returns:decide",
        "task apps.returns.tasks.advance_due",
        "page bulk:list",
        *_APPLY,
    ),
    door(
        {_S.IN_TRANSIT},
        {_S.ARCHIVED},
        "returns.services.track_parcel",
        "page returns:track_parcel",
    ),
    door(
        {_S.ACTIVE},
        {_S.IN_TRANSIT},
        "returns.services.track_parcel",
        "page returns:track_parcel",
    ),
    no_door(
        {_S.ORDERED, _S.STORAGE, _S.RESERVED},
        {_S.IN_TRANSIT},
        "Parcels go from people to places so far: nothing is sent out of storage.",
    ),
    no_door(
        {_S.IN_TRANSIT},
        {_S.IN_TRANSIT},
        "A parcel arrives or comes back before its contents travel in another.",
    ),
    no_door(
        {_S.RESERVED},
        {_S.RESERVED},
        "What is reserved stays where it lies until it is sent or free again.",
    ),
)
