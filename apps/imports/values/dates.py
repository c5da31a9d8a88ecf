"""Days, by what the whole column says about the order of day and month."""

from __future__ import annotations

import enum
import re
from datetime import date
from functools import cache

from babel import Locale

from apps.core import texts as core_texts
from apps.core.clean import is_sane

from . import cell_texts
from .text import CellProblem, OrderEvidence, folded, is_nothing, refuse, tidy_text
from .vocabulary import LANGUAGES


class DateOrder(enum.StrEnum):
    """The order of day and month; a year in front is never in doubt."""

    DAY_FIRST = "DAY_FIRST"
    MONTH_FIRST = "MONTH_FIRST"
    AMBIGUOUS = "AMBIGUOUS"
    UNNEEDED = "UNNEEDED"


YEAR_FIRST = re.compile(r"(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})")
COMPACT = re.compile(r"((?:19|20)\d\d)(\d\d)(\d\d)")
YEAR_LAST = re.compile(r"(\d{1,2})([-/.])(\d{1,2})\2(\d{4}|\d{2})\.?")
# As `folded` makes it: “1er mars 2024”, “12 de marzo de 2024”, “May 2, 2024”.
NAMED_MONTH = re.compile(
    r"(?:(\d{1,2})(?:st|nd|rd|th|er)? ?(?:de )?([a-z]{3,12})|"
    r"([a-z]{3,12}) (\d{1,2})(?:st|nd|rd|th)?) ?(?:de )?(\d{4}|\d{2})"
)
# “Purchase date (dd/mm/yyyy)”, “Kaufdatum (TT.MM.JJJJ)”.
STATED_ORDER = re.compile(r"(?P<day>[dtj]{1,2}[./-]m{1,2}|m{1,2}[./-](?P<month>[dtj]))")
STATED_FORM = re.compile(r"[dtjmyagr]{1,4}([./-])[dtjmyagr]{1,2}\1[dtjmyagr]{1,4}")
TIME_TAIL = re.compile(
    r"(?:T| +)\d{1,2}:\d\d(?::\d\d(?:\.\d+)?)?(?: ?[AP]M)?(?:Z| ?[+-]\d\d:?\d\d)?$",
    re.IGNORECASE,
)
EXCEL_SERIAL = re.compile(r"[1-9]\d{4}(?:[.,]\d+)?")
EARLIEST_YEAR, LATEST_YEAR = 1900, 2100


class DateEvidence(OrderEvidence):
    def see(self, text: str) -> None:
        match = YEAR_LAST.fullmatch(_date_part(text))
        # With dots the day comes first everywhere.
        if match and match[2] != ".":
            self.note(_order_of(int(match[1]), int(match[3])), text)

    @property
    def order(self) -> DateOrder:
        return DateOrder.AMBIGUOUS if self.is_mixed else DateOrder(self.found)


def _order_of(first: int, second: int) -> DateOrder:
    """That one day shows by itself."""
    if first > 12 >= second:
        return DateOrder.DAY_FIRST
    if second > 12 >= first:
        return DateOrder.MONTH_FIRST
    is_open = first != second and first <= 12
    return DateOrder.AMBIGUOUS if is_open else DateOrder.UNNEEDED


@cache
def _months() -> dict[str, int]:
    """By their names, short ones too, in the languages of sheets."""
    return {"sept": 9, "mrz": 3} | {  # which spreadsheets write, too
        folded(name): number
        for language in LANGUAGES
        for form in Locale(language).months.values()
        for width in ("wide", "abbreviated")
        for number, name in form[width].items()
    }


def order_stated(header: str) -> DateOrder | None:
    """“Purchase date (dd/mm/yyyy)” says it."""
    found = STATED_ORDER.search(header.lower())
    if found is None:
        return None
    return DateOrder.MONTH_FIRST if found["month"] else DateOrder.DAY_FIRST


def _date_part(text: str) -> str:
    return TIME_TAIL.sub("", tidy_text(text)).strip()


def to_date(text: str, order: DateOrder) -> date | CellProblem | None:
    if is_nothing(text):
        return None
    part = _date_part(text)
    if EXCEL_SERIAL.fullmatch(part):
        return refuse(cell_texts.DATE_IS_NUMBER, text)
    if match := YEAR_FIRST.fullmatch(part) or COMPACT.fullmatch(part):
        return _date(int(match[1]), int(match[2]), int(match[3]), text)
    if match := YEAR_LAST.fullmatch(part):
        return _date_with_year_last(match, order, text)
    match = NAMED_MONTH.fullmatch(folded(part))
    if match and (month := _months().get(match[2] or match[3])):
        return _date(_year(match[5]), month, int(match[1] or match[4]), text)
    return refuse(cell_texts.BAD_DATE, text)


def _date_with_year_last(
    match: re.Match[str], order: DateOrder, text: str
) -> date | CellProblem:
    first, second, year = int(match[1]), int(match[3]), _year(match[4])
    own = _order_of(first, second)
    if match[2] == "." or first == second:
        order = DateOrder.DAY_FIRST
    elif order not in (DateOrder.DAY_FIRST, DateOrder.MONTH_FIRST):
        order = own
    if order is DateOrder.MONTH_FIRST:
        return _date(year, first, second, text)
    if order is DateOrder.AMBIGUOUS:
        return refuse(cell_texts.DATE_ORDER_UNKNOWN, text)
    return _date(year, second, first, text)


def _year(digits: str) -> int:
    # The pivot of POSIX: 69 to 99 lie in the last century.
    year = int(digits)
    return year if len(digits) == 4 else year + (1900 if year >= 69 else 2000)


def _date(year: int, month: int, day: int, text: str) -> date | CellProblem:
    try:
        found = date(year, month, day)
    except ValueError:
        found = None
    if found is None or not EARLIEST_YEAR <= year <= LATEST_YEAR:
        return refuse(cell_texts.NO_SUCH_DAY, text)
    if not is_sane(found):
        return CellProblem(core_texts.BAD_DAY(day=found.isoformat()))
    return found
