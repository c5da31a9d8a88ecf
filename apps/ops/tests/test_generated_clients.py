"""Clients that a generator makes, of our schema and of the published contract alone,
tell whole stories against the running server."""

from __future__ import annotations

import importlib
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from decimal import Decimal
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

pytestmark = pytest.mark.django_db(transaction=True)
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
    """Calls operations by their ids; every answer is 200 and as it is declared."""

    def __init__(self, package: ModuleType, base: str, token: str) -> None:
        self.name = package.__name__
        client = importlib.import_module(f"{self.name}.client")
        self.models = importlib.import_module(f"{self.name}.models")
        self.unset = importlib.import_module(f"{self.name}.types").UNSET
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
        assert answer.status_code == 200, answer.content
        return answer.parsed

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
