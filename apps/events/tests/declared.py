"""Types that the tests of this app record; conftest declares them for each test."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.utils.functional import lazystr

from apps.core.actor import SYSTEM
from apps.events import services
from apps.events.models import Event
from apps.events.payloads import Payload
from apps.events.registry import EventType


@dataclass(slots=True, kw_only=True)
class Part:
    number: int


@dataclass(slots=True, kw_only=True)
class Sample(Payload):
    count: int = 0
    price: Decimal = Decimal("12.50")
    at: datetime | None = None
    parts: list[Part] = field(default_factory=list)


def _counted_1(event: Event) -> dict[str, Any]:
    """`count` was called `number`."""
    payload = dict(event.payload)
    return {"count": payload.pop("number"), **payload}


_SENTENCE = lazystr("%(thing)s happened")
HAPPENED = EventType("test.happened", Sample, _SENTENCE)
NEWER = EventType("test.newer", Sample, _SENTENCE, version=2, older={1: _counted_1})
WANTED = EventType("test.wanted", Sample, _SENTENCE)
UNWANTED = EventType("test.unwanted", Sample, _SENTENCE)
ALL = (HAPPENED, NEWER, WANTED, UNWANTED)


def record(
    company: Any, type_: EventType[Any] = HAPPENED, payload: Any = None, **more: Any
) -> Event:
    values = {"company_id": company.id, "subject_id": company.id, **more}
    return services.record(type_, payload or Sample(), actor=SYSTEM, **values)
