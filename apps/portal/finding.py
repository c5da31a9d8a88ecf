"""One search field over assets, people and returns."""

from __future__ import annotations

from typing import Any

from django.db.models import Q

from apps.accounts.models import User
from apps.accounts.states import UserState
from apps.core.actor import Actor
from apps.inventory.models import Asset
from apps.returns.models import Return

SHORTEST = 2
SHOWN = 8


def everything(text: str, actor: Actor) -> dict[str, Any]:
    if len(text) < SHORTEST:
        return {"is_too_short": bool(text)}
    assets = _assets(text, actor)
    people = _people(text, actor)
    returns = _returns(text, actor)
    found = {"assets": assets, "people": people, "returns": returns}
    return {**found, "is_empty": not any(found.values())}


def _assets(text: str, actor: Actor) -> list[Asset]:
    """The one with exactly this serial number or tag stands first."""
    visible = Asset.objects.visible_to(actor).for_list()
    exact = list(
        visible.filter(Q(serial_number=text.upper()) | Q(asset_tag=text))[:SHOWN]
    )
    known = [asset.pk for asset in exact]
    others = visible.search(text).exclude(pk__in=known).order_by("name", "id")
    return [*exact, *others[: SHOWN - len(exact)]]


def _people(text: str, actor: Actor) -> list[User]:
    if not actor.reads_company:
        return []
    people = User.objects.visible_to(actor).people().exclude(state=UserState.DELETED)
    return list(people.search(text).order_by("last_name", "id")[:SHOWN])


def _returns(text: str, actor: Actor) -> list[Return]:
    whose = Return.objects.visible_to(actor).for_list()
    wanted = Q(reference__icontains=text)
    if actor.reads_company:
        people = User.objects.visible_to(actor).search(text)
        wanted |= Q(user__in=people.values("pk"))
    return list(whose.filter(wanted).order_by("-created_at")[:SHOWN])
