"""A column that is left out though it says something is told with its rows."""

from __future__ import annotations

from io import StringIO

import pytest
from django.core.management import call_command
from django.urls import reverse

from apps.imports.models import Batch
from apps.imports.run import planning
from apps.imports.shown.columns import overview
from apps.imports.states import BatchState

from .factories import SYSTEM, make_plan, planned, read_now, services, upload

pytestmark = pytest.mark.django_db

HEADER = "Serial Number,Asset Model,Location,Dispensed,Asset Status\n"


def left_out(company, text: str, *positions: str, **options) -> Batch:
    """Planned without these columns."""
    batch = upload(company, text, **options)
    mapping = {at: to for at, to in batch.mapping.items() if at not in positions}
    services.set_columns(
        batch, mapping=mapping, options={}, default_address=None, actor=SYSTEM
    )
    batch.refresh_from_db()
    if batch.state != BatchState.READING:
        return make_plan(batch)
    read_now(batch)  # it goes on with the plan
    planning.make_plan(batch.pk)
    batch.refresh_from_db()
    return batch


def held(batch: Batch) -> dict[str, tuple[int, str]]:
    return {batch.headers[u["column"]]: (u["rows"], u["holds"]) for u in batch.unused}


def test_by_their_headers(acme, shelf):
    text = "Serial,Model,Location,User Allocated Now,Asset Status,Blank,Wheels\n"
    text += "UC-1,Cart,Attic,Carla X,Deployed,,4\nUC-2,Cart,Attic,,Flying,,\n"
    batch = left_out(acme, text, "2", "3", "4", "5", "6")
    assert held(batch) == {
        "Location": (2, "place"),
        "User Allocated Now": (1, "holder"),
        "Asset Status": (2, "state"),
        "Wheels": (1, ""),
    }
    first, *_others, last = overview(batch).left_out
    assert "“Location” seems to say where" in first.told
    assert last.told.startswith("“Wheels”, such as “4” (1 row): Tequipy has no field")


@pytest.mark.parametrize(
    ("cells", "holds"),
    [
        (("Emil Example", "Example, Emil"), "holder"),
        (("x@acme.example", "y@acme.example"), "holder"),
        (("poznań  shelf",), "place"),
        (("Deployed", "Broken", "odd"), "state"),
        (("CHF", "eur"), "currency"),
        (("red", "blue"), ""),
    ],
)
def test_by_what_they_hold(acme, shelf, emil, cells, holds):
    rows = "".join(f'UC-{n},Cart,"{cell}"\n' for n, cell in enumerate(cells))
    batch = left_out(acme, "Serial,Model,Zzz\n" + rows, "2")
    assert held(batch) == {"Zzz": (len(cells), holds)}


def test_since_when_somebody_has_it_is_not_who(acme, shelf):
    text = "Serial,Model,Assigned on\nUC-1,Cart,2024-01-31\nUC-2,Cart,3/4/2025\n"
    assert held(left_out(acme, text + "UC-3,Cart,n/a\n", "2")) == {
        "Assigned on": (3, "")
    }


def test_a_plan_that_leaves_nothing_out_says_nothing(acme, shelf):
    batch = planned(acme, "Serial,Model,Location,Empty\nUC-1,Cart,Poznań shelf,\n")
    assert batch.unused == []


def test_page_and_command_tell_it(acme, anna, shelf, client_of, tmp_path):
    text = "Serial,Model,Who uses it as user\nUC-1,Cart,Carla X\n"
    batch = left_out(acme, text, "2")
    page = client_of(anna).get(reverse("imports:detail", args=[batch.pk]))
    assert (
        "seems to say who has a device, and is left out: 1 row" in page.content.decode()
    )
    path = tmp_path / "carts.csv"
    path.write_text("Serial,Model,Kept by employee\nUC-1,Cart,Carla X\n")
    out = StringIO()
    call_command("import_file", str(path), company="acme", stdout=out)
    assert "warning: “Kept by employee” seems to say who" in out.getvalue()


def test_what_is_left_out_for_a_known_reason_is_no_warning(acme, shelf):
    """Snipe-IT's “Created by” and groups, and headers that hold no field anywhere."""
    header = "Asset Name,Asset Tag,Serial,Model,Location,Company,Created By,EOL\n"
    text = "Hub,T-1,UC-9,Hub 7,Poznań shelf,Poznań shelf,Emil Example,2030-01-01\n"
    batch = planned(acme, header + text)
    by_header = {one.header: one for one in overview(batch).left_out}
    assert by_header["Company"].warning is None
    assert held(batch)["Company"] == (1, "")


# --- Of two columns for one field, the one that holds something ---------------


@pytest.mark.parametrize(
    ("header", "row", "field", "position"),
    [
        ("Serial;Model;Location;Site", "EM-1;Hub;;Attic", "location", "3"),
        ("Serial;Model;Site;Location", "EM-1;Hub;Attic;", "location", "2"),
        ("Serial;Model;Office;Location", "EM-1;Hub;n/a;Attic", "location", "3"),
        ("Serial;Modell;Standort;Lager", "EM-1;Hub;-;Attic", "location", "3"),
        ("Serial;Model;Default location;Location", "EM-1;Hub;Attic;", "location", "2"),
        (
            "Serial;Model;Assigned to;Owner",
            "EM-1;Hub;;Emil Example",
            "holder_name",
            "3",
        ),
        (
            "Serial;Model;Purchase date;Order date",
            "EM-1;Hub;;2024-02-25",
            "purchase_date",
            "3",
        ),
        ("Serial;Product;Model", "EM-1;;Hub", "product_name", "2"),
    ],
)
def test_an_empty_column_wins_over_none(acme, shelf, header, row, field, position):
    batch = upload(acme, f"{header}\n{row}\n", kind="ASSETS")
    assert batch.mapping[position] == field
    (shown,) = [one for one in overview(batch).columns if one.field == field]
    assert str(shown.position) == position


def test_cells_of_the_column_that_was_chosen_are_understood(acme, shelf):
    header = "Serial;Model;Purchase date;Order date\n"
    batch = upload(acme, header + "EM-2;Hub;;13/4/2024\n", kind="ASSETS")
    assert batch.options["columns"]["3"]["date_order"] == "DAY_FIRST"


def test_of_two_filled_columns_for_one_field_the_other_is_told(acme, shelf):
    header = "Serial;Model;Location;Site\n"
    batch = planned(acme, header + "EM-3;Hub;Attic;Berlin\n")
    assert batch.mapping["2"] == "location"
    assert held(batch) == {"Site": (1, "place")}


def test_columns_that_people_chose_stay_though_they_are_empty(acme, anna, shelf):
    header = "Serial;Model;Location;Site\n"
    batch = upload(acme, header + "EM-4;Hub;;Attic\n")
    chosen = {"0": "serial_number", "1": "product_name", "2": "location"}
    services.set_columns(
        batch, mapping=chosen, options={}, default_address=None, actor=SYSTEM
    )
    assert read_now(batch).mapping == chosen
