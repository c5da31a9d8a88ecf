"""The events there are. An app declares its own in its `events.py`, each type once;
EventsConfig.ready() imports them all."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Generic

from django.utils.functional import Promise

from . import payloads
from .models import Event
from .payloads import AnyPayload

SCHEMA_DIALECT = "https://json-schema.org/draft/2020-12/schema"
# A row of an older version -> its payload in the shape of the present one.
Upgrade = Callable[[Event], dict[str, Any]]


@dataclass(frozen=True, eq=False)
class EventType(Generic[AnyPayload]):
    """One type of event: what `record` takes and subscribers are keyed by.

    `name` is `<kind of subject>.<what happened>`. A version that was recorded never
    changes: what its payload says otherwise is the next version, and `older` reads
    the rows of each one before; the docstring of its function tells what was
    different. `sentence` gets `thing` and what `payload.words` returns.
    """

    name: str
    payload: type[AnyPayload]
    sentence: Promise
    icon: str = "dots"
    version: int = 1
    older: Mapping[int, Upgrade] = field(default_factory=dict)
    is_retired: bool = False  # no verb records it any more; its rows are told

    def __str__(self) -> str:
        return self.name

    @cached_property
    def subject_type(self) -> str:
        return self.name.partition(".")[0]

    def read(self, event: Event) -> AnyPayload:
        """What a row of any version says. Raises PayloadError."""
        if event.version == self.version:
            return payloads.read(self.payload, event.payload)
        if event.version not in self.older:
            raise payloads.PayloadError(f"{self.name}: unknown version {event.version}")
        try:
            present = self.older[event.version](event)
        except (LookupError, TypeError, AttributeError) as error:
            raise payloads.PayloadError(f"{self.name}: {error!r}") from error
        return payloads.read(self.payload, present)

    def schema(self) -> dict[str, Any]:
        """JSON Schema of the payload of the present version."""
        return {
            "$schema": SCHEMA_DIALECT,
            "title": f"{self.name} version {self.version}",
            **payloads.schema_of(self.payload),
        }


_types: dict[str, EventType[Any]] = {}


def declare(
    name: str,
    payload: type[AnyPayload],
    sentence: Promise,
    *,
    icon: str = "dots",
    version: int = 1,
    older: Mapping[int, Upgrade] | None = None,
    is_retired: bool = False,
) -> EventType[AnyPayload]:
    """Adds a type to the catalogue. Raises TypeError as `add`."""
    return add(
        EventType(name, payload, sentence, icon, version, older or {}, is_retired)
    )


def add(declared: EventType[AnyPayload]) -> EventType[AnyPayload]:
    """Raises TypeError for a type that is there already, for an older version that
    can't be read, for a payload that might hold something personal."""
    if declared.name in _types:
        raise TypeError(f"{declared} is declared twice")
    if sorted(declared.older) != list(range(1, declared.version)):
        raise TypeError(f"{declared}: say how to read each version before")
    declared.schema()
    _types[declared.name] = declared
    return declared


def find(name: str) -> EventType[Any] | None:
    return _types.get(name)


def withdraw(declared: EventType[Any]) -> None:
    """For tests that declare their own."""
    del _types[declared.name]


def declared_types() -> Iterator[EventType[Any]]:
    """All of them, by name."""
    for name in sorted(_types):
        yield _types[name]
