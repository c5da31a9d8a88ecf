"""An XLSX file (ECMA-376) of one sheet, of texts alone: nothing in it is a formula, and
no spreadsheet makes a date or a number of a serial."""

from __future__ import annotations

import zipfile
from collections.abc import Iterable, Iterator
from itertools import chain, islice
from typing import Any
from xml.sax.saxutils import escape

from apps.core.tables import harmless

CONTENT_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
MOST_ROWS = 1_048_575
_LONGEST = 32_767  # of a cell
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_XML = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_KIND = "application/vnd.openxmlformats-officedocument.spreadsheetml"
_LINES_AT_ONCE = 500


class _Pipe:
    """What zipfile needs of a file, of which somebody takes what has been written."""

    def __init__(self) -> None:
        self._pieces: list[bytes] = []

    def write(self, piece: bytes) -> int:
        self._pieces.append(bytes(piece))
        return len(piece)

    def flush(self) -> None:
        """There is nowhere to."""

    def taken(self) -> bytes:
        found = b"".join(self._pieces)
        self._pieces.clear()
        return found


def pieces(
    header: Iterable[object], rows: Iterable[Iterable[object]]
) -> Iterator[bytes]:
    """The file, piece by piece. What does not fit on one sheet goes on on the next."""
    pipe: Any = _Pipe()
    lines, head = map(_line, rows), _line(header)
    count = 0
    with zipfile.ZipFile(pipe, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as book:
        # The first sheet is there also without rows.
        first: str | None = ""
        while first is not None:
            count += 1
            name = f"xl/worksheets/sheet{count}.xml"
            sheet = chain([first], islice(lines, MOST_ROWS - bool(first)))
            with book.open(name, "w", force_zip64=True) as target:
                target.write(f'{_XML}<worksheet xmlns="{_MAIN}">'.encode())
                target.write(f"<sheetData>{head}".encode())
                while piece := list(islice(sheet, _LINES_AT_ONCE)):
                    target.write("".join(piece).encode())
                    yield pipe.taken()
                target.write(b"</sheetData></worksheet>")
            first = next(lines, None)
        for name, text in _parts(count):
            book.writestr(name, _XML + text)
    yield pipe.taken()


def _parts(count: int) -> Iterator[tuple[str, str]]:
    """What says that these sheets are a workbook."""
    sheets = range(1, count + 1)
    types = "".join(
        f'<Override PartName="/xl/worksheets/sheet{n}.xml" '
        f'ContentType="{_KIND}.worksheet+xml"/>'
        for n in sheets
    )
    yield (
        "[Content_Types].xml",
        f'<Types xmlns="{_PACKAGE}/content-types"><Default Extension="rels" '
        'ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        '<Override PartName="/xl/workbook.xml" '
        f'ContentType="{_KIND}.sheet.main+xml"/>{types}</Types>',
    )
    yield "_rels/.rels", _related([("r1", "officeDocument", "xl/workbook.xml")])
    listed = "".join(
        f'<sheet name="Sheet{n}" sheetId="{n}" r:id="r{n}"/>' for n in sheets
    )
    yield (
        "xl/workbook.xml",
        f'<workbook xmlns="{_MAIN}" xmlns:r="{_OFFICE}"><sheets>{listed}</sheets>'
        "</workbook>",
    )
    yield (
        "xl/_rels/workbook.xml.rels",
        _related((f"r{n}", "worksheet", f"worksheets/sheet{n}.xml") for n in sheets),
    )


def _related(targets: Iterable[tuple[str, str, str]]) -> str:
    found = "".join(
        f'<Relationship Id="{pk}" Type="{_OFFICE}/{kind}" Target="{target}"/>'
        for pk, kind, target in targets
    )
    return f'<Relationships xmlns="{_PACKAGE}/relationships">{found}</Relationships>'


def _line(row: Iterable[object]) -> str:
    return f"<row>{''.join(map(_cell, row))}</row>"


def _cell(value: object) -> str:
    text = _readable(harmless(value))[:_LONGEST]
    if not text:
        return "<c/>"
    return f'<c t="inlineStr"><is><t xml:space="preserve">{escape(text)}</t></is></c>'


def _readable(text: str) -> str:
    """Without what XML has no way to write."""
    if text.isprintable():
        return text
    return "".join(
        c for c in text if c in "\t\n\r" or (c >= " " and c not in "\ufffe\uffff")
    )
