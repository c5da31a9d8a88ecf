from __future__ import annotations

from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from apps.accounts.sessions import actor_of
from apps.core.told import as_written
from apps.events.models import Event
from apps.imports import services, tasks
from apps.imports.models import Batch, BatchRow
from apps.inventory import services as inventory
from apps.inventory.models import Asset

from .factories import read_now

pytestmark = pytest.mark.django_db

FILE = """Serial;Model;Holder email;Purchase date;Colour
C02AAA1;MacBook Pro 14;emil@acme.example;03/04/2025;grey
C02AAA2;ThinkPad X1;;05/06/2025;black
"""
COLUMNS = {
    "column-0": "serial_number",
    "column-1": "product_name",
    "column-2": "holder_email",
    "column-3": "purchase_date",
    "column-4": "",
    "answer-0": "DAY_FIRST",
}


@pytest.fixture(autouse=True)
def files_of_the_test(settings, tmp_path):
    settings.MEDIA_ROOT = str(tmp_path)


def csv_file(text: str = FILE, name: str = "assets.csv") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, text.encode(), content_type="text/csv")


@pytest.fixture
def batch(acme, anna, shelf) -> Batch:
    return read_now(services.upload(acme, csv_file(), actor=actor_of(anna)))


def uploaded(client: Client, text: str = FILE) -> Batch:
    """What comes of a file, once a worker has read it."""
    client.post(url("create"), {"file": csv_file(text), "kind": ""})
    batch = Batch.objects.get()
    tasks.read_batch(str(batch.pk))
    batch.refresh_from_db()
    return batch


@pytest.fixture
def planned(batch) -> Batch:
    """A batch with one row of each verdict, as a worker leaves it."""
    batch.state = "PLANNED"
    batch.planned_at = timezone.now()
    batch.counts = {"CREATE": 1, "CHANGE": 1, "SAME": 1, "REFUSED": 1}
    batch.facets = {"REFUSED": {"no_such_day": 1}, "CHANGE": {"supplier": 1}}
    batch.save()
    batch.unknowns.create(
        company=batch.company,
        kind="product",
        key="thinkpad x1\n",
        value="ThinkPad X1",
        rows=1,
        action="CREATE",
    )
    rows = {
        "CREATE": {"changes": {"serial_number": ["", "C02AAA1"]}},
        "CHANGE": {"changes": {"supplier": ["Old & Sons", "New Ltd"]}},
        "SAME": {},
        "REFUSED": {
            "problems": [
                {"column": 3, "code": "no_such_day", "message": "This is no date."}
            ]
        },
    }
    for line, (verdict, values) in enumerate(rows.items(), start=2):
        BatchRow.objects.create(
            company=batch.company,
            batch=batch,
            line=line,
            verdict=verdict,
            cells=[f"SERIAL{line}", "MacBook Pro 14", "", "31/31/2025", ""],
            **values,
        )
    return batch


def url(name: str, *args) -> str:
    return reverse(f"imports:{name}", args=args)


def test_upload_leads_to_the_columns(anna, shelf, client_of):
    client = client_of(anna)
    answer = client.post(url("create"), {"file": csv_file(), "kind": ""})
    batch = Batch.objects.get()
    assert answer.headers["Location"] == url("detail", batch.pk)
    assert (batch.state, batch.kind) == ("READING", "")
    page = client.get(url("detail", batch.pk)).text
    assert "Reading the file" in page
    assert "load delay:400ms" in page
    tasks.read_batch(str(batch.pk))
    batch.refresh_from_db()
    assert (batch.kind, batch.total_rows) == ("ASSETS", 2)
    assert batch.default_address == shelf
    page = client.get(url("detail", batch.pk), follow=True).text
    assert "ThinkPad X1" in page
    assert "Colour" in page


def test_unreadable_file_is_refused_beside_the_field(anna, client_of):
    client = client_of(anna)
    for file in (
        csv_file("", "empty.csv"),
        csv_file("PK\x03\x04", "book.xlsx"),
        csv_file("%PDF-1.7", "list.csv"),
        csv_file("[{}]", "list.json"),
    ):
        page = client.post(url("create"), {"file": file, "kind": ""})
        assert page.status_code == 200
        assert page.context["form"].errors["file"]
    assert not Batch.objects.exists()
    assert not Event.objects.filter(type__startswith="import.").exists()


def test_a_list_of_licences_is_refused_with_the_reason(anna, client_of):
    client = client_of(anna)
    batch = uploaded(client, "License name;Seats;Product key\nPhotoshop;5;ABC\n")
    assert (batch.state, batch.kind, batch.total_rows) == ("FAILED", "", 0)
    page = client.get(url("detail", batch.pk), follow=True).text
    assert "list of software licences" in page
    assert "Choose another file" in page
    assert "Read it differently" in page


def test_a_file_that_was_refused_is_read_in_another_way(anna, shelf, client_of):
    """Its first lines were taken for the list."""
    client = client_of(anna)
    batch = uploaded(client, "Lorem;Ipsum\n" * 12 + "Serial;Model\nS1;XPS\n")
    assert batch.state == "FAILED"
    shown = client.get(url("columns", batch.pk)).context["reading_form"]
    values = {name: shown[name].value() for name in shown.fields}
    assert values == {"encoding": "utf-8-sig", "delimiter": ";", "header_line": "1"}
    client.post(url("reading", batch.pk), {**values, "header_line": "13"})
    tasks.read_batch(str(batch.pk))
    batch.refresh_from_db()
    assert (batch.state, batch.headers) == ("UPLOADED", ["Serial", "Model"])


@pytest.mark.parametrize("state", ["READING", "FAILED"])
def test_what_nobody_has_read_yet_has_pages_all_the_same(acme, anna, client_of, state):
    batch = services.upload(acme, csv_file(), actor=actor_of(anna))
    Batch.objects.update(state=state, error=as_written("It could not be read."))
    client = client_of(anna)
    for name in READ:
        assert client.get(url(name, batch.pk), follow=True).status_code == 200
    for name in [*WRITE, "columns", "undo", "unknowns", "reading"]:
        page = client.post(url(name, batch.pk), {"header_line": "2"})
        assert page.status_code < 500
    assert client.get(url("list")).status_code == 200
    assert client.get("/").status_code == 200


def test_columns_ask_for_the_order_of_dates(anna, batch, client_of):
    form = client_of(anna).get(url("columns", batch.pk)).context["form"]
    (question,) = form.questions
    assert "03/04/2025 in “Purchase date”" in question.label
    assert question.initial is None
    assert form.fields["default_address"].initial == batch.default_address_id


def test_columns_ask_for_the_currency_of_prices_that_name_none(anna, client_of):
    client = client_of(anna)
    batch = uploaded(client, "Serial;Model;Price;Status\nS1;XPS;10.50;Broken\n")
    page = client.get(url("columns", batch.pk))
    form = page.context["form"]
    assert form["currency"].initial == anna.company.currency
    assert "In repair: Broken" in page.text
    shown = {name: form[name].value() or "" for name in form.fields}
    client.post(url("columns", batch.pk), {**shown, "currency": "CHF"})
    batch.refresh_from_db()
    assert batch.options["currency"] == "CHF"


def test_known_columns_stand_apart_from_doubtful_ones(anna, batch, client_of):
    context = client_of(anna).get(url("columns", batch.pk)).context
    assert {row["shown"].header for row in context["sure"]} >= {"Serial"}
    assert "Colour" in {row["shown"].header for row in context["unsure"]}


def test_answered_columns_start_the_plan(anna, batch, client_of):
    client = client_of(anna)
    values = {**COLUMNS, "default_address": batch.default_address_id}
    answer = client.post(url("columns", batch.pk), values)
    assert answer.headers["Location"] == url("detail", batch.pk)
    batch.refresh_from_db()
    assert batch.state == "PLANNING"
    assert batch.options["columns"]["3"]["date_order"] == "DAY_FIRST"
    assert "4" not in batch.mapping
    page = client.get(url("detail", batch.pk)).text
    assert "every 2s" in page


def test_unanswered_question_and_twice_used_field_are_told(anna, batch, client_of):
    values = {**COLUMNS, "column-4": "serial_number", "answer-0": ""}
    page = client_of(anna).post(url("columns", batch.pk), values)
    errors = page.context["form"].errors
    assert "answer-0" in errors
    assert "Serial" in errors["column-4"][0]
    batch.refresh_from_db()
    assert batch.state == "UPLOADED"


def test_columns_without_a_key_are_refused_with_a_question(anna, batch, client_of):
    values = {**COLUMNS, "column-0": ""}
    page = client_of(anna).post(url("columns", batch.pk), values)
    assert page.context["form"].non_field_errors()
    batch.refresh_from_db()
    assert batch.state == "UPLOADED"


@pytest.mark.parametrize(
    ("verdict", "shown"),
    [
        ("CREATE", "C02AAA1"),
        ("CHANGE", "Old &amp; Sons"),
        ("SAME", "Already so"),
        ("REFUSED", "This is no date."),
    ],
)
def test_plan_shows_each_verdict(anna, planned, client_of, verdict, shown):
    page = client_of(anna).get(url("detail", planned.pk), {"verdict": verdict}).text
    assert shown in page
    assert "Apply 2 rows" in page


def test_plan_names_the_cell_of_a_refused_row(anna, planned, client_of):
    page = client_of(anna).get(url("detail", planned.pk), {"verdict": "REFUSED"}).text
    assert "Purchase date" in page
    assert "31/31/2025" in page


def test_choices_come_before_applying(anna, planned, client_of):
    client = client_of(anna)
    unknown = planned.unknowns.get()
    form = {f"action-{unknown.pk}": "REFUSE", f"use-{unknown.pk}": ""}
    client.post(url("apply", planned.pk), form)
    planned.refresh_from_db()
    assert planned.state == "PLANNING"
    assert planned.unknowns.get().action == "REFUSE"


def test_unchanged_choices_do_not_hold_applying_up(anna, planned, client_of):
    unknown = planned.unknowns.get()
    client_of(anna).post(url("apply", planned.pk), {f"action-{unknown.pk}": "CREATE"})
    planned.refresh_from_db()
    assert planned.state == "APPLYING"


def test_a_choice_that_is_wrong_loses_no_other(anna, planned, client_of):
    other = planned.unknowns.create(
        company=planned.company,
        kind="place",
        key="x",
        value="X",
        rows=9,
        action="CREATE",
    )
    wrong = planned.unknowns.exclude(pk=other.pk).get()
    form = {f"action-{wrong.pk}": "USE", f"use-{wrong.pk}": "Nothing"}
    form |= {f"action-{other.pk}": "REFUSE"}
    page = client_of(anna).post(url("unknowns", planned.pk), form)
    shown = {row.pk: (row.chosen, bool(row.error)) for row in page.context["page"].rows}
    assert shown == {wrong.pk: ("USE", True), other.pk: ("REFUSE", False)}
    assert "“Nothing” was not found" in page.text


def test_unknown_names_are_decided_on_the_page(anna, planned, client_of):
    client = client_of(anna)
    assert "ThinkPad X1" in client.get(url("detail", planned.pk)).text
    assert "ThinkPad X1" in client.get(url("unknowns", planned.pk)).text
    unknown = planned.unknowns.get()
    bad = {f"action-{unknown.pk}": "USE", f"use-{unknown.pk}": "Nothing"}
    answer = client.post(url("unknowns", planned.pk), bad, follow=True)
    assert "“Nothing” was not found" in answer.text
    client.post(url("unknowns", planned.pk), {f"action-{unknown.pk}": "REFUSE"})
    planned.refresh_from_db()
    assert planned.unknowns.get().action == "REFUSE"
    assert planned.state == "PLANNING"


def test_what_a_name_could_be_is_found_while_typing(anna, gina, shelf, client_of):
    client = client_of(anna)
    for kind, text, found in (
        ("place", "pozn", "Poznań shelf"),
        ("person", "anna", "anna@acme.example"),
        ("holder", "gina", None),
    ):
        answer = client.get(url("options", kind), {"use-7": text}).text
        assert found in answer if found else "<option" not in answer
    assert client.get(url("options", "other")).status_code == 404


def test_rows_are_filtered_by_text_and_reason(anna, planned, client_of):
    client = client_of(anna)
    address = url("detail", planned.pk)
    query = {"verdict": "REFUSED", "what": "no_such_day"}
    assert "SERIAL5" in client.get(address, {**query, "q": "serial5"}).text
    assert "No rows here" in client.get(address, {**query, "q": "other"}).text
    query = {"verdict": "CHANGE", "what": "supplier"}
    assert "Old &amp; Sons" in client.get(address, query).text
    assert client.get(address, {**query, "what": "nonsense"}).status_code == 400


def test_undo_names_what_will_happen_and_is_shown_afterwards(
    anna, emil, shelf, client_of
):
    client = client_of(anna)
    batch = uploaded(client, "Serial;Model\nC1;XPS\nC2;XPS\n")
    services.request_plan(batch, actor=actor_of(anna), in_background=False)
    tasks.plan_batch(str(batch.pk))
    client.post(url("apply", batch.pk))
    tasks.apply_batch(str(batch.pk))
    assert url("undo", batch.pk) in client.get(url("detail", batch.pk)).text
    assert "2 rows of this file were written" in client.get(url("undo", batch.pk)).text
    asset = Asset.objects.get(serial_number="C1")
    inventory.hand_over(asset, emil, actor=actor_of(anna))
    client.post(url("undo", batch.pk), {"reason": "WRONG_FILE"})
    assert "0 of 2 rows undone" in client.get(url("detail", batch.pk)).text
    tasks.undo_batch(str(batch.pk))
    page = client.get(url("detail", batch.pk), {"verdict": "KEPT"}).text
    assert "1 row was kept" in page
    assert "was changed after the import" in page
    text = b"".join(client.get(url("kept", batch.pk))).decode("utf-8-sig")
    assert text.splitlines()[1].startswith("C1;XPS;")


def test_apply_shows_progress_and_can_be_stopped(anna, planned, client_of):
    client = client_of(anna)
    client.post(url("apply", planned.pk))
    planned.refresh_from_db()
    assert planned.state == "APPLYING"
    fragment = client.get(url("progress", planned.pk))
    assert "HX-Refresh" not in fragment.headers
    assert "Nobody is working on this" not in fragment.text
    client.post(url("stop", planned.pk))
    planned.refresh_from_db()
    assert planned.stop_requested


def test_progress_says_when_no_worker_runs(anna, planned, client_of):
    client = client_of(anna)
    client.post(url("apply", planned.pk))
    Batch.objects.update(alive_at=timezone.now() - timedelta(seconds=16))
    assert "Nobody is working on this" in client.get(url("progress", planned.pk)).text


def test_progress_reloads_the_page_at_the_end(anna, planned, client_of):
    fragment = client_of(anna).get(url("progress", planned.pk))
    assert fragment.headers["HX-Refresh"] == "true"


def test_applied_import_reports_and_gives_back_refused_rows(anna, planned, client_of):
    Batch.objects.update(
        state="APPLIED", applied_at=timezone.now(), applied_rows=2, applied_line=5
    )
    client = client_of(anna)
    page = client.get(url("detail", planned.pk)).text
    assert "1 row was left out" in page
    assert "Apply" not in page.replace("Applied", "")
    assert "Undo the import" in page
    text = b"".join(client.get(url("refused", planned.pk))).decode("utf-8-sig")
    assert (
        text.splitlines()[0] == "Serial;Model;Holder email;Purchase date;Colour;Reason"
    )
    assert "SERIAL5" in text
    assert "This is no date." in text


def test_a_file_goes_from_upload_into_the_books(anna, emil, shelf, client_of):
    client = client_of(anna)
    batch = uploaded(client)
    client.post(url("columns", batch.pk), {**COLUMNS, "default_address": shelf.pk})
    tasks.plan_batch(str(batch.pk))
    assert "Apply 2 rows" in client.get(url("detail", batch.pk)).text
    client.post(url("apply", batch.pk))
    tasks.apply_batch(str(batch.pk))
    assert "Created" in client.get(url("detail", batch.pk)).text
    first, second = Asset.objects.order_by("serial_number")
    assert (first.holder, second.holder) == (emil, shelf)


def test_applying_twice_is_refused_with_a_sentence(anna, planned, client_of):
    Batch.objects.update(state="APPLIED")
    page = url("detail", planned.pk)
    answer = client_of(anna).post(
        url("apply", planned.pk), headers={"referer": f"http://testserver{page}"}
    )
    assert answer.headers["Location"].endswith(page)
    planned.refresh_from_db()
    assert planned.state == "APPLIED"


def test_list_shows_own_imports_only(anna, gina, planned, client_of):
    assert "assets.csv" in client_of(anna).get(url("list")).text
    assert "assets.csv" not in client_of(gina).get(url("list")).text


def test_list_costs_the_same_for_one_and_twenty(
    acme, anna, shelf, client_of, django_assert_max_num_queries
):
    for _number in range(20):
        services.upload(acme, csv_file(), actor=actor_of(anna))
    client = client_of(anna)
    with django_assert_max_num_queries(8):
        client.get(url("list"))


READ = [
    "columns",
    "detail",
    "kept",
    "progress",
    "refused",
    "stale",
    "undo",
    "unknowns",
]
WRITE = ["plan", "apply", "stop"]


def test_other_company_sees_404(gina, planned, client_of):
    client, before = client_of(gina), Event.objects.count()
    for name in READ:
        assert client.get(url(name, planned.pk)).status_code == 404
    for name in [*WRITE, "columns", "undo", "unknowns"]:
        assert client.post(url(name, planned.pk)).status_code == 404
    planned.refresh_from_db()
    assert planned.state == "PLANNED"
    assert Event.objects.count() == before


def test_employee_and_warehouse_see_404(emil, wanda, planned, client_of):
    for person in (emil, wanda):
        client = client_of(person)
        assert client.get(url("list")).status_code == 404
        assert client.get(url("create")).status_code == 404
        assert client.get(url("detail", planned.pk)).status_code == 404
        assert client.post(url("apply", planned.pk)).status_code == 404


def test_wrong_methods_are_refused(anna, planned, client_of):
    client = client_of(anna)
    for name in WRITE:
        assert client.get(url(name, planned.pk)).status_code == 405
    assert client.post(url("detail", planned.pk)).status_code == 405
