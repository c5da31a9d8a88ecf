"""Who reads the sealed events. An app registers itself in its AppConfig.ready()."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from .models import Event

Handler = Callable[[Event], None]


@dataclass(frozen=True, slots=True)
class Subscriber:
    name: str
    handlers: Mapping[str, Handler]  # event type -> what to do


subscribers: dict[str, Subscriber] = {}


def subscribe(name: str, handlers: Mapping[str, Handler]) -> None:
    subscribers[name] = Subscriber(name, handlers)
