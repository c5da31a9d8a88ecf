"""An upload or a plan is thrown away: nothing of the file is left."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.core.files.storage import default_storage
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from apps.accounts.sessions import actor_of
from apps.core.actor import SYSTEM
from apps.core.errors import Conflict
from apps.events.models import Event
from apps.imports import services, tasks
from apps.imports.columns import meaning
from apps.imports.models import Batch, BatchRow
from apps.imports.run import planning, progress, reading
from apps.imports.run.undoing import empty
from apps.imports.states import BatchState
from apps.inventory.models import Asset

from .factories import applied, make_plan, planned, rows, undo_all, upload

pytestmark = pytest.mark.django_db

FILE = "Serial;Model;Location\nD-1;Latitude 5440;Attic\nD-2;Latitude 5440;Attic\n"


def discard(batch: Batch, **options: Any) -> Batch:
    return services.discard(batch, actor=SYSTEM, in_background=False, **options)


def kept_of(batch: Batch) -> tuple[bool, bool, bool]:
    """Its bytes, its rows, the names in them."""
    there = default_storage.exists(batch.file.key)
    return there, bool(rows(batch)), batch.unknowns.exists()


def test_a_plan_leaves_no_rows_names_or_bytes(acme, shelf):
    batch = planned(acme, FILE)
    assert kept_of(batch) == (True, True, True)
    batch = discard(batch)
    assert batch.state == BatchState.DISCARDED
    assert (batch.headers, batch.samples, batch.options, batch.counts) == (
        [],
        {},
        {},
        {},
    )
    tasks.empty_batch(str(batch.pk))
    assert kept_of(batch) == (False, False, False)
    batch.file.refresh_from_db()
    assert batch.file.erased_at is not None
    told = Event.objects.get(subject_id=batch.pk, type="import.discarded")
    assert told.payload["kind"] == "ASSETS"
    empty(batch.pk)
    discard(batch)
    assert Event.objects.filter(type="import.discarded").count() == 1


def test_what_no_worker_emptied_is_handed_to_another(acme, shelf, monkeypatch):
    batch = discard(planned(acme, FILE))
    sent = []
    monkeypatch.setattr(progress, "send", lambda pk, state: sent.append((pk, state)))
    assert progress.resume_stalled() == 0
    Batch.objects.update(alive_at=timezone.now() - timedelta(minutes=1))
    assert progress.resume_stalled() == 1
    assert sent == [(batch.pk, "DISCARDED")]
    empty(batch.pk)
    Batch.objects.filter(alive_at__isnull=False).update(alive_at=None)
    assert progress.resume_stalled() == 0


def test_a_file_that_is_being_read_or_planned_stops_at_once(acme, shelf):
    read = upload(acme, FILE)
    services.read_again(read, actor=SYSTEM, in_background=False)
    discard(read)
    assert not reading.read_rows(read.pk)
    batch = upload(acme, FILE)
    services.request_plan(batch, actor=SYSTEM, in_background=False)
    plan = planning._Plan(planning._take_over(batch.pk))
    discard(batch)
    with pytest.raises(progress.Overtaken):
        plan.add(list(meaning.table_of(plan.batch).rows()))
    plan.first_lines.close()
    assert not BatchRow.objects.of(batch).exists()
    batch.refresh_from_db()
    assert batch.state == BatchState.DISCARDED


def test_what_is_written_stays(acme, shelf):
    batch = applied(acme, "Serial;Model\nD-1;Latitude 5440\n")
    for _each in range(2):
        with pytest.raises(Conflict) as refused:
            discard(batch)
        assert refused.value.code == "wrong_state"
    assert Asset.objects.count() == 1
    batch = undo_all(batch)
    make_plan(batch)
    assert discard(batch).state == BatchState.DISCARDED


def test_a_stopped_import_is_undone_first(acme, shelf):
    batch = planned(acme, FILE)
    Batch.objects.filter(pk=batch.pk).update(state="STOPPED", applied_rows=1)
    with pytest.raises(Conflict) as refused:
        discard(batch)
    assert refused.value.code == "partly_applied"
    batch.refresh_from_db()
    assert (batch.state, len(rows(batch))) == ("STOPPED", 2)


# --- Pages ------------------------------------------------------------------


@pytest.fixture
def signed_in(client: Client, anna) -> Client:
    client.force_login(anna.login)
    return client


def at(batch: Batch, name: str = "discard") -> str:
    return reverse(f"imports:{name}", args=[batch.pk])


def test_says_what_will_happen_and_does_it(signed_in, acme, anna, shelf):
    batch = planned(acme, FILE, actor=actor_of(anna))
    page = signed_in.get(at(batch))
    assert "what was read of its 2 rows" in page.content.decode()
    found = {"seen": page.content.decode().split('name="seen" value="')[1][:31]}
    answer = signed_in.post(at(batch), {"seen": found["seen"].split('"')[0]})
    assert answer["Location"] == reverse("imports:list")
    batch.refresh_from_db()
    assert batch.state == "DISCARDED"
    assert batch.file.name not in signed_in.get(
        reverse("imports:list")
    ).content.decode().replace(f"{batch.file.name} is discarded.", "")
    assert "was discarded" in signed_in.get(at(batch, "detail")).content.decode()
    assert signed_in.get(at(batch, "columns"))["Location"] == at(batch, "detail")


def test_other_company_finds_nothing(client, acme, gina, shelf):
    batch = planned(acme, FILE)
    client.force_login(gina.login)
    assert client.get(at(batch)).status_code == 404
    assert client.post(at(batch)).status_code == 404
    batch.refresh_from_db()
    assert batch.state == "PLANNED"
