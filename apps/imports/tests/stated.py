"""What rows state, by field: cells unlike anything that the register has, and how it
is seen that it has them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any, NamedTuple

from apps.accounts.models import User
from apps.imports.states import Kind
from apps.inventory.models import Asset, Custody


class Says(NamedTuple):
    """A cell, and whether the register has it."""

    text: str
    is_kept: Callable[[Any], bool]


def is_plain(name: str, value: Any) -> Callable[[Any], bool]:
    return lambda thing: getattr(thing, name) == value


# By field: what a row says of a device; each is unlike the devices and models below.
OF_DEVICES: dict[str, Says] = {
    "serial_number": Says("ZX-NEW-1", is_plain("serial_number", "ZX-NEW-1")),
    "asset_tag": Says("TAG-NEW-1", is_plain("asset_tag", "TAG-NEW-1")),
    "name": Says("Ground floor reader", is_plain("name", "Ground floor reader")),
    "product_name": Says("Zebra TC52", lambda a: a.product.name == "Zebra TC52"),
    "model_number": Says("TC-52", lambda a: a.product.model_number == "TC-52"),
    "manufacturer": Says("Zebra", lambda a: a.product.manufacturer == "Zebra"),
    "make_and_model": Says("Zebra TC52", lambda a: a.product.name == "TC52"),
    "category": Says("Phone", lambda a: a.product.category == "PHONE"),
    "quantity": Says("3", lambda _asset: False),  # refused: which three?
    "state": Says("In repair", is_plain("state", "IN_REPAIR")),
    "condition": Says("C", lambda a: a.condition is not None and a.grade[0] == "C"),
    "is_new": Says("no", is_plain("is_new", False)),
    "holder_email": Says("olu@acme.example", lambda a: is_olu(a.user)),
    "holder_username": Says("olu.ade", lambda a: is_olu(a.user)),
    "holder_first_name": Says("Olu", lambda a: is_olu(a.user)),
    "holder_last_name": Says("Adeyemi", lambda a: is_olu(a.user)),
    "holder_name": Says(
        "Olu Adeyemi", lambda a: is_olu(a.user) or is_in(a, "Olu Adeyemi")
    ),
    "holder_kind": Says("Location", lambda a: a.user is None),
    "holder_place": Says("Attic", lambda a: stands_at(a, "Attic")),
    "location": Says("Attic", lambda a: stands_at(a, "Attic")),
    "purchase_date": Says("2023-11-30", is_plain("purchased_on", date(2023, 11, 30))),
    "purchase_price": Says("731.40", is_plain("purchase_price", Decimal("731.40"))),
    "currency": Says("CZK", is_plain("currency", "CZK")),
    "warranty_months": Says(
        "13", lambda a: a.warranty_ends_on == months_after(a.purchased_on, 13)
    ),
    "warranty_ends_on": Says(
        "2031-02-28", is_plain("warranty_ends_on", date(2031, 2, 28))
    ),
    "supplier": Says("Okapi Ltd", is_plain("supplier", "Okapi Ltd")),
    "order_number": Says("PO-77", is_plain("order_number", "PO-77")),
    "cost_centre": Says("CC-9", is_plain("cost_centre", "CC-9")),
    "external_id": Says("ext-9", is_plain("external_id", "ext-9")),
    "notes": Says("mind the lid", is_plain("notes", "mind the lid")),
}
OF_PEOPLE: dict[str, Says] = {
    "first_name": Says("Wambui", is_plain("first_name", "Wambui")),
    "last_name": Says("Njoroge", is_plain("last_name", "Njoroge")),
    "full_name": Says(
        "Wambui Njoroge", lambda p: (p.first_name, p.last_name) == ("Wambui", "Njoroge")
    ),
    "email": Says(
        "w.njoroge@acme.example", is_plain("email", "w.njoroge@acme.example")
    ),
    "private_email": Says(
        "w@post.example", is_plain("private_email", "w@post.example")
    ),
    "username": Says("wnjoroge", is_plain("username", "wnjoroge")),
    "employee_number": Says("0815", is_plain("employee_number", "0815")),
    "phone": Says("+254 20 1234", is_plain("phone", "+254 20 1234")),
    "job_title": Says("Rigger", is_plain("job_title", "Rigger")),
    "department": Says("Stage", is_plain("department", "Stage")),
    "cost_centre": Says("CC-9", is_plain("cost_centre", "CC-9")),
    "parcel_name": Says("Njoroge, door 4", is_plain("parcel_name", "Njoroge, door 4")),
    "parcel_phone": Says("+254 20 99", is_plain("parcel_phone", "+254 20 99")),
    "street": Says("Kaunda St 9", is_plain("street", "Kaunda St 9")),
    "street2": Says("Flat 2", is_plain("street2", "Flat 2")),
    "city": Says("Nakuru", is_plain("city", "Nakuru")),
    "state": Says("Rift Valley", is_plain("region", "Rift Valley")),
    "postal_code": Says("20100", is_plain("postal_code", "20100")),
    "country": Says("Germany", is_plain("country_id", "DE")),
    "start_on": Says("2020-02-03", is_plain("start_on", date(2020, 2, 3))),
    "end_on": Says("2099-05-31", is_plain("end_on", date(2099, 5, 31))),
    "active": Says("no", lambda p: p.state not in ("ACTIVE", "CREATED")),
    "notes": Says("left-handed", is_plain("notes", "left-handed")),
}
SAYS: dict[str, dict[str, Says]] = {Kind.ASSETS: OF_DEVICES, Kind.PEOPLE: OF_PEOPLE}


def is_olu(user: User | None) -> bool:
    return user is not None and user.first_name == "Olu"


def stands_at(asset: Asset, name: str) -> bool:
    """Or stood, until it was archived."""
    return Custody.objects.filter(asset=asset, address__name=name).exists()


def is_in(asset: Asset, name: str) -> bool:
    """Checked out to another device."""
    return {"Checked out to": name} in asset.specification


def months_after(day: date | None, months: int) -> date | None:
    if day is None:
        return None
    return date(day.year + (day.month + months - 1) // 12, day.month % 12 + 1, day.day)
