from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.utils import timezone

from apps.accounts.states import UserState
from apps.conftest import make_asset
from apps.core.actor import SYSTEM, Actor, ActorKind
from apps.core.errors import Conflict, Invalid, NotAllowed
from apps.events.models import Event
from apps.inventory import integrity
from apps.inventory import services as inventory
from apps.inventory.states import AssetState
from apps.returns import services
from apps.returns.models import Return
from apps.returns.states import Decision, Outcome, ReturnState
from apps.shipping.events import SHIPMENT_CANCELLED
from apps.shipping.states import ShipmentState

pytestmark = pytest.mark.django_db


@pytest.fixture
def admin(anna, as_actor) -> Actor:
    return as_actor(anna)


@pytest.fixture
def leaver(emil) -> Actor:
    return Actor(ActorKind.LEAVER, id=emil.id, company_id=emil.company_id)


def start(emil, admin, **overrides) -> Return:
    values = {
        "last_working_on": timezone.now().date() + timedelta(days=3),
        "decisions": {a.id: Decision.RETURN for a in emil.assets.all()},
        **overrides,
    }
    return services.start_offboarding(emil, actor=admin, **values)


def event_types(ret: Return) -> list[str]:
    return list(
        Event.objects.about(ret.id).order_by("id").values_list("type", flat=True)
    )


def test_runs_from_start_to_offboarded(
    emil, laptop, shelf, admin, leaver, as_actor, wanda
):
    ret = start(emil, admin)
    emil.refresh_from_db()
    assert emil.state == UserState.OFFBOARDING_IN_PROGRESS
    assert ret.contact_email == "emil@home.example"
    assert ret.address == shelf

    assert services.contact_due(ret.id, actor=SYSTEM)
    ret = services.answer(ret, actor=leaver, method="PICKUP")
    assert ret.state == ReturnState.READY_FOR_PICKUP
    shipment = services.book_parcel(
        ret, actor=admin, carrier="DHL", tracking_number="00340434161094042557"
    )
    services.track_parcel(ret, shipment, ShipmentState.IN_TRANSIT, actor=admin)
    laptop.refresh_from_db()
    assert (laptop.state, laptop.shipment) == (AssetState.IN_TRANSIT, shipment)

    ret = services.receive(ret, {laptop: "B"}, shelf, actor=as_actor(wanda))
    assert ret.state == ReturnState.COMPLETED
    laptop.refresh_from_db()
    assert (laptop.state, laptop.address, laptop.grade) == ("STORAGE", shelf, "B")
    assert inventory.claim_of(laptop) is None
    emil.refresh_from_db()
    assert emil.state == UserState.OFFBOARDED
    shipment.refresh_from_db()
    assert shipment.state == ShipmentState.DELIVERED
    assert event_types(ret) == [
        "return.started",
        "return.first_email_sent",
        "return.answered",
        "return.parcel_booked",
        "asset.sent",
        "return.device_in_transit",
        "asset.stored",
        "return.line_closed",
        "return.device_arrived",
        "return.completed",
    ]
    assert list(integrity.problems()) == []


def test_second_offboarding_is_refused(emil, laptop, shelf, admin):
    start(emil, admin)
    with pytest.raises(Conflict) as refusal:
        start(emil, admin)
    assert refusal.value.code in {"offboarding_exists", "claimed"}
    assert Return.objects.count() == 1


def test_asset_of_somebody_else_is_refused_by_name(emil, anna, laptop, shelf, admin):
    other = make_asset(anna, "SN-ANNA")
    with pytest.raises(Invalid, match=str(other.id)):
        start(emil, admin, decisions={other.id: Decision.RETURN})
    assert Return.objects.count() == 0
    emil.refresh_from_db()
    assert emil.state == UserState.ACTIVE


def test_employee_may_not_start_one(emil, laptop, shelf, as_actor):
    with pytest.raises(NotAllowed):
        start(emil, as_actor(emil))


def test_undecided_items_keep_it_open(emil, laptop, shelf, admin):
    ret = start(emil, admin, last_working_on=date(2026, 1, 2), decisions={})
    services.close_due(ret.id, actor=SYSTEM)
    ret.refresh_from_db()
    assert not ret.is_finished
    services.decide(ret.lines.get(), Decision.WRITE_OFF, actor=admin, reason="Worn out")
    ret.refresh_from_db()
    assert ret.state == ReturnState.COMPLETED
    laptop.refresh_from_db()
    assert (laptop.state, laptop.archive_reason) == ("ARCHIVED", "WRITTEN_OFF")


def test_gift_waits_for_the_last_day(emil, laptop, shelf, admin):
    ret = start(
        emil,
        admin,
        decisions={laptop.id: Decision.GIVE_AWAY},
        reasons={laptop.id: "Farewell present"},
    )
    laptop.refresh_from_db()
    assert laptop.state == AssetState.ACTIVE
    services.cancel(ret, reason="STAYS", actor=admin)
    laptop.refresh_from_db()
    emil.refresh_from_db()
    assert (laptop.state, laptop.user) == (AssetState.ACTIVE, emil)
    assert emil.state == UserState.ACTIVE
    assert inventory.claim_of(laptop) is None


def test_already_back_closes_at_once(emil, laptop, shelf, admin):
    ret = start(emil, admin, decisions={laptop.id: Decision.ALREADY_BACK})
    assert ret.lines.get().outcome == Outcome.ALREADY_BACK
    assert ret.state == ReturnState.COMPLETED
    laptop.refresh_from_db()
    assert laptop.address == shelf


def test_nothing_held_completes_on_the_last_day(emil, shelf, admin):
    ret = start(emil, admin, last_working_on=timezone.now().date() + timedelta(days=2))
    assert ret.state == ReturnState.SCHEDULED
    services.close_due(ret.id, actor=SYSTEM, at=None)
    ret.refresh_from_db()
    assert ret.state == ReturnState.SCHEDULED
    services.reschedule(ret, actor=admin, day=timezone.now().date() - timedelta(days=1))
    ret.refresh_from_db()
    assert ret.state == ReturnState.COMPLETED


def test_pause_shifts_due_times_and_resumes_where_it_was(emil, laptop, shelf, admin):
    begin = timezone.now() - timedelta(days=2)
    ret = start(emil, admin, at=begin)
    services.contact_due(ret.id, actor=SYSTEM, at=begin + timedelta(hours=1))
    ret.refresh_from_db()
    due = ret.next_contact_at
    services.pause(ret, actor=admin, at=begin + timedelta(days=1))
    assert not services.contact_due(ret.id, actor=SYSTEM)
    ret = services.resume(ret, actor=admin, at=begin + timedelta(days=2))
    assert ret.state == ReturnState.FIRST_EMAIL_SENT
    assert ret.next_contact_at == due + timedelta(days=1)


def test_reminders_then_not_responding_one_a_day_after_an_outage(
    emil, laptop, shelf, admin
):
    begin = timezone.now() - timedelta(days=30)
    ret = start(emil, admin, at=begin, last_working_on=begin.date())
    steps = []
    now = begin
    services.contact_due(ret.id, actor=SYSTEM, at=now)
    now = begin + timedelta(days=20)  # nothing ran for 20 days
    for _day in range(6):
        while services.contact_due(ret.id, actor=SYSTEM, at=now):
            ret.refresh_from_db()
            steps.append((ret.state, now.date()))
        now += timedelta(days=1)
    assert [state for state, _on in steps] == [
        ReturnState.FIRST_REMINDER_SENT,
        ReturnState.SECOND_REMINDER_SENT,
        ReturnState.EMPLOYEE_NOT_RESPONDING,
    ]
    assert len({on for _state, on in steps}) == 3


def test_partial_arrival_leaves_the_rest_to_be_sent(emil, laptop, shelf, admin):
    phone = make_asset(emil, "PHONE1")
    ret = start(emil, admin)
    services.answer(ret, actor=admin, method="DROPOFF")
    shipment = services.book_parcel(
        ret, actor=admin, carrier="UPS", tracking_number="1Z999"
    )
    services.track_parcel(ret, shipment, ShipmentState.IN_TRANSIT, actor=admin)
    ret = services.receive(ret, {laptop: None}, ret.address, actor=admin)
    assert ret.state == ReturnState.DEVICE_IN_TEQUIPY_WAREHOUSE
    ret = services.close_parcel(ret, shipment, actor=admin)
    assert ret.state == ReturnState.READY_FOR_DROPOFF
    phone.refresh_from_db()
    assert (phone.state, phone.user) == (AssetState.ACTIVE, emil)
    second = services.book_parcel(
        ret, actor=admin, carrier="UPS", tracking_number="1Z998"
    )
    services.track_parcel(ret, second, ShipmentState.IN_TRANSIT, actor=admin)
    ret = services.receive(ret, {phone: None}, ret.address, actor=admin)
    assert ret.state == ReturnState.COMPLETED
    assert list(integrity.problems()) == []


def test_lost_parcel_closes_its_lines(emil, laptop, shelf, admin):
    ret = start(emil, admin)
    shipment = services.book_parcel(
        ret, actor=admin, carrier="UPS", tracking_number="1Z999"
    )
    services.track_parcel(ret, shipment, ShipmentState.IN_TRANSIT, actor=admin)
    ret = services.track_parcel(ret, shipment, ShipmentState.LOST, actor=admin)
    assert ret.state == ReturnState.COMPLETED
    assert ret.lines.get().outcome == Outcome.LOST
    laptop.refresh_from_db()
    assert laptop.archive_reason == "LOST"


def test_parcel_that_came_back_can_be_sent_again(emil, laptop, shelf, admin):
    ret = start(emil, admin)
    shipment = services.book_parcel(
        ret, actor=admin, carrier="UPS", tracking_number="1Z999"
    )
    services.track_parcel(ret, shipment, ShipmentState.IN_TRANSIT, actor=admin)
    ret = services.track_parcel(ret, shipment, ShipmentState.RETURNED, actor=admin)
    assert ret.state == ReturnState.PICKUP_FAILED
    laptop.refresh_from_db()
    assert laptop.user == emil
    ret = services.answer(ret, actor=admin, method="DROPOFF")
    assert ret.state == ReturnState.READY_FOR_DROPOFF


def test_device_that_simply_turns_up_is_received(emil, laptop, shelf, admin):
    ret = start(emil, admin)
    ret = services.receive(ret, {laptop: None}, shelf, actor=admin)
    assert ret.state == ReturnState.COMPLETED


def test_answer_can_change_until_the_carrier_is_booked(
    emil, laptop, shelf, admin, leaver
):
    ret = start(emil, admin)
    services.answer(ret, actor=leaver, method="PICKUP", wants_packaging=True)
    ret.refresh_from_db()
    assert ret.state == ReturnState.SCHEDULED
    assert not services.contact_due(ret.id, actor=SYSTEM)
    services.send_materials(ret, actor=admin)
    services.materials_arrived(ret, actor=admin)
    services.answer(ret, actor=leaver, method="DROPOFF", wants_packaging=False)
    ret.refresh_from_db()
    assert ret.state == ReturnState.READY_FOR_DROPOFF
    services.book_parcel(ret, actor=admin, carrier="UPS", tracking_number="1Z")
    with pytest.raises(Conflict, match="carrier is booked"):
        services.answer(ret, actor=leaver, method="PICKUP")


def test_other_leaver_may_not_answer(emil, anna, laptop, shelf, admin):
    ret = start(emil, admin)
    stranger = Actor(ActorKind.LEAVER, id=anna.id, company_id=anna.company_id)
    with pytest.raises(NotAllowed):
        services.answer(ret, actor=stranger, method="PICKUP")


def test_claimed_asset_is_refused_to_others_naming_the_first(
    emil, anna, laptop, shelf, admin
):
    ret = start(emil, admin)
    with pytest.raises(Conflict, match=ret.reference):
        inventory.hand_over(laptop, anna, actor=admin)
    with pytest.raises(Conflict, match=ret.reference):
        inventory.update(laptop, actor=admin, notes="x")


def test_cancelling_cancels_the_parcels_that_nobody_picked_up(
    emil, laptop, shelf, admin
):
    ret = start(emil, admin)
    parcel = services.book_parcel(ret, actor=admin, carrier="DHL", tracking_number="7")
    services.cancel(ret, reason="STAYS", actor=admin)
    parcel.refresh_from_db()
    assert parcel.state == ShipmentState.CANCELLED
    told = SHIPMENT_CANCELLED.read(Event.objects.get(type=SHIPMENT_CANCELLED.name))
    assert (told.from_, told.carrier) == (ShipmentState.CREATED, "DHL")
    services.cancel(ret, reason="STAYS", actor=admin)
    assert Event.objects.filter(type=SHIPMENT_CANCELLED.name).count() == 1
