"""What happens to a person across the apps below."""

from __future__ import annotations

from django.db import models, transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from apps.accounts import services as accounts
from apps.accounts.models import User
from apps.accounts.states import UserState
from apps.core.actor import Actor
from apps.core.errors import Conflict, Invalid
from apps.inventory import services as inventory
from apps.inventory.models import Asset
from apps.inventory.states import ArchiveReason, AssetState
from apps.returns.models import Return


class Way(models.TextChoices):
    """What becomes of the equipment of somebody who is archived."""

    ARCHIVED = "ARCHIVED", gettext_lazy("Written off")
    GIVEN_AWAY = "GIVEN_AWAY", gettext_lazy("Given to them")


REASONS = {
    Way.ARCHIVED: ArchiveReason.WRITTEN_OFF,
    Way.GIVEN_AWAY: ArchiveReason.GIVEN_AWAY,
}


@transaction.atomic
def archive(user: User, *, actor: Actor, way: str = Way.ARCHIVED) -> User:
    """Archives the person; what they still hold is retired in the same transaction.

    Raises Conflict `return_open` while something is being asked back.
    """
    actor.require_manage(user.company_id)
    if way not in Way.values:
        raise Invalid("bad_way", _("Say what becomes of the equipment."), field="way")
    inventory.lock(Asset.objects.held_by(user).values_list("id", flat=True))
    user = accounts.lock(user)
    if user.state == UserState.ARCHIVED:
        return user
    open_return = Return.objects.unfinished().filter(user=user).first()
    if open_return is not None:
        raise Conflict(
            "return_open",
            _("%(name)s still has %(reference)s open: finish or cancel it first.")
            % {"name": user.name, "reference": open_return.reference},
        )
    held = Asset.objects.held_by(user).values_list("id", flat=True)
    moves = [
        inventory.Move(asset_id, AssetState.ARCHIVED, reason=REASONS[Way(way)])
        for asset_id in held
    ]
    inventory.move_many(moves, actor=actor)
    return accounts.archive(user, actor=actor)
