"""What a form showed of the thing it moves.

The form carries a mark (`{% seen asset %}`), the verb takes it as `seen=` and compares
it with the locked row: where it is, not when it was last saved. Of two people who move
the same thing the second is asked, with what happened meanwhile (`events.middleware`).
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from operator import attrgetter
from typing import Any
from uuid import UUID

from django.db.models import Model
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _

from .errors import Conflict

FIELD = "seen"
Facts = Callable[[Any], Iterable[object]]


@dataclass(frozen=True, slots=True)
class Aspect:
    """What of a thing one kind of form shows, and the partial that says it in words."""

    facts: Facts
    template: str
    about: Callable[[Any], UUID]  # by what the history finds it


_aspects: dict[tuple[type[Model], str], Aspect] = {}


def register(
    model: type[Model],
    facts: Facts,
    template: str,
    *,
    aspect: str = "",
    about: Callable[[Any], UUID] = attrgetter("pk"),
) -> None:
    """By the app whose forms show it, when it is ready."""
    _aspects[model, aspect] = Aspect(facts, template, about)


def aspect_of(thing: Model, aspect: str) -> Aspect:
    return _aspects[type(thing), aspect]


def of(request: HttpRequest) -> str:
    """The mark that the form carries, for the verb."""
    return request.POST.get(FIELD, "")


def of_each(request: HttpRequest, things: Iterable[Model]) -> dict[UUID, str]:
    """By ids: the marks of a form that moves many at once, each its own."""
    names = {thing.pk: field_of(thing) for thing in things}
    request.seen_fields = names  # type: ignore[attr-defined]
    return {pk: request.POST.get(name, "") for pk, name in names.items()}


def field_of(thing: Model) -> str:
    """The name of its mark beside those of others."""
    return f"{FIELD}_{thing.pk}"


def mark(thing: Model, aspect: str = "") -> str:
    """Of the thing as this instance has it, and of the present moment."""
    return f"{_digest(thing, aspect)}-{int(timezone.now().timestamp())}"


def _digest(thing: Model, aspect: str) -> str:
    facts = _aspects[type(thing), aspect].facts(thing)
    told = json.dumps([thing.pk, aspect, *facts], default=_plain)
    return hashlib.sha256(told.encode()).hexdigest()[:20]


def _plain(value: object) -> str:
    if isinstance(value, datetime):
        value = value.astimezone(UTC)
    return str(value)


def require(thing: Model, seen: str | None, aspect: str = "") -> None:
    """Raises ChangedMeanwhile unless the locked `thing` is as the form showed it.

    None is a caller that shows nothing to anybody: an import, a task, another verb. A
    form without a mark sends "", which fits nothing.
    """
    if seen is None or seen.partition("-")[0] == _digest(thing, aspect):
        return
    raise ChangedMeanwhile(thing, aspect, _moment(seen))


def _moment(seen: str) -> datetime | None:
    seconds = seen.partition("-")[2]
    is_meant = seconds.isascii() and seconds.isdigit() and len(seconds) <= 10
    return datetime.fromtimestamp(int(seconds), UTC) if is_meant else None


class ChangedMeanwhile(Conflict):
    """`thing` is not any more as the form showed it at `shown_at` (None: unknown)."""

    def __init__(self, thing: Model, aspect: str, shown_at: datetime | None) -> None:
        message = _("%(thing)s has changed meanwhile: nothing has been done.")
        super().__init__("changed_meanwhile", message % {"thing": thing})
        self.thing, self.aspect, self.shown_at = thing, aspect, shown_at
