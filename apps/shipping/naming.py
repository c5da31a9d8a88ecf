from __future__ import annotations

from collections.abc import Collection
from uuid import UUID

from apps.core.actor import Actor
from apps.events.names import Name

from .models import Shipment


def names(ids: Collection[UUID], actor: Actor) -> dict[UUID, Name]:
    """How the history calls them, as far as the actor may see them."""
    found = Shipment.objects.visible_to(actor).filter(pk__in=ids)
    return {thing.pk: Name(str(thing)) for thing in found}
