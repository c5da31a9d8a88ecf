"""A device that has one of the candidates already keeps it."""

from __future__ import annotations

import pytest

from apps.catalog import services as catalog
from apps.companies import services as companies
from apps.companies.models import Address, Company
from apps.conftest import make_asset, make_user
from apps.core.actor import SYSTEM
from apps.inventory.models import Asset

from .factories import applied, codes, counts, planned, rows, sentence_of, unknowns

pytestmark = pytest.mark.django_db


def make_place(company: Company, name: str, city: str) -> Address:
    place = companies.create_address(
        actor=SYSTEM,
        company=company,
        name=f"{name} of {city}",
        street="Hafenweg 2",
        city=city,
        country_id="DE",
    )
    # As old rows have it: another name for the database, the same to whoever reads it.
    Address.objects.filter(pk=place.pk).update(name=name)
    place.refresh_from_db()
    return place


@pytest.fixture
def two_depots(acme) -> list[Address]:
    return [
        make_place(acme, "Depot North", "Bremen"),
        make_place(acme, "Depot\u00a0North", "Kiel"),
    ]


@pytest.mark.parametrize("number", [0, 1])
def test_it_stays_at_its_place_of_two_with_the_name(acme, two_depots, number):
    make_asset(two_depots[number], "DP-1")
    batch = planned(acme, "Serial;Location\nDP-1;depot north\n")
    assert counts(batch) == {"SAME": 1}


def test_a_new_one_is_not_put_at_the_first_of_two(acme, two_depots):
    batch = planned(acme, "Serial;Model;Location\nDP-2;Scanner;Depot North\n")
    (row,) = rows(batch)
    assert (row.verdict, codes(row)) == ("AMBIGUOUS", ["ambiguous"])
    assert "Bremen" in sentence_of(row)
    assert "Kiel" in sentence_of(row)


def test_the_open_one_of_two_is_meant(acme, two_depots):
    closed, still_open = two_depots
    Address.objects.filter(pk=closed.pk).update(is_active=False)
    applied(acme, "Serial;Model;Location\nDP-2;Scanner;Depot North\n")
    assert Asset.objects.get().address == still_open


def test_it_stays_at_a_place_that_has_closed(acme, two_depots):
    make_asset(two_depots[0], "DP-1")
    Address.objects.update(is_active=False)
    text = "Serial;Model;Location\nDP-1;;Depot North\nDP-2;X9;Depot North\n"
    batch = planned(acme, text)
    assert [row.verdict for row in rows(batch)] == ["SAME", "REFUSED"]


def test_it_keeps_its_holder_of_two_with_the_name(acme, shelf):
    one, other = (make_user(acme, "Ute", email=f"ute{n}@acme.example") for n in (1, 2))
    make_asset(one, "UT-1")
    make_asset(other, "UT-2")
    text = "Serial;Assigned to\nUT-1;Ute Example\nUT-2;Ute Example\n"
    assert counts(planned(acme, text)) == {"SAME": 2}


@pytest.mark.parametrize(
    "text", ["Serial;Model\nPB-1;ProBook\n", "Serial;Model number\nPB-1;450\n"]
)
def test_it_keeps_its_model_of_several(acme, shelf, text):
    """Two of this name, two of this number, none that is both by name alone."""
    ours = {"actor": SYSTEM, "company": acme, "category": "LAPTOP"}
    kept = catalog.create(name="ProBook", model_number="450", **ours)
    catalog.create(name="ProBook", model_number="455", **ours)
    catalog.create(name="EliteBook", model_number="450", **ours)
    make_asset(shelf, "PB-1", product=kept)
    assert counts(planned(acme, text)) == {"SAME": 1}


def test_it_keeps_the_numbered_one_where_another_has_no_number(acme, shelf):
    ours = {"actor": SYSTEM, "company": acme, "category": "LAPTOP"}
    catalog.create(name="ProBook", **ours)
    kept = catalog.create(name="ProBook", model_number="450", **ours)
    make_asset(shelf, "PB-1", product=kept)
    assert counts(planned(acme, "Serial;Model\nPB-1;ProBook\n")) == {"SAME": 1}


def test_nobody_is_handed_what_the_row_does_not_give_them(acme, shelf):
    """Names that nobody has, beside one or two that somebody has."""
    for first in ("Benoît", "Aaliyah"):
        make_user(acme, first, email=f"{first[0].lower()}@acme.example")
    text = "Serial;Model;Assigned to\n{}"
    unknown = "UP-8;Any model;Nobody Bythisname\nUP-9;Any model;Pool\n"
    known = "UP-1;Any model;Benoît Example\n"
    batch = applied(acme, text.format(known + unknown))
    assert counts(batch) == {"CREATE": 1, "REFUSED": 2}
    known = "UP-2;Any model;Aaliyah Example\nUP-3;Any model;Benoît Example\n"
    batch = applied(acme, text.format(known + unknown))
    assert counts(batch) == {"CREATE": 2, "REFUSED": 2}
    assert {codes(row)[0] for row in rows(batch)[2:]} == {"person_unknown"}
    assert ("holder", "Pool", 1, "REFUSE") in unknowns(batch)
    held = dict(Asset.objects.values_list("serial_number", "user__first_name"))
    assert held == {"UP-1": "Benoît", "UP-2": "Aaliyah", "UP-3": "Benoît"}
