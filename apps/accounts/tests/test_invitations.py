"""A company invites; membership begins when the invited accepts, signed in."""

from __future__ import annotations

import re
from datetime import timedelta
from threading import Barrier, Thread

import pytest
from django.core import mail
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from apps.accounts import invitations, membership
from apps.accounts import services as accounts
from apps.accounts.models import Invitation, Login, User
from apps.accounts.sessions import actor_of
from apps.conftest import PASSWORD, let_in, make_user
from apps.core.actor import SYSTEM, Role
from apps.core.errors import Conflict, DomainError, NotAllowed
from apps.events import services as events
from apps.events.models import Event
from apps.notifications import services as mails
from apps.notifications.models import Message

pytestmark = pytest.mark.django_db
NEW_PASSWORD = {"new_password1": PASSWORD, "new_password2": PASSWORD}


def add(company, email: str, **fields) -> User:
    return accounts.create(
        actor=SYSTEM, company=company, email=email, first_name="Somebody", **fields
    )


def path_of(invitation: Invitation) -> str:
    invitation.refresh_from_db()
    link = invitations.link_for(invitation)
    return "/" + link.split("/", 3)[3]


def deliver() -> list[Message]:
    while events.seal():
        pass
    while events.deliver("notifications"):
        pass
    invited = Message.objects.filter(event_type="user.invited").order_by("id")
    for message in invited:
        mails.send(message.id)
    return list(invited.all())


# --- Nothing leaks, nothing begins before consent ---------------------------


def test_inviting_tells_nothing_about_the_address(acme, anna, root, gina, client_of):
    """Anna's of another company, platform staff, and nobody's: the same answer, the
    same work, the same traces; and nobody has joined anything."""
    emails = ["anna@acme.example", "root@tequipy.example", "nobody@x.example"]
    client, seen = client_of(gina), []
    client.get("/people/")  # from now on it is known whose session it is
    for email in emails:
        person = add(gina.company, email)
        path = reverse("people:invite", args=[person.pk])
        with CaptureQueriesContext(connection) as queries:
            answer = client.post(path, follow=True)
        event = Event.objects.filter(type="user.invited").latest("id")
        page = answer.text.replace(str(person.pk), "ID").replace(email, "EMAIL")
        page = page.replace(email.lower(), "EMAIL")
        csrf = answer.context["csrf_token"]
        seen.append(
            (
                page.replace(str(csrf), "CSRF").count("\n"),
                "EMAIL" in page,
                [m.message.replace(email, "EMAIL") for m in answer.context["messages"]],
                len(queries),
                sorted(event.payload),
                len(event.refs),
            )
        )
        person.refresh_from_db()
        assert person.login is None
    assert seen[0] == seen[1] == seen[2]
    sent = deliver()
    assert [message.state for message in sent] == ["SENT"] * 3
    assert len({message.body for message in sent}) == 1
    assert User.objects.filter(company=gina.company, login__isnull=False).count() == 1


def test_the_kept_mail_has_no_link_and_the_sent_one_has(acme, client):
    membership.invite(add(acme, "new@acme.example"), actor=SYSTEM)
    (message,) = deliver()
    assert "/invitations/" not in message.body
    path = re.search(r"http://[^/]+(\S+)", mail.outbox[-1].body)[1]
    assert client.get(path).status_code == 200


def test_no_mail_leaves_for_what_was_withdrawn_meanwhile(acme, anna):
    invitation = membership.invite(add(acme, "new@acme.example"), actor=SYSTEM)
    while events.seal():
        pass
    while events.deliver("notifications"):
        pass
    membership.withdraw(invitation, actor=SYSTEM)
    message = Message.objects.get(event_type="user.invited")
    assert mails.send(message.id) is False
    assert mail.outbox == []
    message.refresh_from_db()
    assert (message.state, message.skipped_because) == ("SKIPPED", "INVITATION_ENDED")


def test_nobody_floods_a_mailbox_by_many_companies(acme, globex):
    for number in range(mails.INVITATIONS_A_DAY + 3):
        company = acme if number % 2 else globex
        person = add(company, "victim@home.example") if number < 2 else None
        person = person or User.objects.get(
            company=company, email="victim@home.example"
        )
        Invitation.objects.filter(user=person).update(
            sent_at=timezone.now() - timedelta(minutes=10)
        )
        membership.invite(person, actor=SYSTEM)
        deliver()
    assert len(mail.outbox) <= mails.INVITATIONS_A_DAY


# --- Accepting --------------------------------------------------------------


def test_somebody_new_sets_a_password_and_is_in(acme, client):
    person = add(acme, "New.One@acme.example")
    path = path_of(membership.invite(person, actor=SYSTEM))
    assert "Acme" in client.get(path).text
    assert client.post(path, NEW_PASSWORD).url == "/"
    person.refresh_from_db()
    assert person.login.email == "new.one@acme.example"
    assert client.get("/").status_code == 200
    event = Event.objects.get(type="user.invitation_accepted")
    assert event.actor_id == person.id


def test_a_weak_password_is_told_beside_the_field(acme, client):
    person = add(acme, "new@acme.example")
    path = path_of(membership.invite(person, actor=SYSTEM))
    page = client.post(path, {"new_password1": "12345", "new_password2": "12345"})
    assert "too short" in page.text
    assert not Login.objects.filter(email="new@acme.example").exists()


def test_who_has_a_sign_in_accepts_with_it_and_keeps_the_address(
    acme, gina, client, client_of
):
    """Her work e-mail at Acme is another one than she signs in with."""
    person = add(acme, "gina.b@acme.example")
    path = path_of(membership.invite(person, actor=SYSTEM))
    page = client_of(gina).get(path).text
    assert gina.login.email in page
    signed_in = client_of(gina)
    signed_in.post(path, {"answer": "accept"})
    person.refresh_from_db()
    assert person.login == gina.login
    assert signed_in.get("/assets/").status_code == 404  # an employee there
    assert signed_in.get("/").status_code == 200


def test_a_visitor_cannot_take_an_address_that_signs_in_already(acme, gina, client):
    """The mailbox alone is no sign-in: the password of the Login is asked."""
    person = add(acme, "gina@globex.example")
    path = path_of(membership.invite(person, actor=SYSTEM))
    assert "Sign in to accept" in client.get(path).text
    client.post(path, NEW_PASSWORD)
    person.refresh_from_db()
    assert person.login is None
    assert gina.login.check_password(PASSWORD)


def test_looking_accepts_nothing(acme, gina, client_of):
    person = add(acme, "gina@globex.example")
    path = path_of(membership.invite(person, actor=SYSTEM))
    client_of(gina).get(path)
    client_of(gina).head(path)
    person.refresh_from_db()
    assert person.login is None


def test_platform_staff_never_join_a_company(acme, root, client_of):
    person = add(acme, "root@tequipy.example", role=Role.COMPANY_ADMIN)
    path = path_of(membership.invite(person, actor=SYSTEM))
    page = client_of(root).post(path, {"answer": "accept"}).text
    assert "sign-in of its own" in page
    person.refresh_from_db()
    assert person.login is None


def test_a_customer_s_sign_in_never_becomes_platform_staff(root, gina):
    staff = add(root.company, "gina@globex.example", role=Role.TEQUIPY_ADMIN)
    invitation = membership.invite(staff, actor=SYSTEM)
    with pytest.raises(NotAllowed):
        membership.accept(invitation, login=gina.login, link_version=1)
    gina.login.refresh_from_db()
    assert not gina.login.is_staff


def test_one_sign_in_is_one_person_of_a_company(acme, anna):
    second = add(acme, "anna2@acme.example")
    invitation = membership.invite(second, actor=SYSTEM)
    with pytest.raises(Conflict, match="somebody else in this company"):
        membership.accept(invitation, login=anna.login, link_version=1)
    second.refresh_from_db()
    assert second.login is None


@pytest.mark.parametrize("spoil", ["resent", "withdrawn", "expired", "moved", "left"])
def test_a_dead_link_lets_nobody_in(acme, anna, client, spoil):
    person = add(acme, "new@acme.example")
    invitation = membership.invite(person, actor=SYSTEM)
    path = path_of(invitation)
    long_ago = timezone.now() - timedelta(days=20)
    if spoil == "resent":
        Invitation.objects.update(sent_at=long_ago)
        membership.invite(person, actor=SYSTEM)
    elif spoil == "withdrawn":
        membership.withdraw(invitation, actor=SYSTEM)
    elif spoil == "expired":
        Invitation.objects.update(expires_at=long_ago)
    elif spoil == "moved":
        accounts.update(person, actor=SYSTEM, email="other@acme.example")
    else:
        accounts.archive(person, reason="LEFT", actor=SYSTEM)
    assert client.get(path).status_code == 404
    assert client.post(path, NEW_PASSWORD).status_code == 404
    assert not Login.objects.filter(email="new@acme.example").exists()
    login = Login.objects.create_user("x@x.example", PASSWORD)
    with pytest.raises(DomainError):
        membership.accept(invitation, login=login, link_version=1)


@pytest.mark.parametrize("key", ["x", "a:b:c", "é", "%00", "a" * 3000])
def test_a_made_up_key_is_nothing(client, key):
    for name in ("invitation", "address_agree"):
        path = reverse(f"accounts:{name}", args=["KEY"]).replace("KEY", key)
        assert client.get(path).status_code in (400, 404)
        assert client.post(path).status_code in (400, 403, 404)


def test_declining_ends_it(acme, client):
    invitation = membership.invite(add(acme, "new@acme.example"), actor=SYSTEM)
    path = path_of(invitation)
    assert "declined" in client.post(path, {"answer": "decline"}).text
    invitation.refresh_from_db()
    assert invitation.state == "DECLINED"
    assert client.get(path).status_code == 404


def test_inviting_again_waits_a_moment(acme):
    person = add(acme, "new@acme.example")
    membership.invite(person, actor=SYSTEM)
    with pytest.raises(Conflict, match="a moment ago"):
        membership.invite(person, actor=SYSTEM)
    assert Event.objects.filter(type="user.invited").count() == 1


def test_a_company_invites_only_so_many_an_hour(acme, monkeypatch):
    monkeypatch.setattr(membership, "PER_HOUR", 2)
    for number in range(2):
        membership.invite(add(acme, f"n{number}@acme.example"), actor=SYSTEM)
    with pytest.raises(Conflict, match="within an hour"):
        membership.invite(add(acme, "n3@acme.example"), actor=SYSTEM)


def test_only_the_company_s_admins_invite(acme, emil, wanda, gina):
    person = add(acme, "new@acme.example")
    for user in (emil, wanda, gina):
        with pytest.raises(NotAllowed):
            membership.invite(person, actor=actor_of(user))
    assert not Invitation.objects.filter(user=person).exists()


# --- Ending it --------------------------------------------------------------


def test_who_leaves_is_out_at_the_next_click(acme, anna, emil, client_of):
    client = client_of(emil)
    assert client.get("/").status_code == 200
    assert client.get(f"/accounts/leave/{emil.pk}/").status_code == 200
    client.post(f"/accounts/leave/{emil.pk}/")
    assert client.get("/").status_code == 302
    emil.refresh_from_db()
    assert emil.login is None
    assert Event.objects.get(type="user.membership_left").actor_id == emil.id


def test_nobody_leaves_for_somebody_else(acme, anna, emil, gina, client_of):
    for user in (anna, gina):
        answer = client_of(user).post(f"/accounts/leave/{emil.pk}/")
        assert answer.status_code == 404
    emil.refresh_from_db()
    assert emil.login is not None


def test_the_last_admin_stays(acme, anna, client_of):
    with pytest.raises(Conflict, match="only admin"):
        membership.leave(anna, login=anna.login)
    other = make_user(acme, "Ada", role=Role.COMPANY_ADMIN)
    membership.end(other, reason="ASKED", actor=actor_of(anna))
    with pytest.raises(Conflict, match="only admin who can sign in"):
        membership.leave(anna, login=anna.login)


def test_a_company_ends_a_sign_in_and_the_login_lives_on(acme, anna, gina, client_of):
    person = add(acme, "gina@globex.example")
    let_in(person)
    client = client_of(gina)
    membership.end(person, reason="ASKED", actor=actor_of(anna))
    assert client.get("/").status_code == 200  # at Globex
    assert User.objects.get(pk=gina.pk).login is not None


def test_renaming_never_touches_the_sign_in(anna, emil):
    accounts.update(emil, actor=SYSTEM, email="emil.new@acme.example")
    login = Login.objects.get(pk=emil.login_id)
    assert login.email == "emil@acme.example"
    second = add(emil.company, "emil@acme.example")
    invitation = membership.invite(second, actor=SYSTEM)
    with pytest.raises(Conflict):
        membership.accept(invitation, login=login, link_version=1)


# --- At the same time -------------------------------------------------------


@pytest.mark.django_db(transaction=True)
def test_two_who_accept_at_once_end_in_one(acme):
    person = add(acme, "new@acme.example")
    invitation = membership.invite(person, actor=SYSTEM)
    path, start, answers = path_of(invitation), Barrier(4), []

    def accept() -> None:
        client = Client(raise_request_exception=False)
        start.wait()
        answers.append(client.post(path, NEW_PASSWORD).status_code)
        connection.close()

    threads = [Thread(target=accept) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert answers.count(302) >= 1
    assert 500 not in answers
    assert Login.objects.filter(email="new@acme.example").count() == 1
    assert Event.objects.filter(type="user.invitation_accepted").count() == 1
