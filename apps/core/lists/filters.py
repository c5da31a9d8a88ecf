"""Filters of lists. Each is a field of the query string, a condition, and what it
offers to choose from."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django import forms
from django.utils.functional import Promise

from apps.core.actor import Actor, Permission
from apps.core.api.conditions import Filter, Is, OnDay, Where
from apps.core.api.visible import visible
from apps.core.clean import DayField, stripped
from apps.core.query import LookedUpField
from apps.core.tenancy import TenantQuerySet

Options = list[tuple[str, str]]
OFFERED = 200


@dataclass(frozen=True, kw_only=True)
class ListFilter:
    """`is_indexed`: the list has an index of (company, its column, its order), so that
    one plan serves all its values."""

    name: str
    label: Any  # text, now or later
    any_label: str | Promise = ""
    condition: Filter
    is_indexed: bool = False
    is_hidden: bool = False  # a link sets it, the bar does not offer it
    needs: Permission | None = None

    def looks_up(self, actor: Actor, chosen: str) -> Where | None:
        """What selects, as JSON, what there is to choose from: [[key, label], …]."""
        return None

    def field(self, found: Options | None) -> forms.Field:
        raise NotImplementedError


@dataclass(frozen=True, kw_only=True)
class Choice(ListFilter):
    """One of the choices of a column."""

    choices: Sequence[tuple[str, str | Promise]]

    def field(self, found: Options | None) -> forms.Field:
        choices = [("", self.any_label), *self.choices]
        return forms.ChoiceField(label=self.label, required=False, choices=choices)


def choice(name: str, label: Any, any_label: Any, choices: Any, **more: Any) -> Choice:
    """Of a column of the table itself."""
    more.setdefault("condition", Is(name))
    return Choice(name=name, label=label, any_label=any_label, choices=choices, **more)


@dataclass(frozen=True, kw_only=True)
class Thing(ListFilter):
    """A row of another table, by its id: one of the first that may be seen, by name, or
    the one that a link names."""

    rows: Callable[[], TenantQuerySet]
    shown_by: str = "name"

    def looks_up(self, actor: Actor, chosen: str) -> Where | None:
        model = self.rows().model
        table, pk = f'"{model._meta.db_table}"', _uuid(chosen)
        seen = visible(self.rows, actor)
        name = f'{table}."{model._meta.get_field(self.shown_by).column}"'
        sql = (
            f"SELECT json_agg(json_build_array(t.id, t.name)) FROM ("
            f"SELECT {table}.id, {name} AS name FROM {table} WHERE {seen.sql} "
            f"ORDER BY ({table}.id = %s) IS TRUE DESC, {name}, {table}.id "
            f"LIMIT {OFFERED}) t"
        )
        return Where(sql, (*seen.params, pk), seen.is_plain)

    def field(self, found: Options | None) -> forms.Field:
        known = sorted(found or [], key=lambda option: option[1].casefold())
        choices: Any = [("", self.any_label), *map(tuple, known)]
        return LookedUpField(label=self.label, required=False, choices=choices)


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


@dataclass(frozen=True, kw_only=True)
class Found(ListFilter):
    """One of the values that the column has in rows that may be seen; they are found by
    an index of (company, column, …), one step a value. `shown` makes labels."""

    rows: Callable[[], TenantQuerySet]
    column: str
    shown: Callable[[str], str] = str

    def looks_up(self, actor: Actor, chosen: str) -> Where | None:
        model = self.rows().model
        table = f'"{model._meta.db_table}"'
        column = f'{table}."{model._meta.get_field(self.column).column}"'
        seen = visible(self.rows, actor)
        one = f"SELECT {column} AS v FROM {table} WHERE {seen.sql} AND {column}"
        least = f"ORDER BY {column} LIMIT 1"
        sql = (
            f"WITH RECURSIVE f AS (({one} > '' {least}) UNION ALL "
            f"SELECT ({one} > f.v {least}) FROM f WHERE f.v IS NOT NULL), "
            f"few AS (SELECT v FROM f WHERE v IS NOT NULL LIMIT {OFFERED}) "
            "SELECT json_agg(v) FROM "
            f"(SELECT v FROM few UNION ({one} = %s LIMIT 1)) t"
        )
        return Where(sql, (*seen.params * 3, stripped(chosen)), seen.is_plain)

    def field(self, found: Any) -> forms.Field:
        known = sorted(((v, self.shown(v)) for v in found or []), key=lambda o: o[1])
        choices = [("", self.any_label), *known]
        return LookedUpField(label=self.label, required=False, choices=choices)


@dataclass(frozen=True, kw_only=True)
class Flag(ListFilter):
    """A condition that is asked for or not."""

    def field(self, found: Options | None) -> forms.Field:
        choices = [("", self.any_label), ("1", self.label)]
        return forms.ChoiceField(label=self.label, required=False, choices=choices)


@dataclass(frozen=True, kw_only=True)
class Day(ListFilter):
    def field(self, found: Options | None) -> forms.Field:
        return DayField(label=self.label, required=False)


def until(name: str, label: Any, column: str, **more: Any) -> Day:
    condition = OnDay(column, begins=False)
    return Day(name=name, label=label, condition=condition, **more)


@dataclass(frozen=True, kw_only=True)
class Id(ListFilter):
    """The id of something, which a link says."""

    def field(self, found: Options | None) -> forms.Field:
        return forms.UUIDField(
            label=self.label, required=False, widget=forms.HiddenInput
        )
