"""The list of returns."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from uuid import UUID

from django.db.models import Q
from django.http import HttpRequest
from django.utils import timezone
from django.utils.html import escape
from django.utils.safestring import SafeString
from django.utils.translation import gettext, ngettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from apps.core.actor import Actor, Permission
from apps.core.api.conditions import Asking, By
from apps.core.api.shapes import Sql
from apps.core.lists import (
    Action,
    Choice,
    Column,
    Empty,
    List,
    Search,
    Tab,
    cells,
    choice,
)
from apps.core.showing import grouped
from apps.core.templatetags.ui import avatar

from . import progress
from .models import Return
from .states import Kind, Outcome

_P = Permission
OPEN_ITEMS = Sql(
    serializers.IntegerField,
    "SELECT count(*) FROM returns_returnline l "
    f"WHERE l.ret_id = {{t}}.id AND l.outcome = '{Outcome.OPEN}'",
    lambda ret: ret.lines.filter(outcome=Outcome.OPEN).count(),
)


def _person(request: HttpRequest, first: str, last: str, pk: UUID) -> str:
    name = f"{first} {last}".strip() or gettext("Erased person")
    return SafeString(f'{avatar(name)}<a class="row" href="{pk}/">{escape(name)}</a>')


def _kind(request: HttpRequest, kind: str, reference: str) -> str:
    return SafeString(f"{escape(Kind(kind).label)} <small>{escape(reference)}</small>")


def _day(request: HttpRequest, last_on: date | None, starts_at: datetime | None) -> str:
    return cells.day(request, last_on) if last_on else cells.when(request, starts_at)


def _in_group(group: str, asking: Asking) -> Q:
    return progress.in_group(group, timezone.now())


def _counts(actor: Actor) -> Mapping[str, int]:
    return progress.group_counts(Return.objects.visible_to(actor))


def _counted(n: int) -> str:
    return ngettext("%(n)s return", "%(n)s returns", n) % {"n": grouped(n)}


RETURNS = List(
    name="returns",
    url="returns:list",
    model="returns.Return",
    rows=Return.objects.all,
    reads=_P.RETURNS_READ,
    across_companies=True,
    title=_("Returns"),
    note=_("Equipment on its way back from people who leave or stay."),
    counted=_counted,
    sort="-created_at",
    search=Search(
        lambda rows, text, actor: rows.search(text, actor), _("Person or reference")
    ),
    columns=(
        Column(
            name="person",
            label=_("Person"),
            reads=("user__first_name", "user__last_name", "id"),
            show=_person,
        ),
        Column(
            name="status",
            label=_("State"),
            reads=("state",),
            show=cells.badge("return"),
            is_default=True,
        ),
        Column(
            name="return",
            label=pgettext_lazy("noun", "Return"),
            reads=("kind", "reference"),
            show=_kind,
            is_default=True,
        ),
        Column(
            name="day",
            label=_("Day"),
            reads=("last_working_on", "starts_at"),
            show=_day,
            is_default=True,
        ),
        Column(
            name="open",
            label=_("Open items"),
            reads=(OPEN_ITEMS,),
            show=cells.number,
            css="num",
            is_default=True,
        ),
        Column(
            name="place",
            label=_("Place"),
            reads=("address__name",),
            show=cells.text,
            css="wide",
            is_default=True,
        ),
        Column(
            name="created",
            label=_("Started"),
            reads=("created_at",),
            show=cells.when,
            sorts="created_at",
            css="wide",
        ),
        Column(
            name="next",
            label=_("Next mail"),
            reads=("next_contact_at",),
            show=cells.when,
            css="wide",
        ),
        Column(
            name="notes",
            label=_("Notes"),
            reads=("notes",),
            show=cells.beginning,
            css="wide",
        ),
    ),
    filters=(
        choice("kind", _("Kind"), _("Any kind"), Kind.choices, is_indexed=True),
        Choice(
            name="group",
            label=_("Group"),
            choices=[*progress.GROUPS.items()],
            condition=By(_in_group),
            is_hidden=True,
        ),
    ),
    tabs=tuple(
        Tab(label, f"group={group}", group.replace("-", "_"))
        for group, label in progress.GROUPS.items()
    ),
    tab_counts=_counts,
    actions=(
        Action(
            label=_("Start offboarding"),
            url="returns:create",
            query="?kind=OFFBOARDING",
            needs=_P.RETURNS_START,
            icon="plus",
            is_primary=True,
        ),
        Action(
            label=_("Collect equipment"),
            url="returns:create",
            query="?kind=COLLECTION",
            needs=_P.RETURNS_START,
        ),
    ),
    none_fits=Empty(
        icon="search",
        title=_("Nothing here"),
        text=_("No return fits this tab and these filters."),
        url="returns:list",
        label=_("Show all returns"),
    ),
    empty=(
        Empty(
            icon="return",
            title=_("No returns yet"),
            text=_(
                "When somebody leaves, an offboarding asks them for their equipment, "
                "reminds them, and follows the parcel until it is in storage."
            ),
            url="returns:create",
            label=_("Start offboarding"),
            needs=_P.RETURNS_START,
        ),
        Empty(
            icon="return",
            title=_("No returns yet"),
            text=_("What comes back to your places appears here."),
        ),
    ),
)
