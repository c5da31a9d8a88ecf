from __future__ import annotations

import re
import zipfile
from datetime import date, datetime, time

import pytest
from openpyxl import Workbook
from openpyxl.utils.datetime import CALENDAR_MAC_1904

from apps.imports import reading
from apps.imports.columns.headers import count_known
from apps.imports.reading import ReadError, sheet_names
from apps.imports.tests.factories import read_table

HEADER = ["Serial", "Model", "Purchase date", "Price", "Notes"]


@pytest.fixture
def saved(tmp_path):
    def save(*rows, change=None, header=HEADER):
        book = Workbook()
        sheet = book.active
        sheet.append(header)
        for row in rows:
            sheet.append(row)
        if change:
            change(book, sheet)
        path = tmp_path / "list.xlsx"
        book.save(path)
        return path

    return save


def cells(path, **how):
    return [row.cells for row in read_table(path, **how).rows()]


def repacked(path, part, old, new):
    """The workbook with something replaced in one of its parts."""
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    assert old in parts[part]
    parts[part] = parts[part].replace(old, new)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return path


def test_days_numbers_and_texts_read_as_they_show(saved):
    row = ["007", "XPS 13", date(2024, 1, 31), 1299.5, 36]
    table = read_table(saved(row))
    assert table.header == tuple(HEADER)
    (only,) = table.rows()
    assert only.line == 2
    assert only.cells == ("007", "XPS 13", "2024-01-31", "1299.5", "36")


def test_times_booleans_and_float_noise(saved):
    moment = datetime(2024, 1, 31, 13, 5)  # noqa: DTZ001, cells are in no time zone
    row = [True, False, moment, 0.1 + 0.2, time(8, 30)]
    expected = ("TRUE", "FALSE", "2024-01-31 13:05:00", "0.3", "08:30:00")
    assert cells(saved(row)) == [expected]


def test_zeros_that_a_format_shows_are_kept(saved):
    def change(_book, sheet):
        sheet["A2"].number_format = "000000"
        sheet["D2"].number_format = '0.00 "EUR"'

    assert cells(saved([123, "x", None, 5, None], change=change))[0][:4] == (
        "000123",
        "x",
        "",
        "5",
    )


def test_custom_formats_of_days_are_known(saved):
    def change(_book, sheet):
        for place, pattern in (
            ("A2", "dd/mm/yyyy"),
            ("B2", "[$-407]d. mmmm yyyy;@"),
            ("C2", '0 "days"'),
            ("D2", "[Red]0.00"),
        ):
            sheet[place].number_format = pattern

    expected = ("2024-01-31", "2024-01-31", "45322", "45322", "")
    assert cells(saved([45322] * 4, change=change)) == [expected]


def test_workbooks_that_count_from_1904(saved):
    def change(book, sheet):
        book.epoch = CALENDAR_MAC_1904
        sheet["C2"] = date(2024, 1, 31)

    assert cells(saved(["A1"], change=change))[0][2] == "2024-01-31"


def test_a_number_that_lost_its_digits_is_no_text(saved):
    assert cells(saved([6377020000000000, 123456789012345]))[0][:2] == (
        "6.37702E+15",
        "123456789012345",
    )


def test_formulas_read_as_their_results_and_errors_stay(saved):
    path = saved(["=A1", "=B1", None, "#N/A"])
    part = "xl/worksheets/sheet1.xml"
    repacked(path, part, b"<f>A1</f><v />", b"<f>A1</f><v>12</v>")
    assert cells(path)[0][:4] == ("12", "#CALC!", "", "#N/A")


def test_blank_rows_are_passed_over_and_lines_are_those_of_the_sheet(saved):
    path = saved(["A1"], [None], [" "], ["A2"])
    assert [(row.line, row.cells[0]) for row in read_table(path).rows()] == [
        (2, "A1"),
        (5, "A2"),
    ]


def test_a_cell_merged_downwards_counts_for_each_of_its_rows(saved):
    def change(_book, sheet):
        sheet.merge_cells("B2:B3")
        sheet.merge_cells("D2:E2")

    path = saved(["A1", "XPS", None, 1, None], ["A2"], ["A3"], change=change)
    assert [row[1] for row in cells(path)] == ["XPS", "XPS", ""]
    assert cells(path)[0][3:] == ("1", "")


def test_titles_above_the_header_are_passed_over(saved):
    def change(_book, sheet):
        sheet.insert_rows(1, 2)
        sheet["A1"] = "Devices"
        sheet.merge_cells("A1:E1")

    table = read_table(saved(["A1", "XPS"], change=change))
    assert (table.header_line, table.row_count) == (3, 1)


def test_the_first_visible_sheet_with_rows_is_taken_unless_one_is_chosen(saved):
    def change(book, sheet):
        book.create_sheet("Empty", 0)
        hidden = book.create_sheet("Hidden", 0)
        hidden.append(HEADER)
        hidden.sheet_state = "hidden"
        other = book.create_sheet("Other")
        other.append(["E-mail", "First name"])
        other.append(["anna@acme.example", "Anna"])
        sheet.title = "Devices"

    path = saved(["A1", "XPS"], change=change)
    assert sheet_names(path) == ["Empty", "Devices", "Other"]
    assert read_table(path).dialect.sheet == "Devices"
    for wanted in ("other", "3"):
        table = read_table(path, sheet=wanted)
        assert table.header == ("E-mail", "First name")
    with pytest.raises(ReadError, match="no sheet “Hidden”"):
        read_table(path, sheet="Hidden")


def test_a_table_opened_again_reads_the_same(saved):
    path = saved(["A1", "XPS"])
    table = read_table(path)
    how, count = table.how_read(), table.row_count
    again = reading.reopen(path, how, table.header, count, score=count_known)
    assert again == table
    assert list(again.rows()) == list(table.rows())


def sharing(path, *texts):
    """The workbook with A2 and A3 pointing at the first and last of shared texts."""
    part = "xl/worksheets/sheet1.xml"
    for place, text, number in (("A2", "A1", 0), ("A3", "A2", len(texts) - 1)):
        old = f'<c r="{place}" t="inlineStr"><is><t>{text}</t></is></c>'
        repacked(
            path,
            part,
            old.encode(),
            f'<c r="{place}" t="s"><v>{number}</v></c>'.encode(),
        )
    with zipfile.ZipFile(path, "a") as archive:
        space = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
        content = f'<sst xmlns="{space}">{"".join(texts)}</sst>'
        archive.writestr("xl/sharedStrings.xml", content)
    return path


def test_shared_and_rich_texts(saved):
    rich = "<si><r><t>Z</t></r><r><t>oé</t></r><rPh><t>zo</t></rPh></si>"
    plain = '<si><t xml:space="preserve">A &amp; B\nC</t></si>'
    path = sharing(saved(["A1"], ["A2"]), rich, "<si><t>x</t></si>", plain)
    assert [row[0] for row in cells(path)] == ["Zoé", "A & B\nC"]


def test_elements_may_have_a_prefix(saved):
    path = saved(["A1", 5, date(2024, 1, 31)])
    part = "xl/worksheets/sheet1.xml"
    with zipfile.ZipFile(path) as archive:
        content = archive.read(part)
    prefixed = re.sub(rb"<(/?)(?=[a-z])", rb"<\1x:", content)
    repacked(path, part, content, prefixed.replace(b"xmlns=", b"xmlns:x="))
    assert cells(path) == [("A1", "5", "2024-01-31", "", "")]


def test_a_shared_text_that_is_not_there_is_damage(saved):
    with pytest.raises(ReadError) as caught:
        read_table(sharing(saved(["A1"], ["A2"])))
    assert caught.value.code == "bad_workbook"


@pytest.mark.parametrize(
    ("part", "old", "new"),
    [
        ("xl/worksheets/sheet1.xml", b"</sheetData>", b"</sheetDat>"),
        ("xl/worksheets/sheet1.xml", b"<worksheet", b"<!DOCTYPE x><worksheet"),
        ("xl/worksheets/sheet1.xml", b'r="A2"', b'r="!2"'),
        ("xl/worksheets/sheet1.xml", b"<v>5</v>", b"<v>five</v>"),
        ("xl/worksheets/sheet1.xml", b'<row r="2"', b'<row r="two"'),
        ("xl/workbook.xml", b"<workbook ", b"<!DOCTYPE x [<!ENTITY e 'e'>]><workbook "),
    ],
)
def test_damaged_workbooks_are_refused_in_one_sentence(saved, part, old, new):
    path = repacked(saved(["A1", 5]), part, old, new)
    with pytest.raises(ReadError) as caught:
        read_table(path)
    assert caught.value.code == "bad_workbook"


def test_other_archives_and_half_a_workbook_are_refused(saved, tmp_path):
    path = tmp_path / "text.docx"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("word/document.xml", "<x/>")
    with pytest.raises(ReadError, match=r"not an \.xlsx workbook"):
        read_table(path)
    path.write_bytes(saved(["A1"]).read_bytes()[:-200])
    with pytest.raises(ReadError, match="damaged"):
        read_table(path)


def test_what_unpacks_too_large_is_refused_before_it_is_unpacked(saved, monkeypatch):
    monkeypatch.setattr(reading.workbook, "MAX_UNPACKED", 1024 * 1024)
    path = saved(["A1"])
    with zipfile.ZipFile(path, "a", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/bomb.xml", b"\0" * 2_000_000)
    with pytest.raises(ReadError) as caught:
        read_table(path)
    assert caught.value.code == "unpacks_too_large"


def test_what_unpacks_to_hundreds_of_times_its_size_is_refused(saved):
    path = saved(["A1"])
    with zipfile.ZipFile(path, "a", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/bomb.xml", b"\0" * 17 * 1024 * 1024)
    with pytest.raises(ReadError) as caught:
        read_table(path)
    assert caught.value.code == "unpacks_too_large"


def test_endless_cells_are_refused(saved):
    path = saved(["A1", 5])
    part = "xl/worksheets/sheet1.xml"
    repacked(path, part, b"<t>A1</t>", b"<t>" + b"long text " * 20_000 + b"</t>")
    with pytest.raises(ReadError) as caught:
        read_table(path)
    assert (caught.value.code, caught.value.line) == ("cell_too_long", 2)
    text = f"<si><t>{'x' * 200_000}</t></si>"
    with pytest.raises(ReadError) as caught:
        read_table(sharing(saved(["A1"], ["A2"]), text))
    assert caught.value.code == "cell_too_long"


def test_a_cell_far_to_the_right_costs_nothing(saved):
    def change(_book, sheet):
        sheet["XFD1048576"] = "far"

    with pytest.raises(ReadError) as caught:
        read_table(saved(["A1"], change=change))
    assert (caught.value.code, caught.value.line) == ("too_many_columns", 1_048_576)


def test_more_bytes_than_the_limit_are_refused(saved, monkeypatch):
    monkeypatch.setattr(reading.limits, "MAX_BYTES", 100)
    with pytest.raises(ReadError) as caught:
        read_table(saved(["A1"]))
    assert caught.value.code == "too_large"


def test_no_rows_and_no_sheet_are_told(saved):
    with pytest.raises(ReadError) as caught:
        read_table(saved())
    assert caught.value.code == "no_rows"
    path = saved()
    repacked(path, "xl/workbook.xml", b"<sheet ", b"<shet ")
    with pytest.raises(ReadError) as caught:
        read_table(path)
    assert caught.value.code == "no_sheet"
