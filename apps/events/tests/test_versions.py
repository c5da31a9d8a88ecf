"""Rows of version 1 stay as they were sealed; later versions are part of the hash."""

from __future__ import annotations

import hashlib

import orjson
import pytest
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from apps.core.actor import SYSTEM
from apps.events import payloads, services
from apps.events.models import Event

from .declared import HAPPENED, NEWER, Sample, record
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
    event = record(acme, HAPPENED)
    sealed(event)
    assert event.version == 1
    assert event.hash == as_before_versions(event)


def test_a_later_version_is_in_the_hash(acme):
    event = record(acme, NEWER)
    sealed(event)
    assert event.version == 2
    assert event.hash != as_before_versions(event)
    assert list(services.verify()) == []


@pytest.mark.parametrize("version", [-1, 0, 1, 2, 3])
@pytest.mark.parametrize("type_", [HAPPENED, NEWER], ids=str)
def test_an_altered_version_shows(acme, type_, version):
    event = record(acme, type_)
    sealed(event)
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    _tamper("UPDATE events_event SET version = %s WHERE id = %s", version, event.id)
    problems = list(services.verify())
    if version == type_.version:
        assert problems == []
    else:
        assert problems == [f"position {event.position}: event {event.id} was altered"]


def test_a_release_that_knows_no_versions_seals_none(acme):
    """It would leave the version out of the hash: its UPDATE is refused."""
    events = {type_: record(acme, type_) for type_ in (HAPPENED, NEWER)}
    statement = (
        "UPDATE events_event SET position = %s, prev_hash = 'a', hash = 'b' "
        "WHERE id = %s"
    )
    with connection.cursor() as cursor:
        cursor.execute(statement, [900_001, events[HAPPENED].id])
        with (
            pytest.raises(IntegrityError, match="can not seal it"),
            transaction.atomic(),
        ):
            cursor.execute(statement, [900_002, events[NEWER].id])


def test_reads_older_versions_in_the_shape_of_the_present_one():
    old = Event(type="test.newer", version=1, payload={"number": 7, "price": "1.00"})
    with pytest.raises(payloads.PayloadError, match="parts is missing"):
        NEWER.read(old)
    old.payload["parts"] = []
    assert NEWER.read(old).count == 7
    present = Event(
        type="test.newer",
        version=2,
        payload=orjson.loads(orjson.dumps(payloads.as_json(Sample()), default=str)),
    )
    assert NEWER.read(present) == Sample()
    with pytest.raises(payloads.PayloadError, match="unknown version 3"):
        NEWER.read(Event(type="test.newer", version=3, payload={}))


def test_subjects_are_found_whatever_the_version(acme):
    Event.objects.create(
        type="test.newer",
        company_id=acme.id,
        subject_type="test",
        subject_id=acme.id,
        refs=[acme.id],
        actor_kind=SYSTEM.kind,
        payload={"number": 1},
        occurred_at=timezone.now(),
    )
    assert services.subjects_of(NEWER, [acme.id]) == {acme.id}
