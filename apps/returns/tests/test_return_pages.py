from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from apps.conftest import make_asset, make_user
from apps.core.actor import SYSTEM
from apps.events.models import Event
from apps.returns import services
from apps.returns.models import Return
from apps.returns.states import ReturnState
from apps.shipping.models import Shipment

pytestmark = pytest.mark.django_db


@pytest.fixture
def ret(emil, laptop, shelf) -> Return:
    return services.start_offboarding(
        emil,
        actor=SYSTEM,
        last_working_on=timezone.now().date() + timedelta(days=3),
        decisions={laptop.id: "RETURN"},
    )


@pytest.fixture
def admin(anna, client_of) -> Client:
    return client_of(anna)


def url(name: str, *args: Any) -> str:
    return reverse(f"returns:{name}", args=args)


def post(client: Client, name: str, ret: Return, *args: Any, **data: Any) -> Any:
    """From the page of the return, as a browser does."""
    back = f"http://testserver{ret.get_absolute_url()}"
    target = url(name, ret.pk, *args)
    return client.post(target, data, headers={"referer": back}, follow=True)


def book(ret: Return) -> Shipment:
    return services.book_parcel(
        ret, actor=SYSTEM, carrier="UPS", tracking_number="1Z999"
    )


def received(ret: Return) -> Return:
    items = {line.asset: None for line in ret.lines.select_related("asset")}
    return services.receive(ret, items, ret.address, actor=SYSTEM)


# --- List -------------------------------------------------------------------


def test_list_shows_each_tab_and_finds_by_name_and_reference(admin, ret):
    for query in ("", "?group=contacting", "?q=emil", f"?q={ret.reference}"):
        assert "Emil Example" in admin.get(url("list") + query).text
    for query in ("?group=done", "?q=nobody", "?kind=COLLECTION"):
        assert "Emil Example" not in admin.get(url("list") + query).text


def test_undecided_items_need_you(admin, ret, emil):
    assert "Emil Example" not in admin.get(url("list") + "?group=needs-you").text
    line = ret.lines.get()
    services.decide(line, "", actor=SYSTEM)
    assert "Emil Example" in admin.get(url("list") + "?group=needs-you").text


def test_list_costs_the_same_with_many(
    admin, anna, ret, acme, shelf, django_assert_max_num_queries
):
    for number in range(5):
        user = make_user(acme, f"Person{number}")
        asset = make_asset(user, f"SN{number}")
        services.start_collection(user, actor=SYSTEM, asset_ids=[asset.id])
    admin.get(url("list"))
    with django_assert_max_num_queries(4):
        page = admin.get(url("list"))
    assert len(page.context["page"].rows) == 6
    counts = {tab.label: tab.count for tab in page.context["page"].tabs}
    assert (counts["All"], counts["Open"], counts["Done"]) == (None, 6, None)


def test_employee_sees_only_theirs(emil, ret, client_of, acme):
    other = make_user(acme, "Olga")
    theirs = services.start_collection(
        other, actor=SYSTEM, asset_ids=[make_asset(other, "OLGA1").id]
    )
    page = client_of(emil).get(url("list")).text
    assert ret.reference in page
    assert theirs.reference not in page
    assert client_of(emil).get(theirs.get_absolute_url()).status_code == 404


def test_other_company_sees_neither_list_entry_nor_page(gina, ret, client_of):
    outsider = client_of(gina)
    assert "Emil" not in outsider.get(url("list")).text
    assert outsider.get(ret.get_absolute_url()).status_code == 404


# --- Start ------------------------------------------------------------------


def test_picker_finds_people_who_are_here(admin, emil, gina):
    page = admin.get(url("create") + "?kind=OFFBOARDING&q=emil").text
    assert str(emil.pk) in page
    assert "Gina" not in admin.get(url("create") + "?q=gina").text


def test_person_of_another_company_does_not_exist(admin, gina):
    assert admin.get(url("create") + f"?user={gina.pk}").status_code == 404


def test_starts_an_offboarding_with_a_decision_per_item(admin, emil, laptop, shelf):
    phone = make_asset(emil, "PHONE1")
    target = url("create") + f"?kind=OFFBOARDING&user={emil.pk}"
    page = admin.get(target).text
    assert "Poznań shelf" in page
    assert "emil@home.example" in page
    day = timezone.now().date() + timedelta(days=3)
    data = {
        "day": day.isoformat(),
        "address": str(shelf.pk),
        "contact_email": "emil@home.example",
        f"decision_{laptop.pk}": "RETURN",
        f"decision_{phone.pk}": "GIVE_AWAY",
        f"reason_{phone.pk}": "",
    }
    refused = admin.post(target, data)
    assert "Say why it leaves the register." in refused.text
    data[f"reason_{phone.pk}"] = "Old"
    asked = admin.post(target, data)
    assert f"{phone}: Emil Example keeps it for good. It leaves the" in asked.text
    assert str(laptop) not in asked.text
    assert not Return.objects.exists()
    fields = [(name, value) for name, value in asked.context["fields"]]
    answer = admin.post(asked.context["action"], dict(fields))
    ret = Return.objects.get()
    assert answer.url == ret.get_absolute_url()
    assert ret.last_working_on == day
    decided = dict(ret.lines.values_list("asset_id", "decision"))
    assert decided == {laptop.pk: "RETURN", phone.pk: "GIVE_AWAY"}
    assert ret.lines.get(asset=phone).reason == "Old"


def test_what_is_chosen_survives_a_reload(admin, emil, laptop, office, shelf):
    query = (
        f"?kind=OFFBOARDING&user={emil.pk}&day=2027-01-31&address={office.pk}"
        f"&contact_email=other@home.example&decision_{laptop.pk}=WRITE_OFF"
    )
    page = admin.get(url("create") + query).text
    assert 'value="2027-01-31"' in page
    assert f'value="{office.pk}" selected' in page
    assert 'value="WRITE_OFF" selected' in page
    assert "other@home.example" in page


def test_starts_a_collection_of_what_is_ticked(admin, emil, laptop, shelf):
    make_asset(emil, "PHONE1")
    target = url("create") + f"?kind=COLLECTION&user={emil.pk}"
    data = {
        "day": timezone.now().date().isoformat(),
        "address": str(shelf.pk),
        f"item_{laptop.pk}": "on",
    }
    admin.post(target, data)
    assert [line.asset for line in Return.objects.get().lines.all()] == [laptop]


def test_refused_start_keeps_the_input_and_writes_nothing(admin, ret, emil, shelf):
    before = Event.objects.count()
    target = url("create") + f"?kind=OFFBOARDING&user={emil.pk}"
    data = {"day": "2027-01-31", "address": str(shelf.pk)}
    page = admin.post(target, data)
    assert page.status_code == 200
    assert "is being offboarded already" in page.text or "is part of" in page.text
    assert 'value="2027-01-31"' in page.text
    assert (Return.objects.count(), Event.objects.count()) == (1, before)


@pytest.mark.parametrize("who", ["emil", "wanda"])
def test_others_may_not_start_one(who, request, client_of, shelf):
    client = client_of(request.getfixturevalue(who))
    assert client.get(url("create")).status_code == 404


# --- One return -------------------------------------------------------------

STATES = {
    ReturnState.SCHEDULED: [],
    ReturnState.FIRST_EMAIL_SENT: ["contact"],
    ReturnState.PAUSED: ["contact", "pause"],
    ReturnState.READY_FOR_PICKUP: ["contact", "answer"],
    ReturnState.DEVICE_IN_TRANSIT: ["contact", "answer", "book", "IN_TRANSIT"],
    ReturnState.PICKUP_FAILED: ["answer", "book", "IN_TRANSIT", "FAILED"],
    ReturnState.MATERIALS_SENT: ["packaging", "materials"],
    ReturnState.COMPLETED: ["receive"],
    ReturnState.CANCELLED: ["cancel"],
}


def take(ret: Return, step: str) -> None:
    verbs = {
        "contact": lambda: services.contact_due(
            ret.pk, actor=SYSTEM, at=timezone.now()
        ),
        "pause": lambda: services.pause(ret, actor=SYSTEM),
        "answer": lambda: services.answer(ret, actor=SYSTEM, method="PICKUP"),
        "packaging": lambda: services.answer(
            ret, actor=SYSTEM, method="PICKUP", wants_packaging=True
        ),
        "materials": lambda: services.send_materials(ret, actor=SYSTEM),
        "book": lambda: book(ret),
        "receive": lambda: received(ret),
        "cancel": lambda: services.cancel(ret, reason="STAYS", actor=SYSTEM),
    }
    if step in verbs:
        verbs[step]()
    else:
        services.track_parcel(ret, Shipment.objects.get(), step, actor=SYSTEM)


@pytest.mark.parametrize("state", STATES)
def test_page_shows_every_state_to_all_who_may_see_it(
    state, ret, admin, emil, wanda, client_of
):
    for step in STATES[state]:
        take(ret, step)
    ret.refresh_from_db()
    assert ret.state == state
    assert "Emil Example" in admin.get(ret.get_absolute_url()).text
    has_left = state == ReturnState.COMPLETED
    mine = client_of(emil).get(ret.get_absolute_url())
    assert mine.status_code == (302 if has_left else 200)
    worker = client_of(wanda).get(ret.get_absolute_url()).text
    assert "emil@home.example" not in worker
    assert url("cancel", ret.pk) not in worker


def test_runs_from_pause_to_completed_by_buttons(admin, ret):
    post(admin, "pause", ret)
    ret.refresh_from_db()
    assert ret.state == ReturnState.PAUSED
    post(admin, "resume", ret)
    post(admin, "answer", ret, method="PICKUP", wants_packaging="yes", **ADDRESS)
    post(admin, "send_materials", ret)
    post(admin, "materials_arrived", ret)
    lines = [str(ret.lines.get().pk)]
    post(admin, "book_parcel", ret, carrier="UPS", tracking_number="1Z9", lines=lines)
    post(admin, "track_parcel", ret, Shipment.objects.get().pk, state="IN_TRANSIT")
    ret.refresh_from_db()
    assert ret.state == ReturnState.DEVICE_IN_TRANSIT
    asset_id = ret.lines.get().asset_id
    data = {f"here_{asset_id}": "on", f"grade_{asset_id}": "C"}
    post(admin, "receive", ret, **data)
    ret.refresh_from_db()
    assert ret.state == ReturnState.COMPLETED
    assert ret.lines.get().asset.grade == "C"
    post(admin, "delete", ret, confirmed="yes")
    assert admin.get(ret.get_absolute_url()).status_code == 404


ADDRESS = {
    "full_name": "Emil Example",
    "street": "Prosta 1",
    "city": "Warszawa",
    "postal_code": "00-001",
    "country": "PL",
}


def test_cancel_asks_first_and_names_what_happens(admin, ret, laptop):
    page = admin.get(url("cancel", ret.pk))
    assert laptop.serial_number in page.text
    ret.refresh_from_db()
    assert ret.state == ReturnState.SCHEDULED
    post(admin, "cancel", ret, reason="STAYS")
    ret.refresh_from_db()
    assert ret.state == ReturnState.CANCELLED


def test_changes_the_day(admin, ret):
    post(admin, "reschedule", ret, day="2027-02-01")
    ret.refresh_from_db()
    assert ret.last_working_on.isoformat() == "2027-02-01"


@pytest.mark.parametrize(
    ("decision", "told"),
    [("GIVE_AWAY", "keeps it for good"), ("WRITE_OFF", "is written off")],
)
def test_a_day_that_ends_something_at_once_is_confirmed(
    admin, ret, laptop, decision, told
):
    services.decide(ret.lines.get(), decision, actor=SYSTEM, reason="Old")
    today = timezone.now().date().isoformat()
    asked = post(admin, "reschedule", ret, day=today)
    assert f"{laptop}" in asked.text
    assert told in asked.text
    assert "leaves the register at once" in asked.text
    laptop.refresh_from_db()
    assert laptop.state == "ACTIVE"
    post(admin, "reschedule", ret, day=today, confirmed="yes")
    laptop.refresh_from_db()
    assert laptop.state == "ARCHIVED"


def test_decides_an_item_again_and_adds_another(admin, ret, emil):
    line = ret.lines.get()
    post(admin, "decide", ret, line.pk, decision="GIVE_AWAY")
    line.refresh_from_db()
    assert line.decision == "RETURN"  # not without a reason
    wanted = {"decision": "GIVE_AWAY", "reason": "Old"}
    asked = post(admin, "decide", ret, line.pk, **wanted)
    assert "keeps it for good" in asked.text
    post(admin, "decide", ret, line.pk, **wanted, confirmed="yes")
    line.refresh_from_db()
    assert (line.decision, line.reason) == ("GIVE_AWAY", "Old")
    phone = make_asset(emil, "PHONE1")
    assert "PHONE1" in admin.get(ret.get_absolute_url()).text
    post(admin, "add_item", ret, phone.pk)
    assert ret.lines.filter(asset=phone).exists()


def test_refused_step_says_why_and_changes_nothing(admin, ret):
    received(ret)
    before = Event.objects.count()
    for name in ("pause", "cancel", "send_link", "send_materials"):
        page = post(admin, name, ret, reason="STAYS")
        assert page.status_code == 200
        assert page.context["messages"], name
    ret.refresh_from_db()
    assert ret.state == ReturnState.COMPLETED
    assert Event.objects.count() == before


def test_impossible_step_of_a_parcel_is_refused(admin, ret):
    shipment = book(ret)
    before = Event.objects.count()
    post(admin, "track_parcel", ret, shipment.pk, state="DELIVERED")
    shipment.refresh_from_db()
    assert shipment.state == "CREATED"
    assert Event.objects.count() == before


STEPS = ["send_link", "send_materials", "materials_arrived", "pause", "resume"]


def test_steps_are_taken_by_post_only(admin, ret):
    before = Event.objects.count()
    for name in (*STEPS, "delete"):
        assert admin.get(url(name, ret.pk)).status_code == 405
    assert Event.objects.count() == before


def test_steps_do_not_exist_for_others(gina, emil, wanda, client_of, ret):
    before = Event.objects.count()
    for client in map(client_of, (gina, emil, wanda)):
        for name in (*STEPS, "delete", "cancel", "receive", "reschedule"):
            assert client.post(url(name, ret.pk)).status_code == 404
    assert Event.objects.count() == before


def test_employee_answers_while_signed_in(emil, client_of, laptop, shelf):
    ret = services.start_collection(emil, actor=SYSTEM, asset_ids=[laptop.id])
    client = client_of(emil)
    assert laptop.serial_number in client.get(url("answer", ret.pk)).text
    post(client, "answer", ret, method="DROPOFF", wants_packaging="no", **ADDRESS)
    ret.refresh_from_db()
    assert ret.state == ReturnState.READY_FOR_DROPOFF


# --- The first button -------------------------------------------------------


def first_button(admin: Client, ret: Return) -> str:
    actions = admin.get(ret.get_absolute_url()).text.partition("page-actions")[2]
    primary = actions.partition("btn-primary")[2].partition("</a>")[0]
    return primary.rpartition(">")[2]


def test_once_a_carrier_is_booked_it_does_not_ask_to_book_one(admin, ret, laptop):
    services.contact_due(ret.id, actor=SYSTEM)
    services.answer(
        ret,
        actor=SYSTEM,
        method="PICKUP",
        full_name="Emil Example",
        phone="+48 600 700 800",
        street="Prosta 1",
        city="Warszawa",
        postal_code="00-001",
    )
    ret.refresh_from_db()
    assert first_button(admin, ret) == "Book carrier"
    book(ret)
    assert first_button(admin, ret) == "Receive items"
    assert "Book carrier" not in admin.get(ret.get_absolute_url()).text
