"""Workbooks that are small and want much, each in another way."""

from __future__ import annotations

import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path

SPACE = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006/relationships"
HEADER = (
    '<row r="1"><c r="A1" t="str"><v>Serial</v></c><c t="str"><v>Model</v></c></row>'
)
SHEET = "xl/worksheets/sheet1.xml"
STRINGS = "xl/sharedStrings.xml"
BEGIN = f'<worksheet xmlns="{SPACE}"><sheetData>{HEADER}'
END = "</sheetData></worksheet>"
ROWS = 1_000_000

Parts = dict[str, str | Iterator[str]]


def save(path: Path, parts: Parts) -> Path:
    """A workbook of one sheet with these parts, which are written as they come."""
    parts = {
        "xl/workbook.xml": f'<workbook xmlns="{SPACE}" xmlns:r="{RELATIONS}"><sheets>'
        '<sheet name="List" sheetId="1" r:id="rId1"/></sheets></workbook>',
        "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{PACKAGE}"><Relationship '
        f'Id="rId1" Type="{RELATIONS}/worksheet" Target="worksheets/sheet1.xml"/>'
        "</Relationships>",
        **parts,
    }
    # Packed as little as passes for a list of rows.
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        for name, content in parts.items():
            with archive.open(name, "w", force_zip64=True) as part:
                pieces = [content] if isinstance(content, str) else content
                for piece in pieces:
                    part.write(piece.encode())
    return path


def _sheet(*pieces: str, times: int = 1, begin: str = BEGIN, end: str = END) -> Parts:
    def content() -> Iterator[str]:
        yield begin
        for _time in range(times):
            yield from pieces
        yield end

    return {SHEET: content()}


def blank_rows() -> Parts:
    return _sheet("<row/>" * 1_000, times=ROWS // 1_000)


def blank_styled_rows() -> Parts:
    cells = "".join(f'<c r="{letter}2" s="1"/>' for letter in "ABCDEFGH")
    # Without the numbers of the rows, else it would be refused for their order.
    cells = cells.replace("2", "")
    return _sheet(f'<row spans="1:8">{cells}</row>' * 100, times=10_000)


def blank_cells() -> Parts:
    return _sheet(f"<row>{'<c/>' * 1_000}</row>", times=60_000)


def wide_rows() -> Parts:
    return _sheet(f"<row>{'<c><v>1</v></c>' * 16_384}</row>", times=1_000)


def endless_row() -> Parts:
    return _sheet("<row>", *["<c/>" * 10_000] * 1_000, "</row>")


def one_cell_of_100_mb() -> Parts:
    begin, end = '<row><c t="inlineStr"><is><t>', "</t></is></c></row>"
    return _sheet(begin, *["long text " * 100_000] * 100, end)


def many_long_cells() -> Parts:
    cell = f'<c t="str"><v>{"x" * 130_000}</v></c>'
    return _sheet(f"<row>{cell}</row>", times=3_000)


def deep_nesting() -> Parts:
    return _sheet("<a>" * 10_000, times=2_000, end="")


def junk_elements() -> Parts:
    return _sheet("<x/>" * 10_000, times=8_000)


def other_names_without_end() -> Parts:
    def content() -> Iterator[str]:
        yield BEGIN
        for number in range(500):
            yield "".join(f"<n{number}x{n}/>" for n in range(10_000))
        yield END

    return {SHEET: content()}


def endless_attribute() -> Parts:
    return _sheet('<row spans="', *["x" * 1_000_000] * 200, '"/>')


def endless_comment() -> Parts:
    return _sheet("<!--", *["x" * 1_000_000] * 200, "-->")


def many_attributes() -> Parts:
    attributes = (" ".join(f'a{n}x{m}="1"' for n in range(1_000)) for m in range(2_000))
    return _sheet("<row ", *attributes, "/>")


def entities() -> Parts:
    unfold = "".join(
        f'<!ENTITY e{n} "{f"&e{n - 1};" * 10 if n else "x" * 100}">' for n in range(9)
    )
    begin = f"<!DOCTYPE worksheet [{unfold}]>{BEGIN}"
    return _sheet('<row><c t="str"><v>&e8;</v></c></row>', begin=begin)


def external_entity() -> Parts:
    begin = f'<!DOCTYPE w [<!ENTITY e SYSTEM "file:///etc/passwd">]>{BEGIN}'
    return _sheet('<row><c t="str"><v>&e;</v></c></row>', begin=begin)


def shared_strings_without_end() -> Parts:
    def texts() -> Iterator[str]:
        yield f'<sst xmlns="{SPACE}">'
        for _time in range(1_500):
            yield "<si><t>x</t></si>" * 10_000
        yield "</sst>"

    row = '<row><c t="s"><v>0</v></c></row>'
    return {**_sheet(row * 1_000), STRINGS: texts()}


def long_shared_strings() -> Parts:
    def texts() -> Iterator[str]:
        yield f'<sst xmlns="{SPACE}">'
        for number in range(3_000):
            yield f"<si><t>{number}{'y' * 130_000}</t></si>"
        yield "</sst>"

    return {**_sheet('<row><c t="s"><v>0</v></c></row>'), STRINGS: texts()}


def one_shared_text_in_every_row() -> Parts:
    """Unfolds to 26 GB of rows."""
    text = f"<sst><si><t>{'z' * 131_000}</t></si></sst>"
    return {**_sheet('<row><c t="s"><v>0</v></c></row>' * 200_000), STRINGS: text}


def long_number_formats() -> Parts:
    styles = (
        f'<styleSheet><numFmts><numFmt numFmtId="200" formatCode="{"0" * 10_000_000}"/>'
        '</numFmts><cellXfs><xf numFmtId="200"/></cellXfs></styleSheet>'
    )
    rows = "".join(f"<row><c><v>{n}</v></c></row>" for n in range(50_000))
    return {**_sheet(rows), "xl/styles.xml": styles}


def many_styles() -> Parts:
    styles = f"<styleSheet><cellXfs>{'<xf/>' * 3_000_000}</cellXfs></styleSheet>"
    return {**_sheet("<row><c><v>1</v></c></row>"), "xl/styles.xml": styles}


def many_merges() -> Parts:
    merges = "".join(f'<mergeCell ref="A{n}:A{n + 1}"/>' for n in range(1, 900_000))
    return _sheet("<row/>", end=f"</sheetData>{merges}</worksheet>")


def merged_over_every_column() -> Parts:
    """Each row is as wide as the widest."""
    first = f"<row>{'<c><v>1</v></c>' * 1_000}</row>"
    letters = [_letters(n) for n in range(1_000)]
    merges = "".join(f'<mergeCell ref="{c}2:{c}199999"/>' for c in letters)
    rows = "<row><c><v>1</v></c></row>" * 1_000
    return _sheet(first, *[rows] * 190, end=f"</sheetData>{merges}</worksheet>")


def _letters(number: int) -> str:
    name, number = "", number + 1
    while number:
        number, rest = divmod(number - 1, 26)
        name = chr(ord("A") + rest) + name
    return name


WAYS: dict[str, Callable[[], Parts]] = {
    way.__name__: way
    for way in (
        blank_rows,
        blank_styled_rows,
        blank_cells,
        wide_rows,
        endless_row,
        one_cell_of_100_mb,
        many_long_cells,
        deep_nesting,
        junk_elements,
        other_names_without_end,
        endless_attribute,
        endless_comment,
        many_attributes,
        entities,
        external_entity,
        shared_strings_without_end,
        long_shared_strings,
        one_shared_text_in_every_row,
        long_number_formats,
        many_styles,
        many_merges,
        merged_over_every_column,
    )
}
