"""What a header says of the cells below it is neither asked nor overruled."""

from __future__ import annotations

from datetime import date

import pytest

from apps.imports.columns import formats
from apps.inventory.models import Asset

from .factories import applied, counts, upload

pytestmark = pytest.mark.django_db


def only(company) -> Asset:
    return Asset.objects.get(company=company)


@pytest.mark.parametrize(
    ("header", "currency"),
    [
        ("Harga Beli (Rp)", "IDR"),
        ("Price USD", "USD"),
        ("Preis in €", "EUR"),
        ("Cena (zł)", "PLN"),
        ("Price", "EUR"),  # of the company
        ("Price (all)", "EUR"),  # which is no lek
    ],
)
def test_prices_are_in_the_currency_of_their_header(acme, shelf, header, currency):
    acme.currency = "EUR"
    acme.save()
    applied(acme, f"Serial;Model;{header}\nH-1;ProDesk;250\n")
    assert only(acme).currency == currency


def test_a_cell_that_names_another_currency_is_in_that(acme, shelf):
    text = "Serial;Model;Price (USD)\nH-1;ProDesk;250\nH-2;ProDesk;250 GBP\n"
    applied(acme, text)
    found = Asset.objects.order_by("serial_number").values_list("currency", flat=True)
    assert list(found) == ["USD", "GBP"]


@pytest.mark.parametrize(
    ("explained", "day"),
    [
        ("dd/mm/yyyy", date(2025, 4, 3)),
        ("MM/DD/YYYY", date(2025, 3, 4)),
        ("TT/MM/JJJJ", date(2025, 4, 3)),
        ("jj/mm/aaaa", date(2025, 4, 3)),
    ],
)
def test_the_order_in_the_header_is_not_asked_for(acme, shelf, explained, day):
    header = f"Serial;Model;Purchase date ({explained})\n"
    applied(acme, header + "H-1;ProDesk;03/04/2025\n")
    assert only(acme).purchased_on == day


def test_cells_that_contradict_their_header_are_asked_about(acme, shelf):
    text = "Serial;Model;Purchase date (dd/mm/yyyy)\nH-1;ProDesk;03/25/2025\n"
    batch = upload(acme, text + "H-2;ProDesk;03/04/2025\n")
    assert formats.open_questions(batch.options) == [("date_order", 2, "")]


@pytest.mark.parametrize("said", ["Unassigned", "nicht zugewiesen", "Brak", "aucun"])
def test_a_word_for_nobody_is_no_name(acme, shelf, emil, said):
    applied(acme, "Serial;Model;Assigned to\nH-1;ProDesk;Emil Example\n")
    assert only(acme).user == emil
    text = f"Serial;Model;Assigned to;Location\nH-1;ProDesk;{said};Poznań shelf\n"
    assert counts(applied(acme, text)) == {"CHANGE": 1}
    assert only(acme).user is None


def test_a_dash_for_a_holder_says_nothing(acme, shelf, emil):
    applied(acme, "Serial;Model;Assigned to\nH-1;ProDesk;Emil Example\n")
    batch = applied(acme, "Serial;Model;Assigned to\nH-1;ProDesk;-\n")
    assert counts(batch) == {"SAME": 1}
