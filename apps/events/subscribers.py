"""Who reads the sealed events. An app registers itself in its AppConfig.ready()."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from .models import Event
from .registry import EventType

Handler = Callable[[Event], None]


@dataclass(frozen=True, slots=True)
class Subscriber:
    name: str
    handlers: Mapping[str, Handler]  # by the type's name, as rows have it


subscribers: dict[str, Subscriber] = {}


def subscribe(name: str, handlers: Mapping[EventType[Any], Handler]) -> None:
    """The handlers get rows of every version: `EventType.read` reads them all."""
    by_name = {declared.name: handler for declared, handler in handlers.items()}
    subscribers[name] = Subscriber(name, by_name)
