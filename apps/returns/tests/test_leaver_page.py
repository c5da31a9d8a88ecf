from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from django.core import signing
from django.urls import reverse
from django.utils import timezone

from apps.conftest import Browser
from apps.core.actor import SYSTEM
from apps.events.models import Event
from apps.returns import links, services
from apps.returns.models import Return
from apps.returns.states import ReturnState

pytestmark = pytest.mark.django_db

ANSWER = {
    "method": "PICKUP",
    "wants_packaging": "no",
    "full_name": "Emil Example",
    "phone": "+48 600 100 200",
    "street": "Inna 7",
    "postal_code": "00-950",
    "city": "Warszawa",
    "country": "PL",
    "message": "The bag is torn",
}


@pytest.fixture
def ret(emil, laptop, shelf) -> Return:
    ret = services.start_offboarding(
        emil,
        actor=SYSTEM,
        last_working_on=timezone.now().date() + timedelta(days=3),
        decisions={laptop.id: "RETURN"},
    )
    services.contact_due(ret.id, actor=SYSTEM)
    return Return.objects.get(pk=ret.pk)


def page_of(ret: Return) -> str:
    return re.sub(r"^https?://[^/]+", "", links.url(ret))


def expire(monkeypatch: Any) -> None:
    monkeypatch.setattr(links, "MAX_AGE", timedelta(seconds=-1))


def test_shows_what_is_asked_back_and_changes_nothing(ret, laptop, client):
    before = Event.objects.count()
    page = client.get(page_of(ret))
    assert laptop.serial_number in page.text
    assert "Prosta 1" in page.text
    assert Event.objects.count() == before
    ret.refresh_from_db()
    assert ret.answered_at is None


def test_address_of_the_page_is_kept_and_passed_on_by_nobody(ret, client):
    page = client.get(page_of(ret))
    assert page["Referrer-Policy"] == "strict-origin"
    assert "noindex" in page["X-Robots-Tag"]
    assert "no-store" in page["Cache-Control"]


def test_answers_then_changes_it_until_the_carrier_is_booked(ret):
    client = Browser(enforce_csrf_checks=True)
    client.get(page_of(ret))
    token = client.cookies["csrftoken"].value
    after = client.post(
        page_of(ret), {**ANSWER, "csrfmiddlewaretoken": token}, follow=True
    )
    assert "Inna 7" in after.text
    ret.refresh_from_db()
    assert (ret.state, ret.street) == (ReturnState.READY_FOR_PICKUP, "Inna 7")
    assert ret.message == "The bag is torn"
    event = Event.objects.get(type="return.answered")
    assert event.actor_kind == "LEAVER"

    change = client.get(page_of(ret) + "?change")
    assert 'value="Inna 7"' in change.text
    dropoff = {**ANSWER, "method": "DROPOFF", "csrfmiddlewaretoken": token}
    client.post(page_of(ret), dropoff)
    ret.refresh_from_db()
    assert ret.state == ReturnState.READY_FOR_DROPOFF

    services.book_parcel(ret, actor=SYSTEM, carrier="UPS", tracking_number="1Z999")
    assert "?change" not in client.get(page_of(ret)).text
    refused = client.post(page_of(ret), dropoff | {"method": "PICKUP"})
    assert "carrier is booked" in refused.text
    ret.refresh_from_db()
    assert ret.method == "DROPOFF"


def test_pick_up_needs_an_address_and_a_day_to_come(ret):
    client = Browser()
    before = Event.objects.count()
    for wrong, sentence in (
        ({"street": ""}, "whole address"),
        ({"ready_on": "2020-01-01"}, "later day"),
        ({"method": ""}, "required"),
    ):
        page = client.post(page_of(ret), {**ANSWER, **wrong})
        assert page.status_code == 200
        assert sentence in page.text
        assert "The bag is torn" in page.text
    assert Event.objects.count() == before


def test_finished_and_paused_ones_say_so(ret, client):
    services.pause(ret, actor=SYSTEM)
    assert "Nothing is to be sent now" in client.get(page_of(ret)).text
    services.cancel(ret, reason="STAYS", actor=SYSTEM)
    assert "Please send nothing" in client.get(page_of(ret)).text


def test_expired_link_offers_a_new_one_to_the_same_address(ret, client, monkeypatch):
    Return.objects.update(link_sent_at=timezone.now() - timedelta(days=31))
    old = page_of(ret)
    expire(monkeypatch)
    page = client.get(old)
    assert page.status_code == 410
    assert "e…@home.example" in page.text
    assert "emil@home.example" not in page.text
    assert not Event.objects.filter(type="return.link_sent").exists()
    token = old.rstrip("/").rpartition("/")[2]
    sent = client.post(reverse("returns:leaver_new_link", args=[token]))
    assert "mailbox" in sent.text
    assert Event.objects.filter(type="return.link_sent").count() == 1
    monkeypatch.undo()
    ret.refresh_from_db()
    assert client.get(old).status_code == 410
    assert client.get(page_of(ret)).status_code == 200


def test_second_request_in_a_row_sends_no_second_link(ret, client, monkeypatch):
    expire(monkeypatch)
    token = page_of(ret).rstrip("/").rpartition("/")[2]
    page = client.post(reverse("returns:leaver_new_link", args=[token]))
    assert page.status_code == 409
    assert not Event.objects.filter(type="return.link_sent").exists()


def test_expired_link_takes_no_answer(ret, client, monkeypatch):
    expire(monkeypatch)
    before = Event.objects.count()
    assert client.post(page_of(ret), ANSWER).status_code == 410
    assert Event.objects.count() == before


def test_new_link_is_sent_by_post_only(ret, client):
    token = page_of(ret).rstrip("/").rpartition("/")[2]
    url = reverse("returns:leaver_new_link", args=[token])
    assert client.get(url).status_code == 405


def test_broken_link_says_what_to_do(ret, client):
    for token in (
        "abc",
        page_of(ret).rstrip("/").rpartition("/")[2][:-2],
        signing.dumps([ret.id.hex, 1], salt="something else"),
    ):
        page = client.get(reverse("returns:leaver", args=[token]))
        assert page.status_code == 404
        assert "open it from the mail again" in page.text


def test_an_answer_after_the_end_shows_the_end_not_the_form(ret):
    services.cancel(ret, reason="STAYS", actor=SYSTEM)
    answer = Browser().post(page_of(ret), ANSWER)
    assert answer.templates[0].name == "returns/leaver_status.html"
