"""The rows of one sheet of a workbook, streamed."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from django.utils.translation import gettext as _

from .numbers import NumberFormats
from .rows import WORKBOOK, Dialect, ReadError, Row
from .shared_strings import SharedStrings
from .sheet_parser import Columns, SheetParser
from .workbook import CHUNK, Workbook, reading_xml

MERGED = re.compile(rb'mergeCell\s[^>]*?ref="([A-Z]+)([0-9]+):[A-Z]+([0-9]+)"')
MAX_MERGES = 10_000


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
    return next(workbook_rows(path, Dialect(WORKBOOK, sheet=name)), None) is not None


def workbook_rows(path: Path, dialect: Dialect) -> Iterator[Row]:
    """Every row of the sheet that holds something; its number is its line."""
    with Workbook(path) as workbook, SharedStrings(workbook) as strings:
        part = workbook.sheets()[dialect.sheet]
        merges = _merges(workbook, part)
        sheet = SheetParser(strings, NumberFormats(workbook))
        below: dict[int, tuple[int, str]] = {}
        for _fed in workbook.chunks(part, sheet.parser):
            for line, cells in sheet.take():
                if merges:
                    _fill_merged(line, cells, merges, below)
                if any(cells):
                    yield Row(line, tuple(cells))


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
