"""The list of mails."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from django.http import HttpRequest
from django.utils import timezone
from django.utils.html import escape
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from apps.core.actor import Permission
from apps.core.lists import Column, Empty, List, Search, cells, choice
from apps.core.showing import grouped

from . import waiting
from .models import Message, title_of, to_whom
from .states import MessageState

_P = Permission


def _mail(
    request: HttpRequest, subject: str, event_type: str, recipient: str, pk: UUID
) -> str:
    title = title_of(subject, event_type, recipient)
    return SafeString(f'<a class="row" href="{pk}/">{escape(title)}</a>')


def _to(request: HttpRequest, recipient: str) -> str:
    return escape(to_whom(recipient))


def _notices(request: HttpRequest) -> Sequence[str]:
    actor = request.actor  # type: ignore[attr-defined]
    is_stuck = waiting.has_no_worker(actor, timezone.now())
    return ["components/no_worker.html"] if is_stuck else []


def _counted(n: int) -> str:
    return ngettext("%(n)s mail", "%(n)s mails", n) % {"n": grouped(n)}


MAILS = List(
    name="mails",
    url="notifications:list",
    model="notifications.Message",
    rows=Message.objects.all,
    reads=_P.MAILS_READ,
    title=_("Mails"),
    counted=_counted,
    notices=_notices,
    search=Search(
        lambda rows, text, actor: rows.search(text), _("Recipient or subject")
    ),
    columns=(
        Column(
            name="mail",
            label=_("Subject"),
            reads=("subject", "event_type", "recipient", "id"),
            show=_mail,
        ),
        Column(
            name="status",
            label=_("State"),
            reads=("state",),
            show=cells.badge("message"),
            is_default=True,
        ),
        Column(
            name="to",
            label=_("To"),
            reads=("recipient",),
            show=_to,
            css="full",
            is_default=True,
        ),
        Column(
            name="occurred",
            label=_("When"),
            reads=("occurred_at",),
            show=cells.when,
            is_default=True,
        ),
        Column(
            name="sent",
            label=_("Sent"),
            reads=("sent_at",),
            show=cells.when,
            css="wide",
        ),
    ),
    filters=(choice("state", _("State"), _("Any state"), MessageState.choices),),
    none_fits=Empty(
        icon="search",
        title=_("No mail fits these filters"),
        text=_("Remove a filter, or search for a part of the address."),
        url="notifications:list",
        label=_("Show all mails"),
    ),
    empty=(
        Empty(
            icon="mail",
            title=_("No mails yet"),
            text=_(
                "Every mail to a leaver or employee is kept here, word for word, with "
                "the time it was sent."
            ),
        ),
    ),
)
