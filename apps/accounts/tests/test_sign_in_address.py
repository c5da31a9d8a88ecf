"""The address one signs in with changes when both mailboxes agree, or one and time."""

from __future__ import annotations

from datetime import timedelta
from threading import Barrier, Thread

import pytest
from allauth.account.forms import default_token_generator
from django.core import mail
from django.db import connection
from django.test import Client
from django.utils import timezone

from apps.accounts import sign_in_address
from apps.accounts.models import AddressChange, Login
from apps.accounts.sessions import actor_of
from apps.accounts.sign_in_address import NEW, OLD, WAIT, Link, agree, ask
from apps.conftest import PASSWORD
from apps.core.errors import Conflict, Invalid
from apps.events.models import Event

pytestmark = pytest.mark.django_db


def email_of(user) -> str:
    return Login.objects.get(pk=user.login_id).email


def path_of(change: AddressChange, mailbox: str) -> str:
    return "/" + sign_in_address.url(change, mailbox).split("/", 3)[3]


def signed_in(user) -> Client:
    client = Client()
    form = {"login": email_of(user), "password": PASSWORD}
    assert client.post("/accounts/login/", form).status_code == 302
    return client


def test_the_owner_asks_with_the_password_and_both_mailboxes_hear_of_it(emil):
    client = signed_in(emil)
    page = client.get("/accounts/email/", follow=True)
    assert "password" in page.text.lower()  # asked once more
    client.post(
        page.request["PATH_INFO"] + "?next=/accounts/email/", {"password": PASSWORD}
    )
    client.post("/accounts/email/", {"new_email": "Emil@Home.example"})
    change = emil.login.address_changes.get()
    assert change.new_email == "emil@home.example"
    assert email_of(emil) == "emil@acme.example"
    assert sign_in_address.send_due() == 1
    assert sign_in_address.send_due() == 0
    assert [message.to for message in mail.outbox] == [
        ["emil@home.example"],
        ["emil@acme.example"],
    ]
    assert path_of(change, NEW) in mail.outbox[0].body
    assert path_of(change, OLD) in mail.outbox[1].body
    assert "waiting" in client.get("/accounts/email/").text


@pytest.mark.parametrize("order", [(NEW, OLD), (OLD, NEW)])
def test_both_agree_and_it_is_so(emil, client, order):
    change = ask(emil.login, "emil@home.example")
    client.post(path_of(change, order[0]), {"answer": "agree"})
    assert email_of(emil) == "emil@acme.example"
    client.post(path_of(change, order[1]), {"answer": "agree"})
    assert email_of(emil) == "emil@home.example"
    event = Event.objects.get(type="user.sign_in_address_changed")
    assert event.subject_id == emil.id
    assert "home.example" not in str(event.payload)


def test_a_look_changes_nothing(emil, client):
    change = ask(emil.login, "emil@home.example")
    for mailbox in (NEW, OLD):
        assert client.get(path_of(change, mailbox)).status_code == 200
    change.refresh_from_db()
    assert (change.agreed_at_new_at, change.agreed_at_old_at) == (None, None)


def test_without_the_old_mailbox_seven_days_do(emil):
    change = ask(emil.login, "emil@home.example")
    agree(Link(change, NEW))
    assert sign_in_address.settle_due() == 0
    AddressChange.objects.update(asked_at=timezone.now() - WAIT)
    assert sign_in_address.settle_due() == 1
    assert email_of(emil) == "emil@home.example"


def test_without_the_new_mailbox_nothing_does(emil):
    change = ask(emil.login, "emil@home.example")
    agree(Link(change, OLD))
    AddressChange.objects.update(asked_at=timezone.now() - WAIT * 2)
    assert sign_in_address.settle_due() == 0
    assert email_of(emil) == "emil@acme.example"


def test_the_old_mailbox_stops_it(emil, client):
    change = ask(emil.login, "emil@home.example")
    agree(Link(change, NEW))
    client.post(path_of(change, OLD), {"answer": "stop"})
    AddressChange.objects.update(asked_at=timezone.now() - WAIT)
    assert sign_in_address.settle_due() == 0
    with pytest.raises(Conflict):
        agree(Link(change, OLD))
    assert email_of(emil) == "emil@acme.example"


def test_a_newer_wish_replaces_the_older(emil):
    first = ask(emil.login, "one@home.example")
    second = ask(emil.login, "two@home.example")
    with pytest.raises(Conflict):
        agree(Link(first, NEW))
    agree(Link(second, NEW))
    agree(Link(second, OLD))
    assert email_of(emil) == "two@home.example"


def test_an_address_that_signs_in_already_is_told_to_nobody(emil, gina, client_of):
    change = ask(emil.login, gina.login.email)
    free = ask(gina.login, "free@home.example")
    assert (change.state, free.state) == ("WAITING", "WAITING")
    agree(Link(change, NEW))
    agree(Link(change, OLD))
    change.refresh_from_db()
    assert change.state == "STOPPED"
    assert email_of(emil) == "emil@acme.example"
    assert email_of(gina) == "gina@globex.example"


def test_the_same_address_is_no_change(emil):
    with pytest.raises(Invalid):
        ask(emil.login, " EMIL@acme.example")


def test_staff_say_why(emil, root):
    with pytest.raises(Invalid) as refusal:
        ask(emil.login, "emil@home.example", actor=actor_of(root), staff_reason=" ")
    assert refusal.value.field == "staff_reason"
    assert not emil.login.address_changes.exists()


def test_other_browsers_are_out_and_the_own_stays(emil):
    own, other = signed_in(emil), signed_in(emil)
    key = default_token_generator.make_token(emil.login)
    change = ask(emil.login, "emil@home.example")
    agree(Link(change, OLD))
    own.post(path_of(change, NEW), {"answer": "agree"})
    assert own.get("/").status_code == 200
    assert other.get("/").status_code == 302
    assert not default_token_generator.check_token(
        Login.objects.get(pk=emil.login_id), key
    )


def test_nobody_stops_another_s_change(emil, gina, client_of):
    ask(emil.login, "emil@home.example")
    assert client_of(gina).post("/accounts/email/stop/").status_code == 404
    assert client_of(emil).post("/accounts/email/stop/").status_code == 302
    assert emil.login.address_changes.get().state == "STOPPED"


def test_a_mail_server_that_is_away_is_asked_again(emil, monkeypatch):
    ask(emil.login, "emil@home.example")

    def away(*_args: object, **_kwargs: object) -> None:
        raise OSError("gone")

    # The edge: Django's own mail connection.
    monkeypatch.setattr("apps.accounts.sign_in_address.get_connection", away)
    assert sign_in_address.send_due() == 0
    change = emil.login.address_changes.get()
    assert change.next_try_at > timezone.now() + timedelta(seconds=30)


@pytest.mark.django_db(transaction=True)
def test_two_who_take_one_address_at_once_end_in_one(emil, anna):
    changes = [ask(user.login, "same@home.example") for user in (emil, anna)]
    for change in changes:
        agree(Link(change, OLD))
    start, errors = Barrier(2), []

    def take(change: AddressChange) -> None:
        start.wait()
        try:
            agree(Link(change, NEW))
        except Exception as error:
            errors.append(error)
        connection.close()

    threads = [Thread(target=take, args=[change]) for change in changes]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert errors == []
    assert Login.objects.filter(email="same@home.example").count() == 1
    states = sorted(AddressChange.objects.values_list("state", flat=True))
    assert states == ["DONE", "STOPPED"]
