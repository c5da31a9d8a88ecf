from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import orjson
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from apps.companies.models import Company, Entity
from apps.conftest import Api, make_api
from apps.core.actor import SYSTEM, Role
from apps.core.ids import uuid7
from apps.invoicing import services
from apps.invoicing.models import Invoice
from apps.invoicing.services import Item, Subscription
from apps.invoicing.shapes import INVOICE
from apps.redeployments.models import Redeployment

from .conftest import a_bill

pytestmark = pytest.mark.django_db
PATH = "invoices"


@pytest.fixture
def client(wayne: Company) -> Api:
    return make_api(wayne)


def test_says_what_the_contract_says(client: Api, invoice: Invoice) -> None:
    found = client.found(f"{PATH}/{invoice.pk}")
    assert found["id"] == str(invoice.pk)
    assert (found["documentType"], found["type"], found["state"]) == (
        "INVOICE",
        "REDEPLOYMENT",
        "CREATED",
    )
    assert found["invoiceRef"] == invoice.reference
    assert found["sourceReference"] == invoice.source_reference
    assert found["companyEntity"]["legalName"] == "Wayne Güter AG"
    assert found["companyEntity"]["country"]["code"] == "CH"
    assert found["netPrice"] == {"amount": "49.35", "currency": "CHF"}
    assert found["grossPrice"] == {"amount": "53.35", "currency": "CHF"}
    assert found["paymentDueAt"] == "2027-03-31T12:00:00Z"
    assert found["invoiceItems"] == [
        {
            "description": "Redeployment RED-2345678",
            "quantity": 1,
            "unitPrice": {"amount": "49.35", "currency": "CHF"},
            "totalPrice": {"amount": "49.35", "currency": "CHF"},
        }
    ]
    assert not {"url", "filename", "paidAt", "creditedInvoiceRef"} & {*found}


def test_its_document_is_got_by_a_link(
    client: Api, invoice: Invoice, settings: Any, tmp_path: Any
) -> None:
    settings.MEDIA_ROOT = str(tmp_path)
    upload = SimpleUploadedFile("INV-1.pdf", b"%PDF-1.7 paid")
    services.attach_document(invoice, upload, actor=SYSTEM)
    found = client.found(f"{PATH}/{invoice.pk}")
    assert found["filename"] == "INV-1.pdf"
    assert found["url"].startswith(f"{settings.PUBLIC_URL}/files/")
    answer = Client().get(found["url"].removeprefix(settings.PUBLIC_URL))
    assert b"".join(answer.streaming_content) == b"%PDF-1.7 paid"
    assert client.found(f"{PATH}/{invoice.pk}") == found


def test_a_credit_note_names_its_invoice(
    client: Api, in_state: Callable[[str], Invoice]
) -> None:
    invoice = in_state("PAID")
    note = services.credit(invoice, actor=SYSTEM)
    found = client.found(f"{PATH}/{note.pk}")
    assert found["documentType"] == "CREDIT_NOTE"
    assert found["creditedInvoiceRef"] == invoice.reference


def test_another_company_finds_nothing(outsider: Api, invoice: Invoice) -> None:
    assert outsider.get(f"{PATH}/{invoice.pk}").status_code == 404
    assert outsider.found(PATH) == {"items": []}
    body = {"referenceIds": [invoice.reference, str(invoice.pk)]}
    assert outsider.post(f"{PATH}/query", body).json()["totalElements"] == 0


@pytest.mark.parametrize("name", ["INV-2345678", "-", "0" * 36])
def test_what_is_no_id_is_not_there(client: Api, invoice: Invoice, name: str) -> None:
    assert client.get(f"{PATH}/{name}").status_code == 404


def test_readers_may_read(wayne: Company, invoice: Invoice) -> None:
    for role in (Role.API_CLIENT_READONLY, Role.AI_AGENT):
        reader = make_api(wayne, role)
        assert reader.found(f"{PATH}/{invoice.pk}")["invoiceRef"] == invoice.reference


@pytest.mark.parametrize("name", ["emil", "wanda"])
def test_employees_and_warehouse_see_none(
    api_as: Callable[[Any], Api], request: pytest.FixtureRequest, name: str
) -> None:
    somebody = api_as(request.getfixturevalue(name))
    assert somebody.get(PATH).status_code == 403
    assert somebody.post(f"{PATH}/query", {}).status_code == 403
    assert somebody.get(f"{PATH}/{uuid7()}").status_code == 403


def test_nothing_is_written_by_the_api(client: Api, invoice: Invoice) -> None:
    assert client.post(PATH, {}).status_code == 405
    assert client.delete(f"{PATH}/{invoice.pk}").status_code == 405


# --- Lists ------------------------------------------------------------------


@pytest.fixture
def three(entity: Entity, invoice: Invoice) -> list[Invoice]:
    """Of a redeployment, sent; of a subscription; of another entity, cancelled."""
    other = Entity.objects.create(
        company=entity.company, legal_name="Arkham SA", country_id="CH", currency="CHF"
    )
    services.send(invoice, actor=SYSTEM)
    months = {"period_on": date(2027, 3, 1)}
    later = a_bill(due_at=datetime(2027, 5, 1, tzinfo=UTC))
    march = services.create(Subscription(entity=entity, **months), later, actor=SYSTEM)
    item = Item(product_name="Server", quantity=2, unit_price=Decimal(100))
    arkham = services.create(
        Subscription(entity=other, **months), a_bill(item), actor=SYSTEM
    )
    services.cancel(arkham, actor=SYSTEM)
    return [invoice, march, arkham]


def test_filters_find_what_they_say(
    client: Api, three: list[Invoice], redeployment: Redeployment
) -> None:
    invoice, march, arkham = three
    for body, wanted in (
        ({}, [arkham, march, invoice]),
        ({"invoiceTypes": ["SUBSCRIPTION"]}, [arkham, march]),
        ({"invoiceTypes": ["ORDER", "REDEPLOYMENT"]}, [invoice]),
        ({"invoiceStates": ["SENT"]}, [invoice]),
        ({"invoiceStates": ["CREATED", "CANCELLED"]}, [arkham, march]),
        ({"searchPhrase": "arkham"}, [arkham]),
        ({"searchPhrase": redeployment.reference}, [invoice]),
        ({"companyEntityIds": [str(arkham.entity_id)]}, [arkham]),
        ({"referenceIds": [str(redeployment.pk)]}, [invoice]),
        ({"referenceIds": [redeployment.reference.lower()]}, [invoice]),
        ({"referenceIds": [march.reference, str(arkham.pk)]}, [arkham, march]),
        ({"referenceIds": ["nothing"]}, []),
        ({"createdAtFrom": march.created_at.isoformat()}, [arkham, march]),
        ({"createdAtTo": march.created_at.isoformat()}, [march, invoice]),
        ({"paidDueAtFrom": "2027-04-01T00:00:00Z"}, [march]),
        ({"paidDueAtTo": "2027-03-31T12:00:00Z"}, [arkham, invoice]),
    ):
        page = client.post(f"{PATH}/query", body).json()
        refs = [one["invoiceRef"] for one in page["content"]]
        assert refs == [one.reference for one in wanted], body
        assert page["totalElements"] == len(wanted)


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({"invoiceTypes": ["GIFT"]}, "/invoiceTypes"),
        ({"createdAtFrom": "2027-01-01"}, "/createdAtFrom"),
        ({"companyEntityIds": ["x"]}, "/companyEntityIds"),
        ({"colour": "red"}, "/colour"),
    ],
)
def test_refuses_filters_nobody_can_mean(
    client: Api, body: dict[str, Any], pointer: str
) -> None:
    answer = client.post(f"{PATH}/query", body)
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["pointer"].startswith(pointer)


def test_keyset_list_walks_all_and_follows_changes(
    client: Api, three: list[Invoice]
) -> None:
    first = client.found(f"{PATH}?limit=2")
    rest = client.found(f"{PATH}?limit=2&after={first['next']}")
    refs = [one["invoiceRef"] for one in first["items"] + rest["items"]]
    assert refs == [one.reference for one in reversed(three)]
    services.mark_paid(three[0], actor=SYSTEM)
    since = client.found(f"{PATH}/{three[0].pk}")["updatedAt"]
    changed = client.found(f"{PATH}?updatedSince={since}")["items"]
    assert [one["invoiceRef"] for one in changed] == [three[0].reference]


def test_reads_cost_one_statement(client: Api, three: list[Invoice]) -> None:
    client.known()
    for path in (f"{PATH}?limit=100", f"{PATH}/{three[0].pk}"):
        with CaptureQueriesContext(connection) as queries:
            client.get(path)
        assert len(queries) == 1, [query["sql"] for query in queries]


def test_fast_json_is_what_the_serializer_makes(
    client: Api, three: list[Invoice]
) -> None:
    for thing in Invoice.objects.all():
        slow = INVOICE.serializer_class(thing).data
        assert client.found(f"{PATH}/{thing.pk}") == orjson.loads(orjson.dumps(slow))
