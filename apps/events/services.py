"""Record, seal, deliver and verify. `record` is called by verbs, in their own
transaction; everything else reads what it wrote."""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import orjson
from django.db import connection, transaction
from django.db.models import Max
from django.utils import timezone

from apps.core import background, backoff, correlation
from apps.core.actor import Actor
from apps.core.bulk import copy_rows
from apps.core.errors import DomainError

from .models import Cursor, Event, FailedDelivery
from .payloads import AnyPayload, Payload, as_json
from .registry import EventType
from .subscribers import subscribers

logger = logging.getLogger(__name__)

SEAL_BATCH = 5_000  # about 0.5 s: a kill in the middle costs no more
DELIVER_BATCH = 200
MAX_ATTEMPTS = 8
UNSEALED_IS_LATE = timedelta(minutes=5)
_SEALER_LOCK = 0x7E9_5EA1
GENESIS = "0" * 64


# --- Record -----------------------------------------------------------------


@dataclass(slots=True)  # frozen ones take three times as long to make
class Draft:
    """An event about to be recorded; the unit of `record_many`."""

    type: EventType[Any]
    company_id: UUID
    subject_id: UUID
    payload: Payload
    refs: Sequence[UUID | None] = ()
    occurred_at: datetime | None = None

    def all_refs(self) -> list[UUID]:
        return list(dict.fromkeys([self.subject_id, *filter(None, self.refs)]))


def record(
    type: EventType[AnyPayload],
    payload: AnyPayload,
    *,
    actor: Actor,
    company_id: UUID,
    subject_id: UUID,
    refs: Sequence[UUID | None] = (),
    at: datetime | None = None,
) -> Event:
    """Writes one event in the caller's transaction and pokes the sealer after it.

    `refs` are the other things it is about; `at` is when it happened, if not now.
    """
    draft = Draft(type, company_id, subject_id, payload, refs, at)
    event = Event(
        type=type.name,
        version=type.version,
        company_id=company_id,
        subject_type=type.subject_type,
        subject_id=subject_id,
        refs=draft.all_refs(),
        actor_kind=actor.kind,
        actor_id=actor.id,
        payload=orjson.loads(payload_json(draft)),
        correlation_id=correlation.get(),
        occurred_at=at or timezone.now(),
    )
    event.save(force_insert=True)
    _poke_sealer()
    return event


_COLUMNS = (
    "type",
    "version",
    "company_id",
    "subject_type",
    "subject_id",
    "refs",
    "actor_kind",
    "actor_id",
    "payload",
    "correlation_id",
    "occurred_at",
)


def record_many(drafts: Iterable[Draft], *, actor: Actor) -> int:
    """The set-based twin of `record`: one COPY for all of them. They may be a generator
    that asks the database nothing: the connection is busy meanwhile."""
    now, kind, current = timezone.now(), str(actor.kind), correlation.get()
    rows = (
        (
            draft.type.name,
            draft.type.version,
            draft.company_id,
            draft.type.subject_type,
            draft.subject_id,
            _array(draft.all_refs()),
            kind,
            actor.id,
            payload_json(draft).decode(),
            current,
            draft.occurred_at or now,
        )
        for draft in drafts
    )
    count = copy_rows(Event, _COLUMNS, rows)
    if count:
        _poke_sealer()
    return count


def payload_json(draft: Draft) -> bytes:
    """Raises TypeError for a payload that is not the one of its type."""
    if type(draft.payload) is not draft.type.payload:
        raise TypeError(f"{draft.type} takes a {draft.type.payload.__name__}")
    return orjson.dumps(as_json(draft.payload), default=str)


def _array(ids: Iterable[UUID]) -> str:
    """As PostgreSQL reads it."""
    return "{" + orjson.dumps([*ids]).decode()[1:-1].replace('"', "") + "}"


def subjects_of(type_: EventType[Any], ids: Collection[UUID]) -> set[UUID]:
    """Those of the ids that an event of this type is about."""
    found = Event.objects.filter(type=type_.name, refs__overlap=list(ids))
    return set(found.filter(subject_id__in=ids).values_list("subject_id", flat=True))


def _poke_sealer() -> None:
    """Once per transaction; a broker that is away never fails the request."""
    if any(waiting[1] is _send_poke for waiting in connection.run_on_commit):
        return
    transaction.on_commit(_send_poke, robust=True)


def _send_poke() -> None:
    background.publish("apps.events.tasks.seal")  # beat seals what this poke can't


# --- Seal -------------------------------------------------------------------

_SEALED_FIELDS = (
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
    "version",
)


def chain_hash(prev_hash: str, position: int, values: Sequence[Any]) -> str:
    """SHA-256 over the previous hash, the place and every field of the row.

    Version 1 is left out: rows were sealed before there were versions. Any other one
    is in, so a version that is altered, to 1 or from it, gives another hash.
    """
    row = dict(zip(_SEALED_FIELDS, values, strict=True))
    if row["version"] == 1:
        del row["version"]
    content = orjson.dumps(row, option=orjson.OPT_SORT_KEYS)
    return hashlib.sha256(f"{prev_hash}:{position}:".encode() + content).hexdigest()


def seal(*, batch: int = SEAL_BATCH) -> int:
    """Gives committed events their place and hash, oldest first; returns how many.

    One sealer at a time (advisory lock); 0 also when another one is at work.
    """
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [_SEALER_LOCK])
        if not cursor.fetchone()[0]:
            return 0
        # Known to the trigger: a release that hashes no version seals none but 1.
        cursor.execute("SET LOCAL tequipy.seals_versions = 'on'")
        position, prev_hash = head()
        rows = list(
            Event.objects.unsealed().order_by("id").values_list(*_SEALED_FIELDS)[:batch]
        )
        sealed: list[tuple[int, int, str, str]] = []
        for values in rows:
            position += 1
            digest = chain_hash(prev_hash, position, values)
            sealed.append((values[0], position, prev_hash, digest))
            prev_hash = digest
        if sealed:
            cursor.execute(
                "UPDATE events_event e SET position = s.position, "
                "prev_hash = s.prev_hash, hash = s.hash FROM unnest(%s::bigint[], "
                "%s::bigint[], %s::text[], %s::text[]) "
                "AS s(id, position, prev_hash, hash) WHERE e.id = s.id",
                [list(column) for column in zip(*sealed, strict=True)],
            )
    return len(sealed)


def head() -> tuple[int, str]:
    """Position and hash of the newest sealed event; (0, GENESIS) before the first."""
    newest = Event.objects.filter(position__isnull=False).order_by("-position").first()
    if newest is None:
        return 0, GENESIS
    return newest.position or 0, newest.hash or GENESIS


# --- Deliver ----------------------------------------------------------------


def deliver(name: str, *, batch: int = DELIVER_BATCH) -> int:
    """Hands sealed events to one subscriber in order; returns how many it read.

    The cursor moves in the handlers' own transaction, so what an event causes in
    the database is caused once. A handler that fails is rolled back alone and tried
    again later; it never holds up the others.
    """
    subscriber = subscribers[name]
    Cursor.objects.get_or_create(subscriber=name)
    with transaction.atomic():
        cursor = (
            Cursor.objects.select_for_update(skip_locked=True)
            .filter(subscriber=name)
            .first()
        )
        if cursor is None:
            return 0
        events = list(
            Event.objects.filter(position__gt=cursor.position).order_by("position")[
                :batch
            ]
        )
        for event in events:
            if event.type in subscriber.handlers:
                _handle(name, event)
            cursor.position = event.position or cursor.position
        if events:
            cursor.save(update_fields=["position"])
    return len(events)


def _handle(name: str, event: Event) -> None:
    try:
        with transaction.atomic():
            subscribers[name].handlers[event.type](event)
    except DomainError as error:
        logger.warning("%s refused event %s: %s", name, event.position, error.code)
        _remember_failure(name, event, str(error), is_final=True)
    except Exception as error:
        logger.exception("%s failed on event %s", name, event.position)
        _remember_failure(name, event, repr(error), is_final=False)


def _remember_failure(name: str, event: Event, error: str, *, is_final: bool) -> None:
    FailedDelivery.objects.update_or_create(
        subscriber=name,
        position=event.position or 0,
        defaults={
            "error": error,
            "next_try_at": None if is_final else timezone.now() + backoff.delay(1),
        },
    )


def retry_failed(name: str) -> int:
    """Tries what failed before once more; returns how many now succeeded."""
    due = FailedDelivery.objects.filter(
        subscriber=name, next_try_at__lte=timezone.now()
    ).values_list("pk", flat=True)
    done = 0
    for pk in list(due):
        with transaction.atomic():
            failure = (
                FailedDelivery.objects.select_for_update(skip_locked=True)
                .filter(pk=pk, next_try_at__lte=timezone.now())
                .first()
            )
            if failure is not None:
                done += _retry_one(failure)
    return done


def _retry_one(failure: FailedDelivery) -> int:
    event = Event.objects.get(position=failure.position)
    try:
        with transaction.atomic():
            subscribers[failure.subscriber].handlers[event.type](event)
    except Exception as error:
        failure.attempts += 1
        failure.error = repr(error)
        gives_up = failure.attempts >= MAX_ATTEMPTS or isinstance(error, DomainError)
        failure.next_try_at = (
            None if gives_up else timezone.now() + backoff.delay(failure.attempts)
        )
        failure.save(update_fields=["attempts", "error", "next_try_at"])
        return 0
    failure.delete()
    return 1


# --- Verify -----------------------------------------------------------------


def verify(*, now: datetime | None = None) -> Iterator[str]:
    """Yields one line per broken place of the chain, and per event left unsealed."""
    expected_position, prev_hash = 1, GENESIS
    rows = (
        Event.objects.filter(position__isnull=False)
        .order_by("position")
        .values_list("position", "prev_hash", "hash", *_SEALED_FIELDS)
    )
    for position, stored_prev, stored_hash, *values in rows.iterator(chunk_size=5_000):
        if position != expected_position:
            yield (
                f"position {expected_position}: missing "
                f"(the next sealed event is {position})"
            )
        if stored_prev != prev_hash and position == expected_position:
            yield f"position {position}: previous hash does not match event {values[0]}"
        if chain_hash(stored_prev or "", position, values) != stored_hash:
            yield f"position {position}: event {values[0]} was altered"
        expected_position, prev_hash = position + 1, stored_hash
    read_up_to = Cursor.objects.aggregate(last=Max("position"))["last"] or 0
    if read_up_to >= expected_position:
        yield (
            f"position {expected_position} to {read_up_to}: missing at the end "
            "(a subscriber has read them)"
        )
    limit = (now or timezone.now()) - UNSEALED_IS_LATE
    late = Event.objects.unsealed().filter(recorded_at__lt=limit)
    for pk in late.order_by("id").values_list("id", flat=True):
        yield f"event {pk}: unsealed for more than 5 minutes"
