"""Exports of other tools, made after their documentation: what each is taken for."""

from __future__ import annotations

from pathlib import Path

import pytest

from apps.imports.columns import formats
from apps.imports.columns.cells import CellReader
from apps.imports.columns.detection import detect_kind
from apps.imports.columns.headers import Confidence, guess_mapping
from apps.imports.states import Kind
from apps.imports.tests.factories import read_table

SAMPLES = Path(__file__).parent / "samples"
A, P = Kind.ASSETS, Kind.PEOPLE


def found(name):
    """Its table, kind and mapping by header of a sample."""
    table = read_table(SAMPLES / name)
    kind = detect_kind(table.header).kind
    return table, kind, guess_mapping(table.header, kind)


def read(name, **answers):
    """Values and problems of each row, by line."""
    table, kind, _mapping = found(name)
    targets = guess_mapping(table.header, kind).by_position()
    evidence = formats.Evidence(kind, targets)
    for row in table.rows():
        evidence.see(row)
    options = formats.settle(evidence.options(), answers)
    reader = CellReader(kind, targets, options, {})
    rows = {row.line: reader.read(row.cells) for row in table.rows() if not row.problem}
    return table, options, rows


def faults(name):
    table, _options, rows = read(name)
    return {
        (line, table.header[fault["column"]], fault["code"])
        for line, reading in rows.items()
        for fault in reading.problems
    }


@pytest.mark.parametrize(
    ("name", "kind", "tool", "encoding", "delimiter"),
    [
        ("snipeit_assets.csv", A, "Snipe-IT", "utf-8-sig", ","),
        ("snipeit_assets_bad.csv", A, "Snipe-IT", "mac-roman", ","),
        ("snipeit_assets_bad_lf.csv", A, "Snipe-IT", "mac-roman", ","),
        ("snipeit_assets_blanks.csv", A, "Snipe-IT", "mac-roman", ","),
        ("snipeit_users.csv", P, "Snipe-IT", "utf-8-sig", ","),
        ("shelf_assets.csv", A, "Shelf", "utf-8", ","),
        ("shelf_users.csv", P, "Shelf", "utf-8", ","),
        ("ralph_assets.csv", A, "Ralph", "utf-8", ";"),
        ("ralph_back_office.tsv", A, "Ralph", "utf-8", "\t"),
        ("jamf_preload.csv", A, "Jamf Pro, inventory preload", "utf-8", ","),
        ("jamf_search.csv", A, "Jamf Pro, search", "utf-8", ","),
        ("intune_devices.csv", A, "Microsoft Intune", "utf-8-sig", ","),
        ("intune_devices_utf16.csv", A, "Microsoft Intune", "utf-16-le", ","),
        ("bamboohr_employees.csv", P, "BambooHR", "utf-8", ","),
        ("personio_de.csv", P, "Personio", "cp1252", ";"),
        ("personio_en.csv", P, "Personio", "utf-8", ","),
        ("polish_sheet_cp1250.csv", A, None, "cp1250", ";"),
        ("bars.txt", A, None, "utf-8", "|"),
        ("ambiguous_days.csv", A, None, "utf-8", ","),
        ("ragged.csv", A, None, "utf-8", ","),
    ],
)
def test_each_export_is_recognised(name, kind, tool, encoding, delimiter):
    table, detected, mapping = found(name)
    assert (table.encoding, table.delimiter) == (encoding, delimiter)
    assert detected is kind
    assert (mapping.exporter.name if mapping.exporter else None) == tool


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("snipeit_licences.csv", "licences"),
        ("snipeit_consumables.csv", "consumables"),
        ("snipeit_accessories.csv", "accessories"),
        ("snipeit_locations.csv", "locations"),
        ("snipeit_models.csv", "models"),
    ],
)
def test_other_lists_are_refused(name, code):
    detection = detect_kind(read_table(SAMPLES / name).header)
    assert (detection.kind, detection.told.code) == (None, code)


def test_what_has_serial_numbers_is_a_device_a_row_or_refused():
    assert {code for _line, _header, code in faults("snipeit_components.csv")} == {
        "not_one_device"
    }


@pytest.mark.parametrize(
    ("name", "doubtful"),
    [
        ("snipeit_assets.csv", []),
        ("snipeit_assets_bad.csv", ["Category"]),
        ("snipeit_assets_blanks.csv", ["", "", ""]),
        ("snipeit_users.csv", []),
        ("shelf_assets.csv", []),
        ("shelf_users.csv", []),
        ("ralph_assets.csv", ["model", "warehouse"]),
        ("jamf_preload.csv", ["barCode1", "Colour"]),
        ("jamf_search.csv", []),
        ("intune_devices.csv", []),
        ("bamboohr_employees.csv", []),
        ("personio_de.csv", []),
        ("personio_en.csv", []),
    ],
)
def test_only_what_is_doubtful_is_asked_about(name, doubtful):
    _table, _kind, mapping = found(name)
    unsure = [c.header for c in mapping.columns if c.confidence is not Confidence.KNOWN]
    assert unsure == doubtful
    assert all(column.why for column in mapping.columns)


def test_all_53_columns_of_intune_have_a_meaning():
    table, _kind, mapping = found("intune_devices.csv")
    assert len(table.header) == len(mapping.columns) == 53
    _table, _options, rows = read("intune_devices.csv")
    (row,) = rows.values()
    assert not row.problems
    assert row.values["serial_number"] == "5CG1234ABC"
    assert row.values["product_name"] == "EliteBook 840 G9"
    assert row.values["holder_email"] == "mira.holt@acme.example"
    assert row.values["external_id"] == "6f1c-01"
    assert row.values["specification:OS"] == "Windows"
    # "Managed" and "Unknown" of Intune are no state and no category of ours.
    assert not {"state", "category"} & row.values.keys()


def test_letters_survive_utf_16_without_a_mark():
    _table, _options, rows = read("intune_devices_utf16.csv")
    assert rows[2].values["holder_name"] == "Łucja Wójcik"


def test_letters_survive_central_european_windows():
    _table, options, rows = read("polish_sheet_cp1250.csv")
    assert rows[3].values["holder_name"] == "Michał Żądło"
    assert rows[2].values["notes"] == "dość zużyty"
    assert rows[2].values["purchase_price"] == ["6499.00", "PLN"]
    assert options["currency"] == "PLN"


@pytest.mark.parametrize(
    "name", ["snipeit_assets_bad.csv", "snipeit_assets_bad_lf.csv"]
)
def test_cells_that_a_spreadsheet_damaged_are_named(name):
    assert faults(name) == {
        (2, "Model Number", "digits_lost"),
        (3, "Serial", "digits_lost"),
        (4, "Asset Tag", "spreadsheet_error"),
        (5, "Serial", "apostrophe"),
        (6, "Serial", "became_a_day"),
    }
    table, _options, rows = read(name)
    assert next(table.rows()).cells[0] == "Zoé Crémer"
    assert rows[3].values["location"] == "Malmö"


@pytest.mark.parametrize(
    "name",
    [
        "snipeit_assets.csv",
        "snipeit_assets_blanks.csv",
        "snipeit_users.csv",
        "shelf_assets.csv",
        "shelf_users.csv",
        "ralph_assets.csv",
        "ralph_back_office.tsv",
        "jamf_preload.csv",
        "jamf_search.csv",
        "intune_devices.csv",
        "personio_de.csv",
        "personio_en.csv",
        "bars.txt",
    ],
)
def test_healthy_files_have_no_faults(name):
    table, options, rows = read(name)
    assert len(rows) == table.row_count
    assert faults(name) == set()
    assert formats.open_questions(options) == []


def test_days_of_snipe_it_are_read_as_the_whole_column_says():
    _table, options, rows = read("snipeit_assets.csv")
    assert options["columns"]["12"]["date_order"] == "MONTH_FIRST"
    assert options["columns"]["12"]["proof"] == "1/23/23"
    assert rows[3].values["purchase_date"] == "2023-02-05"


def test_days_of_bamboohr_are_read_as_the_whole_column_says():
    _table, options, rows = read("bamboohr_employees.csv")
    assert options["columns"]["8"]["date_order"] == "DAY_FIRST"
    assert rows[3].values["start_on"] == "2023-02-01"


def test_a_word_that_is_neither_yes_nor_no_is_asked_about():
    _table, options, rows = read("bamboohr_employees.csv")
    assert formats.open_questions(options) == [("word", 7, "on leave")]
    means = {"YES": ["Active"], "NO": ["Inactive"]}
    assert options["columns"]["7"]["means"] == means
    assert faults("bamboohr_employees.csv") == {(4, "Status", "bad_boolean")}
    answers = {"7": {"words": {"on leave": {"means": "YES"}}}}
    _table, _options, rows = read("bamboohr_employees.csv", columns=answers)
    assert [row.values["active"] for row in rows.values()] == [True, False, True]


def test_days_and_amounts_that_fit_both_ways_are_asked_about():
    _table, options, _rows = read("ambiguous_days.csv")
    assert formats.open_questions(options) == [
        ("date_order", 2, ""),
        ("decimal_mark", 4, ""),
    ]
    assert faults("ambiguous_days.csv") == {
        (line, header, code)
        for line in (2, 3)
        for header, code in (
            ("Purchase date", "date_order_unknown"),
            ("Price", "decimal_mark_unknown"),
        )
    }
    answers = {"2": {"date_order": "DAY_FIRST"}, "4": {"decimal_mark": "COMMA"}}
    _table, options, rows = read("ambiguous_days.csv", columns=answers)
    assert formats.open_questions(options) == []
    assert rows[2].values["purchase_date"] == "2025-04-03"
    assert rows[2].values["purchase_price"] == ["1250", None]


def test_ragged_rows_are_padded_or_named():
    table, _options, _rows = read("ragged.csv")
    problems = {row.line: row.problem and row.problem.code for row in table.rows()}
    assert problems == {2: None, 3: "too_many_cells", 4: "stray_quote", 6: None}


def test_typed_columns_of_shelf_and_line_breaks_inside_a_cell():
    _table, _options, rows = read("shelf_assets.csv")
    assert list(rows) == [2, 4]
    assert rows[2].values["serial_number"] == "CN-77120"
    assert rows[2].values["notes"] == "Two lenses,\none strap"
    assert rows[2].values["specification:temperature rating"] == "40"
