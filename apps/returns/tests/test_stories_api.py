"""Whole stories by the API alone, each answer held against the published contract."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml

from apps.accounts.models import User
from apps.companies.models import Address
from apps.conftest import Api, make_user
from apps.core.actor import SYSTEM, Role
from apps.returns import services
from apps.returns.models import Return

from .conftest import devices, set_service_price

pytestmark = pytest.mark.django_db
CONTRACT = yaml.safe_load(
    (Path(__file__).parents[3] / "docs/contract/integration-api.yaml").read_text()
)


def require_contract(answer: Any, name: str) -> Any:
    """The answer is what the contract calls so: nothing else in it, nothing null."""
    schema = {"$ref": f"#/components/schemas/{name}", **CONTRACT}
    validator = jsonschema.Draft202012Validator(
        schema, format_checker=jsonschema.FormatChecker()
    )
    assert [error.message for error in validator.iter_errors(answer)] == []
    known = CONTRACT["components"]["schemas"][name]["properties"]
    assert answer.keys() <= known.keys()
    return answer


@pytest.fixture
def found(api: Api) -> Callable[[str, str], Any]:
    """Reads one and finds the same by the query."""

    def read(kind: str, path: str) -> Any:
        one = require_contract(api.found(path), kind)
        state = {"states": [one["state"]]}
        listed = api.post(f"{path.partition('/')[0]}/query", state).json()
        assert [each for each in listed["content"] if each["id"] == one["id"]] == [one]
        return one

    return read


def test_offboarding(
    api: Api, found: Callable[[str, str], Any], rosa: User, shelf: Address
) -> None:
    set_service_price("OFFBOARDING", "PL", "35", "EUR")
    laptop, phone, screen = devices(rosa)
    made = api.post(
        "offboardings",
        {
            "userId": str(rosa.pk),
            "offboardingEquipmentIds": [str(laptop.pk)],
            "givenEquipmentIds": [str(phone.pk)],
            "lastWorkingDayAt": "2026-01-30T16:00:00Z",
            "notes": "Badge, too",
        },
        Idempotency_Key="rosa-leaves",
    ).json()
    kind, path = "OffboardingResponse", f"offboardings/{made['id']}"
    assert found(kind, path) == made
    # The day has come: what she keeps is hers, and the screen is undecided.
    assert made["state"] == "SCHEDULED"
    items = {one["serialNumber"]: one for one in made["offboardingEquipments"]}
    assert "action" not in items["SCREEN-9"]

    api.patch(f"{path}/items/{screen.pk}", {"decision": "RETURN"})
    items = {
        one["serialNumber"]: one for one in found(kind, path)["offboardingEquipments"]
    }
    assert items["SCREEN-9"]["action"] == "RETURN"

    api.post(f"{path}/answer", {"method": "PICKUP", "phoneNumber": "+48 22"})
    told = found(kind, path)
    assert told["state"] == "READY_FOR_PICKUP"
    assert told["readyForPickupAt"]

    parcel = {"carrier": "OTHER", "expectedDay": "2027-01-05"}
    parcel = api.post(f"{path}/parcels", parcel).json()
    assert len(parcel["userEquipments"]) == 2
    told = found(kind, path)
    assert told["courierScheduledAt"] == parcel["createdAt"]
    assert told["estimatedCompletedAt"] == "2027-01-04T23:00:00Z"

    ret = Return.objects.get()
    shipment = ret.lines.get(asset=laptop).shipment
    services.track_parcel(ret, shipment, "IN_TRANSIT", actor=SYSTEM)
    told = found(kind, path)
    assert told["state"] == "DEVICE_IN_TRANSIT"
    (tracked,) = api.found(f"{path}/tracking")
    assert told["deviceInTransitAt"] >= tracked["events"][0]["occurredAt"]
    assert api.post(f"{path}/cancel").status_code == 409

    services.receive(ret, {laptop: "B"}, shelf, actor=SYSTEM)
    assert found(kind, path)["state"] == "DEVICE_IN_TEQUIPY_WAREHOUSE"
    services.receive(ret, {screen: None}, shelf, actor=SYSTEM)
    told = found(kind, path)
    assert told["state"] == "COMPLETED"
    assert told["completedAt"]
    assert told["user"]["state"] == "OFFBOARDED"
    assert told["price"] == {"amount": "35.00", "currency": "EUR"}
    outcomes = {
        one["serialNumber"]: one["outcome"]
        for one in api.found(f"{path}/items")["items"]
    }
    assert outcomes == {
        "LAPTOP-7": "RECEIVED",
        "PHONE-8": "GIVEN_AWAY",
        "SCREEN-9": "RECEIVED",
    }


def test_collection(
    api: Api, found: Callable[[str, str], Any], rosa: User, shelf: Address
) -> None:
    laptop, phone, _screen = devices(rosa)
    made = api.post(
        "collections",
        {
            "userId": str(rosa.pk),
            "companyAddressId": str(shelf.pk),
            "collectionEquipmentIds": [str(laptop.pk), str(phone.pk)],
        },
    ).json()
    kind, path = "EquipmentCollectionResponse", f"collections/{made['id']}"
    assert found(kind, path) == made
    services.contact_due(made["id"], actor=SYSTEM)
    assert found(kind, path)["firstEmailSentAt"]
    api.post(f"{path}/answer", {"method": "DROPOFF"})
    told = found(kind, path)
    assert told["dropOffAgreedAt"] <= told["readyForDropoffAt"]
    api.post(f"{path}/parcels", {"carrier": "InPost", "trackingNumber": "7"})
    ret = Return.objects.get()
    shipment = ret.lines.get(asset=laptop).shipment
    services.track_parcel(ret, shipment, "FAILED", actor=SYSTEM)
    assert found(kind, path)["state"] == "DROPOFF_FAILED"
    services.track_parcel(ret, shipment, "IN_TRANSIT", actor=SYSTEM)
    told = found(kind, path)
    assert told["pickedUpAt"] == told["deviceInTransitAt"] > told["failedAt"]
    services.receive(ret, {laptop: None, phone: None}, shelf, actor=SYSTEM)
    told = found(kind, path)
    assert told["state"] == "COMPLETED"
    assert {one["state"] for one in told["userEquipment"]} == {"STORAGE"}
    assert told["user"]["state"] == "ACTIVE"


def test_same_key_same_offboarding(api: Api, rosa: User) -> None:
    laptop = devices(rosa)[0]
    body = {
        "userId": str(rosa.pk),
        "givenEquipmentIds": [str(laptop.pk)],
        "lastWorkingDayAt": "2027-05-31T12:00:00Z",
    }
    first, second = (
        api.post("offboardings", body, Idempotency_Key="once") for _ in range(2)
    )
    assert first.content == second.content
    assert second["Idempotent-Replayed"] == "true"
    path = f"offboardings/{first.json()['id']}"
    assert api.post(f"{path}/cancel").json()["state"] == "CANCELLED"
    assert api.post("offboardings", body).status_code == 200


def test_story_of_who_may_only_read(
    api: Api, api_as: Callable[[Any], Api], acme: Any, shelf: Address
) -> None:
    user = make_user(acme, "Nina", private_email="", street="", city="", postal_code="")
    body = {"userId": str(user.pk), "lastWorkingDayAt": "2027-05-31T12:00:00Z"}
    made = api.post("offboardings", body).json()
    told = api_as(Role.API_CLIENT_READONLY).found(f"offboardings/{made['id']}")
    assert require_contract(told, "OffboardingResponse") == made
    assert told["offboardingEquipments"] == []
    assert told["contactEmail"] == user.email
