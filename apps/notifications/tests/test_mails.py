from __future__ import annotations

from datetime import timedelta

import pytest
from django.core import mail
from django.utils import timezone

from apps.core.actor import SYSTEM
from apps.core.errors import Conflict
from apps.events import services as events
from apps.events.models import Cursor, Event
from apps.notifications import services, tasks, texts
from apps.notifications.models import Message
from apps.notifications.states import MessageState, NotSentBecause
from apps.returns import services as returns

pytestmark = pytest.mark.django_db


def deliver() -> None:
    while events.seal():
        pass
    while events.deliver("notifications"):
        pass


@pytest.fixture
def offboarding(emil, laptop, shelf):
    ret = returns.start_offboarding(
        emil,
        actor=SYSTEM,
        last_working_on=timezone.now().date() + timedelta(days=1),
        decisions={laptop.id: "RETURN"},
    )
    returns.contact_due(ret.id, actor=SYSTEM)
    ret.refresh_from_db()
    return ret


def test_first_contact_makes_one_mail_to_the_private_address(offboarding, laptop):
    deliver()
    message = Message.objects.get()
    assert message.recipient == "emil@home.example"
    assert message.state == MessageState.PENDING
    assert (message.subject, message.body) == ("", "")
    assert str(message) == "Asks for the equipment"
    assert services.send(message.id)
    message.refresh_from_db()
    assert texts.LINK_IN_THE_MAIL in message.body
    assert laptop.name in message.body
    assert "/returns/leaver/" in mail.outbox[0].body
    assert laptop.name in mail.outbox[0].body
    assert mail.outbox[0].subject == message.subject
    event = Event.objects.get(type="return.first_email_sent")
    assert message.event_id == event.id


def test_reading_the_event_twice_makes_no_second_mail(offboarding):
    deliver()
    Cursor.objects.filter(subscriber="notifications").update(position=0)
    deliver()
    assert Message.objects.count() == 1


def test_sends_each_mail_once_with_its_fixed_message_id(offboarding):
    deliver()
    message = Message.objects.get()
    tasks.send_due()
    tasks.send_due()
    (sent,) = mail.outbox
    assert sent.extra_headers["Message-ID"] == message.message_id
    assert sent.to == ["emil@home.example"]
    message.refresh_from_db()
    assert message.state == MessageState.SENT


def test_a_sender_that_died_is_repeated_under_the_same_id(offboarding):
    """Killed between claim and hand-over: after a while somebody tries again."""
    deliver()
    message = Message.objects.get()
    services._claim(message.id)
    assert not services.send(message.id)
    Message.objects.update(next_try_at=timezone.now())
    assert services.send(message.id)
    assert mail.outbox[0].extra_headers["Message-ID"] == message.message_id


def test_a_mail_server_that_is_away_loses_nothing(offboarding, settings):
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 1
    deliver()
    message = Message.objects.get()
    assert not services.send(message.id)
    message.refresh_from_db()
    assert message.state == MessageState.PENDING
    assert "refused" in message.error.lower()
    assert message.not_sent_because == NotSentBecause.AWAY
    assert message.next_try_at > timezone.now()
    tasks.send_due()


def test_gives_up_after_many_attempts_and_can_be_retried(offboarding, anna, as_actor):
    deliver()
    message = Message.objects.get()
    message.state, message.attempts = MessageState.SENDING, services.MAX_ATTEMPTS
    message.save()
    services._failed(message, NotSentBecause.ADDRESS_REFUSED, "no such mailbox")
    message.refresh_from_db()
    assert message.state == MessageState.FAILED
    services.retry(message, actor=as_actor(anna))
    assert services.send(message.id)
    with pytest.raises(Conflict):
        services.retry(message, actor=as_actor(anna))


def test_backdated_steps_are_kept_as_past_and_send_nothing(emil, laptop, shelf):
    then = timezone.now() - timedelta(days=10)
    ret = returns.start_offboarding(
        emil,
        actor=SYSTEM,
        last_working_on=timezone.now().date(),
        decisions={laptop.id: "RETURN"},
        first_contact_at=then,
        at=then,
    )
    returns.contact_due(ret.id, actor=SYSTEM, at=then)
    deliver()
    assert Message.objects.get().state == MessageState.PAST
    tasks.send_due()
    assert mail.outbox == []
