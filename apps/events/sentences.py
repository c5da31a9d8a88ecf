"""An event as a person would tell it. Words come from the payload, names from those
who own them; what is not known any more is told without a name."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from apps.core.actor import Actor

from . import names
from .models import Event
from .names import Name

# %(thing)s is the subject, %(to)s where it went, %(person)s whose return it is.
SENTENCES: dict[str, Any] = {
    "address.created": lazy("%(thing)s was added as a place"),
    "address.removed": lazy("%(thing)s was taken out: its import was undone"),
    "address.updated": lazy("%(thing)s was changed"),
    "asset.created": lazy("%(thing)s came into the books and went to %(to)s"),
    "asset.handed_over": lazy("%(thing)s was handed to %(to)s"),
    "asset.moved": lazy("%(thing)s moved to %(to)s"),
    "asset.removed": lazy("%(thing)s was taken out: its import was undone"),
    "asset.restored": lazy("%(thing)s is as it was before an import"),
    "asset.retired": lazy("%(thing)s left the books: %(reason)s"),
    "asset.sent": lazy("%(thing)s went on its way with %(to)s"),
    "asset.sent_to_repair": lazy("%(thing)s went to repair at %(to)s"),
    "asset.stored": lazy("%(thing)s was put into storage at %(to)s"),
    "asset.updated": lazy("%(thing)s was changed: %(changed)s"),
    "company.created": lazy("The company joined"),
    "import.applied": lazy("An import was applied"),
    "import.failed": lazy("An import failed"),
    "import.planned": lazy("An import was planned"),
    "import.read": lazy("A file was read"),
    "import.stopped": lazy("An import was stopped"),
    "import.undo_started": lazy("Undoing an import was started"),
    "import.undo_stopped": lazy("Undoing an import was stopped"),
    "import.undone": lazy("An import was undone"),
    "import.uploaded": lazy("A file was uploaded"),
    "message.retried": lazy("A mail was sent again"),
    "product.created": lazy("%(thing)s was added to the catalogue"),
    "product.removed": lazy("%(thing)s was taken out: its import was undone"),
    "return.answered": lazy("%(person)s answered: %(method)s (%(thing)s)"),
    "return.cancelled": lazy("%(thing)s of %(person)s was cancelled"),
    "return.completed": lazy("%(thing)s of %(person)s is completed"),
    "return.deleted": lazy("%(thing)s was hidden"),
    "return.device_arrived": lazy("Equipment of %(person)s arrived (%(thing)s)"),
    "return.device_in_transit": lazy("%(person)s's parcel is on its way (%(thing)s)"),
    "return.dropoff_failed": lazy("%(person)s's drop-off failed (%(thing)s)"),
    "return.employee_not_responding": lazy("%(person)s does not respond (%(thing)s)"),
    "return.first_email_sent": lazy(
        "%(person)s was asked for the equipment (%(thing)s)"
    ),
    "return.first_reminder_sent": lazy("%(person)s was reminded (%(thing)s)"),
    "return.item_added": lazy("%(product)s was added to %(thing)s"),
    "return.item_decided": lazy("%(product)s: %(decision)s (%(thing)s)"),
    "return.line_closed": lazy("%(product)s: %(outcome)s (%(thing)s)"),
    "return.link_sent": lazy("%(person)s got a new link (%(thing)s)"),
    "return.materials_arrived": lazy("Packaging reached %(person)s (%(thing)s)"),
    "return.materials_sent": lazy("Packaging was sent to %(person)s (%(thing)s)"),
    "return.parcel_booked": lazy("A carrier was booked for %(person)s (%(thing)s)"),
    "return.parcel_ended": lazy(
        "A parcel of %(person)s ended, items are open (%(thing)s)"
    ),
    "return.paused": lazy("%(thing)s of %(person)s was paused"),
    "return.pickup_failed": lazy("%(person)s's pick-up failed (%(thing)s)"),
    "return.rescheduled": lazy("%(thing)s of %(person)s moved to %(day)s"),
    "return.resumed": lazy("%(thing)s of %(person)s goes on"),
    "return.second_reminder_sent": lazy("%(person)s was reminded again (%(thing)s)"),
    "return.started": lazy("%(thing)s of %(person)s was started"),
    "shipment.booked": lazy("A parcel was announced: %(thing)s"),
    "shipment.delivered": lazy("%(thing)s was delivered"),
    "shipment.failed": lazy("%(thing)s could not be delivered"),
    "shipment.in_transit": lazy("%(thing)s is on its way"),
    "shipment.lost": lazy("%(thing)s is lost"),
    "shipment.out_for_delivery": lazy("%(thing)s is out for delivery"),
    "shipment.returned": lazy("%(thing)s came back to its sender"),
    "shipment.cancelled": lazy("%(thing)s was cancelled"),
    "user.activated": lazy("%(thing)s became active"),
    "user.archived": lazy("%(thing)s was archived"),
    "user.created": lazy("%(thing)s was added"),
    "user.invitation_accepted": lazy("%(thing)s accepted the invitation"),
    "user.invitation_declined": lazy("%(thing)s declined the invitation"),
    "user.invitation_withdrawn": lazy("The invitation of %(thing)s was withdrawn"),
    "user.invited": lazy("%(thing)s was invited to sign in"),
    "user.membership_ended": lazy("%(thing)s may no longer sign in"),
    "user.membership_left": lazy("%(thing)s left the company's pages"),
    "user.sign_in_address_asked": lazy(
        "Another sign-in address was asked for %(thing)s"
    ),
    "user.sign_in_address_changed": lazy("%(thing)s signs in with another address"),
    "user.login_given": lazy("%(thing)s can sign in"),
    "user.offboarded": lazy("%(thing)s has left"),
    "user.offboarding_cancelled": lazy(
        "%(thing)s stays: the offboarding was cancelled"
    ),
    "user.offboarding_started": lazy("%(thing)s is leaving"),
    "user.rehired": lazy("%(thing)s works here again"),
    "user.removed": lazy("%(thing)s was taken out: the import was undone"),
    "user.restored": lazy("%(thing)s is as before an import"),
    "user.sign_in_allowed": lazy("%(thing)s may sign in again"),
    "user.sign_in_forbidden": lazy("%(thing)s was locked out"),
    "user.storage_assigned": lazy("%(thing)s works at %(to)s"),
    "user.updated": lazy("%(thing)s was changed: %(changed)s"),
}
ICONS = {
    "asset": "laptop",
    "return": "return",
    "shipment": "truck",
    "user": "user",
    "address": "building",
    "import": "upload",
    "message": "mail",
    "product": "tag",
}


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
    known = names.of(ids, actor)
    entries = [_entry(event, known) for event in events]
    return [
        replace(entry, url="") if event.subject_id == on_page_of else entry
        for event, entry in zip(events, entries, strict=True)
    ]


def _entry(event: Event, known: Mapping[UUID, Name]) -> Entry:
    subject = known.get(event.subject_id)
    sentence = SENTENCES.get(event.type)
    words = _words(event, known)
    text = (
        str(sentence) % words if sentence else event.type.replace(".", " ").capitalize()
    )
    return Entry(
        at=event.occurred_at,
        icon=ICONS.get(event.subject_type, "dots"),
        text=capfirst(text),
        url=subject.url if subject else "",
        actor=_who(event, known),
    )


def _who(event: Event, known: Mapping[UUID, Name]) -> str:
    if event.actor_kind == "SYSTEM":
        return _("Tequipy")
    name = known.get(event.actor_id) if event.actor_id else None
    return name.text if name else _("somebody")


def _words(event: Event, known: Mapping[UUID, Name]) -> dict[str, str]:
    payload = event.payload
    subject = known.get(event.subject_id)
    return {
        "thing": subject.text if subject else _spelled(event),
        "to": _place(event, known),
        "person": _named(payload.get("user_id"), known, _("somebody")),
        "product": str(payload.get("product_name", _("an item"))),
        "reason": _code(payload.get("to", {}).get("reason", "")),
        "method": _code(payload.get("method", "")),
        "decision": _code(payload.get("new", "") or "undecided"),
        "outcome": _code(payload.get("outcome", "")),
        "day": str(payload.get("day", "")),
        "changed": ", ".join(_code(name) for name in payload.get("changes", {})),
    }


def _spelled(event: Event) -> str:
    """What is not in the books any more, by what its events say of it."""
    payload = event.payload
    if event.subject_type == "user":
        return _("somebody")
    for name in ("reference", "product_name", "address_name", "carrier"):
        if payload.get(name):
            mark = payload.get("serial_number") or payload.get("asset_tag") or ""
            return f"{payload[name]} {mark}".strip()
    return _("something")


def _place(event: Event, known: Mapping[UUID, Name]) -> str:
    to = event.payload.get("to", {})
    if to.get("user_id"):
        return _named(to["user_id"], known, _("somebody"))
    for name in ("address_id", "shipment_id"):
        if to.get(name):
            return _named(to[name], known, _("somewhere"))
    others = [known[ref].text for ref in event.refs[1:] if ref in known]
    return others[0] if others else _("nowhere yet")


def _named(value: Any, known: Mapping[UUID, Name], otherwise: str) -> str:
    name = known.get(UUID(value)) if value else None
    return name.text if name else otherwise


def _code(value: Any) -> str:
    return str(value).removesuffix("_id").replace("_", " ").lower()
