"""A damaged cell of a column that may be left out refuses no row, and is told."""

from __future__ import annotations

from datetime import date

import pytest
from django.urls import reverse

from apps.accounts.models import User
from apps.conftest import make_asset
from apps.core.errors import Conflict
from apps.imports.columns import formats
from apps.imports.columns.cells import told_of
from apps.imports.models import BatchRow
from apps.imports.states import WARNED
from apps.imports.values import is_garbled
from apps.inventory.models import Asset

from .factories import applied, counts, make_plan, planned, rows, upload

pytestmark = pytest.mark.django_db

HEADER = "Serial;Model;Bought on;Price;Currency;Warranty months;Condition;Supplier\n"


def warned(row: BatchRow) -> list[tuple[str, str]]:
    """Code and cell."""
    return [(one["code"], row.cells[one["column"]]) for one in row.warnings]


def test_a_damaged_cell_is_left_out_told_and_counted(acme, shelf):
    text = HEADER + "S1;XPS;31/31/2025;12 EUR;;;grim;#N/A\nS2;XPS;2024-05-01;;;;;\n"
    batch = planned(acme, text)
    row, other = rows(batch)
    assert warned(row) == [
        ("no_such_day", "31/31/2025"),
        ("bad_condition", "grim"),
        ("spreadsheet_error", "#N/A"),
    ]
    assert "31/31/2025" in str(told_of(row.warnings[0]))
    assert not row.problems
    assert not other.warnings
    assert counts(batch) == {"CREATE": 2}
    assert batch.warned_rows == 1
    assert batch.facets[WARNED] == {
        "no_such_day": 1,
        "bad_condition": 1,
        "spreadsheet_error": 1,
    }


def test_what_is_left_out_leaves_a_device_as_it_is(acme, emil):
    make_asset(emil, "S1", supplier="Old", purchased_on=date(2020, 1, 1))
    applied(acme, HEADER + "S1;;yesterday;;;;;New\n")
    asset = Asset.objects.get()
    assert (asset.supplier, str(asset.purchased_on)) == ("New", "2020-01-01")


@pytest.mark.parametrize(
    ("header", "cells"),
    [
        ("Serial;Asset tag;Model", "1E+15;T1;XPS"),
        ("Serial;Model", "S1;#REF!"),
        ("Serial;Model;Holder email", "S1;XPS;anna at acme"),
        ("Serial;Model;Status", "S1;XPS;Flying"),
        ("Serial;Model;Location", "S1;XPS;#N/A"),
        # Of several countries, which no question names.
        ("Serial;Model;Price", "S1;XPS;kr 5"),
    ],
)
def test_a_row_is_refused_without_what_decides_it(acme, shelf, header, cells):
    (row,) = rows(planned(acme, f"{header}\n{cells}\n"))
    assert row.verdict == "REFUSED"
    assert row.problems
    assert not row.warnings


@pytest.mark.parametrize(
    ("header", "cells"),
    [
        ("Email;First name;Start date", "ada@b.example;Ada;soon"),
        ("Email;First name", "ada@b.example;#N/A"),
        ("Email;Employee number", "ada@b.example;1E+15"),
    ],
)
def test_nor_is_a_person_added_without_it(acme, header, cells):
    (row,) = rows(planned(acme, f"{header}\n{cells}\n"))
    assert row.verdict == "REFUSED"


@pytest.mark.parametrize(
    ("header", "cells"),
    [
        ("Serial;Model;Price", "S1;XPS;1.500"),
        ("Serial;Model;Purchase date", "S1;XPS;03/04/2024"),
        ("Serial;Model;Is new", "S1;XPS;perhaps"),
        ("Email;First name;Active", "ada@b.example;Ada;perhaps"),
    ],
)
def test_what_an_answer_settles_is_asked_before_anything_is_planned(
    acme, shelf, header, cells
):
    batch = upload(acme, f"{header}\n{cells}\n")
    assert formats.open_questions(batch.options)
    with pytest.raises(Conflict) as refusal:
        make_plan(batch)
    assert refusal.value.code == "open_questions"


def test_a_price_never_gets_a_currency_that_it_lost(acme, shelf):
    text = HEADER + "S1;XPS;;100;Taler;;;\nS2;XPS;;100 PLN;Taler;;;\n"
    row, own = rows(applied(acme, text))
    assert warned(row) == [("bad_currency", "Taler"), ("beside_left_out", "100")]
    assert warned(own) == [("bad_currency", "Taler")]
    one, two = Asset.objects.order_by("serial_number")
    assert (one.purchase_price, one.currency) == (None, "")
    assert (two.purchase_price, two.currency) == (100, "PLN")


def test_a_currency_never_becomes_that_of_another_price(acme, emil):
    make_asset(emil, "S1", purchase_price=5, currency="EUR")
    (row,) = rows(applied(acme, HEADER + "S1;;;cheap;USD;;;\n"))
    assert warned(row) == [("bad_money", "cheap"), ("beside_left_out", "USD")]
    asset = Asset.objects.get()
    assert (asset.purchase_price, asset.currency) == (5, "EUR")


def test_a_price_with_too_many_digits_is_left_out(acme, shelf):
    (row,) = rows(planned(acme, HEADER + "S1;XPS;;12.5 JPY;;;;\n"))
    assert row.verdict == "CREATE"
    assert warned(row) == [("too_many_decimals", "12.5 JPY")]
    assert "purchase_price" not in row.changes
    assert "currency" not in row.changes


@pytest.mark.parametrize(
    ("bought", "months", "code"),
    [("", "36", "warranty_without_date"), ("2024-01-31", "80 years", "bad_day")],
)
def test_a_warranty_that_says_no_day_is_told(acme, shelf, bought, months, code):
    (row,) = rows(planned(acme, HEADER + f"S1;XPS;{bought};;;{months};;\n"))
    assert row.verdict == "CREATE"
    assert warned(row) == [(code, months)]


def test_a_day_that_nobody_means_is_left_out_of_the_plan_already(acme, shelf):
    batch = applied(acme, HEADER + "S1;XPS;1950-01-31;;;;;\n")
    assert counts(batch) == {"CREATE": 1}
    assert warned(rows(batch)[0]) == [("bad_day", "1950-01-31")]
    assert Asset.objects.get().purchased_on is None


def test_a_damaged_category_asks_nobody(acme, shelf):
    batch = planned(acme, "Serial;Model;Category\nS1;XPS;#N/A\n")
    assert counts(batch) == {"CREATE": 1}
    assert not batch.unknowns.filter(kind="category").exists()


# --- Garbled letters --------------------------------------------------------

WORDS = ["Łódź", "Müller", "Žižka", "São Tomé", "Straße", "D’Arc", "Iași", "Ærø"]


@pytest.mark.parametrize("encoding", ["latin-1", "cp1252", "cp1250", "mac-roman"])
@pytest.mark.parametrize("word", WORDS, ids=ascii)
def test_utf_8_in_another_encoding_is_noticed(word, encoding):
    assert is_garbled(word.encode().decode(encoding, errors="replace"))


@pytest.mark.parametrize("text", ["TuÄçepi", "M\ufffdnchen", "ÃƒÂ¼", "Ä°stanbul"])
def test_garbled_letters_are_noticed(text):
    assert is_garbled(text)


@pytest.mark.parametrize(
    "text",
    [
        *WORDS,
        *("Äänekoski", "Íñigo", "Þórður", "ŁÓDŹ", "ČÁSLAV", "SÃO", "RĂŞINĂ", "ÅÄÖ"),
        *("«CAFÉ»", "„Ä“", "GRÖSSE®", "Ελλάδα", "ΑΘΗΝΑ", "Москва", "İstanbul"),
        *("√2", "ƒ/2.8", "≈15", "14″", "10 °C", "½ m²", "日本語", "한국어", "plain"),
    ],
    ids=ascii,
)
def test_letters_of_a_language_are_not(text):
    assert not is_garbled(text)


def test_garbled_cells_are_told_and_counted(acme, shelf, anna, client):
    text = "Serial;Model;Location\nS1;XPS;TuÄçepi\nS2;XPS;Łódź\nS3;XPS;M\ufffdhl\n"
    batch = planned(acme, text)
    one, two, three = rows(batch)
    assert warned(one) == [("garbled", "TuÄçepi")]
    assert warned(three) == [("garbled", "M\ufffdhl")]
    assert not two.warnings
    assert {row.verdict for row in (one, two, three)} == {"CREATE"}
    assert batch.facets[WARNED] == {"garbled": 2}


def test_the_page_tells_warnings_and_lists_their_rows(acme, shelf, client, anna):
    batch = planned(
        acme, HEADER + "S1;XPS;31/31/2025;;;;;TuÄçepi\nS2;XPS;;;;;;\nS3;XPS;;;;;;x\n"
    )
    client.force_login(anna.login)
    address = reverse("imports:detail", args=[batch.pk])
    page = client.get(address).content.decode()
    assert "1 row has a cell that is left out" in page
    assert "Garbled letters (1)" in page
    page = client.get(address, {"verdict": WARNED, "what": "garbled"}).content.decode()
    assert "TuÄçepi" in page
    assert "S1" in page
    assert "S2" not in page
    assert "is not a day of the calendar" in page
    page = client.get(address, {"verdict": WARNED, "what": "bad_money"})
    assert page.status_code == 400


# --- Amounts of one column --------------------------------------------------


def test_amounts_are_read_by_the_mark_that_each_shows(acme, shelf):
    text = "Serial;Model;Price\nS1;XPS;1.249,00\nS2;XPS;1249.00\nS3;XPS;12,5\n"
    batch = applied(acme, text)
    assert not formats.open_questions(batch.options)
    found = Asset.objects.order_by("serial_number")
    assert [asset.purchase_price for asset in found] == [1249, 1249, 12.5]


def test_an_amount_that_may_be_either_is_asked_about(acme, shelf):
    text = "Serial;Model;Price\nS1;XPS;1.249,00\nS2;XPS;1249.00\nS3;XPS;1.500\n"
    batch = upload(acme, text)
    (question,) = formats.open_questions(batch.options)
    assert (question.option, question.column) == ("decimal_mark", 2)
    assert batch.options["columns"]["2"]["proof"] == "1.500"


def test_somebody_is_not_refused_for_a_telephone(acme):
    applied(acme, f"Email;First name;Phone\nada@b.example;Ada;{'1' * 80}\n")
    assert User.objects.get(email="ada@b.example").phone == ""
