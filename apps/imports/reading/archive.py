"""The archive that a workbook is: its directory alone tells whether it is opened."""

from __future__ import annotations

import struct
import zipfile
from typing import IO, Any

from . import texts
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
        raise ReadError(texts.NOT_A_WORKBOOK())
    if any(part.flag_bits & IS_ENCRYPTED for part in parts):
        raise ReadError(texts.LOCKED_WORKBOOK())
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
    return ReadError(texts.BAD_WORKBOOK())


def unpacks_too_large() -> ReadError:
    return ReadError(texts.UNPACKS_TOO_LARGE())


def _too_many_parts() -> ReadError:
    return ReadError(texts.TOO_MANY_PARTS(limit=MAX_PARTS))
