"""Files that once failed, each read, planned and applied as it came."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.core.management import call_command

from apps.accounts.models import User
from apps.catalog.models import Product
from apps.companies.models import Address
from apps.conftest import make_user
from apps.core.actor import SYSTEM
from apps.imports.shown.columns import overview
from apps.imports.states import Verdict
from apps.inventory.models import Asset
from apps.people import services as people

from .factories import (
    apply_all,
    codes,
    counts,
    create_people,
    planned,
    rows,
    unknowns,
)

pytestmark = pytest.mark.django_db
CASES = Path(__file__).parent / "cases"


def file(name: str) -> str:
    (path,) = CASES.glob(f"{name}*.csv")
    return path.read_text()


@pytest.fixture
def benoit(acme) -> User:
    email = "benoit@acme.example"
    return make_user(acme, "Benoît", last_name="Fournier", email=email)


def test_01_nobody_is_handed_what_names_somebody_else(acme, shelf, benoit):
    batch = apply_all(planned(acme, file("01-")))
    assert [codes(row) for row in rows(batch)] == [
        [],
        ["person_unknown"],
        ["person_unknown"],
    ]
    assert Asset.objects.get().user == benoit


def test_01b_an_unknown_name_makes_no_known_one_unclear(acme, shelf, benoit):
    make_user(acme, "Aaliyah", last_name="Alvarez")
    batch = apply_all(planned(acme, file("01b")))
    assert [row.verdict for row in rows(batch)] == ["CREATE", "CREATE", "REFUSED"]
    holders = Asset.objects.order_by("serial_number").values_list("user__last_name")
    assert list(holders) == [("Fournier",), ("Alvarez",)]


def test_02_in_use_without_a_known_holder_is_asked_once_a_word(acme, shelf):
    batch = planned(acme, file("02"))
    assert counts(batch) == {"REFUSED": 2}
    assert ("in_use", "Deployed", 1, "REFUSE") in unknowns(batch)
    assert ("holder", "Carla Example", 1, "REFUSE") in unknowns(batch)


@pytest.mark.parametrize("name", ["03-", "03b-"])
def test_03_blanks_are_one_blank_at_once(acme, name):
    text = file(name)
    apply_all(planned(acme, text))
    assert counts(planned(acme, text)) == {"SAME": 1}
    assert Address.objects.filter(company=acme).count() == 1
    assert Product.objects.filter(company=acme).count() == 1


def test_04_who_has_left_is_asked_for_a_way_back(acme):
    text = file("04")
    apply_all(planned(acme, text))
    people.archive(User.objects.get(first_name="Rita"), reason="LEFT", actor=SYSTEM)
    (row,) = rows(planned(acme, text))
    assert (row.verdict, codes(row)) == ("REFUSED", ["has_left"])


def test_06_another_serial_under_a_known_tag_is_no_plain_change(acme, shelf):
    apply_all(planned(acme, file("06-tag-reused-overwrites-serial-1")))
    text = file("06-tag-reused-overwrites-serial-2")
    (row,) = rows(apply_all(planned(acme, text)))
    assert row.verdict == Verdict.CONFLICT
    assert Asset.objects.get().serial_number == "TR-OLD"


def test_07_who_may_not_sign_in_works_here(acme):
    apply_all(planned(acme, file("07")))
    assert User.objects.present().filter(company=acme).count() == 2


def test_09_the_command_tells_what_the_page_tells(acme, shelf, capsys):
    make_user(acme, "Carla")
    (path,) = CASES.glob("09-*.csv")
    call_command("import_file", str(path), "--company", "acme")
    printed = capsys.readouterr().out
    assert f"Prices that name no currency are in {acme.currency}." in printed
    assert "1 create" in printed
    assert "\nleft out:" not in printed  # of columns


def test_10_headers_of_a_database_are_known_and_its_word_is_asked_once(acme, shelf):
    batch = create_people(planned(acme, file("10")))
    assert [one for one in overview(batch).left_out if one.warning] == []
    assert ("status", "Einsatzbereit", 1, "REFUSE") in unknowns(batch)
    assert len(batch.mapping) == len(batch.headers)
