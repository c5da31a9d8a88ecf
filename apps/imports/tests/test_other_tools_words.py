"""A word of another tool means what that tool means by it."""

from __future__ import annotations

import pytest

from apps.accounts.models import User
from apps.conftest import make_asset
from apps.imports.columns.cells import settle
from apps.imports.columns.exporters import MAY_SIGN_IN
from apps.imports.columns.headers import guess_mapping
from apps.imports.states import Kind
from apps.inventory.models import Asset

from .factories import applied, codes, counts, planned, rows

pytestmark = [pytest.mark.full, pytest.mark.django_db]


def why(header, *others):
    columns = guess_mapping([header, *others], Kind.PEOPLE).columns
    return columns[0].target, columns[0].why


def test_whoever_may_not_sign_in_to_snipe_it_works_here(acme):
    text = (
        "First Name,Last Name,Email,Username,Activated,Employee Number,Gravatar,VIP\n"
        "Ida,Quist,ida.quist@acme.example,ida.q,0,0101,,\n"
        "Tom,Ferro,tom.ferro@acme.example,tom.f,1,0102,,\n"
    )
    assert counts(planned(acme, text)) == {"CREATE": 2}
    applied(acme, text)
    people = User.objects.filter(company=acme, first_name__in=["Ida", "Tom"])
    assert set(people.values_list("state", flat=True)) == {"ACTIVE"}


@pytest.mark.parametrize(
    "header", ["Activated", "Enabled", "accountEnabled", "Account activated"]
)
def test_who_may_sign_in_is_no_employment_in_any_file(header):
    assert why(header, "E-mail") == (None, str(MAY_SIGN_IN))


@pytest.mark.parametrize("header", ["Active", "Is active", "Aktiv", "Aktywny"])
def test_who_works_here_is_still_read(header):
    assert why(header, "E-mail")[0] == "active"


# --- Checked out to a person, a place, another device -------------------------

CHECKED_OUT = (
    "Asset Tag,Model,Location,Checkout Type,Checked Out To: Username,"
    "Checked Out To: Email,Checkout Location\n"
)
REPORT = (
    "Asset Name,Asset Tag,Model,Model No.,Serial,Purchased,Location,Default Location,"
    "Checked Out,Type,Username,Employee No.,Status,Fully Depreciated\n"
)


def only(company):
    return Asset.objects.get(company=company)


def test_checked_out_to_a_place_is_at_that_place(acme, shelf):
    text = CHECKED_OUT + "Q1,Dock,Poznań shelf,location,,,Reception\n"
    applied(acme, text)
    assert (only(acme).state, only(acme).address.name) == ("STORAGE", "Reception")
    assert counts(planned(acme, text)) == {"SAME": 1}


def test_checked_out_to_a_place_takes_it_from_the_person(acme, emil, shelf):
    make_asset(emil, asset_tag="Q1", serial_number="")
    text = CHECKED_OUT + "Q1,,,location,,,Poznań shelf\n"
    applied(acme, text)
    assert (only(acme).user, only(acme).address) == (None, shelf)


def test_checked_out_to_a_person_is_held_by_them(acme, emil, shelf):
    applied(acme, CHECKED_OUT + f"Q1,Dock,Poznań shelf,user,,{emil.email},\n")
    assert only(acme).user == emil


def test_the_report_of_snipe_it_names_places_and_devices_as_people(acme, emil, shelf):
    head = "Dock at the desk,{tag},Dock,,,,Poznań shelf,,{who},{kind},,,,\n"
    text = REPORT + "".join(
        head.format(tag=tag, who=who, kind=kind)
        for tag, who, kind in (
            ("Q1", emil.name, "user"),
            ("Q2", "Reception", "location"),
            ("Q3", "NB-0042", "asset"),
        )
    )
    batch = applied(acme, text)
    assert counts(batch) == {"CREATE": 3}
    assert set(batch.unknowns.values_list("kind", "value")) == {
        ("product", "Dock"),
        ("place", "Reception"),
    }
    found = {asset.asset_tag: asset for asset in Asset.objects.filter(company=acme)}
    assert found["Q1"].user == emil
    assert found["Q2"].address.name == "Reception"
    assert found["Q3"].address == shelf
    assert found["Q3"].specification == [{"Checked out to": "NB-0042"}]
    assert counts(planned(acme, text)) == {"SAME": 3}


def test_what_is_no_longer_in_another_device_says_so_no_more(acme, emil, shelf):
    row = "Dock,Q1,Dock,,,,Poznań shelf,,{who},{kind},,,,\n"
    applied(acme, REPORT + row.format(who="NB-0042", kind="asset"))
    applied(acme, REPORT + row.format(who=emil.name, kind="user"))
    assert (only(acme).user, only(acme).specification) == (emil, [])


def test_another_kind_of_holder_is_refused(acme, shelf):
    batch = planned(acme, CHECKED_OUT + "Q1,Dock,,fleet,,,\n")
    assert codes(rows(batch)[0]) == ["bad_holder_kind"]


# --- Makers and models in one column -------------------------------------------


@pytest.mark.parametrize(
    ("cell", "maker", "model"),
    [
        ("Dell Latitude 5440", "Dell", "Latitude 5440"),
        ("Hewlett Packard Enterprise DL380", "Hewlett Packard Enterprise", "DL380"),
        ("HP / EliteBook 840", "HP", "EliteBook 840"),
        ("Lenovo - T14", "Lenovo", "T14"),
        ("TP-Link TL-SG108", "TP-Link", "TL-SG108"),
        ("Quux 3000", None, "Quux 3000"),
        ("Dellmann 12", None, "Dellmann 12"),
        ("Dell", "Dell", None),
    ],
)
def test_a_maker_is_split_off_only_where_it_is_known(cell, maker, model):
    values = {"make_and_model": cell}
    settle(values)
    assert (values.get("manufacturer"), values.get("product_name")) == (maker, model)


def test_a_maker_that_the_row_names_is_split_off_and_columns_come_first():
    values = {"make_and_model": "Quux 3000", "manufacturer": "QUUX"}
    settle(values)
    assert values == {"manufacturer": "QUUX", "product_name": "3000"}
    values = {"make_and_model": "Dell Latitude", "product_name": "Latitude 7"}
    settle(values)
    assert values == {
        "manufacturer": "Dell",
        "product_name": "Latitude 7",
        "overruled": {"make_and_model": "Dell Latitude"},  # told with the row
    }


def test_brand_and_model_make_a_device(acme, shelf):
    applied(acme, "Asset ID,Brand & Model\nQ1,Dell Latitude 5440\n")
    product = only(acme).product
    assert (product.manufacturer, product.name) == ("Dell", "Latitude 5440")
