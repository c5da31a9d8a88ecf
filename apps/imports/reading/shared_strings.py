"""The texts that the cells of a workbook share, kept on disk."""

from __future__ import annotations

import os
import tempfile
from array import array
from functools import lru_cache

from .workbook import Workbook, text_of

IN_MEMORY = 2 * 1024 * 1024


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
        pending: list[bytes] = []
        end = size = 0
        for element in workbook.elements("xl/sharedStrings.xml", "sst", "si"):
            encoded = text_of(element, element.tag.removesuffix("si")).encode()
            pending.append(encoded)
            end += len(encoded)
            size += len(encoded)
            self.ends.append(end)
            if size > IN_MEMORY:
                self.file.write(b"".join(pending))
                pending.clear()
                size = 0
        self.file.write(b"".join(pending))
        self.file.flush()
