"""The parts of an XLSX workbook: which sheets it has, how its numbers are shown."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

from . import texts
from .archive import damaged, open_archive
from .rows import ReadError
from .xml import Element, elements, feed, reading_xml, utf8_pieces

# Of the parts that say how the sheets are to be read.
MAX_SMALL = 16 * 1024 * 1024
MAX_SHEETS = 500
LONGEST_NAME = 255  # of a sheet; a spreadsheet allows 31
MAX_LISTED = 100_000  # styles, formats and relations; a spreadsheet has 65,490 styles


class Workbook:
    """An open workbook; use it in a `with` statement."""

    def __init__(self, path: Path) -> None:
        self.stream = path.open("rb")
        try:
            self.archive = open_archive(self.stream)
        except ReadError:
            self.stream.close()
            raise
        self.parts = set(self.archive.namelist())

    def __enter__(self) -> Workbook:
        return self

    def __exit__(self, *error: object) -> None:
        self.archive.close()
        self.stream.close()

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
        present = [(n, part, s) for n, part, s in sheets if part in self.parts]
        if len(present) > MAX_SHEETS:
            raise _too_many_sheets()
        if any(len(name) > LONGEST_NAME for name, _part, _sheet in present):
            raise damaged()
        visible = {n: part for n, part, s in present if not _is_hidden(s)}
        return visible or {name: part for name, part, _sheet in present}

    def all(self, part: str, tag: str, parent: str = "") -> list[dict[str, str]]:
        """The attributes of the elements of that name in a small part, of those in a
        `parent` alone if one is given; a missing part has none."""
        found = []
        for element in self._elements(part):
            if element.name == tag and parent in ("", element.parent):
                found.append(element.attributes)
                if len(found) > MAX_LISTED:
                    raise damaged()
        return found

    def _elements(self, part: str) -> Iterator[Element]:
        if part not in self.parts:
            return
        if self.archive.getinfo(part).file_size > MAX_SMALL:
            raise damaged()
        with reading_xml():
            stream = self.archive.open(part)
        with closing(stream):
            yield from elements(stream)

    def feed(self, part: str, parser: Any, earned: Callable[[], int]) -> Iterator[None]:
        """Gives a part of any size to a parser of `make_parser`: see `xml.feed`."""
        with reading_xml():
            stream = self.archive.open(part)
        with closing(stream):
            yield from feed(stream, parser, earned=earned)

    def pieces(self, part: str) -> Iterator[bytes]:
        """The bytes of a part, in UTF-8."""
        with reading_xml():
            stream = self.archive.open(part)
        with closing(stream):
            yield from utf8_pieces(stream)

    @property
    def counts_from_1904(self) -> bool:
        properties = self.all("xl/workbook.xml", "workbookPr")
        return any(p.get("date1904") in ("1", "true") for p in properties)


def _part(target: str) -> str:
    return target[1:] if target.startswith("/") else f"xl/{target}"


def _relation_id(sheet: dict[str, str]) -> str:
    ids = (v for n, v in sheet.items() if n.endswith(":id") and n != "xmlns:id")
    return next(ids, "")


def _is_hidden(sheet: dict[str, str]) -> bool:
    return sheet.get("state", "visible") != "visible"


def _too_many_sheets() -> ReadError:
    return ReadError(texts.TOO_MANY_SHEETS(limit=MAX_SHEETS))
