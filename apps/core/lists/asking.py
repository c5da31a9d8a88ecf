"""The query string of a list, and what is asked beside its rows, in one statement: what
its filters offer, which views are kept, which columns somebody chose last."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Self
from urllib.parse import urlencode
from uuid import UUID

import orjson
from django import forms
from django.apps import apps
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.utils.functional import cached_property
from django.utils.translation import gettext as _

from apps.core.actor import Actor
from apps.core.api.conditions import ALL as ALL_ROWS
from apps.core.api.conditions import Asking, Where
from apps.core.api.reading import Cut
from apps.core.prepared import execute
from apps.core.query import AFTER, PagedQuery, SearchField

from .columns import Column
from .declaring import ALL, List
from .filters import ListFilter

# No condition on rows.
SETTINGS = ("sort", "columns")


@dataclass(frozen=True, slots=True)
class View:
    """A view that somebody keeps. The one without a name says with which columns they
    left the list."""

    id: UUID
    name: str
    query: str
    is_shared: bool
    is_own: bool


# What selects, as JSON, the views of a list that somebody has: [[id, …], …].
_keeps: list[Callable[[Actor, str], Where]] = []


def keep_views_in(views: Callable[[Actor, str], Where]) -> None:
    """The app that keeps them says so when it is ready."""
    _keeps[:] = [views]


@dataclass(frozen=True, slots=True)
class Beside:
    """What a page of a list shows beside its rows."""

    offers: Mapping[str, Any]
    views: tuple[View, ...]

    @property
    def columns(self) -> str:
        """Those that somebody chose last."""
        query = next((view.query for view in self.views if not view.name), "")
        return query.removeprefix("columns=")


def beside(of: List, actor: Actor, said: Mapping[str, str]) -> Beside:
    wanted: dict[str, Where] = {}
    for one in offered(of, actor):
        found = one.looks_up(actor, said.get(one.name, ""))
        if found is not None:
            wanted[one.name] = found
    for views in _keeps:
        wanted["views of the list"] = views(actor, of.name)
    if not wanted:
        return Beside({}, ())
    parts = ", ".join(f"({one.sql})::text" for one in wanted.values())
    params = [param for one in wanted.values() for param in one.params]
    is_plain = all(one.is_plain for one in wanted.values())
    [row] = execute(f"SELECT {parts}", params, is_plain=is_plain)
    told = {
        name: orjson.loads(text) if text else []
        for name, text in zip(wanted, row, strict=True)
    }
    views = told.pop("views of the list", [])
    return Beside(told, tuple(View(UUID(pk), *rest) for pk, *rest in views))


def offered(of: List, actor: Actor) -> list[ListFilter]:
    """The filters that this person has."""
    return [one for one in of.filters if one.needs is None or actor.holds(one.needs)]


class ColumnsField(forms.CharField):
    """Names of columns, in their order, with commas between them."""

    def __init__(self, known: Mapping[str, Column], **kwargs: Any) -> None:
        super().__init__(required=False, max_length=1_000, **kwargs)
        self.known = known

    def clean(self, value: Any) -> list[str]:
        text = super().clean(value)
        if text == ALL:
            return [ALL]
        names = text.split(",") if text else []
        if unknown := [name for name in names if name not in self.known]:
            message = _("There is no column %(name)s. There are: %(names)s.") % {
                "name": unknown[0][:40],
                "names": ", ".join(self.known),
            }
            raise ValidationError(message)
        if len(names) != len(set(names)):
            raise ValidationError(_("A column stands there twice: name it once."))
        return names


def understood(of: List, query: str, actor: Actor) -> ListQuery:
    """The query string of a list that somebody looked at before. Raises Invalid
    `bad_query`."""
    return ListQuery.of(query, shows=of, actor=actor)


class ListQuery(PagedQuery):
    """What the query string of a list asks for."""

    def __init__(self, data: Any, *, shows: List, actor: Actor, **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        self.shows, self.actor = shows, actor
        self.beside = beside(shows, actor, data)
        self.filters = offered(shows, actor)
        if shows.search:
            self.fields["q"] = SearchField(label=_("Search"))
        for one in self.filters:
            self.fields[one.name] = one.field(self.beside.offers.get(one.name))
        self.sorts = shows.sorts_by(actor)
        if self.sorts:
            both = [(f"{way}{name}", name) for name in self.sorts for way in ("", "-")]
            self.fields["sort"] = forms.ChoiceField(
                label=_("Order"), required=False, choices=[("", ""), *both]
            )
        self.fields["columns"] = ColumnsField(shows.seen_by(actor), label=_("Columns"))

    @classmethod
    def asked_of(cls, of: List, request: HttpRequest) -> Self:
        """Raises BadQuery."""
        actor = request.actor  # type: ignore[attr-defined]
        return cls.read(request, shows=of, actor=actor)

    @property
    def is_used(self) -> bool:
        return any(v for n, v in self.cleaned_data.items() if n not in SETTINGS)

    @cached_property
    def names(self) -> list[str]:
        """Of the columns that are shown: those that are asked for, those that the
        person chose last, or the usual ones. What a row is comes first."""
        seen = self.shows.seen_by(self.actor)
        asked = self.cleaned_data["columns"]
        if asked == [ALL]:
            return list(seen)
        kept = [name for name in self.beside.columns.split(",") if name in seen]
        names = asked or kept or self.shows.default_for(self.actor)
        main = self.shows.main.name
        return [main, *(name for name in names if name != main)]

    @property
    def columns(self) -> list[Column]:
        return [self.shows.by_name[name] for name in self.names]

    @property
    def values(self) -> dict[str, Any]:
        """Of the filters in use."""
        found = self.cleaned_data
        return {
            name: value
            for name, value in found.items()
            if name not in SETTINGS and value not in (None, "", False)
        }

    @cached_property
    def asking(self) -> Asking:
        if hasattr(self, "request"):
            zone = self.request.member.company.time_zone  # type: ignore[attr-defined]
        else:
            company: Any = apps.get_model("companies.Company")
            mine = company.objects.filter(pk=self.actor.company_id)
            # The system is nowhere.
            zone = mine.values_list("time_zone", flat=True).first() or "UTC"
        return Asking(self.actor, zone)

    @property
    def where(self) -> Where:
        """PostgreSQL keeps one plan for all values only where one index fits them all:
        else it plans anew, by what it knows of these."""
        values = self.values
        where = self.shows.reading.where(self.asking, values)
        if where is ALL_ROWS:
            return where
        usual = {one.name for one in self.filters if one.is_indexed}
        is_usual = len(values) <= 1 and set(values) <= usual
        is_plain = is_usual and not self.cleaned_data.get("sort")
        return Where(where.sql, where.params, where.is_plain and is_plain)

    @property
    def sort(self) -> str:
        """The column of the table that orders it."""
        asked = self.cleaned_data.get("sort")
        if not asked:
            return self.shows.sort
        way = "-" if asked.startswith("-") else ""
        return f"{way}{self.sorts[asked.lstrip('-')]}"

    def cut(self, *, limit: int, after: str, counts: bool) -> Cut:
        return Cut(self.where, self.sort, limit, after, counts)

    # --- Addresses ---

    @cached_property
    def said(self) -> dict[str, str]:
        """What the query string says, without its page."""
        return {n: v for n, v in self.data.items() if v and n != AFTER}

    def url(self, **changed: str | None) -> str:
        """The list with something otherwise; None takes it out."""
        found = {n: v for n, v in {**self.said, **changed}.items() if v}
        return "?" + urlencode(found, safe=",") if found else "?"


class FileQuery(ListQuery):
    """The same of a file, which has no pages."""

    is_paged = False
