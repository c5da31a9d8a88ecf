"""Clients that a generator makes, of our schema and of the published contract alone,
tell whole stories against the running server."""

from __future__ import annotations

import csv
import importlib
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from io import BytesIO, StringIO
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any
from uuid import UUID

import pytest

from apps.accounts import api_tokens
from apps.catalog import services as catalog
from apps.companies.models import Address
from apps.conftest import ensure_reference_data, make_asset, make_company, make_product
from apps.core.actor import SYSTEM, Role
from apps.core.api import documents
from apps.imports.tests.factories import work
from apps.inventory.models import Asset

pytestmark = [pytest.mark.full, pytest.mark.django_db(transaction=True)]
CONTRACT = Path(__file__).parents[3] / "docs/contract/integration-api.yaml"
GENERATOR = Path(sys.executable).with_name("openapi-python-client")


def _generated(package: str, schema: Path, folder: Path) -> ModuleType:
    """The package that the generator makes; it says nothing about the schema."""
    config = folder / f"{package}.yaml"
    config.write_text(f"post_hooks: []\npackage_name_override: {package}\n")
    wanted = ["--path", str(schema), "--config", str(config), "--meta", "none"]
    told = subprocess.run(
        [GENERATOR, "generate", *wanted, "--output-path", str(folder / package)],
        capture_output=True,
        text=True,
        check=True,
    )
    assert "Warning" not in told.stdout + told.stderr, told.stdout
    return importlib.import_module(package)


@pytest.fixture(scope="module", params=["contract", "schema"])
def generated(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[ModuleType]:
    folder = tmp_path_factory.mktemp(request.param)
    schema = CONTRACT
    if request.param == "schema":
        schema = folder / "schema.json"
        schema.write_bytes(documents.schema_bytes())
    sys.path.insert(0, str(folder))
    yield _generated(f"client_of_{request.param}", schema, folder)
    sys.path.remove(str(folder))


class Caller:
    """Calls operations by their ids; every answer is good and as it is declared."""

    def __init__(self, package: ModuleType, base: str, token: str) -> None:
        self.name = package.__name__
        client = importlib.import_module(f"{self.name}.client")
        self.models = importlib.import_module(f"{self.name}.models")
        self.types = importlib.import_module(f"{self.name}.types")
        self.unset = self.types.UNSET
        self.is_ours = self.name.endswith("schema")
        # The contract's paths begin behind the prefix, ours have it.
        url = base if self.is_ours else f"{base}/api/v1"
        self.client = client.AuthenticatedClient(
            base_url=url, token=token, raise_on_unexpected_status=True
        )

    def __call__(self, group: str, operation: str, *args: Any, **named: Any) -> Any:
        path = f"{self.name}.api.{group}.{operation}"
        answer = importlib.import_module(path).sync_detailed(
            *args, client=self.client, **named
        )
        assert answer.status_code in {200, 204}, answer.content
        return answer.parsed

    def file(self, text: str, name: str = "list.csv") -> Any:
        return self.types.File(BytesIO(text.encode()), name, "text/csv")

    def body(self, model: str, **values: Any) -> Any:
        return getattr(self.models, model).from_dict(values)


@pytest.fixture
def place(generated: ModuleType, live_server: Any) -> SimpleNamespace:
    """A company with an office, a product that can be ordered, a stored laptop."""
    ensure_reference_data()
    company = make_company("Acme")
    _token, text = api_tokens.issue(
        actor=SYSTEM, company=company, name="Generated", role=Role.API_CLIENT
    )
    office = Address.objects.create(
        company=company,
        name="Berlin",
        street="Torstraße 1",
        city="Berlin",
        postal_code="10119",
        country_id="DE",
        is_default=True,
    )
    product = make_product(company, "MacBook Pro 14")
    product = catalog.set_orderable(product, actor=SYSTEM, is_orderable=True)
    catalog.set_price(
        product, actor=SYSTEM, currency=company.currency, amount=Decimal("1999.00")
    )
    stored = make_asset(office, "STORED1")
    return SimpleNamespace(
        call=Caller(generated, live_server.url, text),
        company=company,
        office=office,
        product=product,
        stored=stored,
    )


ADDRESS = {
    "fullName": "Lena Wolf",
    "streetLine1": "Invalidenstraße 1",
    "postalCode": "10115",
    "city": "Berlin",
    "countryCode": "DE",
}


def joiner(call: Caller) -> Any:
    new = {"fullName": "Lena Wolf", "email": "lena@acme.example", "address": ADDRESS}
    return call(
        "users", "create_employee", body=call.body("CreateEmployeeRequest", **new)
    )


def device(call: Caller, serial: str, user: Any) -> Any:
    new = {
        "name": "MacBook Pro 14",
        "serialNumber": serial,
        "user": {"id": str(user.id)},
    }
    body = call.body("CreateUserEquipmentRequest", **new)
    return call("user_equipment", "create_user_equipment", body=body)


def test_somebody_leaves(place: SimpleNamespace) -> None:
    call = place.call
    user = joiner(call)
    assert call("users", "get_user", user.id).full_name == "Lena Wolf"
    # What has no value is not there, and no client stumbles over it.
    assert user.phone is call.unset
    assert user.private_email is call.unset
    first, second = device(call, "SN1", user), device(call, "SN2", user)
    wanted = {
        "userId": str(user.id),
        "offboardingEquipmentIds": [str(first.id)],
        "lastWorkingDayAt": (datetime.now(UTC) + timedelta(days=30)).isoformat(),
        "pickUpDetails": {"privateEmail": "lena@example.org", **ADDRESS},
    }
    body = call.body("CreateOffboardingRequest", **wanted)
    made = call("offboardings", "create_offboarding", body=body)
    found = call("offboardings", "get_offboarding", made.id)
    actions = {
        one.user_equipment_id: one.action for one in found.offboarding_equipments
    }
    assert actions[first.id] == "RETURN"
    assert actions[second.id] is call.unset
    assert found.completed_at is call.unset
    assert found.user.state == "OFFBOARDING_IN_PROGRESS"
    page = call(
        "offboardings",
        "query_offboardings",
        body=call.body("OffboardingQueryRequest", searchPhrase="Wolf"),
        page=0,
        size=5,
        sort="createdAt,desc",
    )
    assert [one.id for one in page.content] == [made.id]
    ended = call("offboardings", "cancel_offboarding", made.id)
    assert ended.state == "CANCELLED"
    archived = call(
        "users",
        "archive_user",
        user.id,
        body=call.body("ArchiveUserRequest", equipmentArchivizationType="GIVEN_AWAY"),
    )
    assert archived.state == "ARCHIVED"


def test_something_is_collected(place: SimpleNamespace) -> None:
    call = place.call
    user = joiner(call)
    laptop = device(call, "SN1", user)
    wanted = {
        "userId": str(user.id),
        "companyAddressId": str(place.office.pk),
        "collectionEquipmentIds": [str(laptop.id)],
        "pickUpDetails": {"privateEmail": "lena@example.org", **ADDRESS},
    }
    body = call.body("EquipmentCollectionRequest", **wanted)
    made = call("collections", "create_collection", body=body)
    found = call("collections", "get_collection", made.id)
    assert [one.id for one in found.user_equipment] == [laptop.id]
    assert found.company_address.id == place.office.pk
    page = call(
        "collections",
        "query_collections",
        body=call.body("EquipmentCollectionQueryRequest", userIds=[str(user.id)]),
    )
    assert page.total_elements == 1
    assert call("collections", "cancel_collection", made.id).state == "CANCELLED"


def test_something_is_ordered(place: SimpleNamespace) -> None:
    call = place.call
    [product] = call(
        "equipments",
        "query_equipments",
        body=call.body("EquipmentQueryRequest", searchPhrase="MacBook"),
    ).content
    assert product.price.amount == "1999.00"
    wanted = {
        "equipment": [{"id": str(product.id), "size": 2}],
        "companyAddressId": str(place.office.pk),
        "paymentMethod": {"method": "CREDIT_LINE"},
    }
    made = call(
        "orders", "create_order", body=call.body("CreateOrderRequest", **wanted)
    )
    assert made.state == "RECEIVED"
    assert made.type_ == "COMPANY"
    assert made.total_price.amount == "3998.00"
    found = call("orders", "get_order", made.id)
    assert [one.size for one in found.order_equipment] == [2]
    page = call(
        "orders",
        "query_orders",
        body=call.body("OrderQueryRequest", ids=[str(made.id)], states=["RECEIVED"]),
    )
    assert [one.id for one in page.content] == [made.id]
    if call.is_ours:
        assert call("orders", "cancel_order", made.id).state == "DECLINED"


def test_something_stored_goes_to_somebody(place: SimpleNamespace) -> None:
    call = place.call
    user = joiner(call)
    [stored] = call(
        "user_equipment",
        "query_user_equipments",
        body=call.body("UserEquipmentQueryRequest", states=["STORAGE"]),
    ).content
    assert UUID(str(stored.id)) == place.stored.pk
    wanted = {"storageEquipmentIds": [str(stored.id)], "employeeId": str(user.id)}
    body = call.body("CreateRedeploymentRequest", **wanted)
    made = call("redeployments", "create_redeployment", body=body)
    assert made.state == "INITIATED"
    found = call("redeployments", "get_redeployment", made.id)
    assert [one.state for one in found.user_equipment] == ["RESERVED"]
    page = call(
        "redeployments",
        "query_redeployments",
        body=call.body("EquipmentRedeploymentQueryRequest", userIds=[str(user.id)]),
    )
    assert [one.id for one in page.content] == [made.id]
    if call.is_ours:
        ended = call("redeployments", "cancel_redeployment", made.id)
        assert ended.state == "CANCELLED"


def test_what_there_is_can_be_listed(place: SimpleNamespace) -> None:
    call = place.call
    assert call("company_entities", "get_company_entities").content == []
    places = call(
        "company_addresses",
        "query_company_addresses",
        body=call.body("CompanyAddressQueryRequest", type="INTERNAL"),
    )
    assert [one.id for one in places.content] == [place.office.pk]
    assert call("company_addresses", "get_company_address", place.office.pk)
    codes = {one.code for one in call("countries", "get_countries")}
    assert "DE" in codes
    body = call.body("CountryQueryRequest", type="ALL")
    assert {
        one.code for one in call("countries", "query_countries", body=body)
    } == codes
    assert call("tags", "get_tags") == []
    body = call.body("InvoiceQueryRequest")
    assert call("invoices", "query_invoices", body=body).empty


FLEET = """Serial;Asset tag;Model;Owner;Status;Bought;Colour
GC-1;;Framework 13;;Auf Station;03/04/2025;grey
GC-2;;Framework 13;nobody@acme.example;;05/06/2025;red
GC-3;T-7;Framework 13;;;07/08/2025;red
GC-4;;Framework 13;;;08/09/2025;
6.37702E+15;;Framework 13;;;09/10/2025;
"""


def test_a_list_is_imported(place: SimpleNamespace) -> None:
    call = place.call
    if not call.is_ours:
        pytest.skip("The contract has no imports.")
    known = make_asset(place.office, "OLD-7", asset_tag="T-7")
    upload = call.models.ImportUploadRequest(file=call.file(FLEET, "fleet.csv"))
    made = call("imports", "upload_import", body=upload, idempotency_key="fleet-1")
    again = call("imports", "upload_import", body=upload, idempotency_key="fleet-1")
    assert (made.id, made.file_name, made.state) == (again.id, "fleet.csv", "READING")
    work(made.id)

    # What its columns are taken for, and what is asked.
    assert call("imports", "get_import", made.id).open_questions == 1
    columns = call("imports", "get_import_columns", made.id)
    assert [one.header for one in columns.columns if not one.is_sure] == [
        "Owner",
        "Colour",
    ]
    (asked,) = [one for one in columns.questions if one.answer is call.unset]
    said = {
        "acceptLikely": True,
        "answers": [{"question": asked.id, "answer": "DAY_FIRST"}],
    }
    body = call.body("ImportColumnsRequest", **said)
    assert call("imports", "set_import_columns", made.id, body=body).state == "PLANNING"
    work(made.id)

    # The plan: page by page, with verdicts and reasons as codes and as words.
    plan = call("imports", "get_import", made.id)
    assert plan.counts.to_dict() == {
        **dict.fromkeys(("change", "rehire", "same", "ambiguous"), 0),
        **{"create": 1, "conflict": 1, "refused": 3},
    }
    first = call("imports", "list_import_rows", made.id, limit=3)
    rest = call("imports", "list_import_rows", made.id, limit=3, after=first.next_)
    rows = {row.cells[0]: row for row in (*first.items, *rest.items)}
    assert len(rows) == 5
    assert rest.next_ is call.unset
    (why,) = rows["GC-1"].problems
    assert (why.code, why.cell) == ("unknown_status", "Auf Station")
    assert "“Auf Station” is not a status we know" in why.detail
    assert rows["GC-3"].verdict == "CONFLICT"
    assert rows["GC-3"].problems[0].candidates[0].id == str(known.pk)
    (left_out,) = [
        one
        for one in call("imports", "get_import_columns", made.id).columns
        if one.field is call.unset
    ]
    assert (left_out.header, left_out.rows) == ("Colour", 3)

    # What becomes of names and words that the register doesn't have.
    names = call("imports", "list_import_names", made.id).items
    by_kind = {one.kind.value: one for one in names}
    assert {one.code for one in by_kind["status"].meanings} >= {"IN_REPAIR", "STORAGE"}
    assert all(one.decided_at is call.unset for one in names)
    decided = [
        {"kind": kind, "key": by_kind[kind].key, **what}
        for kind, what in {
            "status": {"decision": "USE", "use": "IN_REPAIR"},
            "identity": {"decision": "REFUSE"},
        }.items()
    ]
    body = call.body("DecideNamesRequest", names=decided)
    call("imports", "decide_import_names", made.id, body=body)
    work(made.id)
    found = call("imports", "list_import_rows", made.id, reason="decided_against")
    assert [row.cells[0] for row in found.items] == ["GC-3"]
    found = call("imports", "list_import_names", made.id, is_decided=True)
    assert {one.kind.value for one in found.items} == {"status", "identity"}

    # Applied as it was seen, followed, and what was refused taken home.
    plan = call("imports", "get_import", made.id)
    body = call.models.ApplyImportRequest(planned_at=plan.planned_at)
    applying = call("imports", "apply_import", made.id, body=body)
    assert (applying.progress.done, applying.progress.total) == (0, 2)
    work(made.id)
    applied = call("imports", "get_import", made.id)
    assert (applied.state, applied.applied_rows) == ("APPLIED", 2)
    assert Asset.objects.get(serial_number="GC-1").state == "IN_REPAIR"
    text = call("imports", "get_import_refused_rows", made.id)
    refused = list(csv.DictReader(StringIO(text.lstrip("\ufeff")), delimiter=";"))
    assert [one["Serial"] for one in refused] == ["GC-2", "GC-3", "6.37702E+15"]
    assert "nobody@acme.example" in refused[0]["Reason"]

    # Taken back.
    undo = call("imports", "get_import_undo_plan", made.id)
    assert (undo.rows, undo.created, undo.kept) == (2, 2, 0)
    assert [(one.kind, one.there) for one in undo.made] == [("product", 1)]
    body = call.body("UndoImportRequest", reason="WRONG_FILE")
    assert call("imports", "undo_import", made.id, body=body).state == "UNDOING"
    work(made.id)
    assert call("imports", "get_import", made.id).undone_rows == 2
    assert not Asset.objects.filter(serial_number__startswith="GC-").exists()


def test_a_list_is_sent_as_the_whole_body_and_discarded(
    place: SimpleNamespace,
) -> None:
    call = place.call
    if not call.is_ours:
        pytest.skip("The contract has no imports.")
    made = call("imports", "upload_import", body=call.file(FLEET), name="fleet.csv")
    assert made.file_name == "fleet.csv"
    work(made.id)
    call("imports", "discard_import", made.id)
    work(made.id)
    assert call("imports", "get_import", made.id).state == "DISCARDED"
