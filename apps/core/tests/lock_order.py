"""Records which rows a verb locks, in which order, and compares it with the law of
docs/locking.md: larger line of the layer list first. `apps/conftest.py` lets it watch
every test."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from django.apps import apps
from django.conf import settings
from django.db import connection

_LOCK = re.compile(
    r'FROM "(\w+)".*FOR (?:NO KEY )?UPDATE(?! SKIP)(?: OF "(\w+)")?', re.S
)
_UPDATE = re.compile(r'^UPDATE "(\w+)" SET')
_INSERT = re.compile(r'^INSERT INTO "(\w+)"')
_KEY = re.compile(r"[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}")
# Where a subscriber notes its own place: locked before all else.
_BESIDE = frozenset({"events_cursor", "events_faileddelivery"})
# Written under the lock of the row they are part of.
_PARTS = frozenset(
    {
        "bulk_bulkrow",
        "imports_batchrow",
        "imports_made",
        "imports_unknown",
        "inventory_claim",
        "inventory_custody",
        "orders_orderline",
        "orders_orderunit",
        "invoicing_invoiceline",
        "redeployments_redeploymentline",
        "returns_returnline",
    }
)


def lines() -> dict[str, int]:
    """Table -> line of the layer list, as INSTALLED_APPS gives it from core upwards."""
    ours = [name.split(".")[1] for name in settings.INSTALLED_APPS if "apps." in name]
    return {
        model._meta.db_table: ours.index(model._meta.app_label)
        for model in apps.get_models()
        if model._meta.app_label in ours
        and model._meta.db_table not in _BESIDE | _PARTS
    }


@dataclass
class Watch:
    """What the outermost verb that runs now has locked so far."""

    depth: int
    verb: Any = None
    held: dict[str, set[str]] = field(default_factory=dict)  # table -> keys
    made: dict[str, set[str]] = field(default_factory=dict)  # table -> keys
    faults: list[str] = field(default_factory=list)

    def begin(self) -> None:
        """Forgets what the verb before this one held."""
        inside = connection.savepoint_ids[self.depth :]
        verb = inside[0] if inside else object()  # outside: a transaction of its own
        if verb != self.verb:
            self.verb, self.held, self.made = verb, {}, {}

    def note(self, table: str, keys: set[str] | None) -> None:
        """A lock on the rows of these keys; None where the statement doesn't say which,
        as in an UPDATE of what is locked or was made already."""
        if keys is None and (table in self.held or table in self.made):
            return
        if keys and keys <= self.held.get(table, set()):
            return
        if keys and keys <= self.made.get(table, set()):
            return  # nobody else can wait for what isn't committed
        line = _LINES[table]
        later = [other for other in self.held if _LINES[other] < line]
        if later:
            self.faults.append(f"{table} is locked after {later[0]}")
        self.held.setdefault(table, set()).update(keys or ())


_LINES: dict[str, int] = {}


@contextmanager
def watched() -> Iterator[Watch]:
    """Watches this connection from the present depth of savepoints on."""
    _LINES.update(_LINES or lines())
    watch = Watch(len(connection.savepoint_ids))

    def wrapper(execute: Any, sql: Any, params: Any, many: bool, context: Any) -> Any:
        result = execute(sql, params, many, context)
        if isinstance(sql, str):
            _read(watch, sql, params)
        return result

    with connection.execute_wrapper(wrapper):
        yield watch


def _read(watch: Watch, sql: str, params: Any) -> None:
    found = _LOCK.search(sql) or _UPDATE.match(sql) or _INSERT.match(sql)
    if found is None:
        return
    table = found[found.lastindex or 1]
    if table not in _LINES:
        return
    watch.begin()
    if found.re is _INSERT:
        watch.made.setdefault(table, set()).update(_keys(params))
    else:
        watch.note(table, _keys(params) if found.re is _LOCK else None)


def _keys(params: Any) -> set[str]:
    return set(_KEY.findall(str(params)))
