from __future__ import annotations

import pytest
from django.urls import reverse
from django.utils import timezone

from apps.core.actor import SYSTEM
from apps.events.models import Event
from apps.notifications.models import Message
from apps.returns import services as returns

pytestmark = pytest.mark.django_db


@pytest.fixture
def ret(emil, laptop, shelf):
    return returns.start_collection(emil, actor=SYSTEM, asset_ids=[laptop.id])


@pytest.fixture
def mail(acme, ret) -> Message:
    """A mail about Emil's return that the server refused for good."""
    return Message.objects.create(
        company=acme,
        event_id=1,
        event_type="return.first_email_sent",
        subject_id=ret.pk,
        recipient="emil@home.example",
        subject="Please give back your laptop",
        body="Dear Emil,\n\n<b>choose</b> a day: https://tequipy.example/r/1",
        message_id="<1@tequipy.example>",
        state="FAILED",
        attempts=8,
        error="SMTPServerDisconnected",
        occurred_at=timezone.now(),
    )


def url(name: str, *args) -> str:
    return reverse(f"notifications:{name}", args=args)


def test_list_finds_and_filters(anna, mail, client_of):
    client = client_of(anna)
    assert mail.subject in client.get(url("list")).text
    assert mail.subject in client.get(url("list"), {"q": "emil@home"}).text
    assert mail.subject in client.get(url("list"), {"state": "FAILED"}).text
    assert mail.subject not in client.get(url("list"), {"state": "SENT"}).text


def test_mail_is_readable_and_leads_to_its_return(anna, mail, ret, client_of):
    page = client_of(anna).get(url("detail", mail.pk)).text
    assert "Dear Emil" in page
    assert "&lt;b&gt;choose" in page
    assert ret.get_absolute_url() in page
    assert "SMTPServerDisconnected" in page


def test_failed_mail_is_sent_again(anna, mail, client_of):
    client_of(anna).post(url("retry", mail.pk))
    mail.refresh_from_db()
    assert (mail.state, mail.attempts) == ("PENDING", 0)
    assert Event.objects.filter(type="message.retried").count() == 1


def test_sent_mail_is_not_sent_again(anna, mail, client_of):
    Message.objects.update(state="SENT")
    page = url("detail", mail.pk)
    answer = client_of(anna).post(
        url("retry", mail.pk), headers={"referer": f"http://testserver{page}"}
    )
    assert answer.headers["Location"].endswith(page)
    mail.refresh_from_db()
    assert mail.state == "SENT"
    assert not Event.objects.filter(type="message.retried").exists()


def test_fragment_shows_mails_of_a_return_and_of_its_person(
    anna, emil, mail, ret, client_of
):
    client = client_of(anna)
    assert mail.subject in client.get(url("about", ret.pk)).text
    assert mail.subject in client.get(url("about", emil.pk)).text
    assert mail.subject not in client.get(url("about", anna.pk)).text


def test_other_company_sees_404(gina, emil, mail, ret, client_of):
    client = client_of(gina)
    assert client.get(url("detail", mail.pk)).status_code == 404
    assert client.post(url("retry", mail.pk)).status_code == 404
    assert client.get(url("about", ret.pk)).status_code == 404
    assert client.get(url("about", emil.pk)).status_code == 404
    assert mail.subject not in client.get(url("list")).text
    mail.refresh_from_db()
    assert mail.state == "FAILED"


def test_employee_and_warehouse_see_404(emil, wanda, mail, client_of):
    for person in (emil, wanda):
        client = client_of(person)
        assert client.get(url("list")).status_code == 404
        assert client.get(url("detail", mail.pk)).status_code == 404
        assert client.post(url("retry", mail.pk)).status_code == 404


def test_retry_answers_to_post_only(anna, mail, client_of):
    assert client_of(anna).get(url("retry", mail.pk)).status_code == 405
