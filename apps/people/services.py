"""What happens to a person across the apps below."""

from __future__ import annotations

from datetime import date

from django.db import models, transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from apps.accounts import rehiring
from apps.accounts import services as accounts
from apps.accounts.models import User
from apps.accounts.states import UserState
from apps.core import seen as marks
from apps.core.actor import Actor, Permission
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
def archive(
    user: User,
    *,
    actor: Actor,
    way: str | None = None,
    reason: str,
    seen: str | None = None,
) -> User:
    """Archives the person; what they still hold is retired in the same transaction, in
    the given way.

    Raises Conflict `return_open` while something is being asked back, `still_holds` if
    they hold something and no way is given.
    """
    actor.require(Permission.PEOPLE_ARCHIVE, user.company_id)
    if way is not None and way not in Way.values:
        raise Invalid("bad_way", _("Say what becomes of the equipment."), field="way")
    inventory.lock(Asset.objects.held_by(user).values_list("id", flat=True))
    user = accounts.lock(user)
    if user.state == UserState.ARCHIVED:
        return user
    marks.require(user, seen)
    open_return = Return.objects.unfinished().filter(user=user).first()
    if open_return is not None:
        raise Conflict(
            "return_open",
            _("%(name)s still has %(reference)s open: finish or cancel it first.")
            % {"name": user.name, "reference": open_return.reference},
        )
    held = list(Asset.objects.held_by(user).values_list("id", flat=True))
    if held and way is None:
        raise Conflict(
            "still_holds",
            _("%(name)s still has %(count)s assets: say what becomes of them.")
            % {"name": user.name, "count": len(held)},
            field="way",
        )
    moves = [
        inventory.Move(asset_id, AssetState.ARCHIVED, reason=REASONS[Way(way)])
        for asset_id in held
        if way is not None
    ]
    follows = actor.for_consequences(user.company_id, Permission.ASSETS_RETIRE)
    inventory.move_many(moves, actor=follows)
    return accounts.archive(user, actor=actor, reason=reason)


def rehire(
    user: User,
    *,
    actor: Actor,
    start_on: date | None = None,
    seen: str | None = None,
) -> User:
    """Somebody who had left works here again: their history, and whatever they still
    hold, stays theirs. See `accounts.rehiring.rehire`."""
    actor.require(Permission.PEOPLE_REHIRE, user)
    return rehiring.rehire(user, actor=actor, start_on=start_on, seen=seen)
