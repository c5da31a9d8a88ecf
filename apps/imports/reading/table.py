"""A readable file, and the walk over its rows."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from apps.imports.values import CellProblem

from . import limits, texts
from .encoding import check_encoding, find_encoding
from .header import Score, find_dialect, find_header
from .records import text_records
from .rows import WORKBOOK, Dialect, ReadError, Row
from .sheet import choose_sheet, workbook_rows


@dataclass(frozen=True, slots=True)
class Table:
    """A readable file: its header, addressed by position, and its rows."""

    path: Path
    dialect: Dialect
    header: tuple[str, ...]
    header_line: int
    row_count: int

    @property
    def encoding(self) -> str:
        return self.dialect.encoding

    @property
    def delimiter(self) -> str:
        return self.dialect.delimiter

    def rows(self) -> Iterator[Row]:
        return _rows(self.path, self.dialect, self.header_line, len(self.header))

    def how_read(self) -> dict[str, str]:
        """What `reopen` needs to read the same file in the same way."""
        return {
            "encoding": self.dialect.encoding,
            "delimiter": self.dialect.delimiter,
            "skipped_lines": str(self.dialect.skipped_lines),
            "sheet": self.dialect.sheet,
            "header_line": str(self.header_line),
        }


def read_table(
    path: Path,
    *,
    score: Score,
    encoding: str = "",
    delimiter: str = "",
    sheet: str = "",
    header_line: int = 0,
    watch: Callable[[Row], None] | None = None,
) -> Table:
    """Checks the whole file; what is not said is found out, the header by `score`.
    Raises ReadError.

    What it returns can be walked any number of times and never fails half-way.
    """
    table = open_table(
        path,
        score=score,
        encoding=encoding,
        delimiter=delimiter,
        sheet=sheet,
        header_line=header_line,
    )
    return check_rows(table, watch)


def open_table(
    path: Path,
    *,
    score: Score,
    encoding: str = "",
    delimiter: str = "",
    sheet: str = "",
    header_line: int = 0,
) -> Table:
    """Finds the header; the rows are not counted yet."""
    if path.stat().st_size > limits.MAX_BYTES:
        raise limits.too_large()
    is_chosen = encoding and encoding != WORKBOOK
    found = check_encoding(path, encoding) if is_chosen else find_encoding(path)
    if found == WORKBOOK:
        dialect = Dialect(WORKBOOK, sheet=choose_sheet(path, sheet))
    else:
        dialect = find_dialect(path, found, score, delimiter)
    line, header = find_header(records(path, dialect), score, header_line)
    if dialect.is_workbook:
        header = _without_tail(header)
    return Table(path, dialect, header, line, 0)


def check_rows(table: Table, watch: Callable[[Row], None] | None = None) -> Table:
    """Walks all rows once, showing each to `watch`, and counts them."""
    row_count = 0
    for row_count, row in enumerate(table.rows(), start=1):
        if row_count > limits.MAX_ROWS:
            raise limits.too_many_rows(row.line)
        if watch:
            watch(row)
    if row_count == 0:
        raise ReadError(texts.NO_ROWS(line=table.header_line), line=table.header_line)
    return replace(table, row_count=row_count)


def reopen(
    path: Path,
    how_read: Mapping[str, str],
    header: Sequence[str],
    row_count: int,
    *,
    score: Score,
) -> Table:
    """A table that was read before, without a second look at the file."""
    if "encoding" not in how_read:
        return read_table(path, score=score)
    dialect = Dialect(
        how_read["encoding"],
        how_read["delimiter"],
        int(how_read["skipped_lines"]),
        how_read["sheet"],
    )
    line = int(how_read["header_line"])
    return Table(path, dialect, tuple(header), line, row_count)


def records(path: Path, dialect: Dialect) -> Iterator[Row]:
    if dialect.is_workbook:
        return workbook_rows(path, dialect)
    return text_records(path, dialect)


def _without_tail(header: tuple[str, ...]) -> tuple[str, ...]:
    """Without the empty cells at its end, which spreadsheets leave behind."""
    width = len(header)
    while width and not header[width - 1].strip():
        width -= 1
    return header[:width]


def _rows(path: Path, dialect: Dialect, header_line: int, width: int) -> Iterator[Row]:
    for row in records(path, dialect):
        if row.line <= header_line or row.is_blank:
            continue
        if row.problem or len(row.cells) == width:
            yield row
        else:
            yield _fitted(row, width)


def _fitted(row: Row, width: int) -> Row:
    """A short row padded, empty cells beyond the header dropped."""
    missing = width - len(row.cells)
    if missing >= 0:
        return Row(row.line, row.cells + ("",) * missing)
    extra = [cell for cell in row.cells[width:] if cell.strip()]
    if not extra:
        return Row(row.line, row.cells[:width])
    told = texts.ROW_TOO_WIDE(
        line=row.line,
        count=len(row.cells),
        width=width,
        value=extra[0].strip()[:60],
    )
    return Row(row.line, row.cells, CellProblem(told))
