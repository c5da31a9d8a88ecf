"""Events as sentences. Each app says its own where it declares the type; names are
looked up for the reader."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from django.utils.text import capfirst
from django.utils.translation import gettext as _

from apps.core.actor import Actor

from . import names, registry
from .models import Event
from .names import Names
from .payloads import PayloadError


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of a history, as `components/timeline.html` takes it."""

    at: datetime
    icon: str
    text: str
    url: str
    actor: str


def tell(
    events: Iterable[Event], actor: Actor, *, on_page_of: UUID | None = None
) -> list[Entry]:
    """The events as sentences, with the names that this actor may see, and links to
    everything but the thing on whose page they stand."""
    events = list(events)
    ids = {ref for event in events for ref in event.refs}
    ids |= {event.actor_id for event in events if event.actor_id}
    known = Names(names.of(ids, actor))
    entries = [_entry(event, known) for event in events]
    return [
        replace(entry, url="") if event.subject_id == on_page_of else entry
        for event, entry in zip(events, entries, strict=True)
    ]


def _entry(event: Event, known: Names) -> Entry:
    declared = registry.find(event.type)
    subject = known.get(event.subject_id)
    return Entry(
        at=event.occurred_at,
        icon=declared.icon if declared else "dots",
        text=sentence(event, known),
        url=subject.url if subject else "",
        actor=_who(event, known),
    )


def sentence(event: Event, known: Names) -> str:
    """What happened. What this release can't read, because a newer one wrote it, is
    told as just that."""
    declared = registry.find(event.type)
    try:
        payload = declared.read(event) if declared else None
    except PayloadError:
        payload = None
    if declared is None or payload is None:
        return _("Something happened that is not known here: %(type)s") % {
            "type": event.type
        }
    spelled = payload.thing()
    thing = known.text(event.subject_id, spelled or payload.nameless())
    told = payload.told_as() or declared.sentence
    text = str(told) % {"thing": thing, **payload.words(known)}
    # A name stays as it is written: "iPhone 14".
    written = [spelled, *(known.text(ref, "") for ref in event.refs)]
    begins_with_a_name = text.startswith(tuple(filter(None, written)))
    return text if begins_with_a_name else capfirst(text)


def _who(event: Event, known: Names) -> str:
    if event.actor_kind == "SYSTEM":
        return _("Tequipy")
    return known.somebody(event.actor_id)
