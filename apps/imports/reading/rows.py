"""What a file is made of: rows of text, and the refusal that names a place."""

from __future__ import annotations

from dataclasses import dataclass

from apps.core.errors import Invalid
from apps.core.told import Told
from apps.imports.values import CellProblem

WORKBOOK = "xlsx"


class ReadError(Invalid):
    """The file cannot be read; `line` and `column` (from 1) say where."""

    def __init__(self, code: Told, *, line: int | None = None, column: int = 1) -> None:
        super().__init__(code, field="file")
        self.line = line
        self.column = column if line else None


@dataclass(frozen=True, slots=True)
class Row:
    """One record: as many cells as the header has, and the line it begins in.

    A row with a problem keeps its cells as they stand in the file.
    """

    line: int
    cells: tuple[str, ...]
    problem: CellProblem | None = None

    @property
    def is_blank(self) -> bool:
        return not any(cell.strip() for cell in self.cells)


@dataclass(frozen=True, slots=True)
class Dialect:
    """How the bytes are to be taken apart."""

    encoding: str
    delimiter: str = ""
    skipped_lines: int = 0
    sheet: str = ""

    @property
    def is_workbook(self) -> bool:
        return self.encoding == WORKBOOK
