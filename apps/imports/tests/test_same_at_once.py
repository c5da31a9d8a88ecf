"""A file that was applied is the same at once, whatever its cells hold; and what the
plan creates is created."""

from __future__ import annotations

import csv
import io

import pytest
from django.db import transaction
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from apps.accounts.models import User
from apps.catalog.models import Product
from apps.companies.models import Address
from apps.conftest import make_asset
from apps.imports.states import Kind
from apps.inventory.models import Asset

from .factories import applied, apply_all, codes, counts, planned, rows

pytestmark = [pytest.mark.full, pytest.mark.django_db]

# Blanks, what shows nothing, letters whose capitals are two or have an accent apart,
# words of spreadsheets and of other tools, formulas, lists, more than one line.
PIECES = [
    *" \t\u00a0\u2003\u3000\u200b\u200d\ufeff\u00ad\u202e\ufe0f\u034f\u3164\u2800\x85",
    *"aZ09éÄßİıΣςǰΐŉﬁÅK’'\",;:=@()<>#%\\/-–_.!?\u0301\u0307\u0323\u0345\ufffd🙂",
    "\n",
    "  ",
    "Anna",
    "e\u0301",
    "e\u200d\u0301",
    '="007"',
    "'=1+1",
    "(clear)",
    "n/a",
    "#N/A",
    "1E+15",
    "a@b.example",
    "x" * 130,
    "ŉ" * 70,
]
NASTY = st.lists(st.sampled_from(PIECES), max_size=8).map("".join)
DAYS = st.sampled_from(["", "2024-01-31", "1950-03-01", "2090-01-01", "31.1.24", "x"])
ASSETS = {
    "Serial number": NASTY,
    "Asset tag": NASTY,
    "External id": NASTY,
    "Item name": NASTY,
    "Model name": NASTY,
    "Model number": NASTY,
    "Manufacturer": NASTY,
    "Holder email": st.sampled_from(["", "", "Nora@b.example", "ΝΌΣ@b.example"]),
    "Holder first name": NASTY,
    "Holder last name": NASTY,
    "Location": NASTY,
    "Purchase date": DAYS,
    "Purchase price": st.sampled_from(["", "1.249,00", "1249.00", "12 EUR", "1e9"]),
    "Warranty months": st.sampled_from(["", "36", "40 years", "999"]),
    "Supplier": NASTY,
    "Order number": NASTY,
    "Cost centre": NASTY,
    "Notes": NASTY,
    "MAC address": NASTY,
}
PEOPLE = {
    "Email": st.one_of(st.just("nora@b.example"), NASTY),
    "Full name": NASTY,
    "First name": NASTY,
    "Last name": NASTY,
    "Username": NASTY,
    "Employee number": NASTY,
    "Private email": NASTY,
    "Phone": NASTY,
    "Job title": NASTY,
    "Department": NASTY,
    "Cost centre": NASTY,
    "Name on parcels": NASTY,
    "Phone for parcels": NASTY,
    "Street": NASTY,
    "Address line 2": NASTY,
    "City": NASTY,
    "Region": NASTY,
    "Postal code": NASTY,
    "Start date": DAYS,
    "Notes": NASTY,
}


def table(cells: dict[str, st.SearchStrategy[str]]) -> st.SearchStrategy[str]:
    row = st.tuples(*cells.values())

    def written(found: list[tuple[str, ...]]) -> str:
        text = io.StringIO()
        writer = csv.writer(text)
        writer.writerow(cells)
        writer.writerow(["plain"] * len(cells))  # some row there is
        writer.writerows(found)
        return text.getvalue()

    return st.lists(row, min_size=4, max_size=12).map(written)


often = settings(
    max_examples=25,
    deadline=None,
    phases=[Phase.explicit, Phase.generate],  # a file is small enough to be looked at
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)


def require_same_at_once(company, text: str, kind: str) -> None:
    with transaction.atomic():
        first = planned(company, text, kind=kind)
        before = counts(first)
        apply_all(first)
        refused = [(r.line, r.cells, codes(r)) for r in rows(first) if r.problems]
        assert counts(first) == before, refused
        second = planned(company, text, kind=kind)
        written = [
            (row.line, row.verdict, row.changes, row.cells)
            for row in rows(second)
            if row.verdict in ("CREATE", "CHANGE", "REHIRE")
        ]
        assert not written
        same = before.get("CREATE", 0) + before.get("CHANGE", 0) + before.get("SAME", 0)
        assert counts(second).get("SAME", 0) == same
        transaction.set_rollback(True)


@often
@given(text=table(ASSETS))
def test_devices_are_the_same_at_once(acme, shelf, text):
    require_same_at_once(acme, text, Kind.ASSETS)


@often
@given(text=table(PEOPLE))
def test_people_are_the_same_at_once(acme, text):
    require_same_at_once(acme, text, Kind.PEOPLE)


# --- Stored before texts were written as they are now -----------------------


def test_what_is_stored_with_other_blanks_is_the_same(acme, office, emil):
    asset = make_asset(emil, "S1", asset_tag="T1")
    stored = {"supplier": "ACME  Ltd", "name": "My\u00a0 device", "notes": "a\r\nb "}
    Asset.objects.filter(pk=asset.pk).update(
        **stored, specification=[{"RAM": "16  GB"}]
    )
    Address.objects.filter(pk=office.pk).update(name="Main  store")
    Product.objects.filter(pk=asset.product_id).update(name="Two  spaces")
    text = "Serial;Tag;Name;Model;Supplier;Notes;Location;RAM\n"
    text += 'S1;T1;My device;Two spaces;ACME Ltd;"a\nb";;16 GB\n'
    text += "S2;T2;;Two spaces;;;Main store;\n"
    batch = applied(acme, text)
    assert counts(batch) == {"SAME": 1, "CREATE": 1}
    assert Asset.objects.values_list(*stored).get(pk=asset.pk) == (*stored.values(),)
    assert Address.objects.filter(company=acme).count() == 1
    assert Product.objects.filter(company=acme).count() == 1


def test_people_stored_with_other_blanks_are_the_same(acme, emil):
    User.objects.filter(pk=emil.pk).update(department="Sales\u00a0 North", phone="1  2")
    text = f"Email,Department,Phone\n{emil.email},Sales North,1 2\n"
    assert counts(planned(acme, text)) == {"SAME": 1}


@pytest.mark.parametrize(
    "name",
    ["’", "\u0301", "İ", "ΑΣ", "ŉ", "Two  blanks", "e\u200d\u0301", "A\u3164B"],
    ids=ascii,
)
def test_a_name_makes_one_place_and_one_model(acme, name):
    text = f"Tag;Model;Location\nT1;{name};{name}\n"
    assert counts(applied(acme, text)) == {"CREATE": 1}
    again = applied(acme, text)
    assert counts(again) == {"SAME": 1}
    assert not again.unknowns.exists()
    assert Address.objects.filter(company=acme).count() == 1
    assert Product.objects.filter(company=acme).count() == 1


@pytest.mark.parametrize("names", [("Ɣa", "ɣa"), ("ΑΣ", "ασ"), ("ÉA", "éa")])
def test_case_makes_no_second_place_or_model(acme, names):
    for tag, name in zip(("T1", "T2"), names, strict=True):
        batch = planned(acme, f"Tag;Model;Location\n{tag};{name};{name}\n")
        assert batch.unknowns.count() == (2 if tag == "T1" else 0)
        apply_all(batch)
    assert Address.objects.filter(company=acme).count() == 1
    assert Product.objects.filter(company=acme).count() == 1


@pytest.mark.parametrize("number", ["İ1", "ΑΣ", "ŉ1", "E  1", "e\u0301"], ids=ascii)
def test_an_employee_number_is_one_persons(acme, number):
    text = f"Email,First name,Employee number\nada@b.example,Ada,{number}\n"
    assert counts(applied(acme, text)) == {"CREATE": 1}
    moved = text.replace("ada@", "ida@")
    assert counts(planned(acme, moved)) == {"CHANGE": 1}


@pytest.mark.parametrize(
    ("cells", "code"),
    [
        ({"Email": "a" * 60 + "@" + "b" * 60 + "." + "c" * 60 + "." + "d" * 80}, ""),
        ({"Email": "a@b.example", "Full name": f"Ada {'x' * 140}"}, "too_long"),
        ({"Email": f"{'a' * 140}@b.example"}, "too_long"),
    ],
    ids=["email", "name", "name in email"],
)
def test_who_can_not_be_written_is_refused_in_the_plan(acme, cells, code):
    text = f"{','.join(cells)}\n{','.join(cells.values())}\n"
    (row,) = rows(planned(acme, text))
    assert row.verdict == "REFUSED"
    assert codes(row) == [code] if code else row.problems


def test_a_comma_is_nobodys_name(acme):
    text = 'Email,Full name\nada.lee@b.example,","\n'
    applied(acme, text)
    user = User.objects.get(email="ada.lee@b.example")
    assert (user.first_name, user.last_name) == ("Ada", "Lee")
    assert counts(planned(acme, text)) == {"SAME": 1}
