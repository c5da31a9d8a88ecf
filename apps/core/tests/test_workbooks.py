from __future__ import annotations

import io
from itertools import repeat

import pytest

from apps.core.lists import workbooks

openpyxl = pytest.importorskip("openpyxl")


def read(header, rows) -> dict[str, list[tuple]]:
    book = openpyxl.load_workbook(io.BytesIO(b"".join(workbooks.pieces(header, rows))))
    return {one.title: list(one.values) for one in book}


def test_a_spreadsheet_reads_texts_as_they_are():
    cells = ["00123", "Zoë & <Łukasz>", "two\nlines", " blanks ", "1E5", None, 7]
    assert read(["Serial"], [cells]) == {
        "Sheet1": [("Serial", *repeat(None, 6)), (*cells[:5], None, "7")]
    }


def test_a_workbook_without_rows_has_its_header():
    assert read(["Serial", "Tag"], []) == {"Sheet1": [("Serial", "Tag")]}


def test_nothing_is_a_formula():
    ((_header, (cell,)),) = read(["=A1"], [["=1+1"]]).values()
    assert cell == "'=1+1"


def test_what_xml_cannot_say_is_left_out():
    assert read(["a"], [["x\x07\ufffey"]])["Sheet1"][1] == ("xy",)


def test_rows_beyond_a_sheet_go_on_on_the_next(monkeypatch):
    monkeypatch.setattr(workbooks, "MOST_ROWS", 2)
    found = read(["n"], [[str(n)] for n in range(5)])
    assert found == {
        "Sheet1": [("n",), ("0",), ("1",)],
        "Sheet2": [("n",), ("2",), ("3",)],
        "Sheet3": [("n",), ("4",)],
    }


def test_rows_are_written_as_they_come():
    """A list of a million rows is in memory piece by piece."""
    asked = 0

    def rows():
        nonlocal asked
        for number in range(5_000):
            asked += 1
            yield [number]

    pieces = workbooks.pieces(["n"], rows())
    next(pieces)
    assert asked <= 1_000
