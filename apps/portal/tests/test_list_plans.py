"""Each list is read by indexes in each order and by each filter that it declares,
however many rows there are. A new list is asked, too."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connection

from apps.accounts import services as accounts
from apps.accounts.models import User
from apps.conftest import make_product
from apps.core import prepared
from apps.core.actor import SYSTEM
from apps.core.api import reading
from apps.core.api.reading import COUNTED
from apps.core.lists import List, declared, understood
from apps.core.lists.asking import ListQuery
from apps.inventory import services as inventory

pytestmark = pytest.mark.django_db
MANY = 20_000
AT_ONCE = 5_000
MOST = 5_000
# Of the others there are few here, and few of a company anywhere.
BIG = {"inventory_asset", "accounts_user"}


@pytest.fixture
def crowd(acme, globex, office, emil, shelf) -> None:
    """As many people as devices: the half with people, in stock, of two products."""
    people = [
        accounts.build(
            globex if number % 5 == 0 else acme,
            {
                "first_name": f"Person {number}",
                "last_name": f"Name {number % 977}",
                "email": f"p{number:05d}@many.example",
                "department": f"Department {number % 13}",
                "country_id": ("PL", "DE", "FR")[number % 3],
            },
            today=acme.today(),
        )
        for number in range(MANY)
    ]
    User.objects.bulk_create(people, batch_size=AT_ONCE)
    ours = [user for user in people if user.company_id == acme.pk]
    products = [make_product(acme), make_product(acme, "Pixel 8", category="PHONE")]
    for begin in range(0, MANY, AT_ONCE):
        assets = [
            inventory.build(
                acme,
                product=products[number % 97 == 0],
                holder=ours[number % len(ours)] if number % 2 else office,
                serial_number=f"P{number:05d}",
                name=f"Device {number % 311}",
            )
            for number in range(begin, begin + AT_ONCE)
        ]
        inventory.create_many(assets, actor=SYSTEM, company=acme)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE inventory_asset")  # else the join may be a nested loop
        cursor.execute(
            "UPDATE inventory_asset a SET created_at = n.at, held_since = n.at FROM "
            "(SELECT id, now() - row_number() OVER (ORDER BY id) * interval '1 hour' "
            "AS at FROM inventory_asset) n WHERE n.id = a.id"
        )
        cursor.execute("ANALYZE")


def queries(of: List, actor: Any) -> Iterator[str]:
    """Each order, each filter with the first of its values, and all filters in the
    order that is not usual."""
    form = understood(of, "", actor)
    yield ""
    for name in form.sorts:
        yield f"sort={name}"
        yield f"sort=-{name}"
    for one in form.filters:
        values = [key for key, _label in getattr(form.fields[one.name], "choices", [])]
        for value in [value for value in values if value][:3]:
            yield f"{one.name}={value}"
            yield from (f"{one.name}={value}&sort={name}" for name in form.sorts)
    if of.search:
        yield "q=zzz"


def read(form: ListQuery, after: str = "") -> tuple[Any, str, list[Any], bool]:
    """The page, and the statement that read it."""
    asked: list[tuple[str, list[Any], bool]] = []
    really = reading.execute

    def execute(sql: str, params: Any, *, is_plain: bool) -> list[tuple]:
        asked.append((sql, list(params), is_plain))
        return really(sql, params, is_plain=is_plain)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(reading, "execute", execute)
        cut = form.cut(limit=50, after=after, counts=not after)
        page = form.shows.reading.cut(form.asking, cut, form.shows.cells(form.names))
    ((sql, params, is_plain),) = asked
    return page, sql, params, is_plain


def explained(kind: str, sql: str, params: list[Any] | None) -> dict[str, Any]:
    with connection.cursor() as cursor:
        # Of so few rows that all are in memory, as of a million that are not.
        cursor.execute("SET LOCAL random_page_cost = 1.1")
        cursor.execute(f"EXPLAIN ({kind}, FORMAT JSON) {sql}", params)
        (plan,) = cursor.fetchone()
    found: dict[str, Any] = (json.loads(plan) if isinstance(plan, str) else plan)[0]
    return found["Plan"]


def faults(plan: dict[str, Any], *, ends: bool = False) -> Iterator[str]:
    """Under a Limit a scan of the whole table `ends` once there are enough."""
    kind, table = plan["Node Type"], plan.get("Relation Name", "")
    ends = (ends or kind == "Limit") and kind not in ("Sort", "Hash", "Aggregate")
    if kind == "Seq Scan" and table in BIG and not ends:
        yield f"reads all of {table}"
    removed = plan.get("Rows Removed by Filter", 0)
    if table and removed + plan.get("Actual Rows", 0) > COUNTED + MOST:
        yield f"reads much of {table}, {removed} for nothing"
    if kind == "Sort" and (rows := plan["Plans"][0].get("Actual Rows", 0)) > MOST:
        yield f"sorts {rows} rows"
    for part in plan.get("Plans", []):
        yield from faults(part, ends=ends)


def test_each_list_is_read_by_indexes(crowd, anna, as_actor):
    actor, found = as_actor(anna), []
    for of in declared():
        for query in queries(of, actor):
            form = understood(of, query, actor)
            page, sql, params, is_plain = read(form)
            pages = [(sql, params)]
            if page.next:
                pages.append(read(form, page.next)[1:3])
            for number, (sql, params) in enumerate(pages, 1):
                plans = [explained("ANALYZE", sql, params)]
                if is_plain:
                    numbered = prepared._numbered(sql).decode()
                    plans.append(explained("GENERIC_PLAN", numbered, None))
                found += [
                    f"{of.name}?{query} page {number} {fault}"
                    for plan in plans
                    for fault in faults(plan)
                ]
    assert not found, "\n".join(found)
