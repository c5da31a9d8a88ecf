"""The texts that the cells of a workbook share, kept on disk."""

from __future__ import annotations

import os
import tempfile
from array import array
from functools import lru_cache
from typing import Any

from .archive import damaged
from .limits import LONGEST_CELL, cell_too_long, too_much_text
from .workbook import Workbook
from .xml import DEEPEST, make_parser

PART = "xl/sharedStrings.xml"
# What is kept of them: on disk, which in a container may be memory, and 8 bytes each.
MAX_KEPT = 96 * 1024 * 1024  # bytes
MAX_TEXTS = 5_000_000
# Some have several colours and fonts.
TAGS_OF_A_TEXT = 100
# Longer ones are read anew each time, so that four thousand fit into memory.
LONGEST_REMEMBERED = 1_024  # bytes
REMEMBERED = 4_096


class SharedStrings:
    """A list of texts, read when first used; its memory does not grow with the file."""

    def __init__(self, workbook: Workbook) -> None:
        self.workbook = workbook
        self.file = tempfile.TemporaryFile()  # noqa: SIM115, closed by __exit__
        self.ends = array("Q", [0])
        self.is_read = False
        self._remembered = lru_cache(maxsize=REMEMBERED)(self._read)

    def __enter__(self) -> SharedStrings:
        return self

    def __exit__(self, *error: object) -> None:
        self.file.close()

    def get(self, number: int) -> str:
        if not self.is_read:
            self._keep()
        if not 0 <= number < len(self.ends) - 1:
            raise damaged()
        is_short = self.ends[number + 1] - self.ends[number] <= LONGEST_REMEMBERED
        return self._remembered(number) if is_short else self._read(number)

    def _read(self, number: int) -> str:
        begin, end = self.ends[number], self.ends[number + 1]
        return os.pread(self.file.fileno(), end - begin, begin).decode()

    def _earned(self) -> int:
        return TAGS_OF_A_TEXT * len(self.ends)

    def _keep(self) -> None:
        self.is_read = True
        if PART not in self.workbook.parts:
            return
        texts: list[str] = []
        parser = make_parser(*_handlers(texts))
        end = 0
        for _fed in self.workbook.feed(PART, parser, self._earned):
            encoded = [text.encode() for text in texts]
            texts.clear()
            for text in encoded:
                end += len(text)
                self.ends.append(end)
            if end > MAX_KEPT or len(self.ends) > MAX_TEXTS:
                raise too_much_text()
            self.file.write(b"".join(encoded))
        self.file.flush()


def _handlers(texts: list[str]) -> tuple[Any, Any, Any]:
    pieces: list[str] = []
    is_text = is_aside = False
    size = depth = 0

    def start(name: str, _attributes: dict[str, str]) -> None:
        nonlocal is_text, is_aside, depth
        depth += 1
        if depth > DEEPEST:
            raise damaged()
        name = name.rpartition(":")[2]
        if name == "t":
            is_text = not is_aside
        elif name == "rPh":
            # The reading aid of an East Asian text is no part of it.
            is_aside = True

    def characters(data: str) -> None:
        nonlocal size
        if is_text:
            pieces.append(data)
            size += len(data)
            if size > LONGEST_CELL:
                raise cell_too_long()

    def end(name: str) -> None:
        nonlocal is_text, is_aside, size, depth
        depth -= 1
        name = name.rpartition(":")[2]
        if name == "t":
            is_text = False
        elif name == "rPh":
            is_aside = False
        elif name == "si":
            texts.append("".join(pieces))
            pieces.clear()
            size = 0

    return start, end, characters
