"""Steps of devices through the API, and who had what when."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.utils import timezone

from apps.accounts.models import User
from apps.companies.models import Address
from apps.conftest import Api, make_asset, make_user
from apps.core.actor import SYSTEM, Role
from apps.core.ids import uuid7
from apps.events.models import Event
from apps.inventory import integrity, services
from apps.inventory.models import Asset
from apps.returns import services as returns
from apps.shipping import services as shipping

pytestmark = pytest.mark.django_db


def path(asset: Asset, step: str = "") -> str:
    return f"user-equipment/{asset.pk}/{step}"


def instant(moment: datetime) -> str:
    return moment.isoformat().replace("+00:00", "Z")


def refused(answer: Any, status: int) -> str:
    assert answer.status_code == status, answer.content
    return answer.json()["errors"][0]["code"]


def steps(office: Address, person: User) -> dict[str, dict[str, str]]:
    place = {"companyAddressId": str(office.pk)}
    return {
        "hand-over": {"userId": str(person.pk)},
        "receive": place,
        "move": place,
        "repair": place,
        "retire": {"reason": "SOLD"},
    }


def test_each_step_is_taken(api: Api, laptop: Asset, office: Address) -> None:
    attic = Address.objects.create(company=office.company, name="Attic")
    olga = make_user(office.company, "Olga")
    for step, body, state, event in (
        ("receive", {"companyAddressId": str(office.pk), "grade": "C"}, "STORAGE", ""),
        ("move", {"companyAddressId": str(attic.pk)}, "STORAGE", "asset.stored"),
        ("repair", {"companyAddressId": str(attic.pk)}, "IN_REPAIR", ""),
        ("move", {"companyAddressId": str(office.pk)}, "IN_REPAIR", ""),
        ("hand-over", {"userId": str(olga.pk)}, "ACTIVE", "asset.handed_over"),
        ("retire", {"reason": "GIVEN_AWAY"}, "ARCHIVED", "asset.retired"),
    ):
        answer = api.post(path(laptop, step), body)
        assert answer.status_code == 200, answer.content
        assert answer.json()["state"] == state
        assert answer["ETag"]
        newest = Event.objects.filter(subject_id=laptop.pk).order_by("-id")[0]
        assert newest.actor_id == api.user.pk
        assert event in ("", newest.type)
    laptop.refresh_from_db()
    assert (laptop.archive_reason, laptop.grade) == ("GIVEN_AWAY", "C")
    assert list(integrity.problems()) == []


def test_a_step_of_the_past_says_when(api: Api, emil: User, office: Address) -> None:
    laptop = make_asset(emil, "PAST", at=timezone.now() - timedelta(days=9))
    then = timezone.now() - timedelta(days=2)
    body = {"companyAddressId": str(office.pk), "at": instant(then)}
    assert api.post(path(laptop, "receive"), body).status_code == 200
    laptop.refresh_from_db()
    assert laptop.held_since == then
    body = {"userId": str(make_user(office.company, "Olga").pk)}
    early = {**body, "at": instant(then - timedelta(days=1))}
    answer = api.post(path(laptop, "hand-over"), early)
    assert refused(answer, 422) == "before_previous_step"
    late = {**body, "at": instant(timezone.now() + timedelta(days=1))}
    assert refused(api.post(path(laptop, "hand-over"), late), 422) == "in_future"


def test_states_and_claims_forbid_steps(
    api: Api, laptop: Asset, office: Address, emil: User
) -> None:
    gone = services.retire(make_asset(office, "GONE"), "LOST", actor=SYSTEM)
    wanted = steps(office, emil)
    for step in ("hand-over", "repair"):
        answer = api.post(path(gone, step), wanted[step])
        assert refused(answer, 409) == "wrong_state"
    assert refused(api.post(path(gone, "move"), wanted["move"]), 409)
    answer = api.post(path(laptop, "move"), wanted["move"])
    assert refused(answer, 409) == "not_at_a_place"
    returns.start_collection(emil, actor=SYSTEM, asset_ids=[laptop.id], address=office)
    before = Event.objects.count()
    for step in ("receive", "repair", "retire"):
        answer = api.post(path(laptop, step), wanted[step])
        assert refused(answer, 409) == "claimed"
    assert Event.objects.count() == before


@pytest.mark.parametrize(
    ("step", "body", "code"),
    [
        ("hand-over", {"userId": str(uuid7())}, "unknown_user"),
        ("receive", {"companyAddressId": str(uuid7())}, "unknown_address"),
        ("receive", {}, "required"),
        ("retire", {"reason": "BORED"}, "invalid_choice"),
        ("retire", {"reason": "NOT_DELIVERED"}, "invalid_choice"),
        ("hand-over", {"userId": "me"}, "invalid"),
    ],
)
def test_refuses_steps_to_nowhere(
    step: str, body: dict, code: str, api: Api, laptop: Asset
) -> None:
    assert refused(api.post(path(laptop, step), body), 422) == code
    laptop.refresh_from_db()
    assert laptop.state == "ACTIVE"


def test_others_take_no_step(
    outsider: Api,
    api_as: Callable[[Any], Api],
    laptop: Asset,
    office: Address,
    emil: User,
) -> None:
    reader, own = api_as(Role.API_CLIENT_READONLY), api_as(emil)
    before = Event.objects.count()
    for step, body in steps(office, emil).items():
        assert outsider.post(path(laptop, step), body).status_code == 404
        assert reader.post(path(laptop, step), body).status_code == 403
        assert own.post(path(laptop, step), body).status_code == 403
    assert Event.objects.count() == before


def test_a_warehouse_worker_steps_at_her_places(
    api_as: Callable[[Any], Api], wanda: User, shelf: Address, office: Address
) -> None:
    worker = api_as(wanda)
    mine, other = make_asset(shelf, "MINE"), make_asset(office, "OTHER")
    place = {"companyAddressId": str(shelf.pk)}
    body = {**place, "grade": "B"}
    assert refused(worker.post(path(other, "receive"), place), 404) == "not_found"
    assert refused(worker.post(path(mine, "repair"), place), 403) == "not_allowed"
    found = worker.post(path(mine, "receive"), place)
    assert found.status_code == 200
    assert "price" not in found.json()
    assert refused(worker.post(path(mine, "receive"), body), 409)


def test_an_old_tag_takes_no_step(api: Api, laptop: Asset, office: Address) -> None:
    tag = api.get(path(laptop)[:-1])["ETag"]
    Asset.objects.filter(pk=laptop.pk).update(notes="other")
    body = {"companyAddressId": str(office.pk)}
    answer = api.post(path(laptop, "receive"), body, If_Match=tag)
    assert refused(answer, 412) == "changed_meanwhile"
    laptop.refresh_from_db()
    assert laptop.state == "ACTIVE"


# --- Custody ----------------------------------------------------------------


@pytest.fixture
def moved(emil: User, office: Address) -> list[datetime]:
    """When Emil, the office and Olga began to have it."""
    now = timezone.now()
    began = [now - timedelta(days=days) for days in (30, 20, 10)]
    asset = make_asset(emil, "MOVED", at=began[0], notes="moved")
    services.receive(asset, office, actor=SYSTEM, at=began[1])
    services.hand_over(
        asset, make_user(office.company, "Olga"), actor=SYSTEM, at=began[2]
    )
    return began


def test_custody_tells_who_had_it(
    api: Api, moved: list[datetime], office: Address
) -> None:
    asset = Asset.objects.get(notes="moved")
    found = api.found(path(asset, "custody"))["items"]
    assert [one["from"] for one in found] == [instant(at) for at in reversed(moved)]
    olga, place, emil = found
    assert (olga["user"]["firstName"], "until" in olga) == ("Olga", False)
    assert place["storage"]["id"] == str(office.pk)
    assert "user" not in place
    assert emil["until"] == place["from"]
    for days, wanted in ((25, "Emil"), (5, "Olga")):
        at = instant(timezone.now() - timedelta(days=days))
        (one,) = api.found(path(asset, f"custody?at={at}"))["items"]
        assert one["user"]["firstName"] == wanted
    long_ago = instant(moved[0] - timedelta(days=1))
    assert api.found(path(asset, f"custody?at={long_ago}")) == {"items": []}
    assert api.get(path(asset, "custody?at=yesterday")).status_code == 400


def test_custody_of_a_person_tells_what_they_had(
    api: Api, moved: list[datetime], emil: User
) -> None:
    phone = make_asset(emil, "PHONE")
    found = api.found(f"users/{emil.pk}/custody")["items"]
    assert [one["userEquipment"]["serialNumber"] for one in found] == [
        "PHONE",
        "MOVED",
    ]
    at = instant(moved[0] + timedelta(days=1))
    (one,) = api.found(f"users/{emil.pk}/custody?at={at}")["items"]
    assert one["userEquipment"]["serialNumber"] == "MOVED"
    first = api.found(f"users/{emil.pk}/custody?limit=1")
    assert first["items"][0]["userEquipment"]["id"] == str(phone.pk)
    rest = api.found(f"users/{emil.pk}/custody?limit=1&after={first['next']}")
    assert rest["items"] == found[1:]
    assert "next" not in rest


def test_custody_is_for_who_sees_both(
    outsider: Api,
    api_as: Callable[[Any], Api],
    moved: list[datetime],
    emil: User,
    wanda: User,
) -> None:
    asset = Asset.objects.get(notes="moved")
    for client in (outsider, api_as(emil), api_as(wanda)):
        assert client.get(path(asset, "custody")).status_code == 404
        assert client.get(path(asset, "tracking")).status_code in (403, 404)
    assert outsider.get(f"users/{emil.pk}/custody").status_code == 404
    assert api_as(wanda).get(f"users/{emil.pk}/custody").status_code == 404
    for name in ("nobody", str(uuid7())):
        assert api_as(emil).get(f"users/{name}/custody").status_code == 404
    own = make_asset(emil, "OWN")
    found = api_as(emil).found(f"users/{emil.pk}/custody")["items"]
    assert [one["userEquipment"]["id"] for one in found] == [str(own.pk)]


def test_tracking_tells_what_carriers_said(
    api: Api, laptop: Asset, office: Address, emil: User
) -> None:
    assert api.found(path(laptop, "tracking")) == {"items": []}
    parcel = shipping.book(
        actor=SYSTEM,
        sender=emil,
        recipient=office,
        carrier="DHL",
        tracking_number="JJD 7",
    )
    services.send(laptop, parcel, actor=SYSTEM)
    shipping.track(parcel, "IN_TRANSIT", actor=SYSTEM, note="Scanned in Łódź")
    (one,) = api.found(path(laptop, "tracking"))["items"]
    assert (one["carrier"], one["trackingNumber"]) == ("DHL", "JJD 7")
    assert one["trackingUrl"].endswith("JJD%207")
    assert (one["state"], one["events"][0]["note"]) == ("IN_TRANSIT", "Scanned in Łódź")
    (held, _before) = api.found(path(laptop, "custody"))["items"]
    assert held["shipment"]["id"] == one["id"]
    assert "events" not in held["shipment"]
