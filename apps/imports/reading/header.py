"""Where the list in a file begins, and what parts its cells."""

from __future__ import annotations

import csv
import itertools
import re
from collections import Counter
from collections.abc import Callable, Iterable
from contextlib import suppress
from pathlib import Path

from . import texts
from .limits import MAX_COLUMNS
from .rows import Dialect, ReadError, Row

DELIMITERS = (",", ";", "\t", "|")
# Home-made sheets put a title and blank lines above their header.
HEADER_SEARCH_ROWS = 10
SAMPLE_LINES = 200
SAMPLE_LINE_LENGTH = 65_536
SAMPLE_LENGTH = 524_288
# How many of the cells of a row are headers that are known.
Score = Callable[[Iterable[str]], int]
SEPARATOR_LINE = re.compile(r'"?sep=(?P<delimiter>[^"\r\n])"?\s*', re.IGNORECASE)


def find_dialect(
    path: Path, encoding: str, score: Score, delimiter: str = ""
) -> Dialect:
    """How the text is taken apart; a given delimiter is not doubted."""
    sample = _sample(path, encoding)
    if not any(line.strip() for line in sample):
        raise ReadError(texts.EMPTY_FILE())
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
        raise ReadError(texts.NO_HEADER_AT_ALL(count=HEADER_SEARCH_ROWS), line=1)
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
    raise ReadError(texts.NO_HEADER(line=line), line=line)
