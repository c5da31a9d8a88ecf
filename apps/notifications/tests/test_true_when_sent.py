"""A mail says what is true when it leaves, in the language of who gets it; what is no
longer true is not sent, and says why."""

from __future__ import annotations

import smtplib
from datetime import timedelta

import pytest
from django.core import mail
from django.urls import reverse
from django.utils import timezone, translation

from apps.accounts import membership
from apps.accounts import services as accounts
from apps.accounts.models import User
from apps.conftest import make_asset
from apps.core.actor import SYSTEM
from apps.events import services as events
from apps.inventory.models import Asset
from apps.notifications import services, tasks, texts
from apps.notifications.models import Message
from apps.notifications.states import MessageState, NotSentBecause, SkippedBecause
from apps.returns import services as returns
from apps.returns.models import Return
from apps.returns.states import CancelReason, ReturnState

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


def deliver() -> None:
    while events.seal():
        pass
    while events.deliver("notifications"):
        pass


def send_all() -> None:
    """As once the mail server is back."""
    deliver()
    tasks.send_due()


@pytest.fixture
def ret(emil, laptop, shelf) -> Return:
    """Asked for; the mail has not left yet."""
    ret = returns.start_offboarding(
        emil,
        actor=SYSTEM,
        last_working_on=timezone.now().date() + DAY,
        decisions={laptop.id: "RETURN"},
    )
    return contact(ret)


def contact(ret: Return) -> Return:
    Return.objects.filter(pk=ret.pk).update(next_contact_at=timezone.now())
    assert returns.contact_due(ret.id, actor=SYSTEM)
    ret.refresh_from_db()
    return ret


def answer(ret: Return, **fields) -> Return:
    return returns.answer(
        ret,
        actor=SYSTEM,
        method="PICKUP",
        full_name="Emil",
        phone="+48 600 100 200",
        street="Prosta 1",
        city="Warszawa",
        postal_code="00-001",
        country_id="PL",
        **fields,
    )


def cancel(ret: Return) -> Return:
    return returns.cancel(ret, actor=SYSTEM, reason=CancelReason.STAYS)


def of(event_type: str) -> Message:
    return Message.objects.get(event_type=event_type)


def why(event_type: str) -> str:
    message = of(event_type)
    if message.skipped_because:
        assert message.state == MessageState.SKIPPED
        assert message.next_try_at is None
    return message.skipped_because


def test_a_return_cancelled_during_an_outage_tells_nobody_anything(ret):
    deliver()
    cancel(ret)
    send_all()
    assert mail.outbox == []
    assert why("return.first_email_sent") == SkippedBecause.CANCELLED
    assert why("return.cancelled") == SkippedBecause.NEVER_TOLD


def test_who_was_asked_is_told_that_it_is_cancelled(ret):
    send_all()
    cancel(ret)
    send_all()
    assert len(mail.outbox) == 2
    assert of("return.cancelled").state == MessageState.SENT


def test_when_one_item_turns_up_the_waiting_mail_still_asks_for_the_rest(
    emil, laptop, shelf
):
    phone = make_asset(emil, "PHONE1")
    ret = returns.start_collection(
        emil, actor=SYSTEM, asset_ids=[laptop.id, phone.id], address=shelf
    )
    contact(ret)
    deliver()
    returns.receive(ret, {laptop: "B"}, shelf, actor=SYSTEM)
    send_all()
    (sent,) = mail.outbox
    assert phone.serial_number in sent.body
    assert laptop.serial_number not in sent.body
    contact(ret)
    send_all()
    assert of("return.first_reminder_sent").state == MessageState.SENT
    assert laptop.serial_number not in mail.outbox[-1].body


def test_a_reminder_does_not_reach_who_has_answered(ret):
    send_all()
    contact(ret)
    deliver()
    answer(ret)
    send_all()
    assert why("return.first_reminder_sent") == SkippedBecause.ANSWERED
    subjects = [sent.subject for sent in mail.outbox]
    assert not any("Reminder" in subject for subject in subjects)
    assert of("return.answered").state == MessageState.SENT


def test_waiting_for_packaging_is_an_answer_too(ret):
    deliver()
    answer(ret, wants_packaging=True)
    send_all()
    assert why("return.first_email_sent") == SkippedBecause.ANSWERED


def test_after_a_long_outage_only_the_last_reminder_leaves(ret):
    deliver()
    contact(ret)
    contact(ret)
    send_all()
    assert [sent.to for sent in mail.outbox] == [["emil@home.example"]]
    assert why("return.first_email_sent") == SkippedBecause.NEWER_MAIL
    assert why("return.first_reminder_sent") == SkippedBecause.NEWER_MAIL
    assert of("return.second_reminder_sent").state == MessageState.SENT


def test_the_second_answer_is_the_one_that_is_confirmed(ret):
    answer(ret)
    answer(ret, message="ring twice")
    deliver()
    tasks.send_due()
    confirmed = Message.objects.filter(event_type="return.answered").order_by("id")
    assert [one.state for one in confirmed] == ["SKIPPED", "SENT"]
    assert confirmed[0].skipped_because == SkippedBecause.NEWER_MAIL


def test_nothing_is_asked_for_that_was_received_meanwhile(ret, laptop, shelf):
    deliver()
    returns.receive(ret, {laptop: None}, shelf, actor=SYSTEM)
    send_all()
    assert why("return.first_email_sent") == SkippedBecause.COMPLETED


def test_items_are_those_of_the_moment(ret, emil):
    deliver()
    bag = make_asset(emil, "SN-BAG", name="Bag")
    returns.add_item(ret, bag, actor=SYSTEM, decision="RETURN")
    send_all()
    assert "SN-BAG" in mail.outbox[0].body


def test_a_paused_return_s_mail_waits_and_leaves_after(ret, anna, client_of):
    deliver()
    returns.pause(ret, actor=SYSTEM)
    send_all()
    message = of("return.first_email_sent")
    assert (message.state, message.attempts) == (MessageState.PENDING, 0)
    assert message.not_sent_because == NotSentBecause.PAUSED
    assert message.next_try_at > timezone.now()
    page = client_of(anna).get(message.get_absolute_url()).text
    assert "as long as the return is paused" in page
    returns.resume(ret, actor=SYSTEM)
    Message.objects.update(next_try_at=timezone.now())
    send_all()
    assert of("return.first_email_sent").state == MessageState.SENT


def test_an_erased_person_gets_none(ret, emil):
    deliver()
    User.objects.filter(pk=emil.pk).update(state="DELETED")
    send_all()
    assert why("return.first_email_sent") == SkippedBecause.ERASED


def test_a_withdrawn_invitation_is_not_sent(acme):
    person = accounts.create(
        actor=SYSTEM, company=acme, first_name="New", email="new@acme.example"
    )
    invitation = membership.invite(person, actor=SYSTEM)
    deliver()
    membership.withdraw(invitation, actor=SYSTEM)
    send_all()
    assert why("user.invited") == SkippedBecause.INVITATION_ENDED
    assert mail.outbox == []


def test_a_mail_speaks_the_language_of_who_gets_it(ret, acme, emil):
    deliver()
    acme.language = "de"
    acme.save()
    with translation.override("en"):
        services.send(of("return.first_email_sent").id)
        assert translation.get_language() == "en"
    message = of("return.first_email_sent")
    assert message.language == "de"
    with translation.override("de"):
        told = translation.gettext("Please send your %(company)s equipment back")
    assert mail.outbox[0].subject == told % {"company": "Acme"} == message.subject


def test_what_was_sent_is_kept_as_it_was_sent(ret, laptop):
    send_all()
    message = of("return.first_email_sent")
    kept = message.subject, message.body
    Asset.objects.filter(pk=laptop.pk).update(name="Other")
    send_all()
    message.refresh_from_db()
    assert (message.subject, message.body) == kept


def test_who_died_while_sending_repeats_it_as_it_is_now(ret):
    deliver()
    message = services._claim(of("return.first_email_sent").id)
    assert services._write(message)
    cancel(ret)
    Message.objects.update(next_try_at=timezone.now())
    services.send(message.id)
    assert mail.outbox == []
    assert why("return.first_email_sent") == SkippedBecause.CANCELLED


def test_a_broken_text_holds_up_no_other_mail(ret, emil, monkeypatch):
    contact(ret)
    deliver()
    real = texts.of

    def of_one(message):
        if message.event_type == "return.first_email_sent":
            raise ZeroDivisionError
        return real(message)

    monkeypatch.setattr(texts, "of", of_one)
    tasks.send_due()
    broken = of("return.first_email_sent")
    assert broken.state == MessageState.PENDING
    assert broken.not_sent_because == NotSentBecause.UNWRITTEN
    assert broken.next_try_at > timezone.now()
    assert of("return.first_reminder_sent").state == MessageState.SENT


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (smtplib.SMTPRecipientsRefused({}), "ADDRESS_REFUSED"),
        (smtplib.SMTPSenderRefused(550, b"", ""), "SENDER_REFUSED"),
        (smtplib.SMTPAuthenticationError(535, b""), "NOT_SIGNED_IN"),
        (smtplib.SMTPConnectError(421, b""), "AWAY"),
        (smtplib.SMTPDataError(554, b""), "REFUSED"),
        (smtplib.SMTPServerDisconnected(), "AWAY"),
        (TimeoutError(), "TIMED_OUT"),
        (ConnectionRefusedError(), "AWAY"),
        (ValueError(), "UNSENDABLE"),
    ],
)
def test_why_it_did_not_leave_is_kept_as_a_code(error, code):
    assert services._why(error) == code


def test_a_skipped_mail_says_why_and_can_t_be_sent(ret, anna, gina, client_of):
    deliver()
    cancel(ret)
    send_all()
    message = of("return.first_email_sent")
    page = client_of(anna).get(message.get_absolute_url()).text
    assert "The return was cancelled meanwhile." in page
    retry = reverse("notifications:retry", args=[message.pk])
    assert retry not in page
    client_of(anna).post(retry)
    message.refresh_from_db()
    assert message.state == MessageState.SKIPPED
    assert client_of(gina).get(message.get_absolute_url()).status_code == 404


def test_waiting_mails_are_listed_by_what_they_will_be_about(ret, anna, client_of):
    deliver()
    client = client_of(anna)
    assert "Asks for the equipment" in client.get(reverse("notifications:list")).text
    about = reverse("notifications:about", args=[ret.pk])
    assert "Asks for the equipment" in client.get(about).text
    page = client.get(of("return.first_email_sent").get_absolute_url()).text
    assert "it says what is true then" in page
    assert ret.state == ReturnState.FIRST_EMAIL_SENT
