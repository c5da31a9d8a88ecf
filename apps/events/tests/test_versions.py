"""Rows of version 1 stay as they were sealed; later versions are part of the hash."""

from __future__ import annotations

import hashlib

import orjson
import pytest
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from apps.events import services
from apps.events.models import Event

from .test_append_only import _tamper

pytestmark = pytest.mark.django_db

# What the release before versions hashed.
_FIELDS = (
    "id",
    "type",
    "company_id",
    "subject_type",
    "subject_id",
    "refs",
    "actor_kind",
    "actor_id",
    "payload",
    "correlation_id",
    "occurred_at",
    "recorded_at",
)


def as_before_versions(event: Event) -> str:
    """The hash as the release before versions made it."""
    row = Event.objects.filter(pk=event.pk).values(*_FIELDS).get()
    content = orjson.dumps(row, option=orjson.OPT_SORT_KEYS)
    place = f"{event.prev_hash}:{event.position}:".encode()
    return hashlib.sha256(place + content).hexdigest()


def record(company, version: int) -> Event:
    return Event.objects.create(
        type="test.happened",
        version=version,
        company_id=company.id,
        subject_type="test",
        subject_id=company.id,
        refs=[company.id],
        actor_kind="SYSTEM",
        occurred_at=timezone.now(),
    )


def sealed(*events: Event) -> None:
    services.seal()
    for event in events:
        event.refresh_from_db()


def test_a_row_without_a_version_is_version_1(acme):
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO events_event (type, company_id, subject_type, subject_id, "
            "refs, actor_kind, payload, correlation_id, occurred_at) "
            "VALUES ('test.happened', %(c)s, 'test', %(c)s, ARRAY[%(c)s]::uuid[], "
            "'SYSTEM', '{}', '', now())",
            {"c": acme.id},
        )
    assert Event.objects.latest("id").version == 1


def test_version_1_is_sealed_as_it_always_was(acme):
    event = record(acme, 1)
    sealed(event)
    assert event.version == 1
    assert event.hash == as_before_versions(event)


def test_a_later_version_is_in_the_hash(acme):
    event = record(acme, 2)
    sealed(event)
    assert event.version == 2
    assert event.hash != as_before_versions(event)
    assert list(services.verify()) == []


@pytest.mark.parametrize("version", [-1, 0, 1, 2, 3])
@pytest.mark.parametrize("written", [1, 2])
def test_an_altered_version_shows(acme, written, version):
    event = record(acme, written)
    sealed(event)
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    _tamper("UPDATE events_event SET version = %s WHERE id = %s", version, event.id)
    problems = list(services.verify())
    if version == written:
        assert problems == []
    else:
        assert problems == [f"position {event.position}: event {event.id} was altered"]


def test_a_release_that_knows_no_versions_seals_none(acme):
    """It would leave the version out of the hash: its UPDATE is refused."""
    events = {version: record(acme, version) for version in (1, 2)}
    statement = (
        "UPDATE events_event SET position = %s, prev_hash = 'a', hash = 'b' "
        "WHERE id = %s"
    )
    with connection.cursor() as cursor:
        cursor.execute(statement, [900_001, events[1].id])
        with (
            pytest.raises(IntegrityError, match="can not seal it"),
            transaction.atomic(),
        ):
            cursor.execute(statement, [900_002, events[2].id])
