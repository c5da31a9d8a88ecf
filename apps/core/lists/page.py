"""A page of a list: its rows as HTML, and what stands around them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl

from django.http import HttpRequest
from django.utils.functional import cached_property
from django.utils.html import escape
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from apps.core import bulk_verbs
from apps.core.actor import Permission
from apps.core.api.reading import COUNTED
from apps.core.bulk_verbs import Verb
from apps.core.errors import Invalid
from apps.core.query import AFTER, BadQuery, Problem
from apps.core.showing import grouped

from .asking import ListQuery, View
from .columns import Column
from .declaring import ALL, Action, Empty, List

# The id, and for each column the values that it reads.
Row = tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class Heading:
    label: str
    css: str
    url: str = ""  # sorts by it, or the other way round
    order: str = ""  # ascending, descending


@dataclass(frozen=True, slots=True)
class Chip:
    label: str
    value: str
    url: str


@dataclass(frozen=True, slots=True)
class TabShown:
    label: str
    url: str
    is_current: bool
    count: int | None = None
    view: View | None = None


class ListPage:
    """What `list.html` shows. Raises BadQuery."""

    def __init__(self, request: HttpRequest, of: List) -> None:
        self.request, self.of = request, of
        self.form = ListQuery.asked_of(of, request)
        self.actor = self.form.actor
        after = self.form.data.get(AFTER, "")
        cut = self.form.cut(limit=of.page_size, after=after, counts=not after)
        shape = of.cells(self.form.names)
        try:
            found = of.reading.cut(self.form.asking, cut, shape)
        except Invalid as error:
            problem = Problem(AFTER, after, error.message)
            raise BadQuery([problem], request) from error
        self.rows: list[Row] = found.items
        self.after, self.total = found.next or "", found.total
        if not after and not found.next:
            self.total = len(found.items)

    # --- Around the rows ---

    @property
    def count(self) -> str:
        """How many there are in words; nobody counts beyond ten thousand, unless it is
        known."""
        is_known = self.of.counter is not None and not self.is_filtered
        if self.total == COUNTED + 1 and not is_known:
            return _("More than %(n)s") % {"n": grouped(COUNTED)}
        return self.of.counted(self.total)

    @property
    def is_filtered(self) -> bool:
        return self.form.is_used

    @property
    def more_url(self) -> str:
        return self.form.url(after=self.after) if self.after else ""

    @cached_property
    def columns(self) -> list[Column]:
        return self.form.columns

    @property
    def headings(self) -> list[Heading]:
        column, is_down = self.form.sort.lstrip("-"), self.form.sort.startswith("-")
        found = []
        for one in self.columns:
            if not one.sorts:
                found.append(Heading(str(one.label), one.css))
                continue
            is_sorted = one.sorts == column
            way = "" if not is_sorted or is_down else "-"
            order = ("descending" if is_down else "ascending") if is_sorted else ""
            url = self.form.url(sort=f"{way}{one.name}")
            found.append(Heading(str(one.label), one.css, url, order))
        return found

    @property
    def chips(self) -> list[Chip]:
        found = []
        for name, value in self.form.values.items():
            field = self.form.fields[name]
            choices = {str(key): label for key, label in getattr(field, "choices", [])}
            shown = choices.get(str(value), value)
            if field.widget.is_hidden:
                shown = ""
            url = self.form.url(**{name: None})
            found.append(Chip(str(field.label), str(shown), url))
        return found

    @cached_property
    def tabs(self) -> list[TabShown]:
        """All, those of the list, those that somebody keeps."""
        said = self.form.said
        counts = self.of.tab_counts(self.actor) if self.of.tab_counts else {}
        kept = [view for view in self.form.beside.views if view.name]
        found = [TabShown(_("All"), "?", not said)]
        for tab in self.of.tabs:
            is_current = dict(parse_qsl(tab.query)) == said
            count = counts.get(tab.count)
            found.append(TabShown(str(tab.label), f"?{tab.query}", is_current, count))
        for view in kept:
            is_current = dict(parse_qsl(view.query)) == said
            url = f"?{view.query}"
            found.append(TabShown(view.name, url, is_current, None, view))
        return found

    @property
    def view(self) -> View | None:
        """The kept one that is shown."""
        shown = (tab.view for tab in self.tabs if tab.is_current)
        return next(filter(None, shown), None)

    @property
    def notices(self) -> Sequence[str]:
        return self.of.notices(self.request)

    @property
    def actions(self) -> list[Action]:
        return [one for one in self.of.actions if self.actor.holds(one.needs)]

    @property
    def may_export(self) -> bool:
        return self.of.exports is not None and self.actor.holds(self.of.exports)

    @property
    def may_select(self) -> bool:
        return bool(self.may_export or self.verbs or self.takers)

    @cached_property
    def verbs(self) -> list[Verb]:
        return bulk_verbs.offered(self.of.name, self.actor)

    @cached_property
    def takers(self) -> list[Action]:
        return [one for one in self.of.takes_chosen if self.actor.holds(one.needs)]

    @property
    def may_save(self) -> bool:
        return self.actor.holds(Permission.VIEWS_SAVE)

    @property
    def may_share(self) -> bool:
        return self.actor.may(Permission.VIEWS_SHARE, self.actor.company_id)

    @property
    def may_delete_view(self) -> bool:
        view = self.view
        if view is None or not self.may_save:
            return False
        return self.may_share if view.is_shared else view.is_own

    # --- Where its buttons lead ---

    @property
    def query(self) -> str:
        """What a kept view says."""
        return self.form.url().removeprefix("?")

    @property
    def csv_url(self) -> str:
        return "export.csv" + self._whole_or_part()

    @property
    def xlsx_url(self) -> str:
        return "export.xlsx" + self._whole_or_part()

    @property
    def all_csv_url(self) -> str:
        return "export.csv" + self.form.url(columns=ALL)

    def _whole_or_part(self) -> str:
        """The columns that are shown, also where the address does not say them."""
        return self.form.url(columns=",".join(self.form.names))

    @property
    def chosen_query(self) -> str:
        """Of all that fit, in their order."""
        return self.form.url(columns=None).removeprefix("?")

    @property
    def without_filters_url(self) -> str:
        return self.form.url(**dict.fromkeys(self.form.values))

    @property
    def all_label(self) -> str:
        return _("All that fit: %(count)s") % {"count": self.count}

    @property
    def width(self) -> int:
        return len(self.columns) + self.may_select

    @property
    def empty(self) -> Empty:
        if self.is_filtered:
            return self.of.none_fits
        return next(one for one in self.of.empty if one.is_for(self.actor))

    @property
    def choosable(self) -> list[tuple[Column, bool]]:
        """The columns that there are, those that are shown first, as they stand."""
        shown = self.columns[1:]
        seen = self.of.seen_by(self.actor).values()
        hidden = [one for one in seen if one not in self.columns]
        return [*((one, True) for one in shown), *((one, False) for one in hidden)]

    # --- The filter bar ---

    @property
    def bar(self) -> SafeString:
        """A control for each filter: put together here, since Django renders each by
        templates of its own."""
        search = self.of.search
        parts = []
        if search:
            parts.append(
                '<input class="form-control" type="search" name="q" id="id_q" '
                'value="{}" placeholder="{}" aria-label="{}" maxlength="100" '
                'autocomplete="off" data-list-search>'.format(
                    escape(self.form.said.get("q", "")),
                    escape(search.placeholder),
                    escape(_("Search this list")),
                )
            )
        parts += [self._control(one) for one in self.form.filters if not one.is_hidden]
        hidden = [one.name for one in self.form.filters if one.is_hidden]
        for name in (*hidden, "sort", "columns"):
            if value := self.form.said.get(name):
                text = f'<input type="hidden" name="{name}" value="{escape(value)}">'
                parts.append(text)
        return SafeString("".join(parts))

    def _control(self, one: Any) -> str:
        field, value = self.form.fields[one.name], self.form.said.get(one.name, "")
        label = escape(field.label)
        if not hasattr(field, "choices"):
            return (
                f'<label>{label} <input type="date" name="{one.name}" '
                f'value="{escape(value)}"></label>'
            )
        options = "".join(
            f'<option value="{escape(key)}"'
            f"{' selected' if str(key) == value else ''}>{escape(shown)}</option>"
            for key, shown in field.choices
        )
        on = ' class="on"' if value else ""
        return f'<select{on} name="{one.name}" aria-label="{label}">{options}</select>'

    # --- Rows ---

    @property
    def body(self) -> SafeString:
        return SafeString(
            body(self.request, self.columns, self.rows, selects=self.may_select)
        )


def body(
    request: HttpRequest,
    columns: Sequence[Column],
    rows: Sequence[Row],
    *,
    selects: bool,
) -> str:
    """The rows of the table. What HTML lets one leave out is left out: a page has
    hundreds of cells."""
    shows = [(_cell(one), one.show) for one in columns]
    parts = []
    for pk, *cells in rows:
        parts.append("<tr>")
        if selects:
            # Of the first column the first value names the row.
            parts.append(
                f"<td class=pick><input type=checkbox name=ids value={pk} "
                f'aria-label="{escape(cells[0][0])}">'
            )
        for (cell, show), values in zip(shows, cells, strict=True):
            parts.append(f"{cell}{show(request, *values)}")
    return "".join(parts)


def _cell(column: Column) -> str:
    """A number on a phone says what it counts."""
    if column.css == "num":
        return f'<td class="num" data-label="{escape(column.label)}">'
    return f'<td class="{column.css}">' if column.css else "<td>"
