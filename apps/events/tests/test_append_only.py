from __future__ import annotations

import psycopg
import pytest
from django.conf import settings
from django.core.management import CommandError, call_command
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from apps.core.actor import SYSTEM
from apps.events import services
from apps.events.models import Cursor, Event, FailedDelivery
from apps.events.subscribers import subscribe, subscribers

from .declared import HAPPENED, NEWER, UNWANTED, WANTED, Part, Sample, record

REFUSED = "append-only"


@pytest.mark.django_db
@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE events_event SET type = 'x'",
        "UPDATE events_event SET payload = '{}'",
        "UPDATE events_event SET position = 7",
        "DELETE FROM events_event",
    ],
)
def test_refuses(acme, statement):
    record(acme)
    with (
        pytest.raises(IntegrityError, match=REFUSED),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(statement)


@pytest.mark.django_db
def test_refuses_truncate(acme):
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute(
            "ALTER TABLE events_event ENABLE ALWAYS TRIGGER events_no_truncate"
        )
        with pytest.raises(IntegrityError, match=REFUSED), transaction.atomic():
            cursor.execute("TRUNCATE events_event")


@pytest.mark.django_db
def test_nobody_inserts_a_sealed_event(acme):
    event = record(acme)
    event.pk, event.position, event.prev_hash, event.hash = None, 5, "a", "b"
    with pytest.raises(IntegrityError, match="only the sealer"), transaction.atomic():
        event.save(force_insert=True)


@pytest.mark.django_db
def test_seals_once_and_in_order(acme):
    first, second = record(acme), record(acme)
    already = services.head()[0]
    services.seal()
    first.refresh_from_db()
    second.refresh_from_db()
    assert first.position is not None
    assert second.position == first.position + 1
    assert second.prev_hash == first.hash
    assert services.seal() == 0
    assert services.head() == (second.position, second.hash)
    assert second.position > already
    with (
        pytest.raises(IntegrityError, match=REFUSED),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute("UPDATE events_event SET hash = 'x' WHERE id = %s", [first.id])


@pytest.mark.django_db
def test_application_role_may_only_seal():
    """The grants of a migrated database, seen by the role the application uses."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1 FROM pg_roles WHERE rolname = 'tequipy_app'")
        if cursor.fetchone() is None:
            pytest.skip("this server has no group role tequipy_app")
        privileges = {}
        for privilege in ("SELECT", "INSERT", "UPDATE", "DELETE", "TRUNCATE"):
            cursor.execute(
                "SELECT has_table_privilege('tequipy_app', 'events_event', %s)",
                [privilege],
            )
            privileges[privilege] = cursor.fetchone()[0]
        cursor.execute(
            "SELECT array_agg(column_name::text ORDER BY column_name) "
            "FROM information_schema.column_privileges "
            "WHERE grantee = 'tequipy_app' AND table_name = 'events_event' "
            "AND privilege_type = 'UPDATE'"
        )
        columns = cursor.fetchone()[0]
    assert privileges == {
        "SELECT": True,
        "INSERT": True,
        "UPDATE": False,
        "DELETE": False,
        "TRUNCATE": False,
    }
    assert columns == ["hash", "position", "prev_hash"]


def _tamper(statement: str, *parameters: object) -> None:
    """What an owner of the database could do with the triggers off."""
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE events_event DISABLE TRIGGER USER")
        cursor.execute(statement, parameters)
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute(
            "ALTER TABLE events_event ENABLE ALWAYS TRIGGER events_append_only"
        )


@pytest.mark.django_db
class TestVerify:
    @pytest.fixture
    def sealed(self, acme) -> list[Event]:
        made = [record(acme, type_) for type_ in (HAPPENED, NEWER, HAPPENED, NEWER)]
        services.seal()
        for event in made:
            event.refresh_from_db()
        with connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        return made

    def test_passes_on_a_sound_chain(self, sealed, capsys):
        assert list(services.verify()) == []
        call_command("verify_events")
        assert services.head()[1] in capsys.readouterr().out

    def test_names_an_altered_event(self, sealed):
        _tamper("UPDATE events_event SET payload='{}' WHERE id=%s", sealed[1].id)
        (problem,) = services.verify()
        assert f"event {sealed[1].id} was altered" in problem

    def test_names_a_removed_event(self, sealed):
        _tamper("DELETE FROM events_event WHERE id=%s", sealed[1].id)
        (problem,) = services.verify()
        assert f"position {sealed[1].position}: missing" in problem

    def test_names_the_last_event_removed_after_it_was_read(self, sealed):
        Cursor.objects.create(subscriber="test", position=sealed[-1].position)
        _tamper("DELETE FROM events_event WHERE id=%s", sealed[-1].id)
        (problem,) = services.verify()
        assert "missing at the end" in problem

    def test_command_fails(self, sealed):
        _tamper("UPDATE events_event SET type='x' WHERE id=%s", sealed[0].id)
        with pytest.raises(CommandError):
            call_command("verify_events")

    def test_names_what_stays_unsealed(self, acme):
        event = record(acme)
        late = timezone.now() + timezone.timedelta(minutes=6)
        assert f"event {event.id}: unsealed" in "".join(services.verify(now=late))


@pytest.mark.django_db
class TestDeliver:
    @pytest.fixture
    def seen(self):
        seen: list[Event] = []
        subscribe("test", {WANTED: seen.append})
        yield seen
        del subscribers["test"]

    def test_hands_over_wanted_events_once(self, acme, seen):
        record(acme, UNWANTED)
        wanted = record(acme, WANTED)
        services.seal()
        while services.deliver("test"):
            pass
        assert seen == [wanted]
        assert services.deliver("test") == 0

    def test_never_before_they_are_sealed(self, acme, seen):
        record(acme, WANTED)
        services.deliver("test")
        assert seen == []

    def test_a_failure_is_kept_and_holds_up_nobody(self, acme):
        calls = []

        def fails_once(event):
            calls.append(event)
            if len(calls) == 1:
                raise RuntimeError("away")

        subscribe("test", {WANTED: fails_once})
        first, second = record(acme, WANTED), record(acme, WANTED)
        services.seal()
        while services.deliver("test"):
            pass
        assert calls == [first, second]
        FailedDelivery.objects.update(next_try_at=timezone.now())
        assert services.retry_failed("test") == 1
        assert calls == [first, second, first]
        assert not FailedDelivery.objects.exists()
        del subscribers["test"]


@pytest.mark.django_db
def test_record_many_writes_what_record_writes(acme):
    payload = Sample(count=2, at=timezone.now(), parts=[Part(number=1)])
    one = record(acme, NEWER, refs=[None, acme.id], payload=payload)
    draft = services.Draft(NEWER, acme.id, acme.id, payload, [acme.id])
    services.record_many([draft], actor=SYSTEM)
    many = Event.objects.order_by("-id").first()
    assert many.pk != one.pk
    for field in Event._meta.concrete_fields:
        if field.name not in ("id", "occurred_at", "recorded_at"):
            assert getattr(many, field.name) == getattr(one, field.name)


@pytest.mark.django_db
def test_refuses_the_payload_of_another_type(acme):
    before = Event.objects.count()
    with pytest.raises(TypeError, match=r"test\.happened takes a Sample"):
        record(acme, HAPPENED, payload=NEWER)
    assert Event.objects.count() == before


@pytest.mark.django_db(transaction=True)
def test_a_writer_that_commits_late_is_sealed_later_and_never_missed(reference_data):
    from apps.conftest import make_company

    acme = make_company("Acme")
    database = settings.DATABASES["default"]
    with psycopg.connect(
        dbname=connection.settings_dict["NAME"],
        user=database["USER"],
        host=database["HOST"] or database["OPTIONS"].get("host"),
        port=database["PORT"] or None,
        password=database["PASSWORD"] or None,
    ) as slow:
        slow.execute(
            "INSERT INTO events_event (type, company_id, subject_type, subject_id, "
            "refs, actor_kind, payload, correlation_id, occurred_at) "
            "VALUES ('test.slow', %(c)s, 'company', %(c)s, ARRAY[%(c)s]::uuid[], "
            "'SYSTEM', '{}', '', now())",
            {"c": acme.id},
        )
        record(acme, HAPPENED)
        services.seal()
        before = services.head()[0]
        slow.commit()
    services.seal()
    late = Event.objects.get(type="test.slow")
    assert late.position == before + 1
    assert list(services.verify()) == []
