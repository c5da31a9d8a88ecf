"""The columns and joins that a shape reads."""

from __future__ import annotations

from typing import Any

from django.db import models

from apps.core.permissions import Permission

from .code import Code

# What one function takes at most in PostgreSQL, less some.
_MOST_ARGUMENTS = 90


class Columns:
    """The columns and joins of one SELECT (or of one aggregate inside it), and the code
    that reads its rows, each called `row` there.

    `is_json`: they come as arrays of JSON, not as PostgreSQL's own types.
    """

    def __init__(
        self,
        model: type[models.Model],
        alias: str,
        held: frozenset[Permission],
        *,
        is_json: bool = False,
        code: Code | None = None,
        row: str = "row",
    ) -> None:
        self.model, self.alias, self.is_json = model, alias, is_json
        self.held, self.code, self.row = held, code or Code(), row
        self.selected: list[str] = []
        self._joins: dict[str, str] = {}
        self._sql: list[str] = []
        self._children = 0

    def select(self, expression: str, key: str = "") -> str:
        """Code of the cell that the expression of SQL stands in. It is asked for where
        the key has a value: a subselect costs, even one that finds nothing."""
        if key:
            expression = f"CASE WHEN {key} IS NOT NULL THEN {expression} END"
        if expression not in self.selected:
            self.selected.append(expression)
        return f"{self.row}[{self.selected.index(expression)}]"

    def column(self, path: str, cast: str = "") -> str:
        alias, field = self.find(path)
        return self.select(f"{alias}.{quoted(field.column)}{cast}")

    def find(self, path: str) -> tuple[str, Any]:
        """The alias and the field at the end of a path such as `product__name`."""
        *steps, name = path.split("__")
        alias, model = self.join("__".join(steps))
        field = self.field(model, name)
        return alias, field

    @staticmethod
    def field(model: type[models.Model], name: str) -> Any:
        for field in model._meta.concrete_fields:
            if name in (field.name, field.attname):
                return field
        raise LookupError(f"{model.__name__} has no column {name}")

    def join(self, path: str) -> tuple[str, type[models.Model]]:
        """The alias of what the foreign keys of the path lead to, or the one that each
        row is named by; "" is here."""
        if not path:
            return self.alias, self.model
        before, _sep, name = path.rpartition("__")
        alias, model = self.join(before)
        target, to, source = self._step(model, name)
        if path not in self._joins:
            joined = f"{self.alias}_{len(self._joins) + 1}"
            self._joins[path] = joined
            self._sql.append(
                looked_up(
                    target._meta.db_table, joined, to, f"{alias}.{quoted(source)}"
                )
            )
        return self._joins[path], target

    def _step(
        self, model: type[models.Model], name: str
    ) -> tuple[type[models.Model], str, str]:
        """Which table is next, by which of its columns, and which column here."""
        relation: Any = model._meta.get_field(name)
        if relation.concrete:
            field = self.field(model, name)
            return field.related_model, field.target_field.column, field.column
        field, target = relation.field, relation.related_model
        rules = target._meta.total_unique_constraints
        if not any([*rule.fields] == [field.name] for rule in rules):
            raise TypeError(f"more than one {target.__name__} may name one {name}")
        return target, field.column, field.target_field.column

    @property
    def joins(self) -> str:
        return " ".join(self._sql)

    def child_alias(self) -> str:
        self._children += 1
        return f"{self.alias}c{self._children}"

    @property
    def parts(self) -> list[str]:
        """What is selected, as arrays of JSON that begin where the last one ended."""
        return [
            f"json_build_array({', '.join(self.selected[i : i + _MOST_ARGUMENTS])})"
            for i in range(0, len(self.selected), _MOST_ARGUMENTS)
        ]


def looked_up(table: str, alias: str, column: str, value: str) -> str:
    """Joins the one row that has that value there, by its index. Without OFFSET
    PostgreSQL would read small tables as a whole to join them to the few rows of a
    page, which takes longer."""
    return (
        f"LEFT JOIN LATERAL (SELECT * FROM {quoted(table)} {alias} "  # noqa: S608
        f"WHERE {alias}.{quoted(column)} = {value} OFFSET 0) {alias} ON TRUE"
    )


def quoted(name: str | None) -> str:
    return f'"{name}"'


class Inside:
    """The same columns, by paths that begin at what is nested."""

    def __init__(self, columns: Any, path: str, code: Code) -> None:
        self._columns, self._path, self.code = columns, path, code
        self.is_json: bool = columns.is_json
        self.held: frozenset[Permission] = columns.held

    def _from_here(self, path: str) -> str:
        return "__".join(part for part in (self._path, path) if part)

    @property
    def alias(self) -> str:
        return self.join("")[0]

    def select(self, expression: str, key: str = "") -> str:
        return self._columns.select(expression, key or self.key)

    @property
    def key(self) -> str:
        """SQL that is NULL where the path leads nowhere."""
        alias, model = self.join("")
        return f"{alias}.{quoted(model._meta.pk.column)}" if self._path else ""

    def column(self, path: str, cast: str = "") -> str:
        return self._columns.column(self._from_here(path), cast)

    def find(self, path: str) -> tuple[str, Any]:
        return self._columns.find(self._from_here(path))

    def join(self, path: str) -> tuple[str, type[models.Model]]:
        return self._columns.join(self._from_here(path))

    def child_alias(self) -> str:
        return self._columns.child_alias()
