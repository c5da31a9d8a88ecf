"""The records of a delimited text file, each with the line it begins in."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from pathlib import Path
from typing import TextIO

from apps.imports.values import CellProblem

from . import file_texts
from .limits import (
    LONGEST_ROW,
    MAX_COLUMNS,
    Tally,
    cell_too_long,
    row_too_long,
    too_many_columns,
)
from .rows import Dialect, ReadError, Row

LINE_END = re.compile(r"\r\n|\r|\n")


class _Lines:
    """Physical lines, counted, with those of the record at hand kept."""

    def __init__(self, stream: TextIO) -> None:
        self.stream = stream
        self.number = self.size = 0
        self.record: list[str] = []

    def __iter__(self) -> _Lines:
        return self

    def __next__(self) -> str:
        # One character more than a row may have, so that it is seen to be longer.
        line = self.stream.readline(LONGEST_ROW + 1)
        if not line:
            raise StopIteration
        self.number += 1
        self.size += len(line)
        if self.size > LONGEST_ROW:
            raise row_too_long(self.number - len(self.record))
        self.record.append(line)
        return line

    def begin(self) -> int:
        """The line in which the next record begins."""
        self.record.clear()
        self.size = 0
        return self.number + 1


def text_records(path: Path, dialect: Dialect) -> Iterator[Row]:
    """Every record of the file as it stands, blank ones too."""
    tally = Tally()
    with path.open(encoding=dialect.encoding, newline="") as stream:
        lines = _Lines(stream)
        for _skipped in range(dialect.skipped_lines):
            next(lines, None)
        # Sheets written by hand have a blank after the delimiter, before a quote too.
        reader = csv.reader(
            lines, delimiter=dialect.delimiter, strict=True, skipinitialspace=True
        )
        while True:
            first_line = lines.begin()
            try:
                row = Row(first_line, _cells(next(reader), first_line))
            except StopIteration:
                return
            except csv.Error as error:
                row = _faulty(lines.record, first_line, dialect.delimiter, str(error))
            tally.add(first_line, len(row.cells), lines.size)
            yield row


def _cells(found: list[str], line: int) -> tuple[str, ...]:
    """Without the empty ones beyond the last column that can be read."""
    for column in range(MAX_COLUMNS, len(found)):
        if found[column].strip():
            raise too_many_columns(line, column)
    return tuple(found[:MAX_COLUMNS])


def _faulty(record: list[str], first_line: int, delimiter: str, reason: str) -> Row:
    """A row with the problem, if it ends where its line ends; else a refusal,
    since what the quotation mark swallowed may be other rows."""
    line, column, is_open = _fault(record, first_line, delimiter)
    place = {"line": line, "column": column}
    if is_open:
        raise ReadError(file_texts.UNCLOSED_QUOTE(**place), **place)
    if "field limit" in reason:
        raise cell_too_long(first_line)
    stray = file_texts.STRAY_QUOTE(**place)
    if len(record) > 1:
        raise ReadError(stray, **place)
    text = record[0].rstrip("\r\n")
    return Row(first_line, (text,), CellProblem(stray))


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
