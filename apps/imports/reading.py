"""From the bytes of an uploaded file to rows of text.

`read_table` checks the whole file once, without keeping it, and refuses what
cannot be read by line and column. What it returns can be walked any number of
times and never fails half-way.
"""

from __future__ import annotations

import codecs
import csv
import itertools
import re
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from django.utils.translation import gettext as _

from apps.core.errors import Invalid

from .columns import count_known
from .values import CellProblem

MAX_ROWS = 200_000
DELIMITERS = (",", ";", "\t")
# Home-made sheets put a title and blank lines above their header.
HEADER_SEARCH_ROWS = 10
SAMPLE_LINES = 200
SAMPLE_LINE_LENGTH = 65_536

BYTE_ORDER_MARKS = {
    codecs.BOM_UTF8: "utf-8-sig",
    codecs.BOM_UTF16_LE: "utf-16",
    codecs.BOM_UTF16_BE: "utf-16",
}
WORKBOOKS = (b"pk\x03\x04", b"\xd0\xcf\x11\xe0")
# PDF, PNG, JPEG, GIF, gzip, 7z, web pages; lower case.
FOREIGN_FORMATS = (
    b"%pdf",
    b"\x89png",
    b"\xff\xd8\xff",
    b"gif8",
    b"\x1f\x8b",
    b"7z\xbc\xaf",
    b"<!doctype",
    b"<html",
    b"<?xml",
)
# NUL, and the bytes that `surrogateescape` carried through.
UNREADABLE = re.compile("[\0\udc80-\udcff]")
UNREADABLE_UTF_16 = re.compile("[\0\ufffd]")
NOT_ASCII = re.compile(r"[^\x00-\x7f]")
LINE_END = re.compile(r"\r\n|\r|\n")
SEPARATOR_LINE = re.compile(r'"?sep=(?P<delimiter>[^"\r\n])"?\s*', re.IGNORECASE)
TYPOGRAPHY = frozenset("\u00a0–—‘’“”„‚…•€£©®™°§´«»¿¡")


class ReadError(Invalid):
    """The file cannot be read; `line` and `column` (from 1) say where."""

    def __init__(
        self, code: str, message: str, *, line: int | None = None, column: int = 1
    ) -> None:
        super().__init__(code, message, field="file")
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
    delimiter: str
    skipped_lines: int = 0


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


def read_table(path: Path) -> Table:
    encoding = _encoding(path)
    dialect = _dialect(path, encoding)
    header_line, header = _header(path, dialect)
    row_count = 0
    for row_count, _row in enumerate(
        _rows(path, dialect, header_line, len(header)), start=1
    ):
        if row_count > MAX_ROWS:
            raise ReadError(
                "too_many_rows",
                _(
                    "The file has more than %(limit)s rows. "
                    "Split it and import the parts one after the other."
                )
                % {"limit": f"{MAX_ROWS:,}"},
            )
    if row_count == 0:
        raise ReadError(
            "no_rows",
            _("The file has a header in line %(line)s but no rows below it.")
            % {"line": header_line},
            line=header_line,
        )
    return Table(path, dialect, header, header_line, row_count)


# Encoding


def _encoding(path: Path) -> str:
    with path.open("rb") as file:
        start = file.read(16)
    _refuse_foreign_format(start)
    encoding = next(
        (name for mark, name in BYTE_ORDER_MARKS.items() if start.startswith(mark)),
        "utf-8",
    )
    unreadable = _unreadable(path, encoding)
    if unreadable is None:
        return encoding
    if encoding == "utf-8" and unreadable.character != "\0":
        return _eight_bit_encoding(path, unreadable)
    raise unreadable.error()


def _refuse_foreign_format(start: bytes) -> None:
    start = start.lstrip().lower()
    if start.startswith(WORKBOOKS):
        raise ReadError(
            "workbook",
            _(
                "This is a workbook, not a CSV file. Open it in your spreadsheet, "
                "choose “Save as” and “CSV UTF-8”, and upload that file."
            ),
        )
    if start.startswith(FOREIGN_FORMATS):
        raise ReadError(
            "not_csv",
            _(
                "This is not a CSV file: it begins like a picture, a document, an "
                "archive or a web page. Export the list again as CSV."
            ),
        )


@dataclass(frozen=True, slots=True)
class _Unreadable:
    """The first character of a file that an encoding cannot explain."""

    line: int
    column: int
    character: str

    def error(self) -> ReadError:
        place = {"line": self.line, "column": self.column}
        if self.character == "\0":
            code = "nul_byte"
            message = _(
                "Line %(line)s, column %(column)s holds a NUL byte, so this is not "
                "plain text. Export the list again as “CSV UTF-8”."
            )
        else:
            code = "undecodable"
            message = _(
                "Line %(line)s, column %(column)s holds a character that is neither "
                "UTF-8 nor Windows-1252. Export the list again as “CSV UTF-8”."
            )
        return ReadError(code, message % place, line=self.line, column=self.column)


def _unreadable(path: Path, encoding: str) -> _Unreadable | None:
    errors, unreadable = "surrogateescape", UNREADABLE
    if encoding == "utf-16":
        # It knows no escape for single bytes.
        errors, unreadable = "replace", UNREADABLE_UTF_16
    with path.open(encoding=encoding, errors=errors, newline="") as stream:
        for line, text in enumerate(stream, start=1):
            if found := unreadable.search(text):
                return _Unreadable(line, found.start() + 1, found.group())
    return None


def _eight_bit_encoding(path: Path, invalid_utf8: _Unreadable) -> str:
    if _is_damaged_utf8(path):
        # Any other reading garbles every accented name in the file.
        raise invalid_utf8.error()
    undefined = _unreadable(path, "cp1252")
    if _ends_lines_with_cr(path) and (
        undefined or _plausibility(path, "mac-roman") >= _plausibility(path, "cp1252")
    ):
        return "mac-roman"
    if undefined:
        raise undefined.error()
    return "cp1252"


def _is_damaged_utf8(path: Path) -> bool:
    """More of the bytes beyond ASCII form UTF-8 characters than do not."""
    balance = 0
    with path.open(encoding="utf-8", errors="surrogateescape", newline="") as stream:
        for text in stream:
            if not text.isascii():
                broken = len(UNREADABLE.findall(text))
                balance += len(NOT_ASCII.findall(text)) - 2 * broken
    return balance >= 0


def _ends_lines_with_cr(path: Path) -> bool:
    """As spreadsheets on a Mac do, whose eight-bit encoding is MacRoman."""
    with path.open(encoding="latin-1", newline="") as stream:
        for _line in stream:
            if stream.newlines != "\r":
                return False
    return True


def _plausibility(path: Path, encoding: str) -> int:
    """How many of the characters beyond ASCII stand where one expects them."""
    plausible = 0
    with path.open(encoding=encoding, errors="replace", newline="") as stream:
        for text in stream:
            for found in NOT_ASCII.finditer(text):
                character = found.group()
                before = text[found.start() - 1 : found.start()]
                if character.isalpha():
                    plausible += not (character.isupper() and before.islower())
                else:
                    plausible += character in TYPOGRAPHY
    return plausible


# Lines and records


class _Lines:
    """Physical lines, counted, with those of the record at hand kept."""

    def __init__(self, stream: Iterator[str], skipped: int) -> None:
        self.stream = stream
        self.number = skipped
        self.record: list[str] = []

    def __iter__(self) -> _Lines:
        return self

    def __next__(self) -> str:
        line = next(self.stream)
        self.number += 1
        self.record.append(line)
        return line


def _records(path: Path, dialect: Dialect) -> Iterator[Row]:
    """Every record of the file as it stands, blank ones too."""
    with path.open(encoding=dialect.encoding, newline="") as stream:
        skipped = dialect.skipped_lines
        lines = _Lines(itertools.islice(stream, skipped, None), skipped)
        # Sheets written by hand have a blank after the delimiter, before a quote too.
        reader = csv.reader(
            lines, delimiter=dialect.delimiter, strict=True, skipinitialspace=True
        )
        while True:
            lines.record.clear()
            first_line = lines.number + 1
            try:
                yield Row(first_line, tuple(next(reader)))
            except StopIteration:
                return
            except csv.Error as error:
                yield _faulty(lines.record, first_line, dialect.delimiter, str(error))


def _faulty(record: list[str], first_line: int, delimiter: str, reason: str) -> Row:
    """A row with the problem, if it ends where its line ends; else a refusal,
    since what the quotation mark swallowed may be other rows."""
    line, column, is_open = _fault(record, first_line, delimiter)
    place = {"line": line, "column": column}
    if is_open:
        raise ReadError(
            "unclosed_quote",
            _(
                "The quotation mark in line %(line)s, column %(column)s is never "
                "closed. Close it, or remove it, and upload the file again."
            )
            % place,
            line=line,
            column=column,
        )
    if "field limit" in reason:
        raise ReadError(
            "cell_too_long",
            _(
                "A cell in line %(line)s is longer than %(limit)s characters: "
                "shorten it."
            )
            % {"line": first_line, "limit": csv.field_size_limit()},
            line=first_line,
        )
    message = (
        _(
            "The cell that begins in line %(line)s, column %(column)s goes on after "
            "its closing quotation mark. Write quotation marks inside a cell twice."
        )
        % place
    )
    if len(record) > 1:
        raise ReadError("stray_quote", message, line=line, column=column)
    text = record[0].rstrip("\r\n")
    return Row(first_line, (text,), CellProblem("stray_quote", message))


def _fault(record: list[str], first_line: int, delimiter: str) -> tuple[int, int, bool]:
    """Where the last quoted cell of a faulty record begins, and whether it is open."""
    text = "".join(record)
    cell = re.compile(
        rf'"(?:[^"]|"")*(?P<close>"?)|[^{re.escape(delimiter)}\r\n]*', re.DOTALL
    )
    position, begin, is_open = 0, 0, False
    while position < len(text):
        match = cell.match(text, position)
        end = match.end() if match else position
        if text[position] == '"':
            begin = position
            is_open = not match or not match["close"]
            if end < len(text) and text[end] not in delimiter + "\r\n":
                break
        position = end + 1
    before = LINE_END.split(text[:begin])
    return first_line + len(before) - 1, len(before[-1]) + 1, is_open


def _rows(path: Path, dialect: Dialect, header_line: int, width: int) -> Iterator[Row]:
    for row in _records(path, dialect):
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
    message = _(
        "Line %(line)s has %(count)s cells but the header has %(width)s; the first "
        "one too many is “%(value)s”. Put cells that contain the separator in "
        "quotation marks."
    ) % {
        "line": row.line,
        "count": len(row.cells),
        "width": width,
        "value": extra[0].strip()[:60],
    }
    return Row(row.line, row.cells, CellProblem("too_many_cells", message))


# Delimiter and header


def _dialect(path: Path, encoding: str) -> Dialect:
    with path.open(encoding=encoding, newline="") as stream:
        lines = itertools.islice(stream, SAMPLE_LINES)
        sample = [line[:SAMPLE_LINE_LENGTH] for line in lines]
    if not any(line.strip() for line in sample):
        raise ReadError(
            "empty_file",
            _("The file is empty. Export the list again and upload that file."),
        )
    stated = SEPARATOR_LINE.fullmatch(sample[0])
    if stated:
        return Dialect(encoding, stated["delimiter"], skipped_lines=1)
    return Dialect(encoding, max(DELIMITERS, key=lambda d: _fit(sample, d)))


def _fit(sample: list[str], delimiter: str) -> tuple[int, bool, float, int]:
    """How well a delimiter explains the sample: known headers count most."""
    records: list[list[str]] = []
    # What is wrong in the sample is refused with its place when all is read.
    with suppress(csv.Error):
        found = csv.reader(sample, delimiter=delimiter, skipinitialspace=True)
        records.extend(record for record in found if any(record))
    known = max((count_known(r) for r in records[:HEADER_SEARCH_ROWS]), default=0)
    widths = Counter(len(cells) for cells in records)
    width, times = max(widths.items(), key=lambda item: item[1], default=(1, 0))
    return known, width > 1, times / max(len(records), 1), width


def _header(path: Path, dialect: Dialect) -> tuple[int, tuple[str, ...]]:
    """The first row that looks like a header, else the first that is no title."""
    found = itertools.islice(_records(path, dialect), HEADER_SEARCH_ROWS)
    rows = [row for row in found if not row.is_blank and not row.problem]
    if not rows:
        raise ReadError(
            "no_header",
            _(
                "No header was found in the first %(count)s lines. The first row "
                "must name the columns."
            )
            % {"count": HEADER_SEARCH_ROWS},
            line=1,
        )
    for enough in (2, 1):
        for row in rows:
            if count_known(row.cells) >= enough:
                return row.line, row.cells
    several = (row for row in rows if sum(bool(c.strip()) for c in row.cells) > 1)
    row = next(several, rows[0])
    return row.line, row.cells
