"""What the columns page shows of a file, taken while it is read."""

from __future__ import annotations

from pathlib import Path
from typing import TypedDict

from .encoding import EIGHT_BIT, accented_words
from .rows import Row
from .table import Table

TEXTS = 3  # of each column
ROWS = 50  # that they are looked for in
LONGEST = 200  # characters of one; a page shows 60


class Kept(TypedDict, total=False):
    """`Batch.samples`: the first texts of each column, the names of the sheets of a
    workbook, a few words by which people see whether the encoding is right."""

    columns: list[list[str]]
    sheets: list[str]
    words: list[str]


class Samples:
    def __init__(self, table: Table) -> None:
        self.columns: list[dict[str, None]] = [{} for _header in table.header]
        self.rows = 0

    def see(self, row: Row) -> None:
        if self.rows >= ROWS:
            return
        self.rows += 1
        for texts, cell in zip(self.columns, row.cells, strict=False):
            if cell.strip() and len(texts) < TEXTS:
                texts[cell[:LONGEST]] = None

    def kept(self) -> list[list[str]]:
        return [list(texts) for texts in self.columns]


def words_of(path: Path, encoding: str) -> list[str]:
    return accented_words(path, encoding) if encoding in EIGHT_BIT else []
