from __future__ import annotations

import threading
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, connection, transaction
from django.utils import translation

from apps.accounts.models import User
from apps.companies.models import Entity
from apps.conftest import make_asset
from apps.core.actor import SYSTEM
from apps.core.errors import Conflict, DomainError, Invalid
from apps.core.roles import Role
from apps.events.models import Event
from apps.files.models import File
from apps.invoicing import services, texts
from apps.invoicing.models import Invoice, InvoiceLine
from apps.invoicing.services import Item, Subscription
from apps.redeployments.models import Redeployment
from apps.returns import services as returns

from .conftest import DUE, a_bill

pytestmark = pytest.mark.django_db


def refused(code: str, *args: Any, **kwargs: Any) -> DomainError:
    """By that code, and nothing is left of it."""
    invoices, events = Invoice.objects.count(), Event.objects.count()
    with pytest.raises(DomainError) as refusal, transaction.atomic():
        services.create(*args, actor=SYSTEM, **kwargs)
    assert refusal.value.code == code
    assert (Invoice.objects.count(), Event.objects.count()) == (invoices, events)
    return refusal.value


def test_it_says_who_pays_what_for_what(
    redeployment: Redeployment, entity: Entity
) -> None:
    dock = Item(product_name="Dock  D6000", quantity=3, unit_price=Decimal("99.90"))
    service = Item(text=texts.DELIVERY(reference="X-1"), unit_price=Decimal("12"))
    made = services.create(redeployment, a_bill(dock, service), actor=SYSTEM)
    made.refresh_from_db()
    assert made.reference.startswith("INV-")
    assert (made.document_type, made.type, made.state) == (
        "INVOICE",
        "REDEPLOYMENT",
        "CREATED",
    )
    assert (made.entity, made.redeployment, made.ret) == (entity, redeployment, None)
    assert made.source_reference == redeployment.reference
    # 311.70 of which 8.1 per cent are 25.2477
    assert (made.net_price, made.tax, made.gross_price) == (
        Decimal("311.70"),
        Decimal("25.25"),
        Decimal("336.95"),
    )
    assert (made.currency, made.payment_due_at) == ("CHF", DUE)
    lines = [(x.description, x.quantity, x.total) for x in made.lines.all()]
    assert lines == [
        ("Dock D6000", 3, Decimal("299.70")),
        ("Delivery of X-1", 1, Decimal(12)),
    ]


def test_lines_are_read_in_each_language(invoice: Invoice) -> None:
    line = invoice.lines.get()
    assert line.description == "Redeployment RED-2345678"
    with translation.override("de"):
        assert "RED-2345678" in line.description


def test_half_a_unit_of_tax_is_rounded_up(redeployment: Redeployment) -> None:
    """0.50 of which 5 per cent are 0.025."""
    item = Item(product_name="Cable", unit_price=Decimal("0.50"))
    bill = a_bill(item, tax_rate=Decimal(5))
    assert services.create(redeployment, bill, actor=SYSTEM).tax == Decimal("0.03")


def test_a_currency_without_decimals_has_none_in_its_tax(
    redeployment: Redeployment,
) -> None:
    item = Item(product_name="Cable", unit_price=Decimal(1999))
    bill = a_bill(item, currency="JPY", tax_rate=Decimal(10))
    made = services.create(redeployment, bill, actor=SYSTEM)
    assert (made.tax, made.gross_price) == (Decimal(200), Decimal(2199))


def test_second_call_gives_the_same(
    redeployment: Redeployment, invoice: Invoice
) -> None:
    events = Event.objects.count()
    assert services.create(redeployment, a_bill(), actor=SYSTEM) == invoice
    assert (Event.objects.count(), InvoiceLine.objects.count()) == (events, 1)


def test_another_amount_for_the_same_is_refused(
    redeployment: Redeployment, invoice: Invoice
) -> None:
    dearer = a_bill(Item(product_name="Dock", unit_price=Decimal(50)))
    told = refused("invoiced_otherwise", redeployment, dearer)
    assert invoice.reference in told.message


def test_what_was_cancelled_is_invoiced_anew(
    redeployment: Redeployment, invoice: Invoice
) -> None:
    services.cancel(invoice, actor=SYSTEM)
    again = services.create(redeployment, a_bill(), actor=SYSTEM)
    assert again != invoice
    assert again.state == "CREATED"


def test_a_return_is_invoiced_as_what_it_is(
    entity: Entity, lager: Any, beat: User
) -> None:
    asset = make_asset(beat, "W2")
    start = {"asset_ids": [asset.id], "address": lager}
    ret = returns.start_collection(beat, actor=SYSTEM, **start)
    made = services.create(ret, a_bill(), actor=SYSTEM)
    assert (made.type, made.ret, made.entity) == ("COLLECTION", ret, entity)
    assert services.create(ret, a_bill(), actor=SYSTEM) == made


def test_a_period_is_invoiced_once_for_each_entity(entity: Entity) -> None:
    march = Subscription(entity=entity, period_on=date(2027, 3, 1))
    made = services.create(march, a_bill(), actor=SYSTEM)
    assert (made.type, made.period_on) == ("SUBSCRIPTION", date(2027, 3, 1))
    assert services.create(march, a_bill(), actor=SYSTEM) == made
    april = replace(march, period_on=date(2027, 4, 1))
    assert services.create(april, a_bill(), actor=SYSTEM) != made


def test_without_an_entity_it_is_asked_who_pays(
    redeployment: Redeployment, entity: Entity
) -> None:
    redeployment.entity = None
    Redeployment.objects.update(entity=None)
    Entity.objects.update(is_default=False)
    refused("no_entity", redeployment, a_bill())
    made = services.create(redeployment, a_bill(), actor=SYSTEM, entity=entity)
    assert made.entity == entity


def test_an_entity_of_another_company_is_unknown(
    redeployment: Redeployment, globex: Any
) -> None:
    theirs = Entity.objects.create(
        company=globex, legal_name="Globex GmbH", country_id="DE", currency="EUR"
    )
    refused("unknown_entity", redeployment, a_bill(), entity=theirs)


def test_an_archived_entity_is_invoiced_no_longer(
    redeployment: Redeployment, entity: Entity
) -> None:
    Entity.objects.update(is_active=False, is_default=False)
    entity.refresh_from_db()
    told = refused("entity_archived", redeployment, a_bill(), entity=entity)
    assert "Wayne Güter AG" in told.message


@pytest.mark.parametrize(
    ("code", "bill"),
    [
        ("nothing_to_pay", replace(a_bill(), items=())),
        ("bad_line", a_bill(Item(unit_price=Decimal(1)))),
        (
            "bad_line",
            a_bill(Item(product_name="Dock", quantity=0, unit_price=Decimal(1))),
        ),
        ("bad_amount", a_bill(Item(product_name="Dock", unit_price=Decimal(-1)))),
        (
            "too_many_decimals",
            a_bill(Item(product_name="Dock", unit_price=Decimal("1.005"))),
        ),
        ("bad_currency", a_bill(currency="XXQ")),
        ("bad_tax_rate", a_bill(tax_rate=Decimal("7.125"))),
        ("bad_tax_rate", a_bill(tax_rate=Decimal(-1))),
        ("bad_tax_rate", a_bill(tax_rate=Decimal("NaN"))),
    ],
)
def test_what_can_not_be_paid_is_refused(
    redeployment: Redeployment, code: str, bill: services.Bill
) -> None:
    assert isinstance(refused(code, redeployment, bill), Invalid)


def test_its_event_tells_amounts_and_source(
    invoice: Invoice, redeployment: Redeployment
) -> None:
    event = Event.objects.get(type="invoice.created")
    assert redeployment.id in event.refs
    assert event.payload["source_reference"] == redeployment.reference
    assert (event.payload["gross_price"], event.payload["currency"]) == ("53.35", "CHF")


# --- Document ---------------------------------------------------------------


def test_a_document_is_attached_once(
    invoice: Invoice, settings: Any, tmp_path: Any
) -> None:
    settings.MEDIA_ROOT = str(tmp_path)
    upload = SimpleUploadedFile("INV.pdf", b"%PDF-1.7")
    attached = services.attach_document(
        invoice, upload, actor=SYSTEM, content_type="application/pdf"
    )
    assert (attached.file.name, attached.file.size) == ("INV.pdf", 8)
    with pytest.raises(Conflict) as refusal:
        services.attach_document(invoice, upload, actor=SYSTEM)
    assert refusal.value.code == "has_document"
    assert File.objects.count() == 1
    assert Event.objects.filter(type="invoice.document_attached").count() == 1


# --- The database -----------------------------------------------------------


@pytest.mark.parametrize(
    ("constraint", "fields"),
    [
        ("invoice_type_fits_source", {"type": "COLLECTION"}),
        ("invoice_type_fits_source", {"redeployment": None}),
        ("invoice_type_fits_source", {"period_on": date(2027, 1, 1)}),
        ("invoice_credit_note_has_invoice", {"document_type": "CREDIT_NOTE"}),
        ("invoice_adds_up", {"gross_price": Decimal(1)}),
        ("invoice_paid_says_when", {"state": "PAID"}),
        ("invoice_cancelled_says_when", {"state": "CANCELLED"}),
    ],
)
def test_the_database_refuses(
    invoice: Invoice, constraint: str, fields: dict[str, Any]
) -> None:
    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        Invoice.objects.filter(pk=invoice.pk).update(**fields)


def test_the_database_wants_lines_that_add_up(invoice: Invoice) -> None:
    for fields in ({"total": 1}, {"quantity": 0}, {"product_name": "Dock"}):
        with pytest.raises(IntegrityError, match="line"), transaction.atomic():
            invoice.lines.update(**fields)


def test_only_its_company_sees_it_and_finds_it(
    invoice: Invoice, beat: User, gina: User, as_actor: Any
) -> None:
    from apps.conftest import make_user

    admin = as_actor(make_user(beat.company, "Ada", role=Role.COMPANY_ADMIN))
    assert list(Invoice.objects.visible_to(admin)) == [invoice]
    for actor in (as_actor(beat), as_actor(gina)):
        assert not Invoice.objects.visible_to(actor).exists()
    for text in ("guter", invoice.reference[4:], invoice.source_reference):
        assert list(Invoice.objects.search(text)) == [invoice]
    assert not Invoice.objects.search("nothing").exists()


@pytest.mark.django_db(transaction=True)
def test_written_by_several_at_once_it_is_one(redeployment: Redeployment) -> None:
    barrier, made, failures = threading.Barrier(4, timeout=30), [], []

    def write() -> None:
        try:
            barrier.wait()
            made.append(services.create(redeployment, a_bill(), actor=SYSTEM).pk)
        except BaseException as error:
            failures.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=write) for _number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert failures == []
    assert (len(made), len(set(made))) == (4, 1)
    assert Event.objects.filter(type="invoice.created").count() == 1
    assert InvoiceLine.objects.count() == 1
