"""What stands in the cells of a sheet: shared texts, and numbers as they show."""

from __future__ import annotations

import os
import re
import tempfile
from array import array
from datetime import datetime, timedelta
from functools import lru_cache
from math import isfinite
from typing import Any

from .limits import LONGEST_CELL, cell_too_long, too_much_text
from .workbook import DEEPEST, Workbook, damaged, make_parser, reading_xml

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


# Formats that every workbook knows without describing them (ECMA-376, 18.8.30).
BUILT_IN_DATES = frozenset({*range(14, 23), *range(27, 37), *range(45, 48)})
BUILT_IN_DATES |= frozenset(range(50, 59))
# Quoted text, escaped and padding characters, colours and conditions.
NO_PATTERN = re.compile(r'"[^"]*"|\\.|_.|\*.|\[(?![hms]+\])[^\]]*\]', re.IGNORECASE)
ZEROS = re.compile(r"0{2,}")
# A spreadsheet keeps 15 digits, so a longer number is no longer what was typed.
DIGITS_KEPT = 1e15
# Days of a workbook are in no time zone.
EPOCH = datetime(1899, 12, 30)  # noqa: DTZ001
EPOCH_1904 = datetime(1904, 1, 1)  # noqa: DTZ001
LATEST_DAY = 2_958_465  # 9999-12-31


# What a spreadsheet allows; a longer pattern is not looked at.
LONGEST_PATTERN = 255
LONGEST_NUMBER = 64


class NumberFormats:
    """How each style of the cells shows a number."""

    def __init__(self, workbook: Workbook) -> None:
        with reading_xml():
            self.patterns = {
                int(e.get("numFmtId", 0)): e.get("formatCode", "")[:LONGEST_PATTERN]
                for e in workbook.all("xl/styles.xml", "numFmt")
            }
            styles = workbook.all("xl/styles.xml", "xf", parent="cellXfs")
            self.styles = [int(xf.get("numFmtId", 0)) for xf in styles]
        self.epoch = EPOCH_1904 if workbook.counts_from_1904 else EPOCH
        self.shown = lru_cache(maxsize=8192)(self._shown)
        self.is_date = lru_cache(maxsize=1024)(self._is_date)

    def _shown(self, text: str, style: str) -> str:
        if len(text) > LONGEST_NUMBER or len(style) > LONGEST_NUMBER:
            raise damaged()
        number = float(text)
        if not isfinite(number):
            raise damaged()
        number_format = self._format_of(int(style))
        if 0 <= number <= LATEST_DAY and self.is_date(number_format):
            return self._date(number)
        if abs(number) >= DIGITS_KEPT:
            return f"{number:.5E}"
        if number.is_integer():
            zeros = ZEROS.fullmatch(self.patterns.get(number_format, ""))
            return str(int(number)).zfill(len(zeros[0]) if zeros else 0)
        return f"{number:.15g}"

    def _format_of(self, style: int) -> int:
        return self.styles[style] if 0 <= style < len(self.styles) else 0

    def _is_date(self, number_format: int) -> bool:
        if number_format in BUILT_IN_DATES:
            return True
        # Of positive numbers; the sections after it are for others.
        pattern = self.patterns.get(number_format, "").split(";")[0]
        return bool(re.search(r"[dmyhs]", NO_PATTERN.sub("", pattern), re.IGNORECASE))

    def _date(self, number: float) -> str:
        # 1900 has a 29 February in this calendar, before which all is a day off.
        if number < 60 and self.epoch is EPOCH and number >= 1:
            number += 1
        found = self.epoch + timedelta(seconds=round(number * 86_400))
        if number < 1:
            return found.strftime("%H:%M:%S")
        has_time = found.hour or found.minute or found.second
        return found.isoformat(" ") if has_time else found.date().isoformat()
