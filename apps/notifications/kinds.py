"""The mails there are: after which event, by which template, and what lists call one
that has no text yet."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from apps.accounts import events as account_events
from apps.events.registry import EventType
from apps.returns import events as return_events


@dataclass(frozen=True, slots=True)
class Kind:
    template: str
    title: Promise | str

    @property
    def path(self) -> str:
        return f"notifications/mail/{self.template}.txt"


RETURN_MAILS: dict[EventType[Any], Kind] = {
    return_events.RETURN_FIRST_EMAIL_SENT: Kind(
        "first_email_sent", _("Asks for the equipment")
    ),
    return_events.RETURN_FIRST_REMINDER_SENT: Kind(
        "first_reminder_sent", _("Reminds of the equipment")
    ),
    return_events.RETURN_SECOND_REMINDER_SENT: Kind(
        "second_reminder_sent", _("Reminds of the equipment a last time")
    ),
    return_events.RETURN_LINK_SENT: Kind("link_sent", _("A new link")),
    return_events.RETURN_ANSWERED: Kind("answered", _("Confirms the answer")),
    return_events.RETURN_MATERIALS_SENT: Kind(
        "materials_sent", _("Packaging is on its way")
    ),
    return_events.RETURN_PARCEL_BOOKED: Kind(
        "parcel_booked", _("The carrier is booked")
    ),
    return_events.RETURN_COMPLETED: Kind("completed", _("Everything is settled")),
    return_events.RETURN_CANCELLED: Kind("cancelled", _("The return is cancelled")),
}
INVITATION = Kind("invited", _("Invitation to sign in"))
_BY_TYPE = {str(type_): kind for type_, kind in RETURN_MAILS.items()}
_BY_TYPE[str(account_events.USER_INVITED)] = INVITATION


def title_of(event_type: str) -> Promise | str:
    kind = _BY_TYPE.get(event_type)
    return kind.title if kind else _("Mail")
