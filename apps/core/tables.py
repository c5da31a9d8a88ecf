"""CSV files that people open in a spreadsheet."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Iterator

_FORMULA = ("=", "+", "-", "@", "\t", "\r")
_PHONE = re.compile(r"\+[\d ()./-]+")
# Tells spreadsheets that the file is UTF-8.
_MARK = "\ufeff"


class _Echo:
    """What csv.writer needs of a file: it hands the line straight back."""

    def write(self, line: str) -> str:
        return line


def csv_lines(
    header: Iterable[object], rows: Iterable[Iterable[object]], *, delimiter: str = ","
) -> Iterator[str]:
    """The lines of a file, one by one; text is never taken for a formula."""
    writer = csv.writer(_Echo(), delimiter=delimiter)
    yield _MARK + writer.writerow([harmless(cell) for cell in header])
    for row in rows:
        yield writer.writerow([harmless(cell) for cell in row])


def harmless(cell: object) -> str:
    text = "" if cell is None else str(cell)
    is_formula = text.startswith(_FORMULA) and not _PHONE.fullmatch(text)
    return f"'{text}" if is_formula else text
