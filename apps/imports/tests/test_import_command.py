from __future__ import annotations

import json
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
ANSWERS = {"bamboohr_employees.csv": ("--answer", "7:word:on leave=REFUSE")}
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
    answers = ("--likely", *ANSWERS.get(name, ()))
    assert f"{refused} refused" in run(SAMPLES / name, "--apply", *CREATE, *answers)
    assert "0 create, 0 change" in run(SAMPLES / name, "--apply", *answers)


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


def test_fails_when_every_row_is_refused(acme, tmp_path):
    path = tmp_path / "bad.csv"
    path.write_text("Serial;Model\nS1;XPS\n")
    with pytest.raises(CommandError, match="Every row was refused"):
        run(path, "--apply")


# --- A header that is only likely to mean a field ---------------------------------

DOUBT = "Serial;Model;Owner\nO-1;XPS;Emil Example\n"


def test_a_likely_column_is_told_and_asked_before_anything_is_written(
    acme, shelf, emil, sheet
):
    sheet.write_text(DOUBT)
    printed = run(sheet)
    assert "likely: Owner (“Emil Example”) is Name of the holder: " in printed
    assert "1 create" in printed
    with pytest.raises(CommandError) as stopped:
        run(sheet, "--apply")
    told = str(stopped.value)
    assert "Is “Owner” Name of the holder?" in told
    assert "--column 2=holder_name" in told
    assert not Asset.objects.exists()


@pytest.mark.parametrize("said", [("--column", "2=holder_name"), ("--likely",)])
def test_a_likely_column_is_taken_once_somebody_says_so(acme, emil, sheet, said):
    sheet.write_text(DOUBT)
    assert "likely" not in run(sheet, "--apply", *said)
    assert Asset.objects.get().user == emil


def test_a_likely_column_may_be_left_out(acme, shelf, emil, sheet):
    sheet.write_text(DOUBT)
    run(sheet, "--apply", "--column", "2=")
    assert Asset.objects.get().user is None


# --- It says what the page says ----------------------------------------------

LEFT = "Serial;Model;Mystery;Price;Location\nC-1;ProDesk 400;north;99,50;Cellar\n"
ASKED = "Serial;Model;Purchase date\nC-1;ProDesk 400;03/04/2025\n"


def test_says_what_is_left_out_and_assumed(acme, shelf, sheet):
    sheet.write_text(LEFT)
    printed = run(sheet)
    assert "left out: Mystery (“north”): " in printed
    assert "(--column 2=FIELD)" in printed
    assert f"Prices that name no currency are in {acme.currency}." in printed
    assert "(--currency)" in printed
    assert "go to Poznań shelf." in printed
    assert "new place: Cellar (1 rows)" in printed
    assert "USD." in run(sheet, "--currency", "usd", "--apply")
    assert Asset.objects.get().currency == "USD"


def test_stops_at_a_question_and_says_how_to_answer(acme, shelf, sheet):
    sheet.write_text(ASKED)
    with pytest.raises(CommandError) as stopped:
        run(sheet, "--apply")
    told = str(stopped.value)
    assert "days such as 03/04/2025 in “Purchase date”" in told
    assert "--answer “2:date_order=DAY_FIRST”" in told
    assert "--answer “2:date_order=MONTH_FIRST”" in told
    assert not Asset.objects.exists()
    with pytest.raises(CommandError, match="is no answer to 2:date_order"):
        run(sheet, "--answer", "2:date_order=YES")
    with pytest.raises(CommandError, match="no question “9:date_order”"):
        run(sheet, "--answer", "9:date_order=DAY_FIRST")
    printed = run(sheet, "--answer", "2:date_order=MONTH_FIRST", "--apply")
    assert "12 March" in printed
    assert Asset.objects.get().purchased_on == date(2025, 3, 4)


def test_answers_for_all_columns_still_do(acme, shelf, sheet):
    sheet.write_text(ASKED)
    run(sheet, "--date-order", "day-first", "--apply")
    assert Asset.objects.get().purchased_on == date(2025, 4, 3)


def test_a_column_may_be_said_to_be_another_field(acme, shelf, sheet):
    sheet.write_text(LEFT)
    assert "left out" not in run(sheet, "--column", "2=notes", "--apply")
    assert Asset.objects.get().notes == "north"
    with pytest.raises(CommandError, match="has no column 12"):
        run(sheet, "--column", "12=notes")
    with pytest.raises(CommandError, match="POSITION=FIELD"):
        run(sheet, "--column", "notes")


def test_decides_about_unknown_names(acme, office, sheet):
    sheet.write_text(LEFT)
    run(sheet, "--decide", "place:Cellar=Warsaw office", "--apply")
    assert Asset.objects.get().address == office
    with pytest.raises(CommandError, match="No row names “place:Attic”"):
        run(sheet, "--decide", "place:Attic=CREATE")


def test_prints_the_same_as_json(acme, shelf, sheet):
    sheet.write_text(LEFT + "C-2;ProDesk 400;;many;\n#REF!;ProDesk 400;;;\n")
    found = json.loads(run(sheet, "--json"))
    assert found["import"]["state"] == "PLANNED"
    assert found["import"]["counts"]["refused"] == 1
    (column,) = [one for one in found["columns"]["columns"] if "field" not in one]
    assert column["header"] == "Mystery"
    codes = {one["code"]: one for one in found["columns"]["assumptions"]}
    assert codes["currency"]["value"] == acme.currency
    assert {one["name"] for one in found["names"]} == {"ProDesk 400", "Cellar"}
    (row,) = found["refusedRows"]
    assert [one["code"] for one in row["problems"]] == ["spreadsheet_error"]
    (row,) = found["rowsWithWarnings"]
    assert [one["code"] for one in row["warnings"]] == ["bad_money"]


def test_json_of_a_question_says_what_may_be_answered(acme, shelf, sheet):
    sheet.write_text(ASKED)
    out = StringIO()
    with pytest.raises(CommandError):
        call_command("import_file", str(sheet), company="acme", json=True, stdout=out)
    (asked,) = json.loads(out.getvalue())["columns"]["questions"]
    assert asked["id"] == "2:date_order"
    assert "answer" not in asked
    assert {one["code"] for one in asked["choices"]} == {"DAY_FIRST", "MONTH_FIRST"}
