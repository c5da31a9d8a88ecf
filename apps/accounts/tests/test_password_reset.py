"""The mail that sets a new password: no page waits for it, and no answer tells whether
an address is anybody's."""

from datetime import timedelta

import pytest
from django.core import mail
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from apps.accounts import resets, tasks
from apps.accounts.models import ResetRequest
from apps.conftest import PASSWORD

pytestmark = pytest.mark.django_db


def ask(email: str):
    return Client().post(
        reverse("account_reset_password"), {"email": email}, follow=True
    )


@pytest.fixture(autouse=True)
def no_limit_here(settings):
    """Tests that run at the same time share one Redis."""
    settings.ACCOUNT_RATE_LIMITS = {**settings.ACCOUNT_RATE_LIMITS}
    settings.ACCOUNT_RATE_LIMITS["reset_password"] = ""


def test_a_new_password_is_set_by_the_mail(anna):
    ask("ANNA@acme.example")
    assert mail.outbox == []
    tasks.send_resets()
    [sent] = mail.outbox
    assert sent.to == [anna.email]
    link = next(word for word in sent.body.split() if "/reset/key/" in word)
    client = Client()
    form = client.get(link.removeprefix("http://testserver")).url
    client.post(form, {"password1": PASSWORD * 2, "password2": PASSWORD * 2})
    anna.login.refresh_from_db()
    assert anna.login.check_password(PASSWORD * 2)
    assert not ResetRequest.objects.exists()


def test_an_unknown_address_gets_no_mail_and_no_invitation_to_sign_up(anna):
    ask("nobody@acme.example")
    tasks.send_resets()
    assert mail.outbox == []
    assert not ResetRequest.objects.exists()


def test_both_are_answered_alike_by_the_same_work(anna):
    told = []
    for email in (anna.email, "anna@nobody.example"):
        with CaptureQueriesContext(
            connection,
        ) as queries:
            answer = ask(email)
        told.append(
            (
                answer.redirect_chain,
                answer.text.replace(email, ""),
                [one["sql"].split(" ")[:3] for one in queries],
            )
        )
    assert told[0][0] == told[1][0]
    assert told[0][2] == told[1][2]
    assert len(told[0][1]) == len(told[1][1])


def test_a_page_does_not_wait_for_a_mail_server_that_is_away(anna, settings):
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 1
    assert ask(anna.email).status_code == 200
    assert resets.send_due() == 0
    assert resets.send_due() == 0  # not at once again
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    ResetRequest.objects.update(next_try_at=timezone.now())
    assert resets.send_due() == 1
    assert len(mail.outbox) == 1


def test_twins_send_one_mail(anna):
    ask(anna.email)
    claimed = resets._claim()
    assert resets.send_due() == 0
    assert [resets._send(one) for one in claimed] == [True]


def test_who_waits_longer_than_an_hour_has_asked_again(anna):
    ask(anna.email)
    ResetRequest.objects.update(asked_at=timezone.now() - timedelta(minutes=61))
    assert resets.send_due() == 0
    assert not ResetRequest.objects.exists()


def test_who_may_not_sign_in_gets_none(anna):
    anna.login.is_active = False
    anna.login.save()
    ask(anna.email)
    assert resets.send_due() == 0


def test_a_mailbox_is_not_flooded(anna, settings):
    settings.ACCOUNT_RATE_LIMITS = {"reset_password": "5/h/key"}
    email = f"{anna.id}@nobody.example"
    assert [ask(email).status_code for _one in range(6)] == [200] * 5 + [429]
