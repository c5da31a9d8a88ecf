"""A list posts what was chosen; a page asks, a job goes on and shows what came of
each."""

from __future__ import annotations

import csv
import io
import re
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from apps.accounts.sessions import actor_of
from apps.bulk import forgetting, tasks
from apps.bulk.models import BulkJob, BulkRow
from apps.bulk.running import take_step
from apps.conftest import make_asset
from apps.core import bulk_verbs
from apps.core.actor import SYSTEM
from apps.inventory import services as inventory
from apps.inventory.bulk_verbs import ARCHIVE, GRADE, HAND_OVER
from apps.inventory.models import Asset

from .factories import ask, run

pytestmark = pytest.mark.django_db

JOBS = "/bulk/"


@pytest.fixture
def drills(office):
    return [make_asset(office, f"DRILL-{n}") for n in range(4)]


def hidden(html: str) -> dict[str, list[str]]:
    """Of the form that asks, as a browser sends it."""
    found: dict[str, list[str]] = {}
    for name, value in re.findall(
        r'<input type="hidden" name="(\w+)" value="([^"]*)"', html
    ):
        found.setdefault(name, []).append(value.replace("&amp;", "&"))
    found.pop("csrfmiddlewaretoken", None)
    return found


def test_from_the_list_to_the_results(drills, anna, client_of):
    client = client_of(anna)
    inventory.retire(drills[0], "LOST", actor=SYSTEM)
    chosen = {"verb": "assets.archive", "ids": [one.pk for one in drills]}

    asking = client.post(JOBS, chosen)
    assert "Archive 4 assets?" in asking.text
    assert '<button class="btn btn-danger">' in asking.text
    assert not BulkJob.objects.exists()

    form = hidden(asking.text)
    assert sorted(form["ids"]) == sorted(str(one.pk) for one in drills)
    unanswered = client.post(JOBS, {**form, "reason": ""})
    assert "This field is required" in unanswered.text
    assert hidden(unanswered.text) == form
    answer = client.post(JOBS, {**form, "reason": "SOLD"})
    job = BulkJob.objects.get()
    assert answer["Location"] == job.get_absolute_url()
    assert (
        client.post(JOBS, {**form, "reason": "SOLD"})["Location"]
        == (answer["Location"])
    )
    assert BulkJob.objects.count() == 1

    working = client.get(job.get_absolute_url()).text
    assert "0 of 4 dealt with" in working
    assert "hx-get" in working
    tasks.run_job(str(job.pk))
    assert client.get(f"{job.get_absolute_url()}progress/")["HX-Refresh"] == "true"
    page = client.get(job.get_absolute_url()).text
    assert "hx-get" not in page.partition('id="progress"')[2]
    assert drills[0].get_absolute_url() in page
    assert "can&#x27;t go from" in page
    assert drills[1].get_absolute_url() not in page
    done = client.get(f"{job.get_absolute_url()}?outcome=DONE").text
    assert drills[1].get_absolute_url() in done
    assert "Sold" in page
    assert "Archive 4 assets" in client.get(JOBS).text


def test_all_that_fit_the_filters(drills, anna, emil, client_of):
    make_asset(emil, "HELD-1")
    client = client_of(anna)
    chosen = {"verb": "assets.hand_over", "all": "state=STORAGE&q=drill", "ids": ["x"]}
    asking = client.post(JOBS, chosen)
    assert "Hand over 4 assets?" in asking.text
    assert '<button class="btn btn-danger">' not in asking.text
    assert '/assets/?state=STORAGE&amp;q=drill"' in asking.text
    form = {**hidden(asking.text), "person": emil.email}
    client.post(JOBS, form)
    run(BulkJob.objects.get())
    assert Asset.objects.held_by(emil).count() == 5
    page = client.get(BulkJob.objects.get().get_absolute_url()).text
    assert "<dt>To</dt><dd>Emil Example</dd>" in page


@pytest.mark.parametrize(
    ("said", "status", "sentence"),
    [
        ({"verb": "assets.eat", "all": ""}, 404, ""),
        ({"verb": "", "all": ""}, 404, ""),
        ({"verb": "assets.grade", "ids": ["x"]}, 422, "no id"),
        ({"verb": "assets.grade"}, 422, "Nothing fits"),
        ({"verb": "assets.grade", "all": "state=GONE"}, 422, "no such choice"),
        ({"verb": "assets.grade", "all": "stat=STORAGE"}, 422, "no such name"),
        ({"verb": "assets.grade", "all": "q=%ff"}, 422, "no text has"),
    ],
)
def test_what_nobody_can_mean_is_refused(
    said, status, sentence, drills, anna, client_of
):
    answer = client_of(anna).post(JOBS, said)
    assert answer.status_code == status
    assert sentence in answer.text
    assert not BulkJob.objects.exists()


def test_another_company_finds_nothing(drills, anna, gina, acme, client_of):
    job = run(ask(GRADE, drills, acme, actor=actor_of(anna), grade="A"))
    client = client_of(gina)
    for path in ("", "progress/", "results.csv"):
        assert client.get(f"{job.get_absolute_url()}{path}").status_code == 404
    assert client.post(f"{job.get_absolute_url()}stop/").status_code == 404
    assert "DRILL" not in client.get(JOBS).text
    chosen = {"verb": "assets.grade", "ids": [drills[0].pk]}
    answer = client.post(JOBS, chosen)
    assert answer.status_code == 422
    assert "DRILL" not in answer.text
    assert BulkJob.objects.count() == 1


@pytest.mark.parametrize("who", ["emil", "wanda"])
def test_who_may_not_finds_no_such_page(who, request, drills, acme, client_of):
    job = ask(GRADE, drills, acme, grade="A")
    client = client_of(request.getfixturevalue(who))
    assert client.get(JOBS).status_code == 404
    assert client.get(job.get_absolute_url()).status_code == 404
    chosen = {"verb": "assets.grade", "ids": [drills[0].pk]}
    assert client.post(JOBS, chosen).status_code == 404
    assert client.post(f"{job.get_absolute_url()}stop/").status_code == 404
    job.refresh_from_db()
    assert job.state == "PREPARING"


def test_stopped_on_its_page(drills, acme, anna, client_of):
    job = ask(GRADE, drills, acme, actor=actor_of(anna), grade="A")
    take_step(job.pk)
    take_step(job.pk)
    client = client_of(anna)
    answer = client.post(f"{job.get_absolute_url()}stop/", follow=True)
    assert "It is stopped" in answer.text
    assert "Stopped" in answer.text
    left = client.get(f"{job.get_absolute_url()}?outcome=WAITING").text
    assert sum(one.get_absolute_url() in left for one in drills) == 3


def test_the_file_has_a_line_for_each(drills, acme, anna, emil, client_of):
    inventory.retire(drills[0], "LOST", actor=SYSTEM)
    job = run(ask(HAND_OVER, drills, acme, actor=actor_of(anna), person=emil))
    answer = client_of(anna).get(f"{job.get_absolute_url()}results.csv")
    text = b"".join(answer.streaming_content).decode("utf-8-sig")
    lines = list(csv.reader(io.StringIO(text)))
    assert lines[0] == ["Id", "Name", "Result", "Code", "Reason"]
    assert len(lines) == 5
    by_id = {line[0]: line for line in lines}
    assert by_id[str(drills[0].pk)][2:4] == ["Refused", "wrong_state"]
    assert by_id[str(drills[1].pk)][1:4] == [str(drills[1]), "Done", ""]


def test_rows_of_old_jobs_go_and_numbers_stay(drills, acme, anna, client_of):
    old, new = (run(ask(GRADE, drills, acme, grade=grade)) for grade in "AB")
    moment = timezone.now() - timedelta(days=31)
    BulkJob.objects.filter(pk=old.pk).update(ended_at=moment)
    assert forgetting.forget_old() == 1
    assert forgetting.forget_old() == 0
    assert set(BulkRow.objects.values_list("job", flat=True)) == {new.pk}
    page = client_of(anna).get(old.get_absolute_url()).text
    assert "Only the numbers are left" in page
    assert "Grade 4 assets" in page


def test_no_worker_is_said(drills, acme, anna, client_of):
    job = ask(GRADE, drills, acme, actor=actor_of(anna), grade="A")
    client = client_of(anna)
    assert "Nobody is working" not in client.get(job.get_absolute_url()).text
    BulkJob.objects.update(alive_at=timezone.now() - timedelta(seconds=20))
    assert "Nobody is working" in client.get(job.get_absolute_url()).text


def test_lists_offer_what_one_may(anna, wanda, emil):
    names = [verb.name for verb in bulk_verbs.offered("assets", actor_of(anna))]
    assert names == [
        "assets.hand_over",
        "assets.store",
        "assets.grade",
        "assets.archive",
        "assets.ask_back",
    ]
    assert bulk_verbs.offered("assets", actor_of(wanda)) == []
    assert bulk_verbs.offered("people", actor_of(emil)) == []


@pytest.mark.parametrize("verb", [ARCHIVE, HAND_OVER])
def test_statements_do_not_grow_with_rows(
    verb, office, acme, emil, django_assert_max_num_queries
):
    values = {"reason": "SOLD"} if verb is ARCHIVE else {"person": emil}
    many = [make_asset(office, f"MANY-{n}") for n in range(60)]
    job = ask(verb, many, acme, **values)
    take_step(job.pk)
    with django_assert_max_num_queries(30):
        take_step(job.pk)
    job.refresh_from_db()
    assert job.done_rows == 60


def test_each_verb_has_a_url_and_a_form(anna):
    for verb in bulk_verbs.declared():
        assert reverse(verb.things.url)
        assert verb.form(None, actor=actor_of(anna)).fields is not None
        assert verb.titled(1) != verb.titled(2)
        assert (verb.each is None) != (verb.many is None)
