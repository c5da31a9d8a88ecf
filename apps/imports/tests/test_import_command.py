from __future__ import annotations

from datetime import date
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from openpyxl import Workbook

from apps.conftest import make_user
from apps.inventory.models import Asset

pytestmark = pytest.mark.django_db

FILES = Path(__file__).parent / "files"
SAMPLES = Path(__file__).parent / "samples"
TEXT = "Serial;Model;Price;Status\nS1;XPS;1 EUR;\nS2;XPS;2 EUR;Flying\n"


def run(path: Path, *args: str) -> str:
    out = StringIO()
    call_command("import_file", str(path), "--company", "acme", *args, stdout=out)
    return out.getvalue()


# Who and what a sample only names is to be created.
CREATE = ("--decide", "person:*=CREATE", "--decide", "product:*=CREATE")


@pytest.fixture
def sheet(tmp_path: Path) -> Path:
    path = tmp_path / "sheet.csv"
    path.write_text(TEXT)
    return path


def test_plans_and_writes_nothing(acme, shelf, sheet):
    printed = run(sheet)
    assert "new product: XPS (2 rows)" in printed
    assert "2 rows: 1 create, 0 change, 0 same, 0 ambiguous, 1 refused" in printed
    assert "line 3: Status: “Flying”" in printed
    assert not Asset.objects.exists()


def test_applies(acme, shelf, sheet):
    assert "1 written" in run(sheet, "--apply")
    assert Asset.objects.get().serial_number == "S1"
    assert "1 same" in run(sheet, "--apply")
    assert Asset.objects.count() == 1


def test_prints_what_is_left_out(acme, shelf, tmp_path):
    path = tmp_path / "sheet.csv"
    path.write_text("Serial;Model;Price\nS1;XPS;2 bananas\nS2;XPS;3 EUR\n")
    printed = run(path)
    assert "2 rows: 2 create" in printed
    assert "warning: bad_money (1 rows)" in printed
    assert "line 2: Price: “2 bananas” is not an amount of money" in printed


def test_puts_the_rest_at_the_named_place(acme, shelf, office, sheet):
    run(sheet, "--apply", "--default-address", "warsaw office")
    assert Asset.objects.get().address == office


@pytest.mark.parametrize("name", ["snipeit_assets.csv", "shelf_assets.csv"])
def test_reads_the_exports_of_other_tools(acme, shelf, name):
    make_user(acme, "Mira", last_name="Holt", email="mira.holt@acme.example")
    assert "refused: p" in run(FILES / name)
    assert "0 refused" in run(FILES / name, "--apply", *CREATE)
    assert "0 create, 0 change" in run(FILES / name, "--apply")


@pytest.mark.parametrize(
    ("name", "refused"),
    [
        ("snipeit_assets.csv", 0),
        ("snipeit_assets_blanks.csv", 0),
        ("snipeit_assets_bad_lf.csv", 5),
        ("shelf_assets.csv", 0),
        ("ralph_back_office.tsv", 0),
        ("jamf_search.csv", 0),
        ("intune_devices_utf16.csv", 0),
        ("polish_sheet_cp1250.csv", 0),
        ("ragged.csv", 2),
        ("snipeit_users.csv", 0),
        ("shelf_users.csv", 0),
        ("bamboohr_employees.csv", 2),
        ("personio_de.csv", 1),
        ("personio_en.csv", 0),
    ],
)
def test_a_second_import_of_a_sample_changes_nothing(acme, shelf, name, refused):
    people = {"mira.holt": ("Mira", "Holt"), "x": ("Michał", "Żądło")}
    people |= {"lucja": ("Łucja", "Wójcik")}
    for username, (first, last) in people.items() if "user" not in name else ():
        email = f"{username}@acme.example"
        make_user(acme, first, last_name=last, email=email, username=username)
    if refused == 5:
        with pytest.raises(CommandError, match="Every row was refused"):
            run(SAMPLES / name, "--apply")
        return
    assert f"{refused} refused" in run(SAMPLES / name, "--apply", *CREATE)
    assert "0 create, 0 change" in run(SAMPLES / name, "--apply")


def test_reads_people(acme):
    assert "2 create" in run(FILES / "snipeit_users.csv", "--apply")


def test_reads_the_chosen_sheet_of_a_workbook(acme, shelf, tmp_path):
    book = Workbook()
    book.active.append(["Notes of the year"])
    book.active.append(["none"])
    sheet = book.create_sheet("Devices")
    sheet.append(["Serial", "Model", "Purchase date"])
    sheet.append(["S1", "XPS", date(2024, 1, 31)])
    book.save(tmp_path / "book.xlsx")
    assert "1 create" in run(tmp_path / "book.xlsx", "--sheet", "devices", "--apply")
    assert Asset.objects.get().purchased_on == date(2024, 1, 31)
    with pytest.raises(CommandError, match="no sheet “Other”"):
        run(tmp_path / "book.xlsx", "--sheet", "Other")


def test_says_in_one_line_what_cannot_be_read(acme, tmp_path):
    with pytest.raises(CommandError, match="list of software licences"):
        run(FILES / "snipeit_licences.csv")
    with pytest.raises(CommandError, match="No such file"):
        run(tmp_path / "absent.csv")
    with pytest.raises(CommandError, match="no company “initech”"):
        call_command("import_file", str(FILES / "shelf_users.csv"), company="initech")


def test_a_kind_of_device_is_no_model(acme, shelf):
    with pytest.raises(CommandError, match="Every row was refused"):
        run(SAMPLES / "jamf_preload.csv", "--apply", *CREATE)


def test_only_all_of_a_kind_are_decided_by_an_option(acme, shelf, sheet):
    with pytest.raises(CommandError, match="is not KIND"):
        run(sheet, "--decide", "person:joe@acme.example=CREATE")


def test_fails_when_every_row_is_refused(acme, tmp_path):
    path = tmp_path / "bad.csv"
    path.write_text("Serial;Model\nS1;XPS\n")
    with pytest.raises(CommandError, match="Every row was refused"):
        run(path, "--apply")
