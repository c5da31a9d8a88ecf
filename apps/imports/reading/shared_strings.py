"""The texts that the cells of a workbook share, kept on disk."""

from __future__ import annotations

import os
import tempfile
from array import array
from functools import lru_cache
from typing import Any

from .workbook import LONGEST_CELL, Workbook, cell_too_long, make_parser

PART = "xl/sharedStrings.xml"


class SharedStrings:
    """A list of texts whose memory does not grow with the file."""

    def __init__(self, workbook: Workbook) -> None:
        self.file = tempfile.TemporaryFile()  # noqa: SIM115, closed by __exit__
        self.ends = array("Q", [0])
        self._keep(workbook)
        self.get = lru_cache(maxsize=4096)(self._get)

    def __enter__(self) -> SharedStrings:
        return self

    def __exit__(self, *error: object) -> None:
        self.file.close()

    def __getitem__(self, number: int) -> str:
        return self.get(number)

    def _get(self, number: int) -> str:
        if not 0 <= number < len(self.ends) - 1:
            raise KeyError(number)
        begin, end = self.ends[number], self.ends[number + 1]
        return os.pread(self.file.fileno(), end - begin, begin).decode()

    def _keep(self, workbook: Workbook) -> None:
        if PART not in workbook.parts:
            return
        texts: list[str] = []
        parser = make_parser(*_handlers(texts))
        end = 0
        for _fed in workbook.chunks(PART, parser):
            encoded = [text.encode() for text in texts]
            texts.clear()
            for text in encoded:
                end += len(text)
                self.ends.append(end)
            self.file.write(b"".join(encoded))
        self.file.flush()


def _handlers(texts: list[str]) -> tuple[Any, Any, Any]:
    pieces: list[str] = []
    is_text = is_aside = False
    size = 0

    def start(name: str, _attributes: dict[str, str]) -> None:
        nonlocal is_text, is_aside
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
        nonlocal is_text, is_aside, size
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
