"""The rows of one sheet of a workbook, streamed.

Its XML is parsed by expat and closures rather than by a library: openpyxl takes many
times as long for 200,000 rows, and python-calamine keeps the whole sheet in memory,
reads an error as a blank cell and ends the process when two cells lie far apart.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from . import file_texts
from .limits import (
    LONGEST_CELL,
    LONGEST_ROW,
    MAX_AT_ONCE,
    MAX_COLUMNS,
    Tally,
    cell_too_long,
    row_too_long,
    too_many_cells,
    too_many_columns,
    too_much_text,
)
from .rows import Dialect, ReadError, Row
from .sheet_cells import NumberFormats, SharedStrings
from .workbook import DEEPEST, Workbook, damaged, make_parser

LAST_LINE = 1_048_576  # of a spreadsheet
LETTERS = re.compile(r"[A-Z]{1,3}")
# What a spreadsheet shows while it has not calculated a formula.
NOT_CALCULATED = "#CALC!"

Rows = list[tuple[int, list[str]]]


class Columns(dict[str, int]):
    """Letters to position: A is 0."""

    def __missing__(self, letters: str) -> int:
        if not LETTERS.fullmatch(letters):
            raise damaged()
        number = 0
        for letter in letters:
            number = number * 26 + ord(letter) - 64
        self[letters] = number - 1
        return number - 1


class SheetParser:
    """Collects the rows of the pieces it is fed; their values are read as shown."""

    def __init__(
        self, strings: SharedStrings, formats: NumberFormats, tally: Tally
    ) -> None:
        self.rows: Rows = []
        self.tally, self.taken = tally, tally.text
        shown = _shown_by(strings, formats)
        self.parser = make_parser(*_handlers(self._add, shown))

    def _add(self, line: int, cells: list[str], text: int) -> None:
        self.tally.add(line, len(cells), text)
        if self.tally.text - self.taken > MAX_AT_ONCE:
            raise too_much_text(line)
        if cells:
            self.rows.append((line, cells))

    def take(self) -> Rows:
        rows = self.rows[:]
        self.rows.clear()
        self.taken = self.tally.text
        return rows


def _shown_by(
    strings: SharedStrings, formats: NumberFormats
) -> Callable[[str, str, str, bool], str]:
    shared, number = strings.get, formats.shown

    def shown(kind: str, style: str, text: str, is_formula: bool) -> str:
        if kind == "n":
            if text:
                return number(text, style)
            return NOT_CALCULATED if is_formula else ""
        if kind == "s":
            return shared(int(text)) if text else ""
        if kind == "b":
            return "TRUE" if text == "1" else "FALSE"
        return text

    return shown


def _handlers(
    add: Callable[[int, list[str], int], None],
    shown: Callable[[str, str, str, bool], str],
) -> tuple[Any, Any, Any]:
    """Closures, since they are called some twenty million times for a large file."""
    columns = Columns()
    line = column = depth = size = 0
    cells: list[str] = []
    kind = style = text = prefix = ""
    is_text = is_formula = is_aside = False

    def start(name: str, attributes: dict[str, str]) -> None:
        nonlocal line, column, cells, kind, style, text, prefix, depth, size
        nonlocal is_text, is_formula, is_aside
        depth += 1
        if depth > DEEPEST:
            raise damaged()
        if prefix:
            name = name.removeprefix(prefix)
        if name == "c":
            get = attributes.get
            reference = get("r")
            kind, style = get("t", "n"), get("s", "0")
            text, is_formula = "", False
            width = len(cells)
            column = columns[reference.rstrip("0123456789")] if reference else width
            if column >= MAX_COLUMNS:
                raise too_many_columns(line, column)
            if column > width:
                cells.extend([""] * (column - width))
            elif column < width:
                raise damaged()
        elif name == "v" or name == "t":
            is_text = not is_aside
        elif name == "f":
            is_formula = True
        elif name == "row":
            line, cells, size = _next_line(line, attributes), [], 0
        elif name == "rPh":
            # The reading aid of an East Asian text is no part of it.
            is_aside = True
        elif name.endswith(":worksheet"):
            prefix = name.removesuffix("worksheet")

    def characters(data: str) -> None:
        nonlocal text
        if is_text:
            text += data
            if len(text) > LONGEST_CELL:
                raise cell_too_long(line)

    def end(name: str) -> None:
        nonlocal is_text, is_aside, depth, size
        depth -= 1
        if prefix:
            name = name.removeprefix(prefix)
        if name == "v" or name == "t":
            is_text = False
        elif name == "c":
            value = shown(kind, style, text, is_formula)
            cells.append(value)
            size += len(value)
            if size > LONGEST_ROW:
                raise row_too_long(line)
        elif name == "row":
            add(line, cells, size)
        elif name == "rPh":
            is_aside = False

    return start, end, characters


def _next_line(line: int, attributes: dict[str, str]) -> int:
    """Rows come in their order, each once."""
    found = int(attributes.get("r", line + 1))
    if not line < found <= LAST_LINE:
        raise damaged()
    return found


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
            raise ReadError(file_texts.NO_SHEET())
        if wanted:
            return _named(wanted, names)
        for name in names:
            if next(sheets.rows(name), None) is not None:
                return name
    raise ReadError(file_texts.EMPTY_FILE())


def _named(wanted: str, names: list[str]) -> str:
    for position, name in enumerate(names, start=1):
        if wanted.strip().casefold() in (name.casefold(), str(position)):
            return name
    raise ReadError(file_texts.UNKNOWN_SHEET(name=wanted, names=names))


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
