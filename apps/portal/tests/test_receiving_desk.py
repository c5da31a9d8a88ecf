from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from apps.accounts import services as accounts
from apps.accounts.models import User
from apps.companies import services as companies
from apps.companies.models import Address, Company
from apps.conftest import make_asset, make_user
from apps.core.actor import SYSTEM, Role
from apps.events.models import Event
from apps.inventory import services as inventory
from apps.returns import services as returns
from apps.returns.models import Return
from apps.returns.states import ReturnState
from apps.shipping.models import Shipment

pytestmark = pytest.mark.django_db
DESK = "/receive/"


@pytest.fixture
def ret(emil, laptop, shelf) -> Return:
    return returns.start_offboarding(
        emil,
        actor=SYSTEM,
        last_working_on=timezone.now().date() + timedelta(days=1),
        decisions={asset.id: "RETURN" for asset in emil.assets.all()},
    )


@pytest.fixture
def worker(wanda, client_of) -> Client:
    return client_of(wanda)


def scan(client: Client, code: str) -> str:
    return client.get(DESK, {"code": code}).text


def take_in(client: Client, asset: Any, place: Address, grade: str = "") -> Any:
    return take_all_in(client, {asset: grade}, place, asset=asset.pk)


def take_all_in(
    client: Client, grades: dict[Any, str], place: Address, **where: Any
) -> Any:
    """Ticks these on the checklist of `asset`, `parcel` or `return`."""
    url = reverse("portal:receive_items", query=where)
    data = {"address": str(place.pk)}
    for asset, grade in grades.items():
        data |= {f"here_{asset.pk}": "on", f"grade_{asset.pk}": grade}
    return client.post(url, data, follow=True)


def send(ret: Return) -> Shipment:
    shipment = returns.book_parcel(
        ret, actor=SYSTEM, carrier="UPS", tracking_number="1Z999"
    )
    returns.track_parcel(ret, shipment, "IN_TRANSIT", actor=SYSTEM)
    return shipment


def test_last_item_of_a_parcel_completes_the_return(worker, ret, laptop, shelf, emil):
    shipment = send(ret)
    assert "1Z999" in worker.get(DESK).text
    for code in (laptop.serial_number.lower(), "1Z999"):
        page = scan(worker, code)
        assert ret.reference in page
        assert laptop.serial_number in page
    after = take_in(worker, laptop, shelf, "B")
    assert "is complete" in after.text
    ret.refresh_from_db()
    laptop.refresh_from_db()
    shipment.refresh_from_db()
    emil.refresh_from_db()
    assert (ret.state, emil.state) == (ReturnState.COMPLETED, "OFFBOARDED")
    assert (laptop.state, laptop.address, laptop.grade) == ("STORAGE", shelf, "B")
    assert shipment.state == "DELIVERED"


def test_what_a_parcel_lacks_is_asked_again(worker, emil, laptop, shelf):
    phone = make_asset(emil, "PHONE1")
    ret = returns.start_collection(emil, actor=SYSTEM, asset_ids=[laptop.id, phone.id])
    shipment = send(ret)
    after = take_in(worker, laptop, shelf)
    assert "PHONE1" in after.text
    close = reverse("portal:close_parcel", args=[shipment.pk])
    assert close in after.text
    assert "PHONE1" in worker.post(close).text  # it asks first, and names what lacks
    worker.post(close, {"confirmed": "yes"})
    ret.refresh_from_db()
    phone.refresh_from_db()
    assert ret.state == ReturnState.READY_FOR_PICKUP
    assert phone.user == emil


def test_device_that_simply_turns_up_is_received(worker, emil, shelf):
    asset = make_asset(emil, "", asset_tag="TAG-7")
    assert "In no return" in scan(worker, "TAG-7")
    take_in(worker, asset, shelf, "A")
    asset.refresh_from_db()
    assert (asset.state, asset.address, asset.grade) == ("STORAGE", shelf, "A")
    assert "Is here already" in scan(worker, "TAG-7")


def parcel_of_three(emil: User, laptop: Any) -> tuple[Return, list[Any]]:
    assets = [laptop, make_asset(emil, "PHONE1"), make_asset(emil, "", asset_tag="T-3")]
    ids = [asset.id for asset in assets]
    ret = returns.start_collection(emil, actor=SYSTEM, asset_ids=ids)
    send(ret)
    return ret, assets


def test_all_of_a_parcel_is_received_and_graded_by_one_click(
    worker, emil, laptop, shelf
):
    ret, assets = parcel_of_three(emil, laptop)
    grades = dict(zip(assets, ("A", "", "D"), strict=True))
    where = {"parcel": Shipment.objects.get().pk}
    after = take_all_in(worker, grades, shelf, **where)
    assert "is complete" in after.text
    assert "Nobody has looked at the condition of MacBook Pro 14 PHONE1" in after.text
    for asset in assets:
        asset.refresh_from_db()
    assert [asset.grade for asset in assets] == ["A", "", "D"]
    assert {asset.address for asset in assets} == {shelf}
    ret.refresh_from_db()
    assert ret.state == ReturnState.COMPLETED
    assert Event.objects.filter(type="asset.stored").count() == 3
    assert not Event.objects.filter(type="asset.updated").exists()


def test_what_was_ticked_is_kept_when_something_is_missing(worker, emil, laptop, shelf):
    ret, assets = parcel_of_three(emil, laptop)
    before = Event.objects.count()
    url = reverse("portal:receive_items", query={"return": ret.pk})
    data = {"address": shelf.pk, f"grade_{assets[0].pk}": "C"}
    page = worker.post(url, data | {f"here_{assets[1].pk}": "on"})
    assert "it has a condition, but no tick" in page.text
    form = page.context["checklist"].form
    assert form[f"grade_{assets[0].pk}"].value() == "C"
    assert form[f"here_{assets[1].pk}"].value()
    assert "nothing is ticked" in worker.post(url, {"address": shelf.pk}).text
    assert Event.objects.count() == before


def test_the_second_of_two_workers_is_told_what_is_graded_otherwise(
    worker, emil, laptop, shelf
):
    ret, assets = parcel_of_three(emil, laptop)
    url = reverse("portal:receive_items", query={"return": ret.pk})
    shown = worker.shown_by(url)
    returns.receive(ret, {assets[0]: "B"}, shelf, actor=SYSTEM)
    before = Event.objects.count()
    ticked = {f"here_{asset.pk}": "on" for asset in assets}
    data = {"address": shelf.pk, **shown, **ticked, f"grade_{assets[1].pk}": "A"}
    page = worker.post_bare(url, data | {f"grade_{assets[0].pk}": "C"})
    assert f"{assets[0]} is there already, with another condition" in page.text
    assert Event.objects.count() == before
    page = worker.post_bare(url, data | {f"grade_{assets[0].pk}": "B"})
    assert page.status_code == 302  # what is here already is in nobody's way
    assert Event.objects.filter(type="asset.stored").count() == 3
    assert Event.objects.count() > before
    assets[1].refresh_from_db()
    assert assets[1].grade == "A"


def test_something_that_is_not_on_the_list_refuses_all(
    worker, emil, laptop, shelf, gina
):
    ret, assets = parcel_of_three(emil, laptop)
    strangers = make_asset(emil, "BESIDE"), make_asset(gina, "GLOBEX")
    before = Event.objects.count()
    for stranger in strangers:
        ticked = {assets[0]: "A", stranger: "B"}
        page = take_all_in(worker, ticked, shelf, **{"return": ret.pk})
        assert "is not part of this list any more" in page.text
        assert str(stranger) not in page.text
    assert Event.objects.count() == before


def test_unknown_code_offers_the_next_step(worker, anna, client_of):
    assert "put it aside" in scan(worker, "NOBODYS")
    assert "new asset" in scan(client_of(anna), "NOBODYS")


def test_code_of_two_companies_asks_which(
    acme, globex, warehouse, shelf, emil, laptop, client_of
):
    platform = Company.objects.get(kind=Company.Kind.PLATFORM)
    pola = make_user(platform, "Pola", role=Role.STORAGE)
    accounts.assign_storage(pola, actor=SYSTEM, warehouse=warehouse)
    place = companies.create_address(
        actor=SYSTEM,
        company=globex,
        type=Address.Type.TEQUIPY,
        name="Globex shelf",
        warehouse=warehouse,
    )
    twin = make_asset(make_user(globex, "Gus"), laptop.serial_number)
    client = client_of(pola)
    page = scan(client, laptop.serial_number)
    assert "whose is it" in page
    assert "Acme" in page
    assert "Globex" in page
    assert twin.name in client.get(DESK, {"asset": str(twin.pk)}).text
    take_in(client, twin, place)
    twin.refresh_from_db()
    laptop.refresh_from_db()
    assert (twin.address, laptop.user) == (place, emil)


def test_place_where_one_does_not_work_is_refused(worker, ret, laptop, office):
    before = Event.objects.count()
    page = take_in(worker, laptop, office)
    assert "Choose a place" in page.text
    laptop.refresh_from_db()
    assert laptop.state == "ACTIVE"
    assert Event.objects.count() == before


def test_settled_asset_is_not_received_twice(worker, ret, laptop, shelf):
    take_in(worker, laptop, shelf)
    before = Event.objects.count()
    take_in(worker, laptop, shelf)
    assert Event.objects.count() == before


def test_asset_of_another_workflow_is_refused_by_name(worker, laptop, emil, shelf):
    inventory.claim(
        laptop,
        actor=SYSTEM,
        held_by=emil,
        kind="REDEPLOYMENT",
        reference="RED-77",
        workflow_id=emil.id,
    )
    before = Event.objects.count()
    assert "RED-77" in take_in(worker, laptop, shelf).text
    laptop.refresh_from_db()
    assert laptop.user == emil
    assert Event.objects.count() == before


def outsider_at_a_desk(globex: Company, warehouse: Any) -> User:
    greta = make_user(globex, "Greta", role=Role.STORAGE)
    place = companies.create_address(
        actor=SYSTEM,
        company=globex,
        type=Address.Type.TEQUIPY,
        name="Globex shelf",
        warehouse=warehouse,
    )
    accounts.assign_storage(greta, actor=SYSTEM, address=place)
    return greta


def test_desk_of_another_company_knows_nothing_of_it(
    ret, laptop, shelf, globex, warehouse, gina, client_of
):
    shipment = send(ret)
    for user in (gina, outsider_at_a_desk(globex, warehouse)):
        client = client_of(user)
        assert "Nobody who keeps" in scan(client, laptop.serial_number)
        assert "Nobody who keeps" in scan(client, "1Z999")
        assert take_in(client, laptop, shelf).status_code == 404
        close = reverse("portal:close_parcel", args=[shipment.pk])
        assert client.post(close).status_code == 404
        for name, thing in (("asset", laptop), ("parcel", shipment), ("return", ret)):
            assert client.get(DESK, {name: str(thing.pk)}).status_code == 404


def test_employees_have_no_desk_and_receiving_is_by_post(
    emil, worker, client_of, laptop
):
    assert client_of(emil).get(DESK).status_code == 404
    url = reverse("portal:receive_items", query={"asset": laptop.pk})
    assert worker.get(url).status_code == 405
    assert worker.post(DESK).status_code == 405
