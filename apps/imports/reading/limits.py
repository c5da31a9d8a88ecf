"""How much of a file is read. What asks for more is refused by its first excess, so
that no file costs more than the largest one that is imported."""

from __future__ import annotations

from . import file_texts
from .rows import ReadError

MAX_BYTES = 50 * 1024 * 1024
MAX_ROWS = 200_000
# Of any row of the sheet, blank or not; a title and a header stand above the list.
ROWS_AROUND = 10
MAX_COLUMNS = 1_000
MAX_CELLS = 12_000_000  # 200,000 rows of a tool's 53 columns, and some
MAX_TEXT = 200_000_000  # characters of all cells
LONGEST_ROW = 1_000_000  # characters
# What a spreadsheet keeps in one cell is a quarter of it.
LONGEST_CELL = 131_072  # characters
# Of the rows that one piece of a workbook unfolds to, since cells share their texts.
MAX_AT_ONCE = 8_000_000  # characters


class Tally:
    """What one walk over the rows of a file has come across."""

    def __init__(self) -> None:
        self.rows = self.cells = self.text = 0

    def add(self, line: int, cells: int, text: int, *, rows: int = 1) -> None:
        """A row, blank or not, or what is found to belong to it. Raises ReadError
        beyond the limits."""
        self.rows += rows
        self.cells += cells
        self.text += text
        if self.rows > MAX_ROWS + ROWS_AROUND:
            raise too_many_rows(line)
        if self.cells > MAX_CELLS:
            raise too_many_cells(line)
        if self.text > MAX_TEXT:
            raise too_much_text(line)


def too_large() -> ReadError:
    return ReadError(file_texts.TOO_LARGE(limit=MAX_BYTES // 1024**2))


def too_many_rows(line: int | None = None) -> ReadError:
    return ReadError(file_texts.TOO_MANY_ROWS(limit=MAX_ROWS), line=line)


def too_many_columns(line: int, column: int) -> ReadError:
    """`column` counts from 0."""
    return ReadError(
        file_texts.TOO_MANY_COLUMNS(line=line, column=column + 1, limit=MAX_COLUMNS),
        line=line,
        column=column + 1,
    )


def too_much_text(line: int | None = None) -> ReadError:
    return ReadError(file_texts.TOO_MUCH_TEXT(limit=MAX_TEXT // 1_000_000), line=line)


def row_too_long(line: int) -> ReadError:
    return ReadError(file_texts.ROW_TOO_LONG(line=line, limit=LONGEST_ROW), line=line)


def cell_too_long(line: int | None = None) -> ReadError:
    if line is None:
        return ReadError(file_texts.CELL_TOO_LONG_SOMEWHERE(limit=LONGEST_CELL))
    return ReadError(file_texts.CELL_TOO_LONG(line=line, limit=LONGEST_CELL), line=line)


def too_many_cells(line: int | None = None) -> ReadError:
    return ReadError(file_texts.TOO_MANY_CELLS(limit=MAX_CELLS // 1_000_000), line=line)
