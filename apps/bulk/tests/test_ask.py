"""What is asked of many things is done to each once, as whoever asked."""

from __future__ import annotations

import pytest
from django.utils import translation

from apps.accounts import services as accounts
from apps.accounts.models import User
from apps.accounts.sessions import actor_of
from apps.bulk import progress, running, services
from apps.bulk.models import BulkJob, BulkRow
from apps.bulk.running import take_step
from apps.bulk.services import Selection
from apps.bulk.states import TRANSITIONS
from apps.conftest import make_asset, make_user, together
from apps.core import states
from apps.core.actor import SYSTEM
from apps.core.errors import Conflict, Invalid, NotAllowed
from apps.core.ids import uuid7
from apps.events.models import Event
from apps.inventory import services as inventory
from apps.inventory.bulk_verbs import ARCHIVE, GRADE, HAND_OVER, STORE
from apps.inventory.models import Asset

from .factories import ask, counts, outcomes, run

pytestmark = pytest.mark.django_db


@pytest.fixture
def spares(office):
    return [make_asset(office, f"RUGGED-{n}") for n in range(5)]


def test_each_is_archived_once_and_says_so(spares, office, acme, anna):
    kept = make_asset(office, "KEPT-1")
    job = ask(ARCHIVE, spares, acme, actor=actor_of(anna), reason="SOLD")
    assert (job.state, job.total_rows) == ("PREPARING", 5)

    job = run(job)

    assert counts(job) == ("COMPLETED", 5, 0, 0)
    assert set(outcomes(job).values()) == {("DONE", "")}
    archived = Asset.objects.filter(state="ARCHIVED", archive_reason="SOLD")
    assert set(archived) == set(spares)
    kept.refresh_from_db()
    assert kept.state == "STORAGE"
    told = Event.objects.filter(type="asset.retired")
    assert told.count() == 5
    assert {event.correlation_id for event in told} == {str(job.pk)}
    assert {event.actor_id for event in told} == {anna.pk}
    (ended,) = Event.objects.filter(type="bulk.completed")
    assert ended.payload == {
        "verb": "assets.archive",
        "rows": 5,
        "done": 5,
        "skipped": 0,
        "refused": 0,
    }


def test_what_refuses_says_why_and_the_others_go_on(spares, office, emil, acme):
    claimed, archived, *others = spares
    inventory.claim(
        claimed,
        actor=SYSTEM,
        held_by=office,
        kind="RETURN",
        reference="COL-5",
        workflow_id=uuid7(),
    )
    inventory.retire(archived, "LOST", actor=SYSTEM)

    job = run(ask(HAND_OVER, spares, acme, person=emil))

    assert counts(job) == ("COMPLETED", 3, 0, 2)
    found = outcomes(job)
    assert found[claimed.pk] == ("REFUSED", "claimed")
    assert found[archived.pk] == ("REFUSED", "wrong_state")
    assert {found[one.pk][0] for one in others} == {"DONE"}
    assert set(Asset.objects.held_by(emil)) == set(others)
    row = BulkRow.objects.of(job).get(object_id=claimed.pk)
    assert "COL-5" in str(row.reason)


def test_what_is_so_already_is_skipped(spares, office, shelf, acme):
    inventory.receive(spares[0], shelf, actor=SYSTEM)
    job = run(ask(STORE, spares, acme, address=shelf))
    assert counts(job) == ("COMPLETED", 4, 1, 0)
    assert outcomes(job)[spares[0].pk] == ("SKIPPED", "")
    assert counts(run(ask(STORE, spares, acme, address=shelf)))[1:] == (0, 5, 0)


def test_one_by_one_where_there_is_no_verb_for_many(spares, acme):
    inventory.grade(spares[2], "B", actor=SYSTEM)
    job = run(ask(GRADE, spares, acme, grade="B"))
    assert counts(job) == ("COMPLETED", 4, 1, 0)
    assert {asset.grade for asset in Asset.objects.all()} == {"B"}


def test_a_whole_chunk_is_refused_one_by_one(spares, emil, acme):
    """Somebody who has left can be handed nothing: the statement of all breaks."""
    job = ask(HAND_OVER, spares, acme, person=emil)
    accounts.archive(emil, reason="LEFT", actor=SYSTEM)
    job = run(job)
    assert counts(job) == ("COMPLETED", 0, 0, 5)
    assert set(outcomes(job).values()) == {("REFUSED", "person_has_left")}


def test_all_that_fit_the_filters_when_it_begins(spares, office, emil, acme, anna):
    make_asset(emil, "HELD-1")
    asker = actor_of(anna)
    job = ask(
        ARCHIVE, "state=STORAGE&after=x&sort=asset", acme, actor=asker, reason="SOLD"
    )
    late = make_asset(office, "LATE-1")
    assert take_step(job.pk)
    later = make_asset(office, "LATER-1")
    job = run(job)
    assert (job.total_rows, job.done_rows) == (6, 6)
    late.refresh_from_db()
    later.refresh_from_db()
    assert (late.state, later.state) == ("ARCHIVED", "STORAGE")
    assert job.selection == {}


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ("state=NONSENSE", "bad_query"),
        ("staet=STORAGE", "bad_query"),
        ("q=a%00b", "bad_query"),
        ("q=nothing-is-called-so", "nothing_chosen"),
    ],
)
def test_a_query_never_widens_what_is_chosen(query, code, spares, acme, anna):
    with pytest.raises(Invalid) as refused:
        ask(ARCHIVE, query, acme, actor=actor_of(anna), reason="SOLD")
    assert refused.value.code == code
    assert not BulkJob.objects.exists()


def test_too_many_are_refused(spares, acme, anna, monkeypatch):
    monkeypatch.setattr(services, "MOST_ROWS", 4)
    with pytest.raises(Invalid, match="More than 4 fit"):
        ask(ARCHIVE, "", acme, actor=actor_of(anna), reason="SOLD")
    monkeypatch.setattr(services, "MOST_IDS", 4)
    with pytest.raises(Invalid, match="At most 4 are chosen one by one"):
        ask(ARCHIVE, spares, acme, reason="SOLD")
    assert not BulkJob.objects.exists()


def test_more_that_fit_by_then_end_it(spares, acme, anna, monkeypatch):
    job = ask(ARCHIVE, "", acme, actor=actor_of(anna), reason="SOLD")
    monkeypatch.setattr(running, "MOST_ROWS", 4)
    job = run(job)
    assert (job.state, "More than 4" in str(job.error)) == ("FAILED", True)
    assert not BulkRow.objects.exists()
    assert not Asset.objects.filter(state="ARCHIVED").exists()


def test_another_company_s_things_do_not_exist(spares, globex, gina, acme, anna):
    theirs = make_asset(gina, "GLOBEX-1")
    with pytest.raises(Invalid) as refused:
        ask(ARCHIVE, [*spares, theirs], acme, actor=actor_of(anna), reason="SOLD")
    assert refused.value.code == "unknown_thing"
    assert str(theirs.pk) in refused.value.message
    job = run(ask(ARCHIVE, "", acme, actor=actor_of(anna), reason="SOLD"))
    assert job.done_rows == 5
    theirs.refresh_from_db()
    assert theirs.state == "ACTIVE"


@pytest.mark.parametrize("who", ["emil", "wanda", "gina"])
def test_who_may_not_asks_in_vain(who, request, spares, acme):
    actor = actor_of(request.getfixturevalue(who))
    with pytest.raises(NotAllowed):
        ask(ARCHIVE, spares, acme, actor=actor, reason="SOLD")
    assert not BulkJob.objects.exists()
    assert not Event.objects.filter(type__startswith="bulk").exists()


def test_the_right_is_lost_between_asking_and_running(spares, acme, anna):
    make_user(acme, "Olga", role="COMPANY_ADMIN")
    job = ask(ARCHIVE, spares, acme, actor=actor_of(anna), reason="SOLD")
    User.objects.filter(pk=anna.pk).update(role="EMPLOYEE")
    job = run(job)
    assert job.state == "FAILED"
    assert (
        str(job.error) == "The person who requested it is no longer allowed to do it."
    )
    assert not Asset.objects.filter(state="ARCHIVED").exists()
    assert Event.objects.filter(type="bulk.failed").count() == 1


def test_the_right_is_lost_half_way(spares, acme, anna):
    make_user(acme, "Olga", role="COMPANY_ADMIN")
    job = ask(GRADE, spares, acme, actor=actor_of(anna), grade="C")
    for _step in range(3):
        assert take_step(job.pk)
    accounts.archive(anna, reason="LEFT", actor=SYSTEM)
    job = run(job)
    assert counts(job) == ("FAILED", 2, 0, 0)
    assert str(job.error) == "The person who requested it has left."
    assert sorted(outcomes(job).values()) == [("", "")] * 3 + [("DONE", "")] * 2


def test_whom_it_was_for_is_gone_by_then(spares, acme, emil, anna):
    job = ask(HAND_OVER, spares, acme, actor=actor_of(anna), person=emil)
    job.parameters["person"]["id"] = str(uuid7())
    job.save()
    job = run(job)
    assert (job.state, job.done_rows) == ("FAILED", 0)
    assert "does not exist any more" in str(job.error)


def test_who_is_meant_is_kept_by_id(spares, acme, emil):
    job = ask(HAND_OVER, spares, acme, person=emil)
    job.refresh_from_db()
    person = {"model": "accounts.user", "id": str(emil.pk)}
    assert job.parameters == {"person": person}


def test_refusals_in_words_are_in_the_language_of_who_asked(spares, acme):
    inventory.retire(spares[0], "LOST", actor=SYSTEM)
    with translation.override("de"):
        job = ask(ARCHIVE, spares, acme, reason="SOLD")
    job = run(job)
    row = BulkRow.objects.of(job).get(object_id=spares[0].pk)
    assert (job.refused_rows, row.code) == (1, "wrong_state")
    assert "führt kein Weg" in str(row.reason)


def test_stopped_between_two_chunks(spares, acme, anna):
    job = ask(GRADE, spares, acme, actor=actor_of(anna), grade="D")
    for _step in range(4):
        assert take_step(job.pk)
    job = services.stop(job, actor=actor_of(anna))
    assert services.stop(job, actor=actor_of(anna)).state == "STOPPED"
    assert not take_step(job.pk)
    job = run(job)
    assert counts(job) == ("STOPPED", 3, 0, 0)
    (told,) = Event.objects.filter(type="bulk.stopped")
    assert (told.actor_id, told.payload["done"]) == (anna.pk, 3)
    assert Asset.objects.filter(condition__isnull=True).count() == 2


def test_an_end_is_one(spares, acme):
    job = run(ask(ARCHIVE, spares, acme, reason="SOLD"))
    with pytest.raises(Conflict) as refused:
        services.stop(job, actor=SYSTEM)
    assert refused.value.code == "wrong_state"
    assert Event.objects.filter(type="bulk.stopped").count() == 0


@pytest.mark.parametrize("state", sorted(TRANSITIONS))
def test_only_what_works_is_stopped(state, spares, acme):
    job = ask(ARCHIVE, spares, acme, reason="SOLD")
    BulkJob.objects.filter(pk=job.pk).update(state=state)
    if states.may(TRANSITIONS, state, "STOPPED") or state == "STOPPED":
        assert services.stop(job, actor=SYSTEM).state == "STOPPED"
    else:
        with pytest.raises(Conflict):
            services.stop(job, actor=SYSTEM)


def test_a_form_sent_twice_is_one_job(spares, acme, anna):
    form = {"actor": actor_of(anna), "token": "form-1"}
    job = ask(ARCHIVE, spares, acme, **form, reason="SOLD")
    run(job)
    assert ask(ARCHIVE, spares, acme, **form, reason="SOLD") == job
    with pytest.raises(Conflict) as refused:
        ask(ARCHIVE, spares, acme, **form, reason="LOST")
    assert refused.value.code == "form_sent"
    assert BulkJob.objects.count() == 1
    assert Event.objects.filter(type="bulk.asked").count() == 1
    with pytest.raises(Invalid):
        services.ask(
            ARCHIVE,
            Selection(query=""),
            {"reason": "SOLD"},
            actor=SYSTEM,
            company=acme,
            form_token=" ",
        )


def test_what_kills_every_worker_is_given_up(spares, acme):
    job = ask(ARCHIVE, spares, acme, reason="SOLD")
    take_step(job.pk)
    BulkJob.objects.filter(pk=job.pk).update(attempts=5)
    job = run(job)
    assert (job.state, job.done_rows) == ("FAILED", 0)
    assert "begun 5 times" in str(job.error)
    assert progress.resume_stalled() == 0


@pytest.mark.django_db(transaction=True)
def test_sent_twenty_times_at_once_is_one_job(reference_data, spares, acme, anna):
    actor = actor_of(anna)

    def send():
        ask(ARCHIVE, spares, acme, actor=actor, token="form-20", reason="SOLD")

    assert together(*[send] * 20) == []
    (job,) = BulkJob.objects.all()
    assert Event.objects.filter(type="bulk.asked").count() == 1
    assert together(*[lambda: run(BulkJob.objects.get())] * 4) == []
    job.refresh_from_db()
    assert counts(job) == ("COMPLETED", 5, 0, 0)
    assert Event.objects.filter(type="asset.retired").count() == 5
