"""Names of what events are about, looked up when a page shows them: events hold ids
only. The app that owns a thing registers a loader in its AppConfig.ready()."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass
from uuid import UUID

from apps.core.actor import Actor


@dataclass(frozen=True, slots=True)
class Name:
    text: str
    url: str = ""


# Of the ids, those that exist and that the actor may see.
Loader = Callable[[Collection[UUID], Actor], dict[UUID, Name]]

_loaders: list[Loader] = []


def register(loader: Loader) -> None:
    if loader not in _loaders:
        _loaders.append(loader)


def of(ids: Collection[UUID], actor: Actor) -> dict[UUID, Name]:
    """One query per kind of thing, whatever the number of ids."""
    found: dict[UUID, Name] = {}
    for loader in _loaders:
        found.update(loader(ids, actor))
    return found
