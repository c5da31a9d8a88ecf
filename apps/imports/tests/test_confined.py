"""What strangers sent can end the process that reads it, and no other."""

from __future__ import annotations

import faulthandler
import os
import signal
import threading
import time
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import CommandError, call_command
from django.utils import timezone

from apps.core.actor import SYSTEM
from apps.core.chunks import MOST_ATTEMPTS
from apps.imports import services, tasks
from apps.imports.models import Batch
from apps.imports.reading import confined
from apps.imports.run import progress, reading
from apps.imports.states import WORKING

from .factories import make_plan, upload


def run(work, *, answer=lambda _message: None, sign=lambda: None, **limits):
    return confined.run(work, answer=answer, sign=sign, **limits)


def crash() -> None:
    faulthandler.disable()  # its report would be taken for one of the tests'
    os.kill(os.getpid(), signal.SIGSEGV)


def test_it_answers_and_asks():
    def work(link):
        return {"sum": link.ask({"of": [1, 2]}), "process": os.getpid()}

    found = run(work, answer=lambda message: sum(message["of"]))
    assert found["sum"] == 3
    assert found["process"] != os.getpid()


@pytest.mark.parametrize(
    ("work", "why"),
    [
        (lambda link: {"text": "x" * 500_000_000}, "memory"),
        (lambda link: time.sleep(60), "seconds"),
        (lambda link: os.kill(os.getpid(), signal.SIGKILL), "memory"),
        (lambda link: crash(), "fault"),
        (lambda link: 1 / 0, "fault"),
        (lambda link: os._exit(3), "fault"),
    ],
)
def test_it_is_told_why_there_is_no_answer(work, why):
    with pytest.raises(confined.Unfinished) as caught:
        run(work, seconds=2)
    assert caught.value.why == why


def test_nothing_of_it_is_left_when_the_answer_is_a_refusal():
    started = []

    def refuse(message):
        started.append(message["process"])
        raise LookupError

    def work(link):
        link.tell({"process": os.getpid()})
        time.sleep(60)

    with pytest.raises(LookupError):
        run(work, answer=refuse)
    with pytest.raises(ProcessLookupError):
        os.kill(started[0], 0)


def test_it_gives_signs_while_nothing_is_heard(monkeypatch):
    monkeypatch.setattr(confined, "SIGN_OF_LIFE_EVERY", 0.05)
    signs = []
    run(lambda link: time.sleep(0.5) or {}, sign=lambda: signs.append(1))
    assert len(signs) > 3


@pytest.mark.django_db
class TestReading:
    @pytest.fixture
    def batch(self, acme, shelf) -> Batch:
        file = SimpleUploadedFile("list.csv", b"Serial;Model\nS1;XPS\n")
        return services.upload(acme, file, actor=SYSTEM)

    @pytest.mark.parametrize(
        ("dies", "sentence"),
        [
            (lambda *how: "x" * 500_000_000, "MB of memory"),
            (lambda *how: time.sleep(60), "longer than 1 seconds"),
            (
                lambda *how: crash(),
                "nothing here foresees",
            ),
        ],
    )
    def test_a_file_that_kills_its_reader_is_refused_with_a_sentence(
        self, batch, monkeypatch, dies, sentence
    ):
        monkeypatch.setattr(confined, "MOST_SECONDS", 1)
        monkeypatch.setattr(reading, "walk", dies)
        tasks.read_batch(str(batch.pk))
        batch.refresh_from_db()
        assert batch.state == "FAILED"
        assert sentence in str(batch.error)
        assert not progress.resume_stalled()

    def test_a_file_that_kills_its_worker_is_given_up(self, batch, monkeypatch):
        """The worker dies with its reader, again and again."""

        def killed(*args, **how):
            raise KeyboardInterrupt

        monkeypatch.setattr(confined, "run", killed)
        for _time in range(MOST_ATTEMPTS):
            with pytest.raises(KeyboardInterrupt):
                tasks.read_batch(str(batch.pk))
            Batch.objects.update(alive_at=timezone.now() - timedelta(minutes=1))
            assert progress.resume_stalled() == 1
        tasks.read_batch(str(batch.pk))
        batch.refresh_from_db()
        assert batch.state == "FAILED"
        assert "begun 5 times" in str(batch.error)

    @pytest.mark.parametrize("state", sorted(WORKING))
    def test_tasks_that_come_meanwhile_count_nothing(self, batch, state):
        """A queue that stood still holds one for each of beat's sweeps."""
        Batch.objects.update(state=state, attempts=MOST_ATTEMPTS - 1)
        assert progress.take_over(batch.pk, state).attempts == MOST_ATTEMPTS
        for _time in range(3):
            assert progress.take_over(batch.pk, state) is None
        for step in (tasks.read_batch, tasks.plan_batch, tasks.apply_batch):
            step(str(batch.pk))
        tasks.undo_batch(str(batch.pk))
        batch.refresh_from_db()
        assert (batch.state, batch.error) == (state, "")

    def test_a_plan_that_kills_its_worker_is_given_up(self, batch, monkeypatch):
        reading.read_rows(batch.pk)
        services.request_plan(batch, actor=SYSTEM, in_background=False)
        Batch.objects.update(attempts=MOST_ATTEMPTS)
        tasks.plan_batch(str(batch.pk))
        batch.refresh_from_db()
        assert batch.state == "FAILED"
        assert make_plan(batch).state == "PLANNED"

    def test_a_reading_that_was_killed_is_done_again(self, batch, monkeypatch):
        Batch.objects.update(attempts=1, alive_at=timezone.now())
        tasks.read_batch(str(batch.pk))
        batch.refresh_from_db()
        assert (batch.state, batch.total_rows) == ("UPLOADED", 1)

    def test_a_batch_that_is_gone_meanwhile_ends_its_reader(self, batch, monkeypatch):
        monkeypatch.setattr(confined, "SIGN_OF_LIFE_EVERY", 0.05)
        monkeypatch.setattr(reading, "walk", lambda *how: time.sleep(60))
        take_over = progress.take_over

        def taken(*args):
            found = take_over(*args)
            Batch.objects.update(alive_at=timezone.now())
            return found

        monkeypatch.setattr(progress, "take_over", taken)
        started = time.monotonic()
        assert reading.read_rows(batch.pk) is False
        assert time.monotonic() - started < 30

    def test_the_command_reads_under_the_same_limits(
        self, acme, shelf, tmp_path, monkeypatch
    ):
        path = tmp_path / "list.csv"
        path.write_text("Serial;Model\nS1;XPS\n")
        monkeypatch.setattr(confined, "MOST_SECONDS", 1)
        monkeypatch.setattr(reading, "walk", lambda *how: time.sleep(60))
        with pytest.raises(CommandError, match="longer than 1 seconds"):
            call_command("import_file", str(path), company="acme")
        assert Batch.objects.get(file__name="list.csv").state == "FAILED"


@pytest.mark.django_db(transaction=True)
def test_one_file_uploaded_twice_at_once_is_two_imports(reference_data, acme, shelf):
    texts, errors = ["Serial;Model\nS1;XPS\n"] * 2, []

    def upload_it(text: str) -> None:
        from django.db import connection

        try:
            upload(acme, text)
        except BaseException as error:
            errors.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=upload_it, args=[text]) for text in texts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not errors
    assert (
        list(Batch.objects.values_list("state", "total_rows")) == [("UPLOADED", 1)] * 2
    )
