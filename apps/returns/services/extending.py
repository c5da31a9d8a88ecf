"""Asking for something back, whether or not somebody gives something back already."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from django.db import transaction

from apps.accounts.models import User
from apps.core.actor import Actor, Permission
from apps.inventory.models import Asset
from apps.returns.models import Return
from apps.returns.states import CONTACTING, Kind

from .items import add_item
from .starting import start_collection


@transaction.atomic
def ask_back(user: User, *, actor: Actor, asset_ids: Sequence[UUID]) -> Return:
    """Adds the assets to the collection about which the person is being asked and has
    not answered yet; else starts one, at once. Same refusals as `start_collection`, and
    Conflict `asset_gone`."""
    actor.require(Permission.RETURNS_START, user)
    theirs = Return.objects.filter(company_id=user.company_id, user=user)
    asked = theirs.filter(kind=Kind.COLLECTION, state__in=CONTACTING)
    # What was an item of it before, and is settled, is no item of it again.
    ret = asked.exclude(lines__asset__in=asset_ids).order_by("-id").first()
    if ret is None:
        return start_collection(user, actor=actor, asset_ids=asset_ids)
    adds = actor.for_consequences(user.company_id, Permission.RETURNS_DECIDE)
    for asset in Asset.objects.filter(pk__in=asset_ids).order_by("pk"):
        add_item(ret, asset, actor=adds)
    ret.refresh_from_db()
    return ret
