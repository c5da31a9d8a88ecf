"""Mails to somebody who is erased."""

from __future__ import annotations

import pytest
from django.core import mail
from django.urls import reverse
from django.utils import timezone

from apps.conftest import make_asset, make_user
from apps.core.actor import SYSTEM
from apps.core.errors import Conflict
from apps.events import services as events
from apps.events.models import Cursor
from apps.notifications import services, tasks
from apps.notifications.models import Message
from apps.notifications.states import MessageState, NotSentBecause
from apps.people import services as people
from apps.returns import services as returns

pytestmark = pytest.mark.django_db


def deliver() -> None:
    while events.seal():
        pass
    while events.deliver("notifications"):
        pass


def asked_back(user, *, is_told=False):
    """A return of theirs that was cancelled: two mails, and one of the invitation."""
    asset = make_asset(user, f"S-{user.first_name}")
    ret = returns.start_collection(user, actor=SYSTEM, asset_ids=[asset.id])
    returns.contact_due(ret.id, actor=SYSTEM)
    ret.refresh_from_db()
    if is_told:
        deliver()
        tasks.send_due()
    returns.cancel(ret, actor=SYSTEM, reason="STAYS")
    deliver()
    return asset


def erase(user, *assets) -> None:
    people.archive(user, actor=SYSTEM, way="ARCHIVED", reason="LEFT")
    people.erase(user, actor=SYSTEM, reason="ASKED")


@pytest.fixture
def olga(acme, shelf):
    user = make_user(acme, "Olga")
    asked_back(user)
    return user


def test_texts_and_addresses_are_emptied_and_nobody_elses(acme, emil, shelf):
    olga = make_user(acme, "Olga")
    asked_back(olga, is_told=True)
    asked_back(emil, is_told=True)
    tasks.send_due()
    sent = Message.objects.filter(recipient__startswith="olga")
    before = dict(sent.values_list("pk", "state"))
    ids = list(before)
    others = list(Message.objects.exclude(pk__in=ids).order_by("pk").values())
    assert ids
    assert others
    erase(olga)
    deliver()
    for message in Message.objects.filter(pk__in=ids):
        texts = {message.recipient, message.subject, message.body, message.error}
        assert texts == {""}
        assert message.state == before[message.pk]
        assert (message.sent_at is None) == (message.state == MessageState.SKIPPED)
    assert list(Message.objects.exclude(pk__in=ids).order_by("pk").values()) == others


def test_what_waits_never_leaves(olga):
    erase(olga)
    deliver()
    tasks.send_due()
    assert mail.outbox == []
    assert set(Message.objects.values_list("state", flat=True)) == {"SKIPPED"}


def test_a_mail_that_is_just_being_sent_keeps_nothing(olga):
    message = Message.objects.filter(state="PENDING").first()
    claimed = services._claim(message.pk)
    erase(olga)
    deliver()
    why = NotSentBecause.ADDRESS_REFUSED
    services._failed(claimed, why, "SMTPRecipientsRefused: olga@home.example")
    message.refresh_from_db()
    assert (message.state, message.error) == (MessageState.FAILED, "")
    with pytest.raises(Conflict):
        services.retry(message, actor=SYSTEM)


def test_a_sender_that_died_is_not_repeated(olga):
    message = Message.objects.filter(state="PENDING").first()
    services._claim(message.pk)
    erase(olga)
    deliver()
    Message.objects.update(next_try_at=timezone.now())
    tasks.send_due()
    assert mail.outbox == []


def test_events_read_again_write_nothing_to_whoever_is_erased(olga):
    erase(olga)
    deliver()
    count = Message.objects.count()
    Cursor.objects.update(position=0)
    deliver()
    assert Message.objects.count() == count
    assert not Message.objects.exclude(recipient="").exists()


def test_pages_say_that_the_text_is_erased(olga, anna, client_of):
    erase(olga)
    deliver()
    client, message = client_of(anna), Message.objects.first()
    page = client.get(message.get_absolute_url()).text
    assert "Its text is erased" in page
    assert "Erased person" in page
    listed = client.get(reverse("notifications:list")).text
    assert "Erased mail" in listed
    assert "olga" not in (page + listed).lower()
