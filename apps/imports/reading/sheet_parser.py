"""The XML of one sheet, parsed as it is read.

By expat and closures rather than by a library: openpyxl takes many times as long for
200,000 rows, and python-calamine keeps the whole sheet in memory, reads an error as a
blank cell and ends the process when two cells lie far apart.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from .archive import damaged
from .limits import (
    LONGEST_CELL,
    LONGEST_ROW,
    MAX_AT_ONCE,
    MAX_COLUMNS,
    Tally,
    cell_too_long,
    row_too_long,
    too_many_columns,
    too_much_text,
)
from .numbers import NumberFormats
from .shared_strings import SharedStrings
from .xml import DEEPEST, make_parser

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
