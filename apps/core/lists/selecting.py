"""Which rows of a list somebody chose: some by their ids, or all that fit the filters,
which travel as the query string of the list."""

from __future__ import annotations

from uuid import UUID

from django.db.models import QuerySet
from django.http import QueryDict
from django.utils.translation import gettext as _

from apps.core.actor import Actor
from apps.core.api.conditions import Where
from apps.core.errors import Invalid

from .asking import ListQuery, understood
from .declaring import List

MOST_IDS = 5_000


def shown(of: List, query: str, actor: Actor) -> QuerySet:
    """The rows that the list shows somebody for a query string, in its order. Raises
    Invalid `bad_query`."""
    form = understood(of, query, actor)
    rows = of.rows().visible_to(actor)
    found = rows.extra(where=[form.where.sql], params=form.where.params)  # noqa: S610
    return found.order_by(form.sort, "-id" if form.sort.startswith("-") else "id")


def chosen(said: QueryDict, form: ListQuery) -> Where:
    """What the form around a list has sent, as a condition. Raises Invalid
    `nothing_selected`, `bad_selection`, `bad_query`."""
    if "all" in said:
        found = understood(form.shows, str(said["all"]), form.actor)
        where = form.shows.reading.where(form.asking, found.values)
        return Where(where.sql, where.params, is_plain=False)
    try:
        ids = list(dict.fromkeys(UUID(text) for text in said.getlist("ids")))
    except ValueError as error:
        sentence = _("One of the rows does not exist: choose them anew.")
        raise Invalid("bad_selection", sentence, field="ids") from error
    if not ids:
        sentence = _("Choose at least one row.")
        raise Invalid("nothing_selected", sentence, field="ids")
    if len(ids) > MOST_IDS:
        sentence = _("Choose fewer rows, or all that fit the filters.")
        raise Invalid("bad_selection", sentence, field="ids")
    return Where(f"{form.shows.reading.column('id')} = ANY(%s)", (ids,))
