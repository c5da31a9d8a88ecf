"""What an invoice does to the order it is for."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from apps.accounts.models import User
from apps.companies.models import Entity
from apps.conftest import make_api
from apps.core.actor import SYSTEM
from apps.core.errors import Conflict
from apps.events.models import Event
from apps.invoicing import services
from apps.invoicing.models import Invoice
from apps.invoicing.services import Item
from apps.orders import services as orders
from apps.orders.models import Order
from apps.orders.tests.factories import make_order
from apps.redeployments.models import Redeployment

from .conftest import a_bill

pytestmark = pytest.mark.django_db


@pytest.fixture
def order(beat: User, entity: Entity) -> Order:
    Entity.objects.update(currency="EUR")
    entity.refresh_from_db()
    return make_order(beat, entity=entity)


@pytest.fixture
def invoice(order: Order) -> Invoice:
    laptops = Item(product_name="ThinkPad X13", quantity=2, unit_price=Decimal(1000))
    return services.create(order, a_bill(laptops, currency="EUR"), actor=SYSTEM)


def test_an_order_is_invoiced_once(order: Order, invoice: Invoice) -> None:
    assert (invoice.type, invoice.order, invoice.entity) == (
        "ORDER",
        order,
        order.entity,
    )
    assert invoice.source_reference == order.reference
    laptops = Item(product_name="ThinkPad X13", quantity=2, unit_price=Decimal(1000))
    again = services.create(order, a_bill(laptops, currency="EUR"), actor=SYSTEM)
    assert again == invoice


def test_sending_and_paying_is_noted_of_the_order(
    order: Order, invoice: Invoice
) -> None:
    services.send(invoice, actor=SYSTEM)
    order.refresh_from_db()
    assert (order.invoiced_at is not None, order.paid_at) == (True, None)
    services.mark_paid(invoice, actor=SYSTEM)
    order.refresh_from_db()
    assert order.paid_at is not None
    types = ["order.invoiced", "order.paid"]
    told = Event.objects.filter(type__in=types).order_by("id")
    assert list(told.values_list("type", flat=True)) == types


def test_a_credit_note_notes_nothing_of_the_order(
    order: Order, invoice: Invoice
) -> None:
    services.send(invoice, actor=SYSTEM)
    note = services.credit(invoice, actor=SYSTEM)
    services.send(note, actor=SYSTEM)
    services.mark_paid(note, actor=SYSTEM)
    order.refresh_from_db()
    assert order.paid_at is None


def test_of_what_was_called_off_no_invoice_is_sent(
    order: Order, invoice: Invoice
) -> None:
    orders.cancel(order, actor=SYSTEM)
    with pytest.raises(Conflict) as refusal, transaction.atomic():
        services.send(invoice, actor=SYSTEM)
    assert refusal.value.code == "not_owed"
    invoice.refresh_from_db()
    assert (invoice.state, invoice.sent_at) == ("CREATED", None)


def test_money_that_comes_for_what_was_called_off_is_noted(
    order: Order, invoice: Invoice
) -> None:
    services.send(invoice, actor=SYSTEM)
    orders.cancel(order, actor=SYSTEM)
    assert services.mark_paid(invoice, actor=SYSTEM).state == "PAID"
    order.refresh_from_db()
    assert order.paid_at is None


@pytest.mark.parametrize("fields", [{"order": None}, {"type": "SUBSCRIPTION"}])
def test_the_database_ties_type_to_order(
    invoice: Invoice, fields: dict[str, Any]
) -> None:
    with pytest.raises(IntegrityError, match="type_fits"), transaction.atomic():
        Invoice.objects.filter(pk=invoice.pk).update(**fields)


def test_the_database_takes_one_source(
    invoice: Invoice, redeployment: Redeployment
) -> None:
    with pytest.raises(IntegrityError, match="type_fits"), transaction.atomic():
        Invoice.objects.filter(pk=invoice.pk).update(redeployment=redeployment)


def test_it_is_found_by_the_order(order: Order, invoice: Invoice) -> None:
    api = make_api(order.company)
    for name in (str(order.pk), order.reference):
        page = api.post("invoices/query", {"referenceIds": [name]}).json()
        assert [one["id"] for one in page["content"]] == [str(invoice.pk)]
