"""No cell of a file is run by a spreadsheet, whatever it takes for a separator, and
every cell is read again as it was."""

from __future__ import annotations

import csv
import io
import re

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from apps.core.tables import csv_lines, harmless, original

PIECES = st.sampled_from(
    [*"=+-@＝＋－＠﹣", *" \t\r\n;,|'\"", *"\u00a0\u200b\u2028\ufeff\x00"]
)
TEXTS = st.lists(PIECES | st.characters(exclude_categories=["Cs"]), max_size=12)
CELLS = TEXTS.map("".join)
SKIPPED = re.compile('[\\s\\x00-\\x1f\\u200b-\\u200f\\u2060\\ufeff"]*')
RUN = tuple("=+-@＝＋－＠")
PHONE = re.compile(r"\+[\d ()./-]+")


@given(CELLS)
@example("'=1")
@example("''=1")
@example("' =1")
@example(" '=1")
@example("\n=1;'=2")
def test_cells_come_back_as_they_were(text: str) -> None:
    assert original(harmless(text)) == text


@given(st.lists(CELLS, min_size=1, max_size=4), st.sampled_from(",;\t|"))
def test_no_spreadsheet_runs_a_cell(cells: list[str], delimiter: str) -> None:
    lines = "".join(csv_lines(["a"], [cells], delimiter=delimiter))
    for other in ",;\t|":
        try:
            found = [*csv.reader(io.StringIO(lines, newline=""), delimiter=other)]
        except csv.Error:  # a NUL, in older versions
            continue
        # Quotes in the middle of what it takes for a cell mean nothing to it.
        raw = [re.split(r"[\r\n\x0b\x0c\x85\u2028\u2029]", lines)]
        parts = [part for row in raw for line in row for part in line.split(other)]
        for cell in [*(cell for row in found for cell in row), *parts]:
            bare = cell[SKIPPED.match(cell).end() :]
            assert not bare.startswith(RUN) or PHONE.match(bare), (cell, other)


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("=cmd", "'=cmd"),
        ("@x", "'@x"),
        ("-1", "'-1"),
        ("+48 22 1", "+48 22 1"),
        ("\u00a0\u200b=cmd", "\u00a0\u200b'=cmd"),
        ("＝cmd", "'＝cmd"),
        ("ok;=cmd", "ok;'=cmd"),
        ("ok\n=cmd", "ok\n'=cmd"),
        ("XPS-13 = good @ work", "XPS-13 = good @ work"),
        ("anna@acme.example", "anna@acme.example"),
        (None, ""),
        (12, "12"),
    ],
)
def test_only_what_would_be_run_is_marked(text: object, written: str) -> None:
    assert harmless(text) == written


def test_long_cells_take_no_longer_than_they_are() -> None:
    for piece in ("\n", ";", "'", "=", "\n=", " '"):
        text = piece * 100_000
        assert original(harmless(text)) == text
