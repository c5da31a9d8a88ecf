"""What may be asked of a list, as conditions on its table."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from django.core.exceptions import EmptyResultSet, FullResultSet
from django.db import connection
from django.db.models import Q, QuerySet

from apps.core.actor import Actor

from .proof import Proof

if TYPE_CHECKING:
    from .reading import Reading


@dataclass(frozen=True, slots=True)
class Asking:
    """Who asks, the time zone of their company, and what proves that they still may."""

    actor: Actor
    zone: str
    proof: Proof | None = None


@dataclass(frozen=True, slots=True)
class Where:
    """A condition on the columns of one table, with its values."""

    sql: str
    params: tuple[Any, ...] = ()
    # PostgreSQL may keep one plan for all values.
    is_plain: bool = True

    def __and__(self, other: Where) -> Where:
        if other is ALL:
            return self
        if self is ALL:
            return other
        return Where(
            f"{self.sql} AND {other.sql}",
            self.params + other.params,
            self.is_plain and other.is_plain,
        )


ALL = Where("TRUE")


def compiled(rows: QuerySet) -> Where:
    """What the queryset asks of its rows."""
    query = rows.query
    compiler = query.get_compiler(connection=connection)
    try:
        if sum(map(bool, query.alias_refcount.values())) > 1:
            sql, params = rows.order_by().values("pk").query.sql_with_params()
            sql = f'"{rows.model._meta.db_table}"."id" IN ({sql})'
        else:
            sql, params = compiler.compile(query.where)
    except EmptyResultSet:
        return Where("FALSE")
    except FullResultSet:
        return ALL
    return Where(f"({sql})" if sql else "TRUE", tuple(params), is_plain=False)


class Filter:
    """One condition that a caller may set."""

    def where(self, reading: Reading, value: Any, asking: Asking) -> Where:
        raise NotImplementedError


class Is(Filter):
    """Compares a column of the table itself: `Is("state", "= ANY({})")`."""

    def __init__(self, column: str, form: str = "= {}") -> None:
        self.column, self.form = column, form.replace("{}", "%s")

    def where(self, reading: Reading, value: Any, asking: Asking) -> Where:
        return Where(f"{reading.column(self.column)} {self.form}", (value,))


def any_of(column: str) -> Is:
    return Is(column, "= ANY({})")


class Chosen(Filter):
    """One of several conditions, each a column and what is asked of it; None asks
    nothing: `Chosen(STORAGE=("address_id", "IS NOT NULL"), ALL=None)`."""

    def __init__(self, **conditions: tuple[str, str] | None) -> None:
        self.conditions = conditions

    def where(self, reading: Reading, value: Any, asking: Asking) -> Where:
        condition = self.conditions[value]
        if condition is None:
            return ALL
        column, form = condition
        return Where(f"{reading.column(column)} {form}")


class OnDay(Filter):
    """An instant on that calendar day of the company, from it on, or until it; the body
    has an `AskedDay` for it."""

    def __init__(self, column: str, *, begins: bool = True, ends: bool = True) -> None:
        self.column, self.begins, self.ends = column, begins, ends

    def where(self, reading: Reading, value: date, asking: Asking) -> Where:
        column, found = reading.column(self.column), []
        if self.begins:
            found.append(Where(f"{column} >= %s", (start_of(value, asking.zone),)))
        if self.ends:
            found.append(Where(f"{column} < %s", (start_of(value, asking.zone, 1),)))
        return found[0] if len(found) == 1 else found[0] & found[1]


def start_of(day: date, zone: str, later: int = 0) -> datetime:
    """When that day, or one so many days later, begins there; not of the first and the
    last day of the calendar (`fields.AskedDay`)."""
    found = datetime.combine(day + timedelta(later), time(), ZoneInfo(zone))
    return found.astimezone(UTC)


class By(Filter):
    """By the condition that a function makes of the value and of who asks."""

    def __init__(self, make: Callable[[Any, Asking], Q]) -> None:
        self.make = make

    def where(self, reading: Reading, value: Any, asking: Asking) -> Where:
        model = reading.shape.model
        return compiled(model._base_manager.filter(self.make(value, asking)))


class Narrowed(Filter):
    """By a method of the queryset, such as a search."""

    def __init__(self, narrow: Callable[[Any, Any, Asking], QuerySet]) -> None:
        self.narrow = narrow

    def where(self, reading: Reading, value: Any, asking: Asking) -> Where:
        return compiled(self.narrow(reading.empty(), value, asking))
