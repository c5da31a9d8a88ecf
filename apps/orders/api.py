"""Operations on orders: equipment is bought for somebody or somewhere."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.http import HttpResponse
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema_serializer
from rest_framework.request import Request

from apps.accounts.models import User
from apps.accounts.states import UserState
from apps.accounts.target_bodies import (
    TargetRequest,
    delivery_of,
    entity_of,
    mailbox,
    target_of,
)
from apps.accounts.targets import Target
from apps.companies.bodies import DeliveryAddressRequest
from apps.companies.models import Company
from apps.core.actor import Actor, Permission
from apps.core.api import conditions, fields
from apps.core.api.conditions import Asking
from apps.core.api.reading import Reading, as_id
from apps.core.api.resources import Resource
from apps.core.errors import Invalid
from apps.shipping.models import Shipment
from apps.shipping.shapes import SHIPMENT

from . import counts, services
from .models import Order, OrderUnit
from .services import Details, Item
from .shapes import ORDER
from .states import (
    DeliveryType,
    OrderState,
    OrderType,
    PaymentMethod,
    PaymentSource,
)

_NOTES = 4_000


def _line(longest: int = 257) -> fields.Text:
    return fields.Text(required=False, allow_blank=True, max_length=longest)


class OrderEquipmentRequest(fields.Body):
    id = fields.Id(help_text="Equipment catalog ID")
    size = fields.Whole(min_value=1, max_value=1_000, help_text="Quantity")
    keyboard_layout_id = fields.Id(required=False)
    equipment_warranty_id = fields.Id(required=False)


class PaymentMethodRequest(fields.Body):
    method = fields.OneOf(choices=PaymentMethod.choices, required=False)
    source = fields.OneOf(choices=PaymentSource.choices, required=False)


@extend_schema_serializer(deprecate_fields=["employeeEmail"])
class CreateOrderRequest(TargetRequest):
    """Exactly one of employeeId, employee, companyAddressId, companyAddress and the
    deprecated employeeEmail."""

    equipment = fields.Several(OrderEquipmentRequest(), required=False)
    order_type = fields.OneOf(choices=OrderType.choices, required=False)
    start_date = fields.Day(required=False)
    delivery_address = DeliveryAddressRequest(required=False)
    employee_email = mailbox(required=False, help_text="Deprecated. Use employeeId.")
    contact_person_full_name = _line()
    contact_person_phone = _line(64)
    contact_person_email = _line(254)
    company_entity_name = _line(255)
    company_entity_id = fields.Id(required=False)
    notes = _line(_NOTES)
    purchase_order_number = _line(128)
    payment_method = PaymentMethodRequest(required=False)
    delivery_type = fields.OneOf(choices=DeliveryType.choices, required=False)


class OrderQueryRequest(fields.Body):
    ordered_for_ids = fields.Several(
        fields.Id(),
        required=False,
        help_text="Filter by user or company address IDs",
    )
    countries = fields.Several(fields.Text(max_length=2), required=False)
    created_from = fields.AskedDay(required=False)
    states = fields.Several(fields.OneOf(choices=OrderState.choices), required=False)
    search_phrase = fields.Text(required=False, max_length=100)
    ids = fields.Several(fields.Text(max_length=64), required=False)
    company_address_ids = fields.Several(fields.Id(), required=False)
    ordered_for_type = fields.OneOf(
        choices=["EMPLOYEE", "COMPANY_ADDRESS", "TEQUIPY_WAREHOUSE"], required=False
    )


class OrderKeysetRequest(OrderQueryRequest):
    updated_since = fields.Moment(required=False)


_FOR = {
    "EMPLOYEE": Q(user__isnull=False),
    "COMPANY_ADDRESS": Q(type=OrderType.COMPANY),
    "TEQUIPY_WAREHOUSE": Q(type=OrderType.TEQUIPY_WAREHOUSE),
}


def _named(names: Sequence[str], _asking: Asking) -> Q:
    """By ids and references, in any mixture."""
    ids = {pk for name in names if (pk := as_id(name))}
    return Q(pk__in=ids) | Q(reference__in={name.upper() for name in names})


def _ordered_for(ids: Sequence[Any], _asking: Asking) -> Q:
    return Q(user__in=ids) | Q(address__in=ids)


ORDERS = Reading(
    ORDER,
    Order.objects.all,
    filters={
        "ordered_for_ids": conditions.By(_ordered_for),
        "countries": conditions.By(
            lambda codes, _asking: Q(country__in=[code.upper() for code in codes])
        ),
        "created_from": conditions.OnDay("created_at", ends=False),
        "states": conditions.any_of("state"),
        "search_phrase": conditions.Narrowed(
            lambda rows, text, asking: rows.search(text, asking.actor)
        ),
        "ids": conditions.By(_named),
        "company_address_ids": conditions.any_of("address_id"),
        "ordered_for_type": conditions.By(lambda kind, _asking: _FOR[kind]),
        "updated_since": conditions.Is("updated_at", ">= {}"),
    },
    sorts={
        "createdDate": "created_at",
        "updatedAt": "updated_at",
        "startDate": "start_on",
        "state": "state",
        "totalPrice": "total",
    },
    named_by="reference",
    counter=counts.ORDERS.within(),
)
PARCELS = Reading(
    SHIPMENT,
    Shipment.objects.all,
    filters={
        "order": conditions.By(
            lambda pk, _asking: Q(
                pk__in=OrderUnit.objects.filter(line__order=pk).values("shipment")
            )
        )
    },
)


class OrderResource(Resource):
    tag = "Orders"
    noun, singular, plural = "Order", "order", "orders"
    names = {
        "create": "createOrder",
        "query": "queryOrders",
        "list": "listOrders",
        "retrieve": "getOrder",
        "cancel": "cancelOrder",
        "tracking": "getOrderTracking",
    }
    reading = ORDERS
    filters = OrderQueryRequest
    list_filters = OrderKeysetRequest
    bodies = {"create": CreateOrderRequest}
    permissions = {
        "create": Permission.ORDERS_PLACE,
        "query": Permission.ORDERS_READ,
        "list": Permission.ORDERS_READ,
        "retrieve": Permission.ORDERS_READ,
        "cancel": Permission.ORDERS_CANCEL,
        "tracking": Permission.ORDERS_READ,
    }
    answers = {"tracking": [SHIPMENT]}

    def create(self, request: Request) -> HttpResponse:
        """Create order.

        Prices are frozen, and every piece is in the register as ORDERED at once, all or
        nothing. Exactly one of employeeId, employee, companyAddressId, companyAddress
        and (deprecated) employeeEmail says whom or what it is for; orderType, if it is
        given, must fit that. Without deliveryAddress it goes to the target's own
        address; without companyEntityId and companyEntityName the default entity is
        invoiced, in its currency. What is paid by CREDIT_LINE must fit the company's
        credit line.
        """
        said, company = self.said(), request.user.company
        made = services.create(
            [_item(one) for one in said.get("equipment", ())],
            _target(said, self.actor, company),
            actor=self.actor,
            company=company,
            details=_details(said, self.actor),
        )
        return self.one(made.pk)

    def cancel(self, request: Request, id: str) -> HttpResponse:
        """Cancel an order that was not sent.

        It ends as DECLINED with cancelledAt; what was ordered for it never comes.
        Cancelled twice is once.
        """
        with transaction.atomic():
            ended = services.cancel(self.thing(id), actor=self.actor)
        return self.one(ended.pk)

    def tracking(self, request: Request, id: str) -> HttpResponse:
        """List the parcels, the newest first, with what carriers have said."""
        return self.whole(PARCELS, order=self.thing(id).pk)


def _item(said: Mapping[str, Any]) -> Item:
    return Item(
        product_id=said["id"],
        quantity=said["size"],
        keyboard_layout_id=said.get("keyboard_layout_id"),
        warranty_id=said.get("equipment_warranty_id"),
    )


def _target(said: Mapping[str, Any], actor: Actor, company: Company) -> Target:
    """Raises as `target_of`, and Invalid `one_target` for an employeeEmail
    beside another target."""
    target = target_of(said, actor, company)
    if (email := said.get("employee_email")) is None:
        return target
    if target != Target():
        Target().require_one(company)
    return Target(user=_employee_called(email, actor))


def _employee_called(email: str, actor: Actor) -> User:
    people = User.objects.visible_to(actor).exclude(state=UserState.DELETED)
    found = people.filter(email=email.lower()).first()
    if found is None:
        raise Invalid(
            "unknown_employee",
            _("There is no employee %(id)s.") % {"id": email},
            field="employee_email",
        )
    return found


def _details(said: Mapping[str, Any], actor: Actor) -> Details:
    payment = said.get("payment_method", {})
    return Details(
        type=said.get("order_type", ""),
        start_on=said.get("start_date"),
        delivery=delivery_of(said),
        contact_name=said.get("contact_person_full_name", ""),
        contact_email=said.get("contact_person_email", ""),
        contact_phone=said.get("contact_person_phone", ""),
        entity=entity_of(said, actor),
        entity_name=said.get("company_entity_name", ""),
        notes=said.get("notes", ""),
        purchase_order_number=said.get("purchase_order_number", ""),
        payment_method=payment.get("method", PaymentMethod.CREDIT_LINE),
        payment_source=payment.get("source", ""),
        delivery_type=said.get("delivery_type", DeliveryType.STANDARD),
    )
