"""Numbers of a workbook as a person sees them: dates as dates, codes with zeros."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from functools import lru_cache
from math import isfinite

from .archive import damaged
from .workbook import Workbook
from .xml import reading_xml

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
