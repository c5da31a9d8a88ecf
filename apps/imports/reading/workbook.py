"""The parts of an XLSX workbook: which sheets it has, and the XML in its archive."""

from __future__ import annotations

import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import Element, ParseError, fromstring
from xml.parsers import expat

from django.utils.translation import gettext as _

from .rows import ReadError

# A sheet of 200,000 rows and 53 columns unpacks to some 420 MB, of a tenth packed.
MAX_UNPACKED = 640 * 1024 * 1024
MAX_RATIO = 200
RATIO_FROM = 16 * 1024 * 1024
# What a spreadsheet keeps in one cell is a quarter of it.
LONGEST_CELL = 131_072
MAX_SMALL = 16 * 1024 * 1024
CHUNK = 1 << 17


class Workbook:
    """An open workbook; use it in a `with` statement."""

    def __init__(self, path: Path) -> None:
        self.path = path
        try:
            self.archive = zipfile.ZipFile(path)
            parts = self.archive.infolist()
        except (zipfile.BadZipFile, OSError, ValueError) as error:
            raise damaged() from error
        self.parts = {part.filename for part in parts}
        if "xl/workbook.xml" not in self.parts:
            self.archive.close()
            raise ReadError("not_a_workbook", _no_workbook())
        is_large = sum(part.file_size for part in parts) > MAX_UNPACKED
        if is_large or any(map(_is_bomb, parts)):
            self.archive.close()
            raise ReadError(
                "unpacks_too_large",
                _(
                    "The workbook unpacks to far more than it holds in rows. Copy the "
                    "rows into a new workbook, or save the sheet as CSV."
                ),
            )

    def __enter__(self) -> Workbook:
        return self

    def __exit__(self, *error: object) -> None:
        self.archive.close()

    def sheets(self) -> dict[str, str]:
        """Name of each visible worksheet to the part that holds it, in their order."""
        targets = {
            relation.get("Id"): _part(relation.get("Target", ""))
            for relation in self.all("xl/_rels/workbook.xml.rels", "Relationship")
            if relation.get("Type", "").endswith("/worksheet")
        }
        sheets = [
            (sheet.get("name", ""), targets.get(_relation_id(sheet)), sheet)
            for sheet in self.all("xl/workbook.xml", "sheet")
        ]
        present = [(n, part, e) for n, part, e in sheets if part in self.parts]
        visible = {n: part for n, part, e in present if not _is_hidden(e)}
        return visible or {name: part for name, part, _element in present}

    def all(self, part: str, tag: str) -> list[Element]:
        """The elements of that name in a small part; a missing one has none."""
        if part not in self.parts:
            return []
        if self.archive.getinfo(part).file_size > MAX_SMALL:
            raise damaged()
        with reading_xml(), self.archive.open(part) as stream:
            content = stream.read()
            _refuse_doctype(content)
            tree = fromstring(content)  # noqa: S314, has no entities, see above
        return [element for element in tree.iter() if _local(element) == tag]

    def chunks(self, part: str, parser: Any) -> Iterator[None]:
        """Feeds a part of any size to a parser of `make_parser`, a piece at a time."""
        with self.archive.open(part) as stream:
            while True:
                with reading_xml():
                    chunk = stream.read(CHUNK)
                    parser.Parse(chunk, not chunk)
                yield
                if not chunk:
                    return

    @property
    def counts_from_1904(self) -> bool:
        properties = self.all("xl/workbook.xml", "workbookPr")
        return any(e.get("date1904") in ("1", "true") for e in properties)


def _is_bomb(part: zipfile.ZipInfo) -> bool:
    is_dense = part.file_size > MAX_RATIO * max(part.compress_size, 1)
    return is_dense and part.file_size > RATIO_FROM


def _part(target: str) -> str:
    return target[1:] if target.startswith("/") else f"xl/{target}"


def _relation_id(sheet: Element) -> str:
    return next((v for name, v in sheet.items() if name.endswith("}id")), "")


def _is_hidden(sheet: Element) -> bool:
    return sheet.get("state", "visible") != "visible"


def _local(element: Element) -> str:
    return str(element.tag).rpartition("}")[2]


def make_parser(start: Any, end: Any, text: Any) -> Any:
    """Calls back for each element and text; a document type is refused."""
    parser = expat.ParserCreate()
    parser.buffer_text = True
    parser.buffer_size = CHUNK
    parser.StartDoctypeDeclHandler = lambda *_details: _refuse_doctype(b"<!DOCTYPE")
    parser.StartElementHandler = start
    parser.EndElementHandler = end
    parser.CharacterDataHandler = text
    return parser


def _refuse_doctype(content: bytes) -> None:
    """It could declare entities that unfold without end; no workbook has one."""
    if b"<!DOCTYPE" in content:
        raise damaged()


@contextmanager
def reading_xml() -> Iterator[None]:
    try:
        yield
    except (
        ParseError,
        expat.ExpatError,
        zipfile.BadZipFile,
        zlib.error,
        EOFError,
        OSError,
    ) as error:
        raise damaged() from error
    except (KeyError, ValueError, NotImplementedError, RuntimeError) as error:
        # A name that is not there, a number that is none, an unknown packing.
        raise damaged() from error


def damaged() -> ReadError:
    return ReadError(
        "bad_workbook",
        _(
            "The workbook is damaged. Open it in your spreadsheet, save it as a new "
            ".xlsx file, and upload that."
        ),
    )


def cell_too_long(line: int | None = None) -> ReadError:
    place = {"line": line or "?", "limit": LONGEST_CELL}
    message = _("A cell in line %(line)s is longer than %(limit)s characters.")
    if line is None:
        message = _("A cell is longer than %(limit)s characters: shorten it.")
    return ReadError("cell_too_long", message % place, line=line)


def _no_workbook() -> str:
    return _(
        "This is a packed file but not an .xlsx workbook. Save the list as .xlsx or "
        "CSV, and upload that file."
    )
