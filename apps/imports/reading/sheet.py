"""The rows of one sheet of a workbook, streamed."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from . import texts
from .limits import Tally, too_many_cells
from .numbers import NumberFormats
from .rows import Dialect, ReadError, Row
from .shared_strings import SharedStrings
from .sheet_parser import Columns, SheetParser
from .workbook import Workbook

MERGED = re.compile(
    rb"mergeCell\s[^>]*?ref\s*=\s*[\"']([A-Z]{1,3})([0-9]{1,7}):[A-Z]+([0-9]{1,7})"
)
LONGEST_MERGED = 256  # bytes
# <c>, <f>, <v>, <is>, <t> begin and end.
TAGS_OF_A_CELL = 10
MAX_MERGES = 200_000


class Sheets:
    """The sheets of an open workbook; use it in a `with` statement."""

    def __init__(self, path: Path) -> None:
        self.workbook = Workbook(path)
        try:
            self.parts = self.workbook.sheets()
            self.strings = SharedStrings(self.workbook)
        except BaseException:
            self.workbook.__exit__()
            raise
        # Of all rows that are walked over, in whichever sheets.
        self.tally = Tally()

    def __enter__(self) -> Sheets:
        return self

    def __exit__(self, *error: object) -> None:
        self.strings.__exit__()
        self.workbook.__exit__()

    def rows(self, name: str) -> Iterator[Row]:
        """Every row of the sheet that holds something; its number is its line."""
        part = self.parts[name]
        merges = _merges(self.workbook, part)
        formats = NumberFormats(self.workbook)
        sheet = SheetParser(self.strings, formats, self.tally)
        below: dict[int, tuple[int, str]] = {}
        for _fed in self.workbook.feed(part, sheet.parser, self._earned):
            for line, cells in sheet.take():
                if merges:
                    self._fill(line, cells, merges, below)
                if any(cells):
                    yield Row(line, tuple(cells))

    def _earned(self) -> int:
        return TAGS_OF_A_CELL * self.tally.cells

    def _fill(
        self,
        line: int,
        cells: list[str],
        merges: dict[tuple[int, int], int],
        below: dict[int, tuple[int, str]],
    ) -> None:
        width, text = len(cells), sum(map(len, cells))
        _fill_merged(line, cells, merges, below)
        more_text = sum(map(len, cells)) - text
        self.tally.add(line, len(cells) - width, more_text, rows=0)


def sheet_names(path: Path) -> list[str]:
    with Workbook(path) as workbook:
        return list(workbook.sheets())


def choose_sheet(path: Path, wanted: str) -> str:
    """The sheet of that name or number, else the first that has a row."""
    with Sheets(path) as sheets:
        names = list(sheets.parts)
        if not names:
            raise ReadError(texts.NO_SHEET())
        if wanted:
            return _named(wanted, names)
        for name in names:
            if next(sheets.rows(name), None) is not None:
                return name
    raise ReadError(texts.EMPTY_FILE())


def _named(wanted: str, names: list[str]) -> str:
    for position, name in enumerate(names, start=1):
        if wanted.strip().casefold() in (name.casefold(), str(position)):
            return name
    raise ReadError(texts.UNKNOWN_SHEET(name=wanted, names=names))


def workbook_rows(path: Path, dialect: Dialect) -> Iterator[Row]:
    with Sheets(path) as sheets:
        yield from sheets.rows(dialect.sheet)


def _fill_merged(
    line: int,
    cells: list[str],
    merges: dict[tuple[int, int], int],
    below: dict[int, tuple[int, str]],
) -> None:
    """A cell merged downwards says the same in each of its rows. `below` has, by
    column, the last row and the text of the merged cells we are inside of."""
    for column, (last, text) in list(below.items()):
        if line > last:
            del below[column]
            continue
        cells.extend([""] * (column + 1 - len(cells)))
        cells[column] = cells[column] or text
    for column, text in enumerate(cells):
        last = merges.get((line, column), 0)
        if last and text:
            below[column] = (last, text)


def _merges(workbook: Workbook, part: str) -> dict[tuple[int, int], int]:
    """(First row, column) to last row of cells merged downwards.

    They stand behind the rows, so the sheet is unpacked once for them alone.
    """
    found: dict[tuple[int, int], int] = {}
    columns = Columns()
    before = b""
    for piece in workbook.pieces(part):
        window = before + piece
        for match in MERGED.finditer(window) if b"mergeCell" in window else ():
            first, last = int(match[2]), int(match[3])
            if last > first:
                found[first, columns[match[1].decode()]] = last
        if len(found) > MAX_MERGES:
            raise too_many_cells()
        before = window[-LONGEST_MERGED:]
    return found
