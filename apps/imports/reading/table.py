"""A readable file, the walk over its rows, and what the columns page shows of it."""

from __future__ import annotations

import csv
import itertools
import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TypedDict

from apps.imports.values import CellProblem
from apps.imports.values.text import is_nothing

from . import file_texts, limits
from .encoding import EIGHT_BIT, accented_words, check_encoding, find_encoding
from .limits import MAX_COLUMNS
from .records import text_records
from .rows import WORKBOOK, Dialect, ReadError, Row
from .sheet import choose_sheet, workbook_rows

DELIMITERS = (",", ";", "\t", "|")
# Home-made sheets put a title and blank lines above their header.
HEADER_SEARCH_ROWS = 10
SAMPLE_LINES = 200
SAMPLE_LINE_LENGTH = 65_536
SAMPLE_LENGTH = 524_288
# How many of the cells of a row are headers that are known.
Score = Callable[[Iterable[str]], int]
SEPARATOR_LINE = re.compile(r'"?sep=(?P<delimiter>[^"\r\n])"?\s*', re.IGNORECASE)


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
        raise ReadError(
            file_texts.NO_ROWS(line=table.header_line), line=table.header_line
        )
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
    told = file_texts.ROW_TOO_WIDE(
        line=row.line,
        count=len(row.cells),
        width=width,
        value=extra[0].strip()[:60],
    )
    return Row(row.line, row.cells, CellProblem(told))


# --- Where the list begins, and what parts its cells ---------------------------


def find_dialect(
    path: Path, encoding: str, score: Score, delimiter: str = ""
) -> Dialect:
    """How the text is taken apart; a given delimiter is not doubted."""
    sample = _sample(path, encoding)
    if not any(line.strip() for line in sample):
        raise ReadError(file_texts.EMPTY_FILE())
    stated = SEPARATOR_LINE.fullmatch(sample[0])
    if stated:
        return Dialect(encoding, delimiter or stated["delimiter"], skipped_lines=1)
    found = delimiter or max(DELIMITERS, key=lambda d: _fit(sample, d, score))
    return Dialect(encoding, found)


def _sample(path: Path, encoding: str) -> list[str]:
    """The first lines; of long ones the beginning, then nothing more."""
    lines: list[str] = []
    with path.open(encoding=encoding, newline="") as stream:
        left = SAMPLE_LENGTH
        while len(lines) < SAMPLE_LINES and left > 0:
            line = stream.readline(min(SAMPLE_LINE_LENGTH, left))
            if not line:
                break
            lines.append(line)
            left -= len(line)
            if len(line) == SAMPLE_LINE_LENGTH:
                break
    return lines


def _fit(
    sample: list[str], delimiter: str, score: Score
) -> tuple[int, bool, float, int]:
    """How well a delimiter explains the sample: known headers count most."""
    records: list[list[str]] = []
    # What is wrong in the sample is refused with its place when all is read.
    with suppress(csv.Error):
        found = csv.reader(sample, delimiter=delimiter, skipinitialspace=True)
        records.extend(record for record in found if any(record))
    heads = (record[:MAX_COLUMNS] for record in records[:HEADER_SEARCH_ROWS])
    known = max(map(score, heads), default=0)
    widths = Counter(len(cells) for cells in records)
    width, times = max(widths.items(), key=lambda item: item[1], default=(1, 0))
    return known, width > 1, times / max(len(records), 1), width


def find_header(
    records: Iterable[Row], score: Score, line: int = 0
) -> tuple[int, tuple[str, ...]]:
    """The row at `line`; else the first that looks like a header, or is no title."""
    if line:
        return _header_at(records, line)
    found = itertools.islice(records, HEADER_SEARCH_ROWS)
    rows = [row for row in found if not row.is_blank and not row.problem]
    if not rows:
        raise ReadError(file_texts.NO_HEADER_AT_ALL(count=HEADER_SEARCH_ROWS), line=1)
    for enough in (2, 1):
        for row in rows:
            if score(row.cells) >= enough:
                return row.line, row.cells
    several = (row for row in rows if sum(bool(c.strip()) for c in row.cells) > 1)
    row = next(several, rows[0])
    return row.line, row.cells


def _header_at(records: Iterable[Row], line: int) -> tuple[int, tuple[str, ...]]:
    for row in records:
        if row.line == line and not row.is_blank and not row.problem:
            return row.line, row.cells
        if row.line > line:
            break
    raise ReadError(file_texts.NO_HEADER(line=line), line=line)


# --- Samples --------------------------------------------------------------------

SAMPLES = 3  # texts of each column
SAMPLE_ROWS = 50  # that they are looked for in
LONGEST_SAMPLE = 200  # characters of one; a page shows 60


class Kept(TypedDict, total=False):
    """`Batch.samples`: the first texts of each column, the positions of those that hold
    nothing, the names of the sheets of a workbook, a few words by which people see
    whether the encoding is right."""

    columns: list[list[str]]
    empty: list[int]
    sheets: list[str]
    words: list[str]


class Samples:
    def __init__(self, table: Table) -> None:
        self.columns: list[dict[str, None]] = [{} for _header in table.header]
        self.empty = set(range(len(table.header)))
        self.rows = 0

    def see(self, row: Row) -> None:
        if self.empty and not row.problem:
            self.empty -= {at for at in self.empty if not is_nothing(row.cells[at])}
        if self.rows >= SAMPLE_ROWS:
            return
        self.rows += 1
        for seen, cell in zip(self.columns, row.cells, strict=False):
            if not is_nothing(cell) and len(seen) < SAMPLES:
                seen[cell[:LONGEST_SAMPLE]] = None

    def kept(self) -> list[list[str]]:
        return [list(seen) for seen in self.columns]


def words_of(path: Path, encoding: str) -> list[str]:
    return accented_words(path, encoding) if encoding in EIGHT_BIT else []
