"""What stands among the holders and is nobody: a place, a stock, a word for none."""

from __future__ import annotations

import pytest

from apps.accounts.models import User
from apps.conftest import make_user
from apps.core.errors import Invalid
from apps.imports import services
from apps.imports.models import Batch
from apps.imports.run import planning
from apps.imports.targets.unresolved import NameChoice
from apps.inventory.models import Asset

from .factories import SYSTEM, applied, apply_all, codes, counts, planned, rows

pytestmark = pytest.mark.django_db

HEADER = "Serial;Model;Assigned to;Location\n"


def warned(batch: Batch) -> list[list[str]]:
    return [[one["code"] for one in row.warnings] for row in rows(batch)]


def decided(batch: Batch, *choices: NameChoice) -> Batch:
    services.decide_unknowns(batch, choices, actor=SYSTEM, in_background=False)
    planning.make_plan(batch.pk)
    batch.refresh_from_db()
    return batch


@pytest.mark.parametrize(
    "text",
    [
        *("Lager", "IT storage", "Stock", "Reserve", "IT-Lager", "frei", "available"),
        *("En stock", "Magazyn", "Bodega", "Spare pool", "Poolgerät", "verfügbar"),
        *("Stock DSI", "Lager EDV 2", "IT store"),
    ],
)
def test_a_word_for_a_stock_is_nobody(acme, shelf, text):
    batch = planned(acme, HEADER + f"LG-1;Elite 840;{text};Poznań shelf\n")
    assert (counts(batch), warned(batch)) == ({"CREATE": 1}, [["names_nobody"]])
    assert not batch.unknowns.filter(kind__in=("person", "holder")).exists()
    people = User.objects.count()
    apply_all(batch)
    assert Asset.objects.get().address == shelf
    assert User.objects.count() == people


@pytest.mark.parametrize("text", ["unassigned", "niemand", "nicht zugewiesen"])
def test_a_word_for_none_takes_the_holder_away(acme, shelf, emil, text):
    applied(acme, HEADER + "LG-2;Elite 840;Emil Example;\n")
    applied(acme, HEADER + f"LG-2;Elite 840;{text};Poznań shelf\n")
    assert Asset.objects.get().address == shelf


@pytest.mark.parametrize("text", ["-", "n/a", "?", "—"])
def test_what_says_nothing_leaves_the_holder(acme, emil, text):
    applied(acme, HEADER + "LG-2;Elite 840;Emil Example;\n")
    assert counts(planned(acme, HEADER + f"LG-2;Elite 840;{text};\n")) == {"SAME": 1}


def test_the_name_of_a_place_says_where_it_is(acme, shelf, office):
    text = "LG-3;Elite 840;POZNAŃ shelf;\nLG-4;Elite 840;Poznań shelf;Warsaw office\n"
    batch = planned(acme, HEADER + text)
    assert warned(batch) == [["names_nobody"], ["overruled"]]
    apply_all(batch)
    found = dict(Asset.objects.values_list("serial_number", "address__name"))
    assert found == {"LG-3": "Poznań shelf", "LG-4": "Warsaw office"}


def test_whoever_is_called_like_a_stock_comes_first(acme, shelf):
    lager = make_user(acme, "Lager", email="lager@acme.example", last_name="")
    apply_all(planned(acme, HEADER + "LG-5;Elite 840;Lager;\n"))
    assert Asset.objects.get().user == lager


@pytest.mark.parametrize("text", ["Unassigned", "IT storage", "Lager"])
def test_a_word_among_addresses_is_no_damaged_address(acme, shelf, text):
    header = "Serial;Model;Holder email;Location\n"
    batch = planned(acme, header + f"LG-6;Elite 840;{text};Poznań shelf\n")
    assert counts(batch) == {"CREATE": 1}


def test_a_word_for_none_beside_somebody_is_told(acme, emil):
    header = "Serial;Model;Assigned to;Holder email\n"
    batch = planned(acme, header + "LG-7;Elite 840;Unassigned;emil@acme.example\n")
    assert warned(batch) == [["overruled"]]
    apply_all(batch)
    assert Asset.objects.get().user == emil


def test_other_names_are_decided_once_to_be_nobody_or_a_place(acme, shelf, office):
    text = "LG-8;Elite 840;Meeting room 3;Poznań shelf\nLG-9;Elite 840;Reception;\n"
    batch = planned(acme, HEADER + text)
    assert [codes(row) for row in rows(batch)] == [["person_unknown"]] * 2
    with pytest.raises(Invalid):
        decided(batch, NameChoice("product", "elite 840\n", "NOBODY"))
    decided(
        batch,
        NameChoice("holder", "meeting room 3", "NOBODY"),
        NameChoice("holder", "reception", "USE", "warsaw office"),
    )
    assert dict(batch.unknowns.values_list("key", "rows"))["reception"] == 1
    apply_all(batch)
    found = dict(Asset.objects.values_list("serial_number", "address__name"))
    assert found == {"LG-8": "Poznań shelf", "LG-9": "Warsaw office"}
    later = planned(acme, HEADER + text)
    assert counts(later) == {"SAME": 2}


def test_an_address_is_decided_to_be_nobody(acme, shelf):
    header = "Serial;Model;Holder email;Location\n"
    text = "LG-10;Elite 840;it-store@acme.example;Poznań shelf\n"
    batch = planned(acme, header + text)
    assert codes(rows(batch)[0]) == ["person_unknown"]
    decided(batch, NameChoice("person", "it-store@acme.example", "NOBODY"))
    assert counts(batch) == {"CREATE": 1}


def test_a_place_that_was_closed_since_is_told(acme, shelf, office):
    batch = planned(acme, HEADER + "LG-11;Elite 840;Reception;Poznań shelf\n")
    decided(batch, NameChoice("holder", "reception", "USE", "Warsaw office"))
    type(office).objects.filter(pk=office.pk).update(is_active=False)
    later = planned(acme, HEADER + "LG-11;Elite 840;Reception;Poznań shelf\n")
    assert codes(rows(later)[0]) == ["mapped_gone"]


def test_a_name_the_other_way_round_is_shown_not_taken(acme, shelf, emil):
    batch = planned(acme, HEADER + "LG-12;Elite 840;Example Emil;\n")
    assert codes(rows(batch)[0]) == ["person_unknown"]
    (meant,) = batch.unknowns.get(kind="holder").candidates
    assert meant.startswith("Emil Example")
