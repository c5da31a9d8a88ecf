"""CSV files that people open in a spreadsheet: the one writer, and how its cells are
read again.

A spreadsheet runs what begins with `=`, `+`, `-` or `@`, also behind blanks and
invisible characters, in full-width letters, and, where it takes another separator or
line end than the file has, in the middle of a cell. An apostrophe before it makes it
text. `original` takes exactly those apostrophes out again.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Iterator

from .told import in_this_language

_PHONE = re.compile(r"\+[\d ()./-]+")
# Tells spreadsheets that the file is UTF-8.
_MARK = "\ufeff"
_FORMULA = "=+\\-@＝＋－＠﹦﹢﹣﹫"
# Where another spreadsheet than the file was written for begins a new cell.
_SEPARATORS = frozenset(",;\t|\n\r\x0b\x0c\x1c\x1d\x1e\x1f\x85\u2028\u2029")
# What it may pass over before a formula: separators, quotes, and whatever shows nothing
# (Unicode's Cc, Cf, Z*, variation selectors, fillers).
_PASSED = (
    ",;|'\""
    "\x00-\x20\x7f-\xa0\xad\u034f\u0600-\u0605\u061c\u06dd\u070f\u0890-\u0891"
    "\u08e2\u115f-\u1160\u1680\u17b4-\u17b5\u180b-\u180f\u2000-\u200f"
    "\u2028-\u202f\u205f-\u2064\u2066-\u206f\u2800\u3000\u3164\ufe00-\ufe0f"
    "\ufeff\uffa0\ufff9-\ufffb\U000110bd\U000110cd\U00013430-\U00013438"
    "\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0001\U000e0020-\U000e007f"
    "\U000e0100-\U000e01ef"
)
_BEFORE = re.compile(rf"[{_PASSED}]+[{_FORMULA}]?|[{_FORMULA}]")
_HAS_FORMULA = re.compile(f"[{_FORMULA}]")


class _Echo:
    """What csv.writer needs of a file: it hands the line straight back."""

    def write(self, line: str) -> str:
        return line


def csv_lines(
    header: Iterable[object], rows: Iterable[Iterable[object]], *, delimiter: str = ","
) -> Iterator[str]:
    """The lines of a file, one by one, in the language in which it was asked for; text
    is never taken for a formula."""
    return in_this_language(_lines(header, rows, delimiter))


def _lines(
    header: Iterable[object], rows: Iterable[Iterable[object]], delimiter: str
) -> Iterator[str]:
    writer = csv.writer(_Echo(), delimiter=delimiter)
    yield _MARK + writer.writerow([harmless(cell) for cell in header])
    for row in rows:
        yield writer.writerow([harmless(cell) for cell in row])


def harmless(cell: object) -> str:
    """The cell as text that no spreadsheet runs; `original` gives it back."""
    text = "" if cell is None else str(cell)
    if not _HAS_FORMULA.search(text) or _PHONE.fullmatch(text):
        return text
    return _BEFORE.sub(_marked, text)


def original(text: str) -> str:
    """What `harmless` was given."""
    return _BEFORE.sub(_bare, text) if "'" in text else text


def _marked(found: re.Match[str]) -> str:
    text = found[0]
    return f"{text[:-1]}'{text[-1]}" if _runs(found) else text


def _bare(found: re.Match[str]) -> str:
    text = found[0]
    return text[:-1].removesuffix("'") + text[-1] if _runs(found) else text


def _runs(found: re.Match[str]) -> bool:
    """It ends in what begins a formula, where a cell may begin."""
    is_formula = _HAS_FORMULA.fullmatch(found[0][-1]) is not None
    return is_formula and (found.start() == 0 or not _SEPARATORS.isdisjoint(found[0]))
