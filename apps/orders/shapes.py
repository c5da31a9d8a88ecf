"""What the API shows of orders."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

import orjson
from rest_framework import serializers

from apps.accounts.shapes import USER
from apps.catalog.models import Category
from apps.catalog.shapes import PRODUCT
from apps.companies.shapes import ADDRESS, COUNTRY, delivery_address
from apps.core.api.shapes import (
    Columns,
    Member,
    Shape,
    Sql,
    choice,
    day,
    flag,
    here,
    made,
    many,
    moment,
    money,
    number,
    one,
    text,
    uid,
    unless_none,
)
from apps.inventory.shapes import ASSET
from apps.shipping import carriers
from apps.shipping.models import Shipment
from apps.shipping.states import DelayReason

from .models import BankAccount, Order, OrderLine
from .states import (
    DeliveryType,
    OrderState,
    OrderType,
    PaymentMethod,
    PaymentSource,
)


class FromJson(Member):
    """What a function makes of an expression of SQL that gives JSON; `{t}` is this
    table. `reads` gives the same of an instance; None is left out."""

    def __init__(
        self,
        kind: Callable[..., serializers.Field],
        sql: str,
        reads: Callable[[Any], Any],
        make: Callable[[Any], Any],
    ) -> None:
        self.kind, self.sql, self.reads, self.make = kind, sql, reads, make

    def read(self, columns: Columns) -> str:
        sql = self.sql.replace("{t}", columns.alias)
        if columns.is_json:
            return unless_none(columns, self.make, columns.select(sql))
        return unless_none(columns, self._made, columns.select(f"{sql}::text"))

    def _made(self, found: str) -> Any:
        return self.make(orjson.loads(found))

    def of_instance(self, thing: Any) -> Any:
        found = self.reads(thing)
        return None if found is None else self.make(found)

    def field(self) -> serializers.Field:
        return self.kind(read_only=True)


# --- Lines ------------------------------------------------------------------


class _Serials(serializers.ListField):
    child = serializers.CharField()


def _serials(line: OrderLine) -> list[str]:
    units = line.units.order_by("id").exclude(asset__serial_number="")
    return list(units.values_list("asset__serial_number", flat=True))


def _first_asset(line: OrderLine) -> UUID | None:
    return line.units.order_by("id").values_list("asset_id", flat=True).first()


LINE = Shape(
    "OrderEquipmentResponse",
    "orders.OrderLine",
    {
        "id": uid("id"),
        "equipment": one(PRODUCT, "product"),
        "size": number("quantity"),
        "itemPrice": money("unit_price", "order__currency"),
        "type": choice("product__category", Category),
        "userEquipmentId": Sql(
            serializers.UUIDField,
            "SELECT u.asset_id FROM orders_orderunit u WHERE u.line_id = {t}.id "
            "ORDER BY u.id LIMIT 1",
            _first_asset,
        ).deprecated(),
        "serialNumbers": FromJson(
            _Serials,
            "(SELECT coalesce(json_agg(a.serial_number ORDER BY u.id), '[]') "
            "FROM orders_orderunit u JOIN inventory_asset a ON a.id = u.asset_id "
            "WHERE u.line_id = {t}.id AND a.serial_number <> '')",
            _serials,
            list,
        ),
        "userEquipments": many(ASSET, "units", item="asset"),
        "keyboardLayoutId": uid("keyboard_layout_id"),
        "equipmentWarrantyId": uid("warranty_id"),
        "updatedAt": moment("updated_at"),
    },
)

# --- The newest parcel ------------------------------------------------------

_PARCEL = (
    "(SELECT json_build_array(s.carrier, s.tracking_number) FROM orders_orderline l "
    "JOIN orders_orderunit u ON u.line_id = l.id "
    "JOIN shipping_shipment s ON s.id = u.shipment_id "
    "WHERE l.order_id = {t}.id ORDER BY s.created_at DESC, s.id DESC LIMIT 1)"
)
_CARRIERS = dict(carriers.CHOICES)


def _parcel(order: Order) -> list[str] | None:
    parcels = Shipment.objects.filter(order_units__line__order=order)
    found = parcels.order_by("-created_at", "-id").first()
    return [found.carrier, found.tracking_number] if found else None


def _of_parcel(make: Callable[[str, str], Any]) -> FromJson:
    return FromJson(
        serializers.CharField, _PARCEL, _parcel, lambda told: make(*told) or None
    )


# --- Where to pay -----------------------------------------------------------


class _AsItIs(serializers.Serializer):
    """Objects that hold no empty fields already."""

    def to_representation(self, instance: Any) -> Any:
        return instance


class _BankDetails(_AsItIs):
    """Bank account details"""

    iban = serializers.CharField(required=False)
    bic = serializers.CharField(required=False)
    accountNumber = serializers.CharField(required=False)
    sortCode = serializers.CharField(required=False)


class _Receiver(_AsItIs):
    name = serializers.CharField(required=False)
    streetLine1 = serializers.CharField(required=False)
    city = serializers.CharField(required=False)
    postalCode = serializers.CharField(required=False)
    country = COUNTRY.serializer_class(required=False)
    countrySubdivisionCode = serializers.CharField(required=False)


class PaymentDetailsResponse(_AsItIs):
    """To which account of the platform an order on account is paid."""

    details = _BankDetails(required=False)
    title = serializers.CharField(required=False)
    receiver = _Receiver(required=False)
    currency = serializers.CharField(required=False, help_text="ISO 4217 currency code")


_DETAILS = ("iban", "bic", "accountNumber", "sortCode")
_RECEIVER = ("name", "streetLine1", "city", "postalCode", "countrySubdivisionCode")
_ACCOUNT = (
    "(SELECT json_build_array(b.iban, b.bic, b.account_number, b.sort_code, "
    "b.receiver, b.street, b.city, b.postal_code, b.region, c.code, c.name, "
    "{t}.reference, b.currency) FROM orders_bankaccount b "
    "LEFT JOIN companies_country c ON c.code = b.country_id "
    "WHERE b.source = {t}.payment_source AND b.currency = {t}.currency "
    "AND {t}.payment_method = 'CREDIT_LINE')"
)


def _account(order: Order) -> list[Any] | None:
    if order.payment_method != PaymentMethod.CREDIT_LINE:
        return None
    found = BankAccount.objects.filter(
        source=order.payment_source, currency=order.currency
    ).first()
    if found is None:
        return None
    country = found.country
    return [
        found.iban,
        found.bic,
        found.account_number,
        found.sort_code,
        found.receiver,
        found.street,
        found.city,
        found.postal_code,
        found.region,
        country.code if country else None,
        country.name if country else None,
        order.reference,
        found.currency,
    ]


def _payment_details(told: list[Any]) -> dict[str, Any]:
    details, receiver = told[:4], told[4:9]
    code, name, reference, currency = told[9:]
    to = {key: value for key, value in zip(_RECEIVER, receiver, strict=True) if value}
    if code:
        to["country"] = {"code": code, "displayName": name}
    return {
        "details": {k: v for k, v in zip(_DETAILS, details, strict=True) if v},
        "title": reference,
        "receiver": to,
        "currency": currency,
    }


# --- Orders -----------------------------------------------------------------


def _happened(at: datetime | None) -> bool:
    return at is not None


def _invoiced(total: Decimal, at: datetime | None) -> float | None:
    return None if at is None else float(total)


COMPANY = Shape(
    "OrderCompany", "companies.Company", {"id": uid("id"), "name": text("name")}
)
PAYMENT = Shape(
    "PaymentMethodDto",
    "orders.Order",
    {
        "method": choice("payment_method", PaymentMethod),
        "source": choice("payment_source", PaymentSource),
    },
)
ORDER = Shape(
    "OrderResponse",
    "orders.Order",
    {
        "id": uid("id"),
        "reference": text("reference"),
        "orderEquipment": many(LINE, "lines"),
        "state": choice("state", OrderState),
        "type": choice("type", OrderType),
        "deliveryNumber": _of_parcel(lambda _carrier, tracked: tracked),
        "deliveryUrl": _of_parcel(carriers.tracking_url),
        "deliveryCompany": _of_parcel(
            lambda carrier, _tracked: str(_CARRIERS.get(carrier, carrier))
        ),
        "deliveryCountry": text("country__name"),
        "deliveryCountryCode": text("country_id"),
        "deliveryFullName": text("full_name"),
        "deliveryType": choice("delivery_type", DeliveryType),
        "company": one(COMPANY, "company"),
        "user": one(USER, "user"),
        "deliveryAddress": delivery_address("orders.Order"),
        "delayed": flag("is_delayed"),
        "delayReason": choice("delay_reason", DelayReason),
        "deliveryFailureReason": text("delivery_failure_reason"),
        "contactPersonFullName": text("contact_name"),
        "contactPersonEmail": text("contact_email"),
        "contactPersonPhone": text("contact_phone"),
        "companyEntityId": uid("entity_id"),
        "companyEntityName": text("entity__legal_name"),
        "createdDate": moment("created_at"),
        "updatedAt": moment("updated_at"),
        "startDate": day("start_on"),
        "completedDate": moment("completed_at"),
        "cancelledAt": moment("cancelled_at"),
        "sentAt": moment("sent_at"),
        "outForDeliveryAt": moment("out_for_delivery_at"),
        "deliveryFailedAt": moment("delivery_failed_at"),
        "deliveryPrice": money("delivery_price", "currency"),
        "totalPrice": money("total", "currency"),
        "invoicePaid": made(serializers.BooleanField, _happened, "paid_at"),
        "invoiceAmount": made(
            serializers.FloatField, _invoiced, "total", "invoiced_at"
        ).deprecated(),
        "invoiceSent": made(serializers.BooleanField, _happened, "invoiced_at"),
        "notes": text("notes"),
        "purchaseOrderNumber": text("purchase_order_number"),
        "paymentDetails": FromJson(
            PaymentDetailsResponse, _ACCOUNT, _account, _payment_details
        ),
        "paymentMethod": here(PAYMENT),
        "companyAddress": one(ADDRESS, "address"),
    },
)
