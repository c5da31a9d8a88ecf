"""From one place to another, in the state that the asset has."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from apps.companies.models import Address
from apps.core.actor import Actor
from apps.core.errors import Conflict
from apps.inventory.models import Asset
from apps.inventory.states import AT_A_PLACE

from .rows import lock
from .steps import Move, move_many


@transaction.atomic
def relocate(
    asset: Asset, address: Address, *, actor: Actor, at: datetime | None = None
) -> Asset:
    """What is stored, reserved or in repair is so there. Raises Conflict
    `not_at_a_place`, and as `move_many`."""
    (asset,) = lock([asset.pk])
    if asset.state not in AT_A_PLACE:
        sentence = _("%(asset)s is at no place: receive it at one.")
        raise Conflict("not_at_a_place", sentence % {"asset": asset})
    move = Move(asset.pk, asset.state, address, at=at)
    return move_many([move], actor=actor)[0]
