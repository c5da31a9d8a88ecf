"""Work that waits for a worker is told wherever it was begun."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from apps.events import services as events
from apps.events.models import Event
from apps.imports.models import Batch
from apps.imports.states import BatchState
from apps.imports.tests.factories import upload
from apps.notifications.models import Message

pytestmark = pytest.mark.django_db
BANNER = "Nobody is working on this"


def seal_all() -> None:
    while events.seal():
        pass


@pytest.fixture
def late_mail(acme, anna, emil) -> Message:
    seal_all()
    late = timezone.now() - timedelta(minutes=2)
    return Message.objects.create(
        company=acme,
        event_id=1,
        event_type="return.first_email_sent",
        subject_id=emil.pk,
        recipient="emil@home.example",
        subject="Hello",
        body="Hello",
        message_id="<1@tequipy>",
        next_try_at=late,
        occurred_at=late,
    )


def test_a_mail_that_does_not_leave(anna, gina, emil, late_mail, client_of):
    for path in ("/", "/mails/", f"/mails/about/{emil.pk}/"):
        assert BANNER in client_of(anna).get(path).text, path
    for path in ("/", "/mails/"):
        assert BANNER not in client_of(gina).get(path).text, path


def test_an_event_that_nobody_reads(anna, acme, client_of):
    seal_all()
    assert BANNER not in client_of(anna).get("/").text
    long_ago = timezone.now() - timedelta(minutes=2)
    Event.objects.create(
        type="company.created",
        company_id=acme.id,
        subject_type="company",
        subject_id=acme.id,
        refs=[acme.id],
        actor_kind="SYSTEM",
        occurred_at=long_ago,
        recorded_at=long_ago,
    )
    assert BANNER in client_of(anna).get("/").text
    assert BANNER in client_of(anna).get("/mails/").text


def test_an_import_that_nobody_takes_up(anna, acme, client_of):
    seal_all()
    batch = upload(acme, "Serial number,Model\nS1,M\n")
    long_ago = timezone.now() - timedelta(minutes=1)
    Batch.objects.filter(pk=batch.pk).update(
        state=BatchState.APPLYING, alive_at=long_ago
    )
    assert BANNER in client_of(anna).get("/").text
    assert BANNER in client_of(anna).get(batch.get_absolute_url()).text
