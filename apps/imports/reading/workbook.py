"""A workbook: the archive that it is, told by its directory alone, and its parts,
read as XML piece by piece.

Whatever its encoding is said to be, the parser is given UTF-8, so nothing is told from
bytes that look like something; a document type is refused by the parser that meets it.
"""

from __future__ import annotations

import codecs
import struct
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import IO, Any, NamedTuple
from xml.parsers import expat

from . import file_texts
from .rows import ReadError

MAX_DIRECTORY = 1024 * 1024  # bytes
MAX_PARTS = 5_000
# A sheet of 200,000 rows and 53 columns unpacks to some 420 MB, of a tenth packed.
MAX_UNPACKED = 640 * 1024 * 1024
MAX_RATIO = 200
RATIO_FROM = 16 * 1024 * 1024
IS_ENCRYPTED = 0x1
# Others want memory as the archive says, up to gigabytes.
PACKINGS = frozenset({zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED})
# What the library raises for archives that lie.
FAULTS = (
    zipfile.BadZipFile,
    EOFError,
    NotImplementedError,
    OSError,
    OverflowError,
    RuntimeError,
    ValueError,
    struct.error,
)


class _Guarded:
    """A stream that gives away no directory of more than a megabyte: the library
    reads it as a whole, and makes a kilobyte of memory of every entry."""

    def __init__(self, stream: Any) -> None:
        self._stream = stream
        self.seek, self.tell = stream.seek, stream.tell

    def seekable(self) -> bool:
        return True

    def read(self, size: int | None = -1) -> bytes:
        most = MAX_DIRECTORY if size is None or size < 0 else size
        if most > MAX_DIRECTORY:
            raise _too_many_parts()
        return bytes(self._stream.read(most))


def open_archive(stream: IO[bytes]) -> zipfile.ZipFile:
    """The archive of a workbook, of which nothing but the directory was read. Raises
    ReadError."""
    try:
        archive = zipfile.ZipFile(_Guarded(stream))  # type: ignore[arg-type]
    except FAULTS as error:
        raise damaged() from error
    _check_parts(archive.infolist())
    return archive


def _check_parts(parts: list[zipfile.ZipInfo]) -> None:
    names = {part.filename for part in parts}
    if len(parts) > MAX_PARTS:
        raise _too_many_parts()
    if "xl/workbook.xml" not in names:
        raise ReadError(file_texts.NOT_A_WORKBOOK())
    if any(part.flag_bits & IS_ENCRYPTED for part in parts):
        raise ReadError(file_texts.LOCKED_WORKBOOK())
    is_odd = any(part.compress_type not in PACKINGS for part in parts)
    # Of two parts with one name it would be chance which one is read.
    if is_odd or len(names) < len(parts):
        raise damaged()
    is_large = sum(part.file_size for part in parts) > MAX_UNPACKED
    if is_large or any(map(_is_bomb, parts)):
        raise unpacks_too_large()


def _is_bomb(part: zipfile.ZipInfo) -> bool:
    is_dense = part.file_size > MAX_RATIO * max(part.compress_size, 1)
    return is_dense and part.file_size > RATIO_FROM


def damaged() -> ReadError:
    return ReadError(file_texts.BAD_WORKBOOK())


def unpacks_too_large() -> ReadError:
    return ReadError(file_texts.UNPACKS_TOO_LARGE())


def _too_many_parts() -> ReadError:
    return ReadError(file_texts.TOO_MANY_PARTS(limit=MAX_PARTS))


CHUNK = 1 << 17
# Sheets nest to some ten; the parser keeps every element that is open.
DEEPEST = 64
# The parser keeps a tag until it is whole, and begins it anew with each piece.
LONGEST_TAG = 1 << 18  # bytes
# Beside those of cells and texts, which say how many they may have.
LOOSE_TAGS = 2_000_000
UTF_16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE, b"<\0", b"\0<")


class Element(NamedTuple):
    name: str  # without the prefix
    attributes: dict[str, str]
    parent: str


def make_parser(start: Any, end: Any, text: Any) -> Any:
    """Calls back for each element and text; a document type is refused, since it could
    declare entities that unfold without end, and no workbook has one. `start` and `end`
    look at the depth: see `too_deep`."""
    parser = expat.ParserCreate("UTF-8")
    parser.buffer_text = True
    parser.buffer_size = CHUNK
    parser.StartDoctypeDeclHandler = _refuse_doctype
    parser.StartElementHandler = start
    parser.EndElementHandler = end
    parser.CharacterDataHandler = text
    return parser


def _refuse_doctype(*_details: object) -> None:
    raise damaged()


def feed(
    stream: IO[bytes], parser: Any, *, earned: Callable[[], int] = lambda: 0
) -> Iterator[None]:
    """Gives a part to a parser, a piece at a time. `earned` says how many tags belong
    to what was found so far. Raises ReadError."""
    fed = tags = 0
    for piece in utf8_pieces(stream):
        tags += piece.count(b"<")
        if tags > LOOSE_TAGS + earned():
            raise unpacks_too_large()
        with reading_xml():
            parser.Parse(piece, False)
        fed += len(piece)
        # Where the parser is: before the tag whose end it has not seen.
        if fed - max(parser.CurrentByteIndex, 0) > LONGEST_TAG:
            raise damaged()
        yield
    with reading_xml():
        parser.Parse(b"", True)
    yield


def utf8_pieces(stream: IO[bytes]) -> Iterator[bytes]:
    """The bytes of a part; of one in UTF-16, which is allowed, in UTF-8."""
    with reading_xml():
        piece = stream.read(CHUNK)
    decode = None
    if piece.startswith(UTF_16):
        little = piece.startswith((codecs.BOM_UTF16_LE, b"<\0"))
        decode = codecs.getincrementaldecoder("utf-16-le" if little else "utf-16-be")()
    while piece:
        with reading_xml():
            yield decode.decode(piece).encode() if decode else piece
            piece = stream.read(CHUNK)
    if decode:
        with reading_xml():
            decode.decode(b"", final=True)


def elements(stream: IO[bytes]) -> Iterator[Element]:
    """Every element of a part, in the order in which they begin."""
    found: list[Element] = []
    open_names = [""]

    def start(name: str, attributes: dict[str, str]) -> None:
        local = name.rpartition(":")[2]
        found.append(Element(local, attributes, open_names[-1]))
        open_names.append(local)
        if len(open_names) > DEEPEST:
            raise damaged()

    def end(_name: str) -> None:
        open_names.pop()

    for _fed in feed(stream, make_parser(start, end, None)):
        yield from found
        found.clear()


@contextmanager
def reading_xml() -> Iterator[None]:
    """What is no XML, no number, not there or packed in an unknown way is damage."""
    try:
        yield
    except expat.ExpatError as error:
        if error.code == expat.errors.codes[expat.errors.XML_ERROR_NO_MEMORY]:
            raise MemoryError from error
        raise damaged() from error
    except (*FAULTS, LookupError, zlib.error) as error:
        raise damaged() from error


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
        """Gives a part of any size to a parser of `make_parser`: see `feed`."""
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
    return ReadError(file_texts.TOO_MANY_SHEETS(limit=MAX_SHEETS))
