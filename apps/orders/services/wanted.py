"""What is asked for: items, where they go, who is asked about them and who pays."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from apps.accounts.delivery import DELIVERY, set_delivery
from apps.accounts.models import User
from apps.accounts.targets import Target
from apps.catalog import services as catalog
from apps.catalog.models import KeyboardLayout, Product, Warranty
from apps.companies.billing import invoiced_entity
from apps.companies.models import Address, Company, Entity
from apps.core.clean import fitting, require_sane_day, stripped
from apps.core.errors import Invalid
from apps.orders.models import Order
from apps.orders.states import (
    CURRENCIES,
    DeliveryType,
    OrderType,
    PaymentMethod,
    PaymentSource,
)

# What the API calls what is said about it.
_CONTACT = {
    "contact_name": "contact_person_full_name",
    "contact_email": "contact_person_email",
    "contact_phone": "contact_person_phone",
    "purchase_order_number": "purchase_order_number",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """So many pieces of a product, each with the keyboard and the warranty."""

    product_id: UUID
    quantity: int = 1
    keyboard_layout_id: UUID | None = None
    warranty_id: UUID | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Details:
    """What is said of an order besides its items and its target.

    `type` "": as the target has it. `delivery` has keys of DELIVERY; None: the
    target's own address. Without `entity` and `entity_name` the company's default
    entity is invoiced. `payment_source` "": by the currency.
    """

    type: str = ""
    start_on: date | None = None
    delivery: Mapping[str, Any] | None = None
    contact_name: str = ""
    contact_email: str = ""
    contact_phone: str = ""
    entity: Entity | None = None
    entity_name: str = ""
    notes: str = ""
    purchase_order_number: str = ""
    payment_method: str = PaymentMethod.CREDIT_LINE
    payment_source: str = ""
    delivery_type: str = DeliveryType.STANDARD


# --- What -------------------------------------------------------------------


def looked_up(company: Company, items: Sequence[Item]) -> list[catalog.Item]:
    """Raises Invalid `no_product`, `no_warranty` or `no_layout`, naming the item."""
    products = _rows(Product, {one.product_id for one in items}, company)
    warranties = _rows(Warranty, {one.warranty_id for one in items}, company)
    layouts = _rows(KeyboardLayout, {one.keyboard_layout_id for one in items})

    def of(rows: Mapping[UUID, Any], pk: UUID | None, code: str, field: str) -> Any:
        if pk is not None and pk not in rows:
            told = _("There is nothing to order with the id %(id)s.") % {"id": pk}
            raise Invalid(code, told, field=field)
        return rows[pk] if pk is not None else None

    return [
        catalog.Item(
            product=of(products, one.product_id, "no_product", f"{at}/id"),
            quantity=one.quantity,
            warranty=of(
                warranties,
                one.warranty_id,
                "no_warranty",
                f"{at}/equipment_warranty_id",
            ),
            keyboard_layout=of(
                layouts, one.keyboard_layout_id, "no_layout", f"{at}/keyboard_layout_id"
            ),
        )
        for at, one in ((f"equipment/{place}", one) for place, one in enumerate(items))
    ]


def _rows(
    model: Any, ids: Iterable[UUID | None], company: Company | None = None
) -> dict[UUID, Any]:
    rows = model.objects.filter(pk__in={pk for pk in ids if pk is not None})
    return {row.pk: row for row in (rows.filter(company=company) if company else rows)}


# --- For whom ---------------------------------------------------------------


def type_for(target: Target, stated: str) -> OrderType:
    """What kind of order the target makes it. Raises Invalid `wrong_order_type`."""
    fits = _type_of(target)
    if stated and stated != fits:
        raise Invalid(
            "wrong_order_type",
            _("An order for this target is of the type %(type)s: leave it out.")
            % {"type": fits},
            field="order_type",
        )
    return fits


def _type_of(target: Target) -> OrderType:
    if target.employee is not None:
        return OrderType.NEW_EMPLOYEE
    if target.user is not None:
        return OrderType.ASSIGN_EXISTING
    place = target.address or Address(**(target.new_address or {}))
    is_shelf = place.type == Address.Type.TEQUIPY
    return OrderType.TEQUIPY_WAREHOUSE if is_shelf else OrderType.COMPANY


def address_to(
    order: Order, to: User | Address, delivery: Mapping[str, Any] | None
) -> None:
    """Sets for whom it is and where it goes."""
    if isinstance(to, User):
        order.user = to
    elif to.is_order_supported:
        order.address = to
    else:
        raise Invalid(
            "place_takes_no_orders",
            _("Nothing is delivered to %(place)s: choose another place.")
            % {"place": to},
            field="company_address_id",
        )
    set_delivery(order, to, delivery)


def require_deliverable(order: Order) -> None:
    """What a carrier needs. Raises Invalid `no_delivery_address`."""
    for name in ("street", "city", "country_id"):
        if not getattr(order, name):
            raise Invalid(
                "no_delivery_address",
                _("Say where it goes: street, city and country are needed."),
                field=DELIVERY[name],
            )


# --- About it ---------------------------------------------------------------


def fill_in(order: Order, details: Details) -> None:
    """Raises Invalid `bad_day`, `bad_email`, `too_long`, `unknown_delivery_type`."""
    require_sane_day(details.start_on, "start_date")
    order.start_on = details.start_on
    for name, field in _CONTACT.items():
        column = Order._meta.get_field(name)
        setattr(order, name, fitting(column, getattr(details, name), field=field))
    order.notes = stripped(details.notes)
    if details.delivery_type not in DeliveryType.values:
        raise Invalid(
            "unknown_delivery_type",
            _("Choose STANDARD or EXPRESS."),
            field="delivery_type",
        )
    order.delivery_type = details.delivery_type


# --- Who pays ---------------------------------------------------------------


def bill_to(order: Order, company: Company, details: Details) -> None:
    """Sets the entity, the currency that it is invoiced in, and how it is paid. Raises
    Invalid `unknown_entity`, `other_entity`, `unknown_payment_source`."""
    order.entity = invoiced_entity(company, details.entity, name=details.entity_name)
    order.currency = order.entity.currency if order.entity else company.currency
    order.payment_method = details.payment_method
    if details.payment_source not in ("", *PaymentSource.values):
        raise Invalid(
            "unknown_payment_source",
            _("Choose GB, EU or US."),
            field="payment_method/source",
        )
    by_currency = {currency: source for source, currency in CURRENCIES.items()}
    order.payment_source = details.payment_source or by_currency.get(order.currency, "")
