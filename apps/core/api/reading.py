"""Reads of the API: which rows, in which order, which of them, and how many there are.

The page is cut first, by an index that begins with the tenant; what it joins, it joins
to the rows of the page. One statement reads page and count. PostgreSQL prepares it,
but for one with conditions of the ORM, such as parts of words: a plan that fits all
words reads the whole table, so those values are sent inside the text and it is planned
each time.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache, lru_cache
from typing import Any, NamedTuple
from uuid import UUID

from django.db.models import Model, Q, QuerySet
from django.utils.translation import gettext as _

from apps.core import pagination
from apps.core.actor import Actor, Permission, Reach
from apps.core.errors import Invalid
from apps.core.prepared import execute
from apps.core.tenancy import TenantQuerySet

from . import totals
from .conditions import ALL, Asking, Filter, Where
from .problems import BadParameter
from .shapes import Columns, Reader, Shape
from .visible import WHOLE, visible

PAGE = "t0"
COUNTED = pagination.COUNT_LIMIT
# From this offset on the ids are looked for first, in the index alone.
_DEEP = 1_000


@dataclass(frozen=True, slots=True)
class Slice:
    """A page by its number, as the contract asks for it."""

    number: int
    size: int
    sort: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Page:
    """`has_more` is true to the data, whatever `total` was counted when."""

    items: list[dict[str, Any]]
    total: int
    has_more: bool


@dataclass(frozen=True, slots=True)
class KeysetPage:
    """`total` is 0 where nobody asked for it, and COUNTED + 1 for more than that."""

    items: list[Any]
    next: str | None
    total: int = 0


@dataclass(frozen=True, slots=True)
class Cut:
    """A page of what fits, in the order of one column, from behind a cursor on."""

    where: Where
    sort: str
    limit: int
    after: str = ""
    counts: bool = False


class _Row(NamedTuple):
    total: int
    key: tuple[Any, UUID]
    shown: Any


@dataclass(frozen=True, eq=False)
class Reading:
    """How one resource is read.

    `rows` makes the queryset that `visible_to` is asked of; `sorts` maps names of the
    API to columns of the table; `keyset` is the order of keyset pages, a column that
    never changes and never lacks; `named_by` is the column beside the id by which one
    thing may be asked for; `counter` selects as `n`, without counting, how many rows a
    company has.
    """

    shape: Shape
    rows: Callable[[], TenantQuerySet]
    filters: Mapping[str, Filter] = field(default_factory=dict)
    sorts: Mapping[str, str] = field(default_factory=dict)
    default_sort: str = "-created_at"
    keyset: str = "-created_at"
    updated: str = "updated_at"
    named_by: str = ""
    counter: Callable[[UUID], Where] | None = None

    def column(self, name: str) -> str:
        return _column(self.shape, name)

    def empty(self) -> QuerySet:
        """The queryset, without a condition."""
        return self.rows().model._default_manager.all()

    # --- One ---

    def one(self, asking: Asking, name: str | UUID) -> dict[str, Any] | None:
        """By its id, or by its reference; None if it is not there for who asks."""
        key = self._key(name)
        if key is None:
            return None
        column, value = key
        where = Where(f"{self.column(column)} = %s", (value,))
        found = self._read(asking, where, order=(), limit=1)
        return found[0].shown if found else None

    def _key(self, name: str | UUID) -> tuple[str, Any] | None:
        """Which column is asked for what; None for a name that nothing has."""
        if (pk := as_id(name)) is not None:
            return "id", pk
        text = str(name).upper()
        if not self.named_by or not text or "\0" in text or len(text) > 64:
            return None
        return self.named_by, text

    def q_named(self, name: str | UUID) -> Q | None:
        """The same for the ORM."""
        key = self._key(name)
        return Q(key) if key else None

    # --- Pages ---

    def page(self, asking: Asking, wanted: Slice, values: Mapping[str, Any]) -> Page:
        where = self.where(asking, values)
        offset = wanted.number * wanted.size
        rows = self._read(
            asking,
            where,
            order=self._order(wanted.sort),
            limit=wanted.size + 1,
            offset=offset,
            counts=True,
        )
        found = [row.shown for row in rows if row.shown is not None]
        has_more, items = len(found) > wanted.size, found[: wanted.size]
        total = rows[0].total if rows else 0
        if items and not has_more:
            total = offset + len(items)
        elif total > COUNTED and not self._is_known(asking, where):
            total = self._total(asking, where)
        return Page(items, max(total, offset + len(found) if items else 0), has_more)

    def _is_known(self, asking: Asking, where: Where) -> bool:
        is_whole = where is ALL and self._reach(asking.actor) == {Reach.COMPANY}
        return is_whole and self.counter is not None

    def _total(self, asking: Asking, where: Where) -> int:
        """Of more than are counted with each page."""
        scoped = self.scope(asking.actor) & where
        table = self.shape.model._meta.db_table
        return totals.counted(
            f'SELECT count(*) FROM "{table}" WHERE {scoped.sql}', scoped.params
        )

    def keyset_page(
        self, asking: Asking, values: Mapping[str, Any], *, after: str, limit: int
    ) -> KeysetPage:
        """In the order of `keyset`; with `updated_since` by what changed last, oldest
        first, so that whoever follows meets each change. Raises BadParameter
        `bad_cursor`."""
        sort = self.updated if values.get("updated_since") else self.keyset
        wanted = Cut(self.where(asking, values), sort, limit, after)
        try:
            return self.cut(asking, wanted)
        except Invalid as error:
            raise BadParameter("after", error.code, error.message) from None

    def cut(
        self, asking: Asking, wanted: Cut, shape: Shape | None = None
    ) -> KeysetPage:
        """`shape` is what is read instead of the reading's own. Raises Invalid
        `bad_cursor`."""
        where, sort, limit = wanted.where, wanted.sort, wanted.limit
        scope = f"{self.shape.name} {asking.actor.company_id}"
        if wanted.after:
            where &= self._beyond(wanted.after, sort, scope)
        rows = self._read(
            asking,
            where,
            order=(sort,),
            limit=limit + 1,
            counts=wanted.counts,
            key=sort.lstrip("-"),
            shape=shape,
        )
        following = None
        if len(rows) > limit:
            value, pk = rows[limit - 1].key
            following = pagination.encode(value, pk, scope=scope, sort=sort)
        shown = [row.shown for row in rows[:limit] if row.shown is not None]
        return KeysetPage(shown, following, rows[0].total if rows else 0)

    def _beyond(self, after: str, sort: str, scope: str) -> Where:
        name, side = sort.lstrip("-"), "<" if sort.startswith("-") else ">"
        column, pk = self.column(name), self.column("id")
        value, at = pagination.value_and_id(
            self.shape.model, after, sort=sort, scope=scope
        )
        return Where(f"({column}, {pk}) {side} (%s, %s)", (value, at))

    def where(self, asking: Asking, values: Mapping[str, Any]) -> Where:
        found = ALL
        for name, value in values.items():
            if value is not None:
                found &= self.filters[name].where(self, value, asking)
        return found

    def _order(self, asked: Sequence[str]) -> tuple[str, ...]:
        """Raises BadParameter `bad_sort`."""
        order = []
        for wanted in asked:
            name, _comma, direction = wanted.partition(",")
            column = self.sorts.get(name.strip())
            turned = direction.strip().lower()
            if column is None or turned not in {"", "asc", "desc"}:
                known = ", ".join(self.sorts)
                sentence = _("Sort by field,asc or field,desc. There are: %(names)s.")
                raise BadParameter("sort", "bad_sort", sentence % {"names": known})
            order.append(f"-{column}" if turned == "desc" else column)
        return tuple(order) or (self.default_sort,)

    # --- The statement ---

    def _reach(self, actor: Actor) -> frozenset[Reach]:
        return actor.reaches(self.rows().reads)

    def scope(self, actor: Actor) -> Where:
        return visible(self.rows, actor)

    def _read(
        self,
        asking: Asking,
        where: Where,
        *,
        order: tuple[str, ...],
        limit: int,
        offset: int = 0,
        counts: bool = False,
        key: str = "",
        shape: Shape | None = None,
    ) -> list[_Row]:
        """With `counts` or a proof, and no row: one row that shows nothing.

        Raises Stale.
        """
        scoped = self.scope(asking.actor) & where
        proof, count = asking.proof, self._count(asking, where) if counts else None
        statement = _statement(
            shape or self.shape,
            held_by(asking.actor, shape or self.shape),
            scoped.sql,
            order,
            limit,
            offset,
            count=None if count is None else count.sql,
            key=key,
            proof=None if proof is None else proof.sql,
        )
        params = scoped.params
        if count is not None:
            params = count.params + params
        if proof is not None:
            params = proof.params + params
        found = execute(statement.sql, params, is_plain=scoped.is_plain)
        if proof is not None:
            proof.check(found[0][1])
        build = statement.begin()
        return [
            _Row(row[0], (row[3], row[2]), None if row[2] is None else build(row))
            for row in found
        ]

    def _count(self, asking: Asking, where: Where) -> Where:
        """What says how many there are: what is known of the whole company, or what is
        counted, up to COUNTED + 1."""
        company_id = asking.actor.company_id
        if self.counter and company_id and self._is_known(asking, where):
            return self.counter(company_id)
        scoped = self.scope(asking.actor) & where
        table = self.shape.model._meta.db_table
        rows = f'SELECT 1 FROM "{table}" WHERE {scoped.sql} LIMIT {COUNTED + 1}'
        return Where(f"SELECT count(*) AS n FROM ({rows}) c", scoped.params)


def as_id(name: str | UUID) -> UUID | None:
    if isinstance(name, UUID):
        return name
    try:
        return UUID(name) if len(name) == 36 and name.isascii() else None
    except ValueError:
        return None


@cache
def _column(shape: Shape, name: str) -> str:
    model = shape.model
    return f'"{model._meta.db_table}"."{Columns.field(model, name).column}"'


def held_by(actor: Actor, shape: Shape) -> frozenset[Permission]:
    """Which of the rights that decide about parts of the shape are held of all that
    the page may show."""
    return frozenset(p for p in _permissions(shape) if actor.reaches(p) & WHOLE)


@lru_cache(maxsize=1_000)
def _permissions(shape: Shape) -> frozenset[Permission]:
    return shape.permissions


def _order_by(model: type[Model], alias: str, order: tuple[str, ...]) -> str:
    """Ends with the id, so that it is always total."""
    if not order:
        return ""
    names = list(order)
    if names[-1].lstrip("-") != "id":
        names.append("-id" if names[-1].startswith("-") else "id")
    parts = [
        f'{alias}."{Columns.field(model, name.lstrip("-")).column}"'
        + (" DESC" if name.startswith("-") else "")
        for name in names
    ]
    return " ORDER BY " + ", ".join(parts)


@dataclass(frozen=True, slots=True)
class _Statement:
    sql: str
    begin: Reader


@lru_cache(maxsize=2_000)
def _statement(
    shape: Shape,
    held: frozenset[Permission],
    where: str,
    order: tuple[str, ...],
    limit: int,
    offset: int,
    *,
    count: str | None,
    key: str,
    proof: str | None,
) -> _Statement:
    """Column 0 is the total, 1 what the proof says, 2 the id, 3 the key; from 4 on what
    the shape reads."""
    model = shape.model
    columns = Columns(model, PAGE, held)
    columns.selected = ["", "", f'{PAGE}."id"', "NULL::text"]
    if key:
        columns.selected[3] = f'{PAGE}."{Columns.field(model, key).column}"'
    begin = shape.reader(columns)
    table = f'"{model._meta.db_table}"'
    cut = (
        f"FROM {table} WHERE {where}{_order_by(model, table, order)} "
        f"LIMIT {limit:d} OFFSET {offset:d}"
    )
    page = f"SELECT {table}.* {cut}"
    if offset > _DEEP:
        ids = f'SELECT {table}."id" {cut}'
        page = f'SELECT {table}.* FROM {table} WHERE {table}."id" IN ({ids})'
    source, total, seen = f"({page}) {PAGE}", "0", "NULL"
    if count is not None:
        source = f"({count}) counted LEFT JOIN {source} ON TRUE"
        total = "counted.n"
    if proof is not None:
        source = f"(SELECT ({proof}) AS seen) proof LEFT JOIN {source} ON TRUE"
        seen = "proof.seen"
    sql = (
        f"SELECT {total}, {seen}, {', '.join(columns.selected[2:])} FROM {source} "
        f"{columns.joins}{_order_by(model, PAGE, order)}"
    )
    return _Statement(sql, begin)
