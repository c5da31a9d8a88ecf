"""What a list is: declared once, in the `lists.py` of an app.

    ASSETS = List(
        "assets",
        model="inventory.Asset",
        rows=Asset.objects.all,
        reads=Permission.ASSETS_READ,
        title=_("Assets"),
        counted=...,
        columns=(...),
        filters=(...),
    )

and `*ASSETS.paths()` in its `urls.py`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Any
from uuid import UUID

from django.http import HttpRequest
from django.urls import URLPattern, reverse
from django.utils.functional import Promise

from apps.core.actor import Actor, Permission
from apps.core.api.conditions import Narrowed, Where
from apps.core.api.reading import Reading
from apps.core.fields import Table
from apps.core.tenancy import TenantQuerySet

from .columns import Cells, Column
from .filters import ListFilter

Label = str | Promise
# Every column that there is, in a file.
ALL = "all"


@dataclass(frozen=True, slots=True)
class Search:
    """`narrow` gets the queryset, the text and the actor."""

    narrow: Callable[[Any, str, Actor], Any]
    placeholder: Label


@dataclass(frozen=True, slots=True, kw_only=True)
class Action:
    """A link in the head of the page. `url` is the name of a page."""

    label: Label
    url: str
    needs: Permission
    icon: str = ""
    query: str = ""
    is_primary: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Empty:
    """What the page says where there is nothing. `url` is the name of the page that
    fills it, for those who hold `needs`."""

    icon: str
    title: Label
    text: Label
    url: str = ""
    label: Label = ""
    needs: Permission | None = None

    def is_for(self, actor: Actor) -> bool:
        return self.needs is None or actor.holds(self.needs)


@dataclass(frozen=True, slots=True)
class Tab:
    """A view that the list always has."""

    label: Label
    query: str
    count: str = ""  # which number of `List.tab_counts` stands beside it


_lists: dict[str, List] = {}


def find(name: str) -> List | None:
    return _lists.get(name)


def declared() -> list[List]:
    """All of them, once the apps are ready."""
    return [one for _name, one in sorted(_lists.items())]


@dataclass(frozen=True, eq=False, kw_only=True)
class List:
    """`name` is what saved views and addresses know it by, so it stays. `rows` makes
    the queryset that `visible_to` is asked of. `sort` is the column that orders it
    until somebody asks otherwise."""

    name: str
    model: str
    url: str  # the name of its page
    rows: Callable[[], TenantQuerySet]
    reads: Permission
    title: Label
    counted: Callable[[int], str]
    columns: tuple[Column, ...]
    empty: tuple[Empty, ...]
    none_fits: Empty
    filters: tuple[ListFilter, ...] = ()
    search: Search | None = None
    sort: str = "-id"
    note: Label = ""
    table: Table | None = None
    exports: Permission | None = None
    actions: tuple[Action, ...] = ()
    # Pages that take what is chosen, beside the bulk verbs of these things.
    takes_chosen: tuple[Action, ...] = ()
    tabs: tuple[Tab, ...] = ()
    tab_counts: Callable[[Actor], Mapping[str, int]] | None = None
    counter: Callable[[UUID], Where] | None = None
    # Templates of what stands above the list now.
    notices: Callable[[HttpRequest], Sequence[str]] = lambda request: ()
    across_companies: bool = False
    page_size: int = 50

    def __post_init__(self) -> None:
        if self.name in _lists:
            raise TypeError(f"there are two lists {self.name}")
        _lists[self.name] = self

    def url_of(self, query: str) -> str:
        return f"{reverse(self.url)}?{query}" if query else reverse(self.url)

    @cached_property
    def reading(self) -> Reading:
        found = {one.name: one.condition for one in self.filters}
        if self.search:
            narrow = self.search.narrow
            found["q"] = Narrowed(
                lambda rows, text, asking: narrow(rows, text, asking.actor)
            )
        return Reading(
            shape=Cells(self.name, self.model, ()),
            rows=self.rows,
            filters=found,
            counter=self.counter,
        )

    @cached_property
    def by_name(self) -> dict[str, Column]:
        return {column.name: column for column in self.columns}

    def sorts_by(self, actor: Actor) -> dict[str, str]:
        """Columns of the table by the names of the columns whose headers sort."""
        return {
            one.name: one.sorts
            for one in self.columns
            if one.sorts and one.may_be_seen(actor)
        }

    def seen_by(self, actor: Actor) -> dict[str, Column]:
        return {one.name: one for one in self.columns if one.may_be_seen(actor)}

    def default_for(self, actor: Actor) -> list[str]:
        seen = self.seen_by(actor).values()
        return [one.name for one in seen if one.is_default]

    def cells(self, names: Iterable[str]) -> Cells:
        return _cells(self, tuple(names))

    @property
    def main(self) -> Column:
        """What a row is: always the first one."""
        return self.columns[0]

    def paths(
        self, *, own_page: Callable[[HttpRequest], Any] | None = None
    ) -> list[URLPattern]:
        """`own_page` is for who sees only their own; without one they have no list."""
        from .views import paths  # they read the lists

        return paths(self, own_page)


@lru_cache(maxsize=500)
def _cells(of: List, names: tuple[str, ...]) -> Cells:
    return Cells(of.name, of.model, [of.by_name[name] for name in names])
