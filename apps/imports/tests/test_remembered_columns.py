from __future__ import annotations

import pytest
from django.urls import reverse

from apps.accounts.sessions import actor_of
from apps.core.actor import SYSTEM
from apps.core.errors import Conflict, Invalid
from apps.imports import services, tasks
from apps.imports.models import RememberedColumns
from apps.imports.reading import ReadError

from .factories import make_plan, read_now, upload

pytestmark = pytest.mark.django_db

TEXT = "Nummer Alpha;Gerät Beta;Tag;Ort\nS1;XPS;03/04/2025;Berlin\n"
MAPPING = {"0": "serial_number", "1": "product_name", "2": "purchase_date"}


@pytest.fixture
def confirm(acme, anna):
    def settle(mapping=MAPPING, actor=None, **answers):
        return confirmed(acme, mapping, actor or actor_of(anna), answers)

    return settle


def confirmed(company, mapping, actor, answers):
    batch = upload(company, TEXT, kind="ASSETS")
    services.set_columns(
        batch, mapping=mapping, options=answers, default_address=None, actor=actor
    )
    batch.refresh_from_db()
    return batch


def test_confirmed_columns_fill_the_next_file_with_these_headers(confirm, acme, anna):
    confirm(columns={"2": {"date_order": "DAY_FIRST"}})
    again = upload(acme, TEXT.replace("S1;XPS", "S2;T14"))
    assert (again.kind, again.mapping) == ("ASSETS", MAPPING)
    assert again.options["columns"]["2"]["date_order"] == "DAY_FIRST"
    known = RememberedColumns.objects.get()
    assert known.confirmed_by == anna.id


def test_what_new_cells_say_wins_over_an_old_answer(confirm, acme):
    confirm(columns={"2": {"date_order": "DAY_FIRST"}})
    again = upload(acme, TEXT.replace("03/04/2025", "03/25/2025"))
    assert again.options["columns"]["2"]["date_order"] == "MONTH_FIRST"


def test_case_and_blanks_of_headers_make_no_difference(confirm, acme):
    confirm()
    assert upload(acme, TEXT.replace("Nummer Alpha", " nummer ALPHA ")).mapping


def test_other_headers_and_other_companies_are_not_known(confirm, acme, globex):
    confirm()
    assert upload(globex, TEXT).mapping != MAPPING
    assert upload(acme, TEXT.replace("Ort", "Platz")).mapping != MAPPING


def test_the_last_confirmation_counts(confirm, acme):
    confirm()
    changed = {"0": "asset_tag", "1": "product_name"}
    confirm(mapping=changed)
    assert upload(acme, TEXT).mapping == changed
    assert RememberedColumns.objects.count() == 1


def test_what_a_command_plans_confirms_nothing(confirm):
    confirm(actor=SYSTEM)
    assert not RememberedColumns.objects.exists()


def test_refused_columns_are_not_remembered(confirm, acme):
    with pytest.raises(Invalid):
        confirm(mapping={"1": "product_name"})
    assert not RememberedColumns.objects.exists()


def test_page_says_from_when_and_offers_the_headers(confirm, acme, anna, client_of):
    confirm()
    batch = upload(acme, TEXT)
    address = reverse("imports:columns", args=[batch.pk])
    client = client_of(anna)
    page = client.get(address)
    assert "Remembered from" in page.text
    assert page.context["form"]["column-0"].initial == "serial_number"
    page = client.get(address, {"fresh": ""})
    assert "Remembered from" not in page.text
    assert page.context["form"]["column-0"].initial == ""


def test_a_file_can_be_read_again_in_another_way(acme, shelf, anna, client_of):
    batch = upload(acme, "Serial;Model\nS1;Jos\u00e9\n")
    address = reverse("imports:reading", args=[batch.pk])
    values = {"encoding": "cp1252", "delimiter": ";", "header_line": 1}
    client = client_of(anna)
    client.post(address, values)
    tasks.read_batch(str(batch.pk))
    batch.refresh_from_db()
    assert batch.options["encoding"] == "cp1252"
    page = client.get(reverse("imports:columns", args=[batch.pk])).text
    assert "JosÃ©" in page
    assert "Do these words look right?" in page
    client.post(address, {**values, "header_line": 2, "encoding": "utf-8-sig"})
    tasks.read_batch(str(batch.pk))
    page = client.get(reverse("imports:columns", args=[batch.pk])).text
    assert "no rows below it" in page
    client.post(address, {**values, "encoding": "utf-8-sig"})
    batch = read_now(batch)
    assert batch.headers == ["Serial", "Model"]
    assert batch.samples["columns"][1] == ["José"]


def test_reading_again_leaves_no_plan_of_the_old_columns(acme, shelf):
    batch = make_plan(upload(acme, "Serial;Model\nS1;XPS\nS2;XPS\n"))
    assert batch.planned_at
    services.read_again(batch, delimiter=";", header_line=1, actor=SYSTEM)
    batch.refresh_from_db()
    with pytest.raises(Conflict) as caught:
        services.request_apply(batch, actor=SYSTEM)
    assert caught.value.code == "wrong_state"
    assert read_now(batch).planned_at is None


@pytest.mark.parametrize("encoding", ["utf-16", "latin-9"])
def test_an_encoding_that_does_not_fit_is_told(acme, shelf, encoding):
    batch = make_plan(upload(acme, "Serial;Model\nS1;XPS\nS2;XPS\n"))
    services.read_again(batch, encoding=encoding, actor=SYSTEM)
    with pytest.raises(ReadError) as caught:
        read_now(batch)
    assert caught.value.code in ("undecodable", "unknown_encoding", "nul_byte")
    batch.refresh_from_db()
    assert (batch.planned_at, batch.total_rows) == (None, 0)


def test_others_can_not_read_a_file_again(acme, gina, client_of):
    batch = upload(acme, "Serial;Model\nS1;XPS\n")
    address = reverse("imports:reading", args=[batch.pk])
    values = {"encoding": "cp1252", "delimiter": ";", "header_line": 1}
    assert client_of(gina).post(address, values).status_code == 404
    batch.refresh_from_db()
    assert batch.options["encoding"] == "utf-8"
