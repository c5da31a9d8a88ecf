from __future__ import annotations

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from apps.conftest import make_asset, make_user
from apps.core.actor import SYSTEM
from apps.inventory import services as inventory
from apps.notifications.models import Message
from apps.returns import services as returns
from apps.returns.models import Return

pytestmark = pytest.mark.django_db

HOME = "/"
SEARCH = "/search/"


@pytest.fixture
def overdue(emil, laptop, shelf) -> Return:
    """Emil left four days ago and nothing came back; one item is undecided."""
    now = timezone.now()
    return returns.start_offboarding(
        emil,
        actor=SYSTEM,
        last_working_on=(now - timedelta(days=4)).date(),
        decisions={},
        at=now - timedelta(days=6),
    )


def test_admin_sees_what_needs_her_first(anna, overdue, client_of):
    page = client_of(anna).get(HOME)
    (need,) = page.context["needs"]
    assert need.url == overdue.get_absolute_url()
    assert "Emil Example" in need.title
    assert page.text.index("Needs you") < page.text.index("Assets by state")


def test_admin_is_told_of_failed_mails(anna, acme, client_of):
    now = timezone.now()
    Message.objects.create(
        company=acme,
        event_id=1,
        event_type="return.first_email_sent",
        subject_id=anna.pk,
        recipient="emil@home.example",
        subject="Hello",
        body="Hello",
        message_id="<1@tequipy>",
        state="FAILED",
        occurred_at=now,
    )
    page = client_of(anna).get(HOME)
    assert [need.title for need in page.context["needs"]] == [
        "1 mail could not be sent"
    ]
    assert reverse("notifications:list") in page.text


def test_admin_sees_numbers_of_her_company_only(anna, gina, emil, office, client_of):
    make_asset(emil, "A1", purchase_price=1000, currency="EUR")
    make_asset(office, "A2", purchase_price=500, currency="PLN")
    gone = make_asset(office, "A3")
    inventory.retire(gone, "SOLD", actor=SYSTEM)
    make_asset(gina, "G1")
    context = client_of(anna).get(HOME).context
    assert context["asset_count"] == 2
    values = {worth.currency: worth.amount for worth in context["fleet_values"]}
    assert values == {"EUR": 1000, "PLN": 500}
    assert [part["value"] for part in context["parts"]] == [1, 1]


def test_admin_home_has_a_fixed_number_of_queries(
    anna, emil, office, overdue, client_of, django_assert_max_num_queries
):
    for number in range(20):
        make_asset(office, f"S{number}")
    client = client_of(anna)
    with django_assert_max_num_queries(25):
        client.get(HOME)


def test_employee_sees_own_equipment_and_what_is_asked_back(
    emil, laptop, office, shelf, client_of
):
    make_asset(office, "NOTMINE1")
    page = client_of(emil).get(HOME).text
    assert laptop.serial_number in page
    assert "NOTMINE1" not in page
    assert "Please give back" not in page
    ret = returns.start_collection(emil, actor=SYSTEM, asset_ids=[laptop.id])
    page = client_of(emil).get(HOME).text
    assert "Please give back" in page
    assert ret.get_absolute_url() in page


def test_warehouse_worker_sees_what_is_expected(wanda, overdue, laptop, client_of):
    assert "No parcel is expected" in client_of(wanda).get(HOME).text
    returns.decide(overdue.lines.get(), "RETURN", actor=SYSTEM)
    returns.book_parcel(
        overdue, actor=SYSTEM, carrier="UPS", tracking_number="1Z999AA10123456784"
    )
    assert "1Z999AA10123456784" in client_of(wanda).get(HOME).text


def test_platform_staff_go_to_the_admin(root, client_of):
    answer = client_of(root).get(HOME)
    assert answer.headers["Location"] == reverse("admin:index")


def test_search_puts_the_exact_serial_first(anna, emil, office, client_of):
    make_asset(office, "AB12-LONGER")
    make_asset(emil, "AB12")
    found = client_of(anna).get(SEARCH, {"q": "ab12"}).context["assets"]
    assert [asset.serial_number for asset in found] == ["AB12", "AB12-LONGER"]


def test_search_finds_people_and_returns(anna, emil, overdue, client_of):
    client = client_of(anna)
    by_name = client.get(SEARCH, {"q": "emil"}).context
    assert by_name["people"] == [emil]
    assert by_name["returns"] == [overdue]
    by_reference = client.get(SEARCH, {"q": overdue.reference.lower()}).context
    assert by_reference["returns"] == [overdue]


def test_search_says_when_nothing_fits_or_too_little_is_typed(anna, client_of):
    client = client_of(anna)
    assert "Nothing found" in client.get(SEARCH, {"q": "zzzz"}).text
    assert "one more character" in client.get(SEARCH, {"q": "z"}).text
    assert client.get(SEARCH).status_code == 200


def test_search_shows_nothing_of_another_company(
    gina, emil, laptop, overdue, client_of
):
    client = client_of(gina)
    for text in (laptop.serial_number, "emil", overdue.reference):
        assert client.get(SEARCH, {"q": text}).context["is_empty"]


def test_employee_finds_only_own_things(emil, anna, laptop, office, client_of):
    make_asset(office, "C02XL0BBB")
    found = client_of(emil).get(SEARCH, {"q": "C02XL"}).context
    assert found["assets"] == [laptop]
    assert client_of(emil).get(SEARCH, {"q": "anna"}).context["is_empty"]


def test_pages_answer_to_get_only(anna, client_of):
    client = client_of(anna)
    assert client.post(HOME).status_code == 405
    assert client.post(SEARCH).status_code == 405


def test_visitors_are_asked_to_sign_in(client, db):
    assert client.get(HOME).status_code == 302
    assert client.get(SEARCH).status_code == 302


def test_more_returns_lead_to_just_those(anna, acme, shelf, office, client_of):
    """The page behind "more" shows what the list on the home page was cut from."""
    now = timezone.now()
    for number in range(8):
        person = make_user(acme, f"Leaver{number}")
        make_asset(person, f"L{number}")
        returns.start_offboarding(
            person,
            actor=SYSTEM,
            last_working_on=(now + timedelta(days=20)).date(),
            decisions={},
        )
    person = make_user(acme, "Quiet")
    asset = make_asset(person, "Q1")
    returns.start_offboarding(
        person,
        actor=SYSTEM,
        last_working_on=(now + timedelta(days=20)).date(),
        decisions={asset.id: "RETURN"},
    )
    client = client_of(anna)
    *_shown, more = client.get(HOME).context["needs"]
    assert more.title == "More returns need you"
    listed = client.get(more.url).context["page"].rows
    assert {first for _pk, (first, *_rest), *_cells in listed} == {
        f"Leaver{n}" for n in range(8)
    }
