# ruff: noqa: S608 - statements are put together of our own parts
"""The least that devices can cost as JSON: bare WSGI, one prepared statement of
psycopg, orjson, the same shape by hand. It asks for no token, checks nothing and logs
nothing: it is no application, it is what one is measured against. Pages: floor_html.

    gunicorn bench.floor:application        (DATABASE_URL, BENCH_COMPANY)
"""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Any
from urllib.parse import parse_qs
from uuid import UUID

import orjson
import psycopg
from psycopg.adapt import Loader
from psycopg.pq import Format

from . import floor_html
from .cases import PREFIX

# The page is cut first, so that joins touch its rows alone.
_STATEMENT = """
SELECT {total},
       a.id, a.serial_number, a.created_at, a.updated_at, a.purchase_price, a.currency,
       a.state, a.name, a.asset_tag, a.purchased_on, a.warranty_ends_on, a.supplier,
       a.order_number, a.cost_centre, a.specification, a.notes, a.held_since,
       a.condition, a.archive_reason, a.is_new,
       {asset_external}, cl.kind, cl.reference, cl.workflow_id,
       p.id, p.name, p.specification, p.category, p.manufacturer, p.model_number,
       p.is_orderable, {prices}, p.created_at, p.updated_at, p.image_url, p.subtype,
       p.sku, p.ean,
       u.id, u.email, u.private_email, u.start_on, u.phone, u.state, u.first_name,
       u.last_name, u.job_title, u.role, u.street, u.city, u.postal_code, u.created_at,
       uc.code, uc.name, u.updated_at, u.employee_number, u.department, u.cost_centre,
       {tags}, u.parcel_name, u.parcel_phone, u.street2, u.region, u.username,
       u.time_zone, u.notes, {user_external},
       c.id, c.name, c.currency, cc.code, cc.name, c.video_url,
       d.id, d.name, d.street, d.postal_code, d.city, d.type, dc.code, dc.name,
       d.is_order_supported, d.is_default, {served}, d.street2, d.region,
       d.contact_name, d.contact_phone, d.contact_email
FROM {counted}({page}) a
JOIN companies_company c ON c.id = a.company_id
LEFT JOIN companies_country cc ON cc.code = c.country_id
JOIN catalog_product p ON p.id = a.product_id
LEFT JOIN inventory_claim cl ON cl.asset_id = a.id
LEFT JOIN accounts_user u ON u.id = a.user_id
LEFT JOIN companies_country uc ON uc.code = u.country_id
LEFT JOIN companies_address d ON d.id = a.address_id
LEFT JOIN companies_country dc ON dc.code = d.country_id
ORDER BY a.created_at DESC, a.id DESC
"""
_PRICES = """
(SELECT json_agg(json_build_array(pr.country_id, pc.name, pr.amount::text, pr.currency)
                 ORDER BY pc.name)
 FROM catalog_productprice pr LEFT JOIN companies_country pc ON pc.code = pr.country_id
 WHERE pr.product_id = p.id AND pr.currency = c.currency AND p.is_orderable)
"""
_TAGS = """
(SELECT json_agg(json_build_array(t.id, t.name, t.created_at, t.updated_at,
     (SELECT coalesce(sum(ks.quantity), 0) FROM catalog_kit k
      JOIN catalog_kitslot ks ON ks.kit_id = k.id WHERE k.tag_id = t.id),
     (SELECT coalesce(sum(rc.n), 0) FROM companies_rowcount rc
      WHERE rc.company_id = t.company_id AND rc.table_name = 'accounts_usertag'
      AND rc.bucket = replace(t.id::text, '-', '')))
     ORDER BY t.name, t.id)
 FROM accounts_usertag ut JOIN companies_tag t ON t.id = ut.tag_id
 WHERE ut.user_id = u.id)
"""
_SERVED = """
(SELECT coalesce(json_agg(json_build_object('code', sc.code, 'displayName', sc.name)
                          ORDER BY sc.name), '[]')
 FROM companies_country sc WHERE CASE WHEN d.warehouse_id IS NULL
 THEN sc.code = ANY(d.supported_countries)
 ELSE EXISTS (SELECT 1 FROM companies_warehouse_serves ws
              WHERE ws.warehouse_id = d.warehouse_id AND ws.country_id = sc.code) END)
"""
_EXTERNAL = """
(SELECT json_object_agg(x.system, x.external_id) FROM {table} x WHERE x.{column} = {of})
"""
_GRADES = ((1.0, "A"), (0.75, "B"), (0.5, "C"), (0.25, "D"))
_MOST = 10_000
_ROWS = "FROM inventory_asset WHERE company_id = %(company)s"
_NEWEST = " ORDER BY created_at DESC, id DESC LIMIT %(size)s"
_STATE = " AND state = %(state)s"


def _statement(page: str, rows: str = "") -> str:
    """With a total, if it says of which rows; it is counted up to 10,001."""
    counted = f"(SELECT count(*) n FROM (SELECT 1 {rows} LIMIT {_MOST + 1}) c) t, "
    return _STATEMENT.format(
        page=page,
        counted=counted if rows else "",
        total="t.n" if rows else "0",
        prices=_PRICES,
        tags=_TAGS,
        served=_SERVED,
        asset_external=_EXTERNAL.format(
            table="inventory_assetexternalid", column="asset_id", of="a.id"
        ),
        user_external=_EXTERNAL.format(
            table="accounts_userexternalid", column="user_id", of="u.id"
        ),
    )


_ALL = f"SELECT * {_ROWS}"
_IDS = f"SELECT id {_ROWS}{_NEWEST} OFFSET %(offset)s"
ONE = _statement(f"{_ALL} AND id = %(id)s")
FIRST = _statement(_ALL + _NEWEST)
NEXT = _statement(f"{_ALL} AND (created_at, id) < (%(created_at)s, %(id)s){_NEWEST}")
PAGE = _statement(_ALL + _NEWEST, _ROWS)
OF_STATE = _statement(_ALL + _STATE + _NEWEST, _ROWS + _STATE)
# Ids first: what is left out is not read.
DEEP = _statement(f"SELECT * FROM inventory_asset WHERE id IN ({_IDS})", _ROWS)
COUNT = f"SELECT count(*) {_ROWS}"
_KEPT_SECONDS = 30
_totals: dict[str, tuple[float, int]] = {}

Start = Callable[[str, list[tuple[str, str]]], Any]
_local = threading.local()


class _Json(Loader):
    """As PostgreSQL keeps it: nobody needs it parsed."""

    format = Format.BINARY

    def load(self, data: Any) -> orjson.Fragment:
        return orjson.Fragment(bytes(data)[1:])


def _cursor() -> psycopg.Cursor[Any]:
    found = getattr(_local, "cursor", None)
    if found is None:
        connection = psycopg.connect(os.environ["DATABASE_URL"], autocommit=True)
        connection.prepare_threshold = 0
        connection.adapters.register_loader("jsonb", _Json)
        found = _local.cursor = connection.cursor(binary=True)
    return found


_COMPANY = UUID(os.environ["BENCH_COMPANY"])


def _ask(
    statement: str, *, prepare: bool | None = None, **values: Any
) -> list[tuple[Any, ...]]:
    values["company"] = _COMPANY
    return _cursor().execute(statement, values, prepare=prepare).fetchall()


def application(environ: dict[str, Any], start: Start) -> Iterable[bytes]:
    path = environ["PATH_INFO"]
    if not path.startswith(PREFIX):
        return _said(start, "text/html; charset=utf-8", floor_html.page(_ask, environ))
    if path.endswith("/query"):
        found = _query(environ)
    elif path.endswith("/user-equipments"):
        found = _list(parse_qs(environ["QUERY_STRING"]))
    else:
        found = _shape(*_ask(ONE, id=UUID(path[-36:])))
    body = orjson.dumps(found, option=orjson.OPT_UTC_Z)
    return _said(start, "application/json", body)


def _said(start: Start, kind: str, body: bytes) -> list[bytes]:
    start("200 OK", [("Content-Type", kind), ("Content-Length", str(len(body)))])
    return [body]


def _list(query: dict[str, list[str]]) -> dict[str, Any]:
    size = int(query["limit"][0])
    if "after" in query:
        created_at, _blank, text = query["after"][0].partition("_")
        after = {"created_at": datetime.fromisoformat(created_at), "id": UUID(text)}
        rows = _ask(NEXT, size=size, **after)
    else:
        rows = _ask(FIRST, size=size)
    last = rows[-1]
    return {
        "items": list(map(_shape, rows)),
        "next": f"{last[3].isoformat()}_{last[1]}",
    }


def _query(environ: dict[str, Any]) -> dict[str, Any]:
    query = parse_qs(environ["QUERY_STRING"])
    size, page = int(query["size"][0]), int(query["page"][0])
    length = int(environ["CONTENT_LENGTH"])
    body = orjson.loads(environ["wsgi.input"].read(length))
    if states := body.get("states"):
        rows = _ask(OF_STATE, state=states[0], size=size)
        total = _total(rows, COUNT + _STATE, state=states[0])
    elif page:
        rows = _ask(DEEP, size=size, offset=page * size)
        total = _total(rows, COUNT)
    else:
        rows = _ask(PAGE, size=size)
        total = _total(rows, COUNT)
    pages = -(-total // size)
    return {
        "content": list(map(_shape, rows)),
        "totalElements": total,
        "totalPages": pages,
        "size": size,
        "number": page,
        "first": page == 0,
        "last": page >= pages - 1,
        "empty": not rows,
    }


def _total(rows: list[tuple[Any, ...]], count: str, **values: Any) -> int:
    """Beyond what is counted with the page: what was counted in the last 30 s."""
    if rows[0][0] <= _MOST:
        return rows[0][0]
    key = f"{count} {values}"
    at, total = _totals.get(key, (0.0, 0))
    if time.monotonic() - at > _KEPT_SECONDS:
        [(total,)] = _ask(count, **values)
        _totals[key] = time.monotonic(), total
    return total


def _filled(**values: Any) -> dict[str, Any]:
    return {name: value for name, value in values.items() if value not in (None, "")}


def _money(amount: Any, currency: str) -> dict[str, str] | None:
    return None if amount is None else {"amount": f"{amount:.2f}", "currency": currency}


def _country(code: str | None, name: str | None) -> dict[str, str | None] | None:
    return None if code is None else {"code": code, "displayName": name}


def _shape(row: tuple[Any, ...]) -> dict[str, Any]:
    condition = None if row[18] is None else float(row[18])
    return _filled(
        id=row[1],
        serialNumber=row[2],
        createdAt=row[3],
        updatedAt=row[4],
        price=_money(row[5], row[6]),
        state=row[7],
        name=row[8],
        assetTag=row[9],
        purchasedOn=row[10],
        warrantyEndsOn=row[11],
        supplier=row[12],
        orderNumber=row[13],
        costCentre=row[14],
        specification=row[15],
        notes=row[16],
        heldSince=row[17],
        condition=condition,
        grade=_grade(condition),
        archiveReason=row[19],
        isNew=row[20],
        externalIds=row[21],
        claim=_claim(row[22:25]),
        equipment=_product(row[25:39], row[71]),
        user=_user(row[39:68], row[68:74]),
        storage=_place(row[74:90]),
    )


def _grade(condition: float | None) -> str | None:
    if condition is None:
        return None
    return min(_GRADES, key=lambda grade: abs(grade[0] - condition))[1]


def _claim(row: tuple[Any, ...]) -> dict[str, Any] | None:
    if row[0] is None:
        return None
    return {"kind": row[0], "reference": row[1], "id": row[2]}


def _product(row: tuple[Any, ...], home: str) -> dict[str, Any]:
    prices = row[7] or ()
    return _filled(
        id=row[0],
        name=row[1],
        specification=row[2],
        type=row[3],
        manufacturer=row[4],
        modelNumber=row[5],
        isOrderable=row[6],
        price=_price(prices, home) if prices else None,
        countries=_countries(prices) if prices else None,
        createdAt=row[8],
        updatedAt=row[9],
        imageUrl=row[10],
        subtype=row[11],
        sku=row[12],
        ean=row[13],
    )


def _price(prices: list[list[Any]], home: str) -> dict[str, str]:
    by_country = {price[0]: price for price in prices}
    found = by_country.get(home) or by_country[None]
    return {"amount": f"{float(found[2]):.2f}", "currency": found[3]}


def _countries(prices: list[list[Any]]) -> list[dict[str, str]] | None:
    if any(price[0] is None for price in prices):
        return None
    return [{"code": price[0], "displayName": price[1]} for price in prices]


def _user(row: tuple[Any, ...], company: tuple[Any, ...]) -> dict[str, Any] | None:
    if row[0] is None:
        return None
    name = f"{row[6]} {row[7]}".strip()
    country = _country(row[14], row[15])
    lines = row[10], row[23], f"{row[12]} {row[11]}".strip()
    return _filled(
        id=row[0],
        email=row[1],
        privateEmail=row[2],
        startDate=row[3],
        phone=row[4],
        state=row[5],
        firstName=row[6],
        lastName=row[7],
        fullName=name,
        position=row[8],
        role=row[9],
        createdAt=row[13],
        updatedAt=row[16],
        employeeNumber=row[17],
        department=row[18],
        costCentre=row[19],
        tags=[_tag(tag) for tag in row[20] or ()],
        username=row[25],
        timeZone=row[26],
        notes=row[27],
        externalIds=row[28],
        company=_filled(
            id=company[0],
            name=company[1],
            currency=company[2],
            country=_country(company[3], company[4]),
            videoUrl=company[5],
        ),
        address=_filled(
            fullName=row[21] or name,
            address=", ".join(line for line in lines if line),
            streetLine1=row[10],
            streetLine2=row[23],
            city=row[11],
            postalCode=row[12],
            phoneNumber=row[22] or row[4],
            country=country,
            countrySubdivisionCode=row[24],
        )
        if any((*row[10:13], row[14], *row[23:25]))
        else None,
    )


def _tag(tag: list[Any]) -> dict[str, Any]:
    return {
        "id": tag[0],
        "name": tag[1],
        # PostgreSQL's JSON leaves out a fraction's last zeros.
        "createdAt": datetime.fromisoformat(tag[2]),
        "updatedAt": datetime.fromisoformat(tag[3]),
        "equipmentsSize": tag[4],
        "employeesSize": tag[5],
    }


def _place(row: tuple[Any, ...]) -> dict[str, Any] | None:
    if row[0] is None:
        return None
    return _filled(
        id=row[0],
        addressName=row[1],
        streetLine1=row[2],
        postalCode=row[3],
        city=row[4],
        type=row[5],
        country=_country(row[6], row[7]),
        orderSupported=row[8],
        isDefault=row[9],
        supportedCountries=row[10],
        streetLine2=row[11],
        countrySubdivisionCode=row[12],
        contactPersonFullName=row[13],
        contactPersonPhone=row[14],
        contactPersonEmail=row[15],
    )
