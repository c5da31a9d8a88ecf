# ruff: noqa: S608 - statements are put together of our own parts
"""The least that pages can cost: one prepared statement of psycopg, and HTML by hand
with as many rows and columns. Nobody signs in, but for the page that is almost empty:
it asks whose session it is, and says little more."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from html import escape
from itertools import chain
from typing import Any
from urllib.parse import parse_qs
from uuid import UUID

Ask = Callable[..., list[tuple[Any, ...]]]
Row = tuple[Any, ...]
_KEPT = (
    "(SELECT coalesce(sum(n), 0)::bigint FROM companies_rowcount "
    "WHERE company_id = %(company)s AND table_name = '{}')"
)
_NEWEST = "ORDER BY {0}created_at DESC, {0}id DESC"
_COLUMNS = """
SELECT {count}, a.id, a.name, coalesce(nullif(a.serial_number, ''), a.asset_tag),
       a.state, a.held_since, a.purchase_price, a.currency,
       u.id, u.first_name, u.last_name, d.name, s.carrier, s.tracking_number
FROM ({page}) a
LEFT JOIN accounts_user u ON u.id = a.user_id
LEFT JOIN companies_address d ON d.id = a.address_id
LEFT JOIN shipping_shipment s ON s.id = a.shipment_id
{order}
"""
_ASSETS = "FROM inventory_asset WHERE company_id = %(company)s"
_OF_STATE = f"{_ASSETS} AND state = %(state)s"
LIST = _COLUMNS.format(
    count=_KEPT.format("inventory_asset"),
    page=f"SELECT * {_ASSETS} {_NEWEST.format('')} LIMIT 50",
    order=_NEWEST.format("a."),
)
FILTERED = _COLUMNS.format(
    count=f"(SELECT count(*) FROM (SELECT 1 {_OF_STATE} LIMIT 10001) c)",
    page=f"SELECT * {_OF_STATE} {_NEWEST.format('')} LIMIT 50",
    order=_NEWEST.format("a."),
)
# Found first, so that the index of trigrams is what finds them.
FOUND = _COLUMNS.format(
    count="0",
    page="WITH found AS MATERIALIZED (SELECT * FROM inventory_asset "
    "WHERE search_text LIKE %(like)s AND company_id = %(company)s LIMIT 200) "
    "SELECT * FROM found ORDER BY name, id LIMIT 8",
    order="ORDER BY a.name, a.id",
)
ONE = """
SELECT 1, a.id, a.name, a.serial_number, a.state, a.held_since, a.purchase_price,
       a.currency, u.id, u.first_name, u.last_name, d.name, s.carrier,
       s.tracking_number, p.name, p.category, p.manufacturer, a.asset_tag,
       a.purchased_on, a.warranty_ends_on, a.supplier, a.order_number, a.cost_centre,
       a.notes, cl.reference,
       (SELECT json_agg(json_build_array(cu.id, cu.first_name, cu.last_name, ca.name,
               cs.tracking_number, lower(c.period), upper(c.period))
               ORDER BY c.period DESC)
        FROM inventory_custody c
        LEFT JOIN accounts_user cu ON cu.id = c.user_id
        LEFT JOIN companies_address ca ON ca.id = c.address_id
        LEFT JOIN shipping_shipment cs ON cs.id = c.shipment_id
        WHERE c.asset_id = a.id)
FROM inventory_asset a
JOIN catalog_product p ON p.id = a.product_id
LEFT JOIN inventory_claim cl ON cl.asset_id = a.id
LEFT JOIN accounts_user u ON u.id = a.user_id
LEFT JOIN companies_address d ON d.id = a.address_id
LEFT JOIN shipping_shipment s ON s.id = a.shipment_id
WHERE a.company_id = %(company)s AND a.id = %(id)s
"""
HOME = """
SELECT (SELECT json_object_agg(bucket, n) FROM (SELECT bucket, sum(n) n
        FROM companies_rowcount WHERE company_id = %(company)s
        AND table_name = 'inventory_asset' GROUP BY 1) c),
       e.type, e.subject_id, e.occurred_at, u.first_name, u.last_name
FROM (SELECT * FROM events_event WHERE company_id = %(company)s
      ORDER BY id DESC LIMIT 10) e
LEFT JOIN accounts_user u ON u.id = e.actor_id
ORDER BY e.id DESC
"""
_PEOPLE = """
SELECT {count}, u.id, u.first_name, u.last_name, u.email, u.state, u.job_title, c.name
FROM ({page}) u
LEFT JOIN companies_country c ON c.code = u.country_id
ORDER BY u.sort_key, u.id
"""
_WHO = (
    "WHERE company_id = %(company)s "
    "AND role IN ('EMPLOYEE', 'COMPANY_ADMIN', 'STORAGE') AND state <> 'DELETED'"
)
PEOPLE = _PEOPLE.format(
    count=_KEPT.format("accounts_user"),
    page=f"SELECT * FROM accounts_user {_WHO} ORDER BY sort_key, id LIMIT 50",
)
FOUND_PEOPLE = _PEOPLE.format(
    count="0",
    page=f"WITH found AS MATERIALIZED (SELECT * FROM accounts_user {_WHO} "
    "AND search_text LIKE %(like)s LIMIT 200) "
    "SELECT * FROM found ORDER BY last_name, id LIMIT 8",
)
SESSION = """
SELECT session_data FROM django_session
WHERE session_key = %(key)s AND expire_date > now()
"""


def page(ask: Ask, environ: dict[str, Any]) -> bytes:
    path = environ["PATH_INFO"]
    query = parse_qs(environ["QUERY_STRING"])
    said: Iterable[str]
    if path == "/assets/" and query:
        said = _list(ask(FILTERED, state=query["state"][0]), _asset)
    elif path == "/assets/":
        said = _list(ask(LIST), _asset)
    elif path == "/people/":
        said = _list(ask(PEOPLE), _person)
    elif path == "/search/":
        like = f"%{query['q'][0]}%"
        # A plan for any text would not take the index of trigrams.
        found = ask(FOUND, prepare=False, like=like)
        people = ask(FOUND_PEOPLE, prepare=False, like=like)
        said = chain(_list(found, _asset), _list(people, _person))
    elif path == "/":
        said = _list(ask(HOME), _event)
    elif path == "/accounts/language/":
        key = environ["HTTP_COOKIE"].partition("sessionid=")[2]
        said = [f"<p>{len(ask(SESSION, key=key))}</p><form><select></select></form>"]
    else:
        said = _one(*ask(ONE, id=UUID(path[-37:-1])))
    return f"<!doctype html><title>Floor</title>{''.join(said)}".encode()


def _list(rows: list[Row], cells: Callable[[Row], Iterable[str]]) -> Iterator[str]:
    yield f"<p>{rows[0][0] if rows else 0}</p><table>"
    for row in rows:
        yield f"<tr><td>{'</td><td>'.join(cells(row))}</td></tr>"
    yield "</table>"


def _asset(row: Row) -> Iterator[str]:
    yield f'<a href="/assets/{row[1]}/">{escape(row[2])}</a><br>{escape(row[3])}'
    yield row[4]
    yield _holder(row[8:])
    yield f"<time>{row[5].isoformat()}</time>"
    yield "" if row[6] is None else f"{row[6]:,.2f} {row[7]}"


def _holder(row: Row) -> str:
    if row[0]:
        return f'<a href="/people/{row[0]}/">{escape(f"{row[1]} {row[2]}")}</a>'
    return escape(row[3] or f"{row[4] or ''} {row[5] or ''}")


def _person(row: Row) -> Iterator[str]:
    name, email = escape(f"{row[2]} {row[3]}"), escape(row[4])
    yield f'<a href="/people/{row[1]}/">{name}</a><small>{email}</small>'
    yield row[5]
    yield escape(row[6])
    yield row[7] or ""


def _event(row: Row) -> Iterator[str]:
    yield row[1]
    yield str(row[2])
    yield f"<time>{row[3].isoformat()}</time>"
    yield escape(f"{row[4]} {row[5]}")


def _one(row: Row) -> Iterator[str]:
    yield f"<h1>{escape(row[2])} {row[4]}</h1><p>{_holder(row[8:])}</p><dl>"
    for value in (row[3], *row[5:8], *row[14:25]):
        if value not in (None, ""):
            yield f"<dt>Fact</dt><dd>{escape(str(value))}</dd>"
    yield "</dl><table>"
    for holder in row[25] or ():
        cells = _holder((*holder[:4], holder[4], "")), holder[5], holder[6] or "now"
        yield f"<tr><td>{'</td><td>'.join(cells)}</td></tr>"
    yield "</table>"
