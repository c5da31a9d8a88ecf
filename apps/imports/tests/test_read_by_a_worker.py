from __future__ import annotations

from io import BytesIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from openpyxl import Workbook

from apps.accounts.models import User
from apps.accounts.sessions import actor_of
from apps.core.errors import Conflict
from apps.core.told import as_written
from apps.events.models import Event
from apps.imports import services, tasks
from apps.imports.columns import formats
from apps.imports.models import Batch
from apps.imports.reading import confined
from apps.imports.run import progress, reading

from . import factories

pytestmark = pytest.mark.django_db
HEADER = ["Serial", "Model", "Purchase date", "Delivered"]
ROWS = [
    ["C02AAA1", "MacBook Pro 14", "03/04/2025", "31/01/2025"],
    ["C02AAA2", "ThinkPad X1", "05/06/2025", "01/02/2025"],
]


def workbook(*rows: list[str]) -> SimpleUploadedFile:
    book, stream = Workbook(), BytesIO()
    for row in (HEADER, *rows):
        book.active.append(row)
    book.save(stream)
    return SimpleUploadedFile("list.xlsx", stream.getvalue())


@pytest.fixture
def batch(acme, anna, shelf) -> Batch:
    return services.upload(acme, workbook(*ROWS), actor=actor_of(anna))


@pytest.fixture
def as_anna(anna, client_of) -> Client:
    return client_of(anna)


def read_again(batch: Batch) -> Batch:
    tasks.read_batch(str(batch.pk))
    batch.refresh_from_db()
    return batch


def with_column(batch: Batch, position: str, target: str, admin: User) -> Batch:
    """The batch once `admin` gave a column another meaning."""
    return services.set_columns(
        batch,
        mapping={**batch.mapping, position: target},
        options={},
        default_address=batch.default_address,
        actor=actor_of(admin),
    )


def test_the_worker_reads_what_the_upload_left(batch):
    assert (batch.state, batch.total_rows) == ("READING", 0)
    assert (batch.kind, batch.headers, batch.samples) == ("", [], {})
    read_again(batch)
    assert (batch.state, batch.total_rows) == ("UPLOADED", 2)
    assert (batch.kind, batch.headers) == ("ASSETS", HEADER)
    assert batch.samples["columns"][0] == ["C02AAA1", "C02AAA2"]
    assert batch.samples["sheets"] == ["Sheet"]
    assert batch.options["columns"]["2"]["date_order"] == "AMBIGUOUS"
    found = Event.objects.filter(subject_id=batch.pk).order_by("id")
    types = list(found.values_list("type"))
    assert types == [("import.uploaded",), ("import.read",)]


def test_other_columns_are_read_by_the_worker_and_planned(batch, anna):
    read_again(batch)
    mapping = {**batch.mapping, "3": "warranty_ends_on"}
    batch = services.set_columns(
        batch,
        mapping=mapping,
        options={"columns": {"2": {"date_order": "DAY_FIRST"}}},
        default_address=batch.default_address,
        actor=actor_of(anna),
    )
    assert batch.state == "READING"
    read_again(batch)
    assert batch.state == "PLANNING"
    assert batch.options["columns"]["2"]["date_order"] == "DAY_FIRST"
    assert batch.options["columns"]["3"]["date_order"] == "DAY_FIRST"
    tasks.plan_batch(str(batch.pk))
    batch.refresh_from_db()
    assert factories.counts(batch) == {"CREATE": 2}


def test_a_reader_that_failed_leaves_nothing_to_plan(batch, anna):
    read_again(batch)
    batch = with_column(batch, "3", "warranty_ends_on", anna)
    progress.fail(batch.pk, as_written("The disk is full."))
    with pytest.raises(Conflict) as refusal:
        services.request_plan(batch, actor=actor_of(anna))
    assert refusal.value.code == "unread"


def test_a_question_that_came_up_is_asked_before_the_plan(batch, anna):
    read_again(batch)
    batch = with_column(batch, "2", "warranty_ends_on", anna)
    read_again(batch)
    assert batch.state == "UPLOADED"
    assert formats.open_questions(batch.options) == [("date_order", 2, "")]


def test_a_workbook_without_rows_says_so(acme, anna, shelf, as_anna):
    batch = services.upload(acme, workbook(), actor=actor_of(anna))
    read_again(batch)
    assert batch.state == "FAILED"
    assert "no rows below it" in str(batch.error)
    with pytest.raises(Conflict) as refusal:
        services.request_plan(batch, actor=actor_of(anna))
    assert refusal.value.code == "unread"
    page = as_anna.get(batch.get_absolute_url(), follow=True).content.decode()
    assert "The file could not be read" in page
    assert str(batch.error) in page
    assert "Make the plan" not in page


def test_of_two_workers_one_reads(batch, monkeypatch):
    """The second took over while the first stood still."""
    first_run = confined.run

    def taken_over_meanwhile(*args, **how):
        monkeypatch.setattr(confined, "run", first_run)
        Batch.objects.update(is_begun=False)  # by the sweep: it seems to be dead
        assert reading.read_rows(batch.pk)
        return first_run(*args, **how)

    monkeypatch.setattr(confined, "run", taken_over_meanwhile)
    assert not reading.read_rows(batch.pk)
    assert Event.objects.filter(type="import.read").count() == 1


def test_a_reader_that_was_overtaken_stops_at_its_next_sign_of_life(batch):
    Batch.objects.filter(pk=batch.pk).update(state="FAILED")
    with pytest.raises(progress.Overtaken):
        progress.show_life(batch, rows=2_000)


def test_the_page_shows_how_far_it_is(as_anna, shelf):
    url = reverse("imports:create")
    response = as_anna.post(url, {"file": workbook(*ROWS)}, follow=True)
    assert "Reading the file" in response.content.decode()
    batch = Batch.objects.get()
    columns = as_anna.get(reverse("imports:columns", args=[batch.pk]))
    assert columns.url == batch.get_absolute_url()
    read_again(batch)
    progressed = as_anna.get(reverse("imports:progress", args=[batch.pk]))
    assert progressed["HX-Refresh"] == "true"
    page = as_anna.get(batch.get_absolute_url(), follow=True).content.decode()
    assert "Check the columns" in page
