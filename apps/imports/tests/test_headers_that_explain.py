"""What a header says of the cells below it is neither asked nor overruled."""

from __future__ import annotations

from datetime import date

import pytest

from apps.accounts.models import User
from apps.imports.columns import formats
from apps.inventory.models import Asset

from .factories import applied, codes, counts, planned, rows, unknowns, upload

pytestmark = [pytest.mark.full, pytest.mark.django_db]


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


# --- Names that begin with the surname ----------------------------------------


@pytest.mark.parametrize(
    ("cell", "name"),
    [
        ("Fournier Benoît", ("Benoît", "Fournier")),
        ("Fournier, Benoît", ("Benoît", "Fournier")),
        ("DE LA TOUR Anne Marie", ("Anne Marie", "DE LA TOUR")),
        ("IBÁÑEZ PEÑA Nuria", ("Nuria", "IBÁÑEZ PEÑA")),
    ],
)
def test_a_name_is_in_the_order_that_its_header_says(acme, cell, name):
    applied(acme, f'Nom et prénom;E-mail\n"{cell}";n@acme.example\n')
    person = User.objects.get(email="n@acme.example")
    assert (person.first_name, person.last_name) == name


@pytest.mark.parametrize("cell", ["Ibáñez Peña Nuria", "IBÁÑEZ PEÑA NURIA"])
def test_where_a_surname_ends_is_not_guessed(acme, cell):
    batch = planned(acme, f"Apellidos y nombre;Correo\n{cell};n@acme.example\n")
    assert [codes(row) for row in rows(batch)] == [["where_surname_ends"]]


@pytest.mark.parametrize(
    "headers", ["Seriennummer;Modell;Name, Vorname", "Nr seryjny;Model;Nazwisko i imię"]
)
def test_a_holder_is_found_in_the_order_that_the_header_says(acme, emil, headers):
    applied(acme, f"{headers}\nH-1;ProDesk;Example Emil\n")
    assert only(acme).user == emil


def test_a_holder_whose_surname_may_end_anywhere_is_asked_for_by_name(acme, shelf):
    text = "Serial;Model;Name, Vorname\nH-1;ProDesk;Ibáñez Peña Nuria\n"
    batch = planned(acme, text)
    assert ("holder", "Ibáñez Peña Nuria", 1, "REFUSE") in unknowns(batch)


def test_glpi_writes_the_surname_first(acme, emil):
    text = "Name;Entity;Serial number;Model;Alternate username;User\n"
    applied(acme, text + "pc-1;Acme;H-1;ProDesk;emil@pc;Example Emil\n")
    assert only(acme).user == emil
