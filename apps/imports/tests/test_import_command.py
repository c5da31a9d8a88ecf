from __future__ import annotations

import json
from datetime import date
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from openpyxl import Workbook

from apps.accounts.sessions import actor_of
from apps.conftest import make_user
from apps.imports.management.commands.import_file import ASKS
from apps.inventory.models import Asset

from .factories import services, upload

pytestmark = pytest.mark.django_db

FILES = Path(__file__).parent / "files"
SAMPLES = Path(__file__).parent / "samples"
# What a person would say of a sample: of a word, and of headers that are doubtful.
ANSWERS = {
    "bamboohr_employees.csv": ("--answer", "7:word:on leave=REFUSE"),
    "polish_sheet_cp1250.csv": ("--column", "3=holder_name"),
    "ralph_back_office.tsv": ("--column", "6=product_name"),
}
TEXT = "Serial;Model;Price;Status\nS1;XPS;1 EUR;\nS2;XPS;2 EUR;Flying\n"
# Rows with a word for a state that says nothing are left out.
FLYING = ("--decide", "status:Flying=REFUSE")


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
    printed = run(sheet, *FLYING)
    assert "new product: XPS (2 rows)" in printed
    assert "2 rows: 1 create, 0 change, 0 same, 0 ambiguous, 1 refused" in printed
    assert "line 3: Status: Whoever imports decided to leave out rows" in printed
    assert not Asset.objects.exists()


def test_applies(acme, shelf, sheet):
    assert "1 written" in run(sheet, "--apply", *FLYING)
    assert Asset.objects.get().serial_number == "S1"
    # What was decided of the word holds for later files.
    assert "1 same" in run(sheet, "--apply")
    assert Asset.objects.count() == 1


def test_prints_what_is_left_out(acme, shelf, tmp_path):
    path = tmp_path / "sheet.csv"
    path.write_text("Serial;Model;Price\nS1;XPS;2 bananas\nS2;XPS;3 EUR\n")
    printed = run(path)
    assert "2 rows: 2 create" in printed
    assert "warning: Not an amount (bad_money, 1 row)" in printed
    assert "line 2: Price: “2 bananas” is not an amount of money" in printed


def test_puts_the_rest_at_the_named_place(acme, shelf, office, sheet):
    run(sheet, "--apply", "--default-address", "warsaw office", *FLYING)
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
@pytest.mark.full
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
    answers = ANSWERS.get(name, ())
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


def stopped(path: Path, *args: str) -> str:
    """What it asks; nothing is written."""
    with pytest.raises(CommandError) as error:
        run(path, *args)
    assert error.value.returncode == ASKS
    assert not Asset.objects.exists()
    return str(error.value)


# --- It says what the page says ----------------------------------------------

LEFT = "Serial;Model;Mystery;Price;Location\nC-1;ProDesk 400;north;99,50;Cellar\n"
ASKED = "Serial;Model;Purchase date\nC-1;ProDesk 400;03/04/2025\n"


def test_says_what_is_left_out_and_assumed(acme, shelf, sheet):
    sheet.write_text(LEFT)
    printed = run(sheet)
    told = "“Mystery”, such as “north” (1 row): Tequipy has no field of this name."
    assert f"left out: {told} (--column 2=FIELD)" in printed
    assert f"Prices that name no currency are in {acme.currency}." in printed
    assert "(--currency)" in printed
    assert "go to Poznań shelf." in printed
    assert "new place: Cellar (1 row)" in printed
    assert "USD." in run(sheet, "--currency", "usd", "--apply")
    assert Asset.objects.get().currency == "USD"


def test_stops_at_a_question_and_says_how_to_answer(acme, shelf, sheet):
    sheet.write_text(ASKED)
    told = stopped(sheet, "--apply")
    assert "days such as 03/04/2025 in “Purchase date”" in told
    assert "--answer 2:date_order=DAY_FIRST" in told
    assert "--answer 2:date_order=MONTH_FIRST" in told
    with pytest.raises(CommandError, match="is no answer to 2:date_order"):
        run(sheet, "--answer", "2:date_order=YES")
    with pytest.raises(CommandError, match="no question “9:date_order”"):
        run(sheet, "--answer", "9:date_order=DAY_FIRST")
    printed = run(sheet, "--answer", "2:date_order=MONTH_FIRST", "--apply")
    assert "the month comes first: “03/04/2025” is 4 March 2025." in printed
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


def test_what_one_decision_raises_is_decided_in_the_same_call(acme, emil, tmp_path):
    path = tmp_path / "sheet.csv"
    header = "Serial;Model;Holder email;Status\n"
    path.write_text(header + "S1;XPS;emil@acme.example;In Ordnung\n")
    means = ("--decide", "status:In Ordnung=STORAGE")
    printed = run(path, "--decide", "held:In Ordnung=ACTIVE", *means, "--apply")
    assert "1 create" in printed
    assert Asset.objects.get().user == emil
    with pytest.raises(CommandError, match="No row names “held:Odd”"):
        run(path, "--decide", "held:Odd=ACTIVE", *means)


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


def questions_of(path: Path, *args: str) -> list[dict[str, Any]]:
    out = StringIO()
    command = ["import_file", str(path), "--company", "acme", "--json", *args]
    with pytest.raises(CommandError):
        call_command(*command, stdout=out)
    return json.loads(out.getvalue())["questions"]


def test_json_of_a_question_says_what_may_be_answered(acme, shelf, sheet):
    sheet.write_text(ASKED)
    (asked,) = questions_of(sheet)
    assert "03/04/2025" in asked["text"]
    first, second = asked["answers"]
    assert (first["option"], first["value"]) == ("--answer", "2:date_order=DAY_FIRST")
    assert second["label"] == "Month first: 3/12 is 12 March"
    # An answer is an option as it stands.
    run(sheet, second["option"], second["value"], "--apply")
    assert Asset.objects.get().purchased_on == date(2025, 3, 4)


# --- Words for states, doubtful headers ----------------------------------------

WORDS = "Serial;Model;Status\nW-1;Kite;Auf Station\nW-2;Kite;Deployed\nW-3;Kite;\n"


def test_stops_at_a_word_for_a_state_and_says_how_to_answer(acme, shelf, sheet):
    sheet.write_text(WORDS)
    told = stopped(sheet, "--apply")
    assert "“Auf Station” is no state that we know: what does it mean?" in told
    assert "--decide 'status:Auf Station=IN_REPAIR'  In repair" in told
    assert "--decide 'status:Auf Station=REFUSE'  Refuse its rows" in told
    assert "“Deployed” means in use: what if nobody has the device?" in told
    assert "--decide in_use:Deployed=STORAGE" in told
    one = ("--decide", "status:Auf Station=IN_REPAIR")
    assert "Auf Station" not in stopped(sheet, "--apply", *one)
    run(sheet, *one, "--decide", "in_use:Deployed=REFUSE", "--apply")
    found = set(Asset.objects.values_list("serial_number", "state"))
    assert found == {("W-1", "IN_REPAIR"), ("W-3", "STORAGE")}


def test_all_words_of_a_kind_are_refused_by_one_option(acme, shelf, sheet):
    sheet.write_text(WORDS)
    refused = ("--decide", "status:*=REFUSE", "--decide", "in_use:*=REFUSE")
    assert "1 written" in run(sheet, *refused, "--apply")
    assert Asset.objects.get().serial_number == "W-3"


def test_json_of_a_word_for_a_state(acme, shelf, sheet):
    sheet.write_text(WORDS)
    word, in_use = questions_of(sheet, "--apply")
    assert not Asset.objects.exists()
    assert {one["option"] for one in word["answers"]} == {"--decide"}
    kinds = {one["value"].partition(":")[0] for one in word["answers"]}
    assert kinds in ({"status"}, {"in_use"})
    both = [
        option
        for asked in (word, in_use)
        for one in asked["answers"]
        if one["value"].endswith("=STORAGE")
        for option in (one["option"], one["value"])
    ]
    assert "3 written" in run(sheet, *both, "--apply")


def test_stops_at_a_header_that_may_mean_another_thing(acme, shelf, emil, sheet):
    sheet.write_text("Serial;Model;Owner\nW-1;Kite;emil@acme.example\n")
    told = stopped(sheet, "--apply")
    assert "Is “Owner” the field “Name of the holder”?" in told
    assert "--column 2=holder_name  Name of the holder" in told
    assert "--column 2=  Leave it out" in told
    (asked,) = questions_of(sheet)
    as_field, left_out, likely = asked["answers"]
    assert (as_field["value"], left_out["value"]) == ("2=holder_name", "2=")
    assert likely == {
        "option": "--likely",
        "label": "All such columns are what they seem",
    }
    run(sheet, "--column", "2=holder_name", "--apply")
    assert Asset.objects.get().user == emil
    assert "1 same" in run(sheet, "--likely")
    told = "“Owner” seems to say who has a device, and is left out"
    assert f"warning: {told}" in run(sheet, "--column", "2=")


def test_asks_nothing_of_columns_that_a_person_confirmed(
    acme, anna, shelf, emil, sheet
):
    text = "Serial;Model;Owner\nW-1;Kite;emil@acme.example\n"
    batch = upload(acme, text)
    services.set_columns(
        batch,
        mapping=batch.mapping,
        options={},
        default_address=None,
        actor=actor_of(anna),
    )
    sheet.write_text(text)
    assert "1 create" in run(sheet)


def test_all_words_of_a_kind_may_be_refused_at_once(acme, shelf, sheet):
    run(sheet, "--decide", "status:*=REFUSE", "--apply")
    assert Asset.objects.get().serial_number == "S1"


def test_what_is_said_of_all_holds_for_names_that_come_up_later(acme, shelf, sheet):
    sheet.write_text("Serial;Name;Status\nP-1;ProDesk;Deployed\nP-2;ProDesk;Stock\n")
    run(sheet, *CREATE, "--decide", "in_use:*=REFUSE", "--apply")
    assert Asset.objects.get().serial_number == "P-2"
