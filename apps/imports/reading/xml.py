"""The XML in a workbook, parsed as it is unpacked.

Whatever its encoding is said to be, the parser is given UTF-8, so nothing is told from
bytes that look like something; a document type is refused by the parser that meets it.
"""

from __future__ import annotations

import codecs
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import IO, Any, NamedTuple
from xml.parsers import expat

from .archive import FAULTS, damaged, unpacks_too_large

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
