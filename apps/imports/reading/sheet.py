"""The rows of one sheet of a workbook, streamed.

Read by ElementTree, not by a library: openpyxl takes many times as long for 200,000
rows, and python-calamine keeps the whole sheet in memory, reads an error as a blank
cell and ends the process when two cells lie far apart.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from xml.etree.ElementTree import Element

from django.utils.translation import gettext as _

from .numbers import NumberFormats
from .rows import Dialect, ReadError, Row
from .shared_strings import SharedStrings
from .workbook import CHUNK, Workbook, damaged, reading_xml, text_of

MAX_COLUMNS = 1_000
LETTERS = re.compile(r"[A-Z]{1,3}")
MERGED = re.compile(rb'mergeCell\s[^>]*?ref="([A-Z]+)([0-9]+):[A-Z]+([0-9]+)"')
MAX_MERGES = 10_000
# What a spreadsheet shows while it has not calculated a formula.
NOT_CALCULATED = "#CALC!"


def sheet_names(path: Path) -> list[str]:
    with Workbook(path) as workbook:
        return list(workbook.sheets())


def choose_sheet(path: Path, wanted: str) -> str:
    """The sheet of that name or number, else the first that has a row."""
    names = sheet_names(path)
    if not names:
        raise ReadError("no_sheet", _("The workbook has no sheet with rows."))
    if wanted:
        for position, name in enumerate(names, start=1):
            if wanted.strip().casefold() in (name.casefold(), str(position)):
                return name
        raise ReadError(
            "unknown_sheet",
            _("There is no sheet “%(name)s”; there is %(names)s.")
            % {"name": wanted, "names": ", ".join(f"“{name}”" for name in names)},
        )
    for name in names:
        if _is_filled(path, name):
            return name
    raise ReadError(
        "empty_file", _("The file is empty. Export the list again and upload that.")
    )


def _is_filled(path: Path, name: str) -> bool:
    with Workbook(path) as workbook:
        rows = workbook.elements(workbook.sheets()[name], "sheetData", "row")
        return any(len(row) for row in rows)


def workbook_rows(path: Path, dialect: Dialect) -> Iterator[Row]:
    """Every row of the sheet that holds something; its number is its line."""
    with Workbook(path) as workbook, SharedStrings(workbook) as strings:
        part = workbook.sheets()[dialect.sheet]
        sheet = _Sheet(strings, NumberFormats(workbook), _merges(workbook, part))
        for element in workbook.elements(part, "sheetData", "row"):
            with reading_xml():
                row = sheet.row(element)
            if row:
                yield row


def _merges(workbook: Workbook, part: str) -> dict[tuple[int, int], int]:
    """(First row, column) to last row of cells merged downwards.

    They stand behind the rows, so the sheet is unpacked once for them alone.
    """
    found: dict[tuple[int, int], int] = {}
    columns = _Columns()
    with reading_xml(), workbook.archive.open(part) as stream:
        before = b""
        while chunk := stream.read(CHUNK):
            window = before + chunk
            for match in MERGED.finditer(window) if b"mergeCell" in window else ():
                first, last = int(match[2]), int(match[3])
                if last > first and len(found) < MAX_MERGES:
                    found[first, columns[match[1].decode()]] = last
            before = window[-256:]
    return found


class _Columns(dict[str, int]):
    """Letters to position: A is 0."""

    def __missing__(self, letters: str) -> int:
        if not LETTERS.fullmatch(letters):
            raise damaged()
        number = 0
        for letter in letters:
            number = number * 26 + ord(letter) - 64
        self[letters] = number - 1
        return number - 1


class _Sheet:
    """Makes rows of text of the elements of a sheet."""

    def __init__(
        self,
        strings: SharedStrings,
        formats: NumberFormats,
        merges: dict[tuple[int, int], int],
    ) -> None:
        self.strings = strings
        self.formats = formats
        self.merges = merges
        # Column -> (last row, text) of the merged cells we are inside of.
        self.below: dict[int, tuple[int, str]] = {}
        self.columns = _Columns()
        self.line = 0

    def row(self, element: Element) -> Row | None:
        self.line = int(element.get("r") or self.line + 1)
        namespace = element.tag.rpartition("row")[0]
        value, cells = f"{namespace}v", list[str]()
        for cell in element:
            reference = cell.get("r")
            column = len(cells)
            if reference:
                column = self.columns[reference.rstrip("0123456789")]
            if column >= MAX_COLUMNS:
                raise self._too_far(column)
            if column > len(cells):
                cells.extend([""] * (column - len(cells)))
            cells.append(self._shown(cell, cell.findtext(value), namespace))
        if self.merges:
            self._fill_merged(cells)
        return Row(self.line, tuple(cells)) if cells else None

    def _shown(self, cell: Element, text: str | None, namespace: str) -> str:
        kind = cell.get("t") or "n"
        if kind == "inlineStr":
            inside = cell.find(f"{namespace}is")
            return "" if inside is None else text_of(inside, namespace)
        if not text:
            is_formula = cell.find(f"{namespace}f") is not None
            return NOT_CALCULATED if is_formula and kind == "n" else ""
        if kind == "n":
            return self.formats.shown(text, cell.get("s") or "0")
        if kind == "s":
            return self.strings[int(text)]
        if kind == "b":
            return "TRUE" if text == "1" else "FALSE"
        return text

    def _too_far(self, column: int) -> ReadError:
        return ReadError(
            "too_many_columns",
            _(
                "Row %(line)s has a cell in column %(column)s; at most %(limit)s "
                "columns can be read. Delete what is to the right of the list."
            )
            % {"line": self.line, "column": column + 1, "limit": MAX_COLUMNS},
            line=self.line,
            column=column + 1,
        )

    def _fill_merged(self, cells: list[str]) -> None:
        """A cell merged downwards says the same in each of its rows."""
        for column, (last, text) in list(self.below.items()):
            if self.line > last:
                del self.below[column]
                continue
            cells.extend([""] * (column + 1 - len(cells)))
            cells[column] = cells[column] or text
        for column, text in enumerate(cells):
            last = self.merges.get((self.line, column), 0)
            if last and text:
                self.below[column] = (last, text)
