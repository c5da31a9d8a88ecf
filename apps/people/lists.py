"""The list of people."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpRequest
from django.utils.html import escape
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from rest_framework import serializers

from apps.accounts import roles
from apps.accounts.counts import PEOPLE as COUNTED
from apps.accounts.fields import FIELDS
from apps.accounts.models import User, UserQuerySet
from apps.accounts.states import UserState
from apps.companies.countries import name_of
from apps.core.actor import Permission
from apps.core.api.conditions import Is
from apps.core.api.shapes import Sql
from apps.core.lists import (
    Action,
    Column,
    Empty,
    Found,
    List,
    Search,
    cells,
    choice,
    of_table,
)
from apps.core.roles import COMPANY_ROLES
from apps.core.showing import grouped
from apps.core.templatetags.ui import avatar

_P = Permission
ROLES = [one for one in roles.CHOICES if one[0] in COMPANY_ROLES]
STATES = [one for one in UserState.choices if one[0] != UserState.DELETED]
HELD = Sql(
    serializers.IntegerField,
    "SELECT count(*) FROM inventory_asset a "
    "WHERE a.user_id = {t}.id AND a.company_id = {t}.company_id",
    lambda user: user.assets.count(),
)


def _people() -> UserQuerySet:
    return User.objects.people()


def _person(request: HttpRequest, first: str, last: str, email: str, pk: UUID) -> str:
    name = f"{first} {last}".strip()
    return SafeString(
        f'{avatar(name)}<a class="row" href="{pk}/">{escape(name)}</a> '
        f"<small>{escape(email)}</small>"
    )


def _held(request: HttpRequest, number: int, pk: UUID) -> str:
    if not number:
        return cells.EMPTY
    path = cells.path("inventory:list")
    return SafeString(f'<a href="{path}?user={pk}">{grouped(number)}</a>')


def _country(request: HttpRequest, code: str | None) -> str:
    return escape(name_of(code)) if code else cells.EMPTY


def _counted(n: int) -> str:
    return ngettext("%(n)s person", "%(n)s people", n) % {"n": grouped(n)}


PEOPLE = List(
    name="people",
    url="people:list",
    model="accounts.User",
    rows=_people,
    reads=_P.PEOPLE_READ,
    title=_("People"),
    counted=_counted,
    sort="sort_key",
    table=FIELDS,
    exports=_P.PEOPLE_EXPORT,
    counter=COUNTED.within("people"),
    search=Search(
        lambda rows, text, actor: rows.search(text),
        _("Name, e-mail, employee number"),
    ),
    columns=(
        Column(
            name="person",
            label=_("Name"),
            reads=("first_name", "last_name", "email", "id"),
            show=_person,
            fields=("first_name", "last_name"),
            sorts="sort_key",
        ),
        Column(
            name="status",
            label=_("State"),
            reads=("state",),
            show=cells.badge("user"),
            fields=("active",),
            is_default=True,
        ),
        Column(
            name="holds",
            label=_("Holds"),
            reads=(HELD, "id"),
            show=_held,
            css="num",
            is_default=True,
        ),
        Column(
            name="role",
            label=FIELDS["role"].label,
            reads=("role",),
            show=cells.choice(lambda: dict(roles.CHOICES)),
            plain=lambda role: role,
            css="wide",
        ),
        Column(
            name="created",
            label=_("Added"),
            reads=("created_at", "id"),
            show=lambda request, moment, pk: cells.when(request, moment),
            sorts="id",  # ids are made in the order of time
            css="wide",
        ),
        *of_table(
            FIELDS,
            leave_out=("first_name", "last_name", "active"),
            job_title={"is_default": True},
            department={"is_default": True},
            country_id={"show": _country, "is_default": True},
        ),
    ),
    filters=(
        choice("state", _("State"), _("Any state"), STATES, is_indexed=True),
        Found(
            name="department",
            label=FIELDS["department"].label,
            any_label=_("Any department"),
            rows=_people,
            column="department",
            condition=Is("department"),
            is_indexed=True,
        ),
        Found(
            name="country",
            label=FIELDS["country_id"].label,
            any_label=_("Any country"),
            rows=_people,
            column="country",
            shown=name_of,
            condition=Is("country"),
            is_indexed=True,
        ),
        choice("role", FIELDS["role"].label, _("Any role"), ROLES, is_indexed=True),
    ),
    actions=(
        Action(
            label=_("Add person"),
            url="people:add",
            needs=_P.PEOPLE_ADD,
            icon="plus",
            is_primary=True,
        ),
        Action(
            label=_("Import a file"),
            url="imports:create",
            needs=_P.IMPORTS_RUN,
            icon="upload",
        ),
    ),
    none_fits=Empty(
        icon="search",
        title=_("Nobody fits these filters"),
        text=_("Remove a filter, or search for a part of the name."),
        url="people:list",
        label=_("Show everybody"),
    ),
    empty=(
        Empty(
            icon="users",
            title=_("Nobody here yet"),
            text=_(
                "People hold equipment. Add them one by one, or import the list your "
                "HR system exports."
            ),
            url="imports:list",
            label=_("Import a file"),
        ),
    ),
)
