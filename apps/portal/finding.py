"""One search field over assets, people and returns."""

from __future__ import annotations

from typing import Any

from apps.accounts.models import User
from apps.core.actor import Actor, Permission
from apps.core.clean import one_line
from apps.inventory.models import Asset
from apps.returns.models import Return

SHORTEST = 2
SHOWN = 8


def everything(text: str, actor: Actor) -> dict[str, Any]:
    text = one_line(text)
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
    exact = list(visible.with_code(text)[:SHOWN])
    known = [asset.pk for asset in exact]
    others = visible.search(text).exclude(pk__in=known).order_by("name", "id")
    return [*exact, *others[: SHOWN - len(exact)]]


def _people(text: str, actor: Actor) -> list[User]:
    if not actor.holds(Permission.PEOPLE_READ, beyond_own=True):
        return []
    people = User.objects.visible_to(actor).people()
    return list(people.search(text).order_by("sort_key", "id")[:SHOWN])


def _returns(text: str, actor: Actor) -> list[Return]:
    whose = Return.objects.visible_to(actor).for_list()
    return list(whose.search(text, actor).order_by("-created_at")[:SHOWN])
