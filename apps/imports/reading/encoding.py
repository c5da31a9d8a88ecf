"""What the bytes of a file are: what a request sees of it, and which characters those
of a text file stand for."""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path, PurePath
from typing import Any

from . import file_texts, limits
from .rows import WORKBOOK, ReadError
from .workbook import open_archive

BEGINNING = 4_096  # bytes
# Lists that are neither text nor a workbook of this kind, whatever they begin with.
FOREIGN_NAMES = frozenset(
    {".ods", ".numbers", ".xlsb", ".pdf", ".docx", ".doc", ".json", ".zip", ".xml"}
)


def check_upload(file: Any, name: str, size: int) -> bool:
    """Whether an upload, a readable stream of `size` bytes, is a workbook. Raises
    ReadError for what no worker needs to look at. Leaves the stream at its begin."""
    if size > limits.MAX_BYTES:
        raise limits.too_large()
    if not size:
        raise ReadError(file_texts.EMPTY_FILE())
    if PurePath(name).suffix.lower() in FOREIGN_NAMES:
        raise ReadError(file_texts.FOREIGN_NAME(name=PurePath(name).name))
    file.seek(0)
    start = file.read(BEGINNING)
    is_workbook = start.startswith(ZIP)
    if is_workbook:
        open_archive(file).close()
    else:
        refuse_foreign_format(start)
    file.seek(0)
    return bool(is_workbook)


BYTE_ORDER_MARKS = {
    codecs.BOM_UTF8: "utf-8-sig",
    codecs.BOM_UTF16_LE: "utf-16",
    codecs.BOM_UTF16_BE: "utf-16",
}
ENCODINGS = {
    "utf-8": "UTF-8",
    "utf-8-sig": "UTF-8",
    "utf-16": "UTF-16",
    "utf-16-le": "UTF-16",
    "utf-16-be": "UTF-16",
    "cp1252": "Windows-1252",
    "cp1250": "Windows-1250",
    "mac-roman": "MacRoman",
}
# In these any byte may be a letter, so the choice is by likelihood.
EIGHT_BIT = frozenset({"cp1252", "cp1250", "mac-roman"})
ZIP = b"PK\x03\x04"
# That of old and of encrypted workbooks.
OLD_WORKBOOK = b"\xd0\xcf\x11\xe0"
# PDF, PNG, JPEG, GIF, gzip, 7z, web pages; lower case.
FOREIGN_FORMATS = (
    b"%pdf",
    b"\x89png",
    b"\xff\xd8\xff",
    b"gif8",
    b"\x1f\x8b",
    b"7z\xbc\xaf",
    b"<!doctype",
    b"<html",
    b"<?xml",
)
# NUL, and the bytes that `surrogateescape` carried through.
UNREADABLE = re.compile("[\0\udc80-\udcff]")
UNREADABLE_UTF_16 = re.compile("[\0\ufffd]")
WORD = re.compile(r"[^\W\d_]+")
NOT_ASCII = re.compile(r"[^\x00-\x7f]")
TYPOGRAPHY = frozenset("\u00a0–—‘’“”„‚…•©®™°§´«»")
SUPERSCRIPTS = frozenset("¹²³")
UNITS = frozenset("mM")  # metres
INVERTED = frozenset("¿¡")  # begin a sentence
CURRENCIES = frozenset("€£¥")
# A file may be one line, so it is looked at by pieces, not by lines.
PIECE = 65_536  # characters
# Of letters beyond ASCII: as many tell an encoding as well as all.
LETTERS_WEIGHED = 100_000
LONGEST_WORD = 60


def is_workbook(path: Path) -> bool:
    with path.open("rb") as file:
        return file.read(len(ZIP)) == ZIP


def find_encoding(path: Path) -> str:
    """The name of a codec, or WORKBOOK. Raises ReadError where neither fits."""
    with path.open("rb") as file:
        start = file.read(4096)
    if start.startswith(ZIP):
        return WORKBOOK
    refuse_foreign_format(start)
    marked = (name for mark, name in BYTE_ORDER_MARKS.items() if start.startswith(mark))
    encoding = next(marked, "") or _unmarked_utf_16(start) or "utf-8"
    unreadable = _unreadable(path, encoding)
    if unreadable is None:
        return encoding
    if encoding == "utf-8" and unreadable.character != "\0":
        return _eight_bit_encoding(path, unreadable)
    raise unreadable.error()


def check_encoding(path: Path, encoding: str) -> str:
    """The codec for an encoding that people chose. Raises ReadError where the file
    can't be in it."""
    if encoding not in ENCODINGS:
        raise ReadError(file_texts.UNKNOWN_ENCODING())
    with path.open("rb") as file:
        start = file.read(4096)
    if start.startswith(ZIP):
        raise ReadError(file_texts.NO_ENCODING())
    codec = "utf-8-sig" if encoding == "utf-8" else encoding
    if encoding.startswith("utf-16"):
        is_marked = start.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
        codec = "utf-16" if is_marked else _unmarked_utf_16(start) or "utf-16-le"
    if unreadable := _unreadable(path, codec):
        raise unreadable.error(encoding)
    # Any two bytes are a character of UTF-16, hence this test of the meaning.
    is_text = not {"\r", "\n"}.isdisjoint(start.decode(codec, "replace"))
    if encoding.startswith("utf-16") and not is_text:
        raise ReadError(file_texts.NO_UTF_16())
    return codec


def _unmarked_utf_16(start: bytes) -> str:
    """Every Latin letter has one byte that is zero, the first or the second of two."""
    firsts, seconds = start[0::2].count(0), start[1::2].count(0)
    pairs = len(start) // 2
    if seconds > 0.4 * pairs and firsts < 0.1 * pairs:
        return "utf-16-le"
    if firsts > 0.4 * pairs and seconds < 0.1 * pairs:
        return "utf-16-be"
    return ""


def refuse_foreign_format(start: bytes) -> None:
    """Raises ReadError for a file that begins like something else."""
    if start.startswith(OLD_WORKBOOK):
        raise ReadError(file_texts.OLD_WORKBOOK())
    if start.lstrip().lower().startswith(FOREIGN_FORMATS):
        raise ReadError(file_texts.NOT_CSV())


@dataclass(frozen=True, slots=True)
class _Unreadable:
    """The first character of a file that an encoding cannot explain."""

    line: int
    column: int
    character: str

    def error(self, encoding: str = "") -> ReadError:
        place = {"line": self.line, "column": self.column}
        if self.character == "\0":
            told = file_texts.NUL_BYTE(**place)
        elif encoding:
            told = file_texts.NOT_IN_ENCODING(encoding=ENCODINGS[encoding], **place)
        else:
            told = file_texts.UNDECODABLE(**place)
        return ReadError(told, **place)


def _pieces(path: Path, encoding: str, errors: str) -> Iterator[str]:
    with path.open(encoding=encoding, errors=errors, newline="") as stream:
        while piece := stream.read(PIECE):
            yield piece


def _unreadable(path: Path, encoding: str) -> _Unreadable | None:
    errors, unreadable = "surrogateescape", UNREADABLE
    if encoding.startswith("utf-16"):
        # It knows no escape for single bytes.
        errors, unreadable = "replace", UNREADABLE_UTF_16
    line, column, last = 1, 0, ""
    for piece in _pieces(path, encoding, errors):
        found = unreadable.search(piece)
        text = piece[: found.start()] if found else piece
        ends = text.count("\n") + text.count("\r") - text.count("\r\n")
        line += ends - (last == "\r" and text.startswith("\n"))
        behind = max(text.rfind("\n"), text.rfind("\r")) + 1
        column = len(text) - behind + (0 if behind else column)
        if found:
            return _Unreadable(line, column + 1, found.group())
        last = piece[-1]
    return None


def _eight_bit_encoding(path: Path, invalid_utf8: _Unreadable) -> str:
    if _is_damaged_utf8(path):
        # Any other reading garbles every accented name in the file.
        raise invalid_utf8.error()
    candidates = ["cp1252", "mac-roman", "cp1250"]
    if _ends_lines_with_cr(path):
        candidates = ["mac-roman", "cp1252", "cp1250"]
    # It explains every byte: what it can't read is no text in any encoding.
    if nul := _unreadable(path, "mac-roman"):
        raise nul.error()
    possible = [name for name in candidates if _unreadable(path, name) is None]
    is_last_resort = possible[0] == "mac-roman" and candidates[0] == "cp1252"
    # It explains every byte, so alone it is no evidence.
    if is_last_resort and _plausibility(path, "mac-roman") <= 0:
        raise invalid_utf8.error()
    return max(possible, key=lambda name: _plausibility(path, name))


def _is_damaged_utf8(path: Path) -> bool:
    """More of the bytes beyond ASCII form UTF-8 characters than do not."""
    balance = 0
    for text in _pieces(path, "utf-8", "surrogateescape"):
        if not text.isascii():
            broken = len(UNREADABLE.findall(text))
            balance += len(NOT_ASCII.findall(text)) - 2 * broken
    return balance >= 0


def _ends_lines_with_cr(path: Path) -> bool:
    """As spreadsheets on a Mac do, whose eight-bit encoding is MacRoman."""
    has_cr = False
    for text in _pieces(path, "latin-1", "strict"):
        if "\n" in text:
            return False
        has_cr |= "\r" in text
    return has_cr


def _plausibility(path: Path, encoding: str) -> int:
    """How many of the characters beyond ASCII stand where one expects them, less
    those that do not."""
    score = weighed = 0
    for text in _pieces(path, encoding, "replace"):
        if text.isascii():
            continue
        for found in NOT_ASCII.finditer(text):
            before = text[max(found.start() - 1, 0) : found.start()]
            after = text[found.end() : found.end() + 1]
            score += 1 if _is_plausible(found.group(), before, after) else -1
            weighed += 1
        if weighed > LETTERS_WEIGHED:
            break
    return score


def _is_plausible(character: str, before: str, after: str) -> bool:
    if character in SUPERSCRIPTS:  # “12³” and “m³”, while “Dzia³” is Dział
        is_raised = before.isdigit() or before in UNITS
        return is_raised and not after.isalpha()
    if character in INVERTED:
        return not before.isalnum()
    if character.isalpha():
        return not (character.isupper() and before.islower())
    if character in CURRENCIES:
        return not (before.isalpha() or after.isalpha())
    return character in TYPOGRAPHY


def accented_words(path: Path, encoding: str, limit: int = 6) -> list[str]:
    """A few words with letters beyond ASCII, for a person to check the reading by."""
    words: dict[str, None] = {}
    with path.open(encoding=encoding, errors="replace", newline="") as stream:
        while text := stream.readline(PIECE):
            if not text.isascii():
                for word in WORD.findall(text):
                    if not word.isascii():
                        words[word[:LONGEST_WORD]] = None
            if len(words) >= limit:
                break
    return list(words)[:limit]
