"""From the text of a cell to a value, or to the sentence that refuses it.

Dates and money are read in two steps: evidence is gathered over the whole
column (`DateEvidence`, `MoneyEvidence`), then each cell is read by what it says.
A blank cell reads as None; `(clear)` is for the caller to see first.
"""

from __future__ import annotations

import enum
import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.translation import gettext as _

from .vocabulary import (
    CATEGORIES,
    CONDITIONS,
    COUNTRY_CODES,
    COUNTRY_NAMES,
    CURRENCY_CODES,
    CURRENCY_SIGNS,
    MONTH_UNITS,
    NO,
    SHARED_SIGNS,
    STATUS_WORDS,
    YES,
)

# Blank leaves a value alone; this, and nothing else, empties it.
CLEAR = "(clear)"

NO_VALUE = frozenset({"-", "--", "—", "n/a", "na", "none", "null", "unknown", "?"})
SPREADSHEET_ERROR = re.compile(r"#(N/A|REF!|VALUE!|NAME\?|DIV/0!|NUM!|NULL!|#+)")
# Excel exports write ="00123" to keep the zeros.
# Exports put an apostrophe before what a spreadsheet would run as a formula.
DISARMED = re.compile(r"'[=+\-@]")
TEXT_FORMULA = re.compile(r'="(?P<text>[^"]*)"')
SCIENTIFIC = re.compile(r"[+-]?\d+([.,]\d+)?E\+\d+", re.IGNORECASE)
FLOAT_TAIL = re.compile(r"\d{5,}[.,]0+")
# A spreadsheet keeps 15 digits of a number and writes zeros for the rest.
LOST_DIGITS = re.compile(r"\d{15}000+")
FIRMWARE_SERIALS = frozenset(
    {
        "0",
        "TO BE FILLED BY O.E.M.",
        "DEFAULT STRING",
        "SYSTEM SERIAL NUMBER",
        "NOT SPECIFIED",
        "NOT AVAILABLE",
        "NONE SPECIFIED",
    }
)


@dataclass(frozen=True, slots=True)
class CellProblem:
    """Why a cell is refused, in a sentence that names its value and the way out."""

    code: str
    message: str


def _problem(code: str, message: str, text: str) -> CellProblem:
    shown = text.strip()
    return CellProblem(
        code, message % {"value": shown if len(shown) <= 60 else shown[:59] + "…"}
    )


def is_clear(text: str) -> bool:
    return text.strip().casefold() == CLEAR


def _tidy(text: str) -> str:
    stripped = text.replace("\u00a0", " ").replace("\ufeff", "").strip()
    if DISARMED.match(stripped):
        stripped = stripped[1:]
    formula = TEXT_FORMULA.fullmatch(stripped)
    return formula["text"].strip() if formula else stripped


def folded(text: str) -> str:
    """For comparing words: no case, accents or punctuation, single spaces."""
    plain = text.casefold().replace("ł", "l").replace("ø", "o")
    decomposed = unicodedata.normalize("NFKD", plain)
    letters = (c if c.isalnum() else " " for c in decomposed if not _is_accent(c))
    return " ".join("".join(letters).split())


def _is_accent(char: str) -> bool:
    return unicodedata.category(char) == "Mn"


# Text and codes


def to_text(text: str, *, max_length: int | None = None) -> str | CellProblem | None:
    tidy = _tidy(text)
    if SPREADSHEET_ERROR.fullmatch(tidy):
        return _problem(
            "spreadsheet_error",
            _("“%(value)s” is an error of a spreadsheet: mend the formula or column."),
            text,
        )
    if max_length and len(tidy) > max_length:
        return _problem(
            "too_long",
            _("“%(value)s” is too long: shorten it."),
            text,
        )
    return tidy or None


def to_code(text: str, *, max_length: int | None = None) -> str | CellProblem | None:
    """An identifier (tag, model or order number), refused if a spreadsheet hurt it."""
    code = to_text(text, max_length=max_length)
    if not isinstance(code, str):
        return code
    if code.casefold() in NO_VALUE:
        return None
    if SCIENTIFIC.fullmatch(code) or LOST_DIGITS.fullmatch(code):
        return _problem(
            "digits_lost",
            _(
                "“%(value)s” has lost digits in a spreadsheet: format the column as "
                "text, enter the number again, and export the file once more."
            ),
            text,
        )
    if FLOAT_TAIL.fullmatch(code):
        return _problem(
            "became_a_number",
            _(
                "“%(value)s” was turned into a decimal number: format the column as "
                "text, remove the end “.0”, and export the file once more."
            ),
            text,
        )
    return code


def to_serial(text: str, *, max_length: int | None = None) -> str | CellProblem | None:
    """Upper case, as serial numbers are compared."""
    code = to_code(text, max_length=max_length)
    if not isinstance(code, str):
        return code
    serial = " ".join(code.split()).upper()
    if serial in FIRMWARE_SERIALS:
        return _problem(
            "no_serial",
            _(
                "“%(value)s” is not a serial number but what firmware shows without "
                "one: enter the number on the device, or leave the cell empty."
            ),
            text,
        )
    return serial


def to_email(text: str) -> str | CellProblem | None:
    tidy = _tidy(text)
    if not tidy or tidy.casefold() in NO_VALUE:
        return None
    bracketed = re.fullmatch(r"[^<>]*<(?P<address>[^<>]+)>", tidy)
    address = bracketed["address"] if bracketed else tidy
    address = re.sub(r"^mailto:", "", address.strip(" ;,"), flags=re.IGNORECASE)
    try:
        validate_email(address)
    except ValidationError:
        return _problem(
            "bad_email",
            _("“%(value)s” is not an e-mail address: correct it, like anna@acme.com."),
            text,
        )
    return address.lower()


def split_name(full_name: str) -> tuple[str, str]:
    """First and last name: at the last space, or around the comma of "Last, First"."""
    last, comma, first = _tidy(full_name).partition(",")
    if comma and first.strip():
        return " ".join(first.split()), " ".join(last.split())
    first, _space, last = " ".join(last.split()).rpartition(" ")
    return (first, last) if first else (last, "")


# Dates


class DateOrder(enum.StrEnum):
    """The order of day and month; a year in front is never in doubt."""

    DAY_FIRST = "DAY_FIRST"
    MONTH_FIRST = "MONTH_FIRST"
    AMBIGUOUS = "AMBIGUOUS"
    UNNEEDED = "UNNEEDED"


YEAR_FIRST = re.compile(r"(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})")
COMPACT = re.compile(r"((?:19|20)\d\d)(\d\d)(\d\d)")
YEAR_LAST = re.compile(r"(\d{1,2})([-/.])(\d{1,2})\2(\d{4}|\d{2})\.?")
NAMED_MONTH = re.compile(
    r"(?:(\d{1,2})[ .-]*([a-z]{3,9})|([a-z]{3,9})\.? (\d{1,2}))[ .,-]*(\d{4}|\d{2})",
    re.IGNORECASE,
)
TIME_TAIL = re.compile(
    r"(?:T| +)\d{1,2}:\d\d(?::\d\d(?:\.\d+)?)?(?: ?[AP]M)?(?:Z| ?[+-]\d\d:?\d\d)?$",
    re.IGNORECASE,
)
EXCEL_SERIAL = re.compile(r"[1-9]\d{4}(?:[.,]\d+)?")
MONTHS = (
    ("jan", "january"),
    ("feb", "february"),
    ("mar", "march"),
    ("apr", "april"),
    ("may",),
    ("jun", "june"),
    ("jul", "july"),
    ("aug", "august"),
    ("sep", "sept", "september"),
    ("oct", "october"),
    ("nov", "november"),
    ("dec", "december"),
)
MONTH_NUMBERS = {name: n for n, names in enumerate(MONTHS, 1) for name in names}
EARLIEST_YEAR, LATEST_YEAR = 1900, 2100


class DateEvidence:
    """What the cells of one column say about the order of day and month."""

    def __init__(self) -> None:
        self.day_first = 0
        self.month_first = 0
        self.undecided = 0
        self.example = ""

    def see(self, text: str) -> None:
        match = YEAR_LAST.fullmatch(_date_part(text))
        # With dots the day comes first everywhere.
        if not match or match[2] == ".":
            return
        first, second = int(match[1]), int(match[3])
        if first > 12 >= second:
            self.day_first += 1
        elif second > 12 >= first:
            self.month_first += 1
        elif first != second:
            self.undecided += 1
            self.example = self.example or text.strip()

    @property
    def order(self) -> DateOrder:
        if self.day_first and self.month_first:
            return DateOrder.AMBIGUOUS
        if self.day_first:
            return DateOrder.DAY_FIRST
        if self.month_first:
            return DateOrder.MONTH_FIRST
        return DateOrder.AMBIGUOUS if self.undecided else DateOrder.UNNEEDED


def _date_part(text: str) -> str:
    return TIME_TAIL.sub("", _tidy(text)).strip()


def to_date(text: str, order: DateOrder) -> date | CellProblem | None:
    part = _date_part(text)
    if not part or part.casefold() in NO_VALUE:
        return None
    if EXCEL_SERIAL.fullmatch(part):
        return _problem(
            "date_is_number",
            _(
                "“%(value)s” is the number a spreadsheet keeps for a date: format "
                "the column as a date (2024-01-31) and export the file once more."
            ),
            text,
        )
    if match := YEAR_FIRST.fullmatch(part) or COMPACT.fullmatch(part):
        return _date(int(match[1]), int(match[2]), int(match[3]), text)
    if match := YEAR_LAST.fullmatch(part):
        return _date_with_year_last(match, order, text)
    if match := NAMED_MONTH.fullmatch(part):
        name = (match[2] or match[3]).casefold()
        if month := MONTH_NUMBERS.get(name):
            return _date(_year(match[5]), month, int(match[1] or match[4]), text)
    return _problem(
        "bad_date", _("“%(value)s” is not a date: write it as 2024-01-31."), text
    )


def _date_with_year_last(
    match: re.Match[str], order: DateOrder, text: str
) -> date | CellProblem:
    first, second, year = int(match[1]), int(match[3]), _year(match[4])
    if match[2] == "." or order is DateOrder.DAY_FIRST or first == second:
        return _date(year, second, first, text)
    if order is DateOrder.MONTH_FIRST:
        return _date(year, first, second, text)
    if first > 12:
        return _date(year, second, first, text)
    if second > 12:
        return _date(year, first, second, text)
    return _problem(
        "date_order_unknown",
        _(
            "“%(value)s” may begin with the day or with the month: choose the order "
            "for this column."
        ),
        text,
    )


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
        return _problem(
            "no_such_day",
            _(
                "“%(value)s” is no day of the calendar, read as the other dates of "
                "its column are: write it as 2024-01-31."
            ),
            text,
        )
    return found


# Money


class DecimalMark(enum.StrEnum):
    POINT = "POINT"
    COMMA = "COMMA"
    AMBIGUOUS = "AMBIGUOUS"
    UNNEEDED = "UNNEEDED"


@dataclass(frozen=True, slots=True)
class Money:
    """`currency` is None where the cell does not name one."""

    amount: Decimal
    currency: str | None


AMOUNT = re.compile(
    r"(?P<before>[^\d+-]*?)(?P<number>[+-]?\d(?:[\d.,'’ ]*\d)?)"
    r"(?:[.,][-–—]+)?(?P<after>[^\d]*)"
)
GROUPING_SPACE = re.compile(r"[\s'’]")
MOST = Decimal("9999999999.99")


class MoneyEvidence:
    """What the cells of one column say about the decimal mark."""

    def __init__(self) -> None:
        self.point = 0
        self.comma = 0
        self.undecided = 0
        self.example = ""
        self.currencies: set[str] = set()

    def see(self, text: str) -> None:
        match = AMOUNT.fullmatch(_one_spaced(text))
        if not match:
            return
        currency = _currency(match["before"], match["after"], text)
        if isinstance(currency, str):
            self.currencies.add(currency)
        mark = _mark_of(GROUPING_SPACE.sub("", match["number"]))
        self.point += mark is DecimalMark.POINT
        self.comma += mark is DecimalMark.COMMA
        if mark is DecimalMark.AMBIGUOUS:
            self.undecided += 1
            self.example = self.example or text.strip()

    @property
    def mark(self) -> DecimalMark:
        if self.point and self.comma:
            return DecimalMark.AMBIGUOUS
        if self.point:
            return DecimalMark.POINT
        if self.comma:
            return DecimalMark.COMMA
        return DecimalMark.AMBIGUOUS if self.undecided else DecimalMark.UNNEEDED


def _one_spaced(text: str) -> str:
    # Excel groups digits with a narrow or a plain no-break space.
    return " ".join(_tidy(text).replace("\u202f", " ").replace("\u2009", " ").split())


def _mark_of(number: str) -> DecimalMark:
    """The decimal mark that one number shows by itself."""
    digits = number.lstrip("+-")
    points, commas = digits.count("."), digits.count(",")
    if points and commas:
        is_point = digits.rindex(".") > digits.rindex(",")
        return DecimalMark.POINT if is_point else DecimalMark.COMMA
    if not points and not commas:
        return DecimalMark.UNNEEDED
    if points > 1:
        return DecimalMark.COMMA
    if commas > 1:
        return DecimalMark.POINT
    whole, tail = re.split(r"[.,]", digits)
    if len(tail) == 3 and len(whole) <= 3 and not whole.startswith("0"):
        return DecimalMark.AMBIGUOUS
    return DecimalMark.POINT if points else DecimalMark.COMMA


def to_money(text: str, mark: DecimalMark) -> Money | CellProblem | None:
    tidy = _one_spaced(text)
    if not tidy or tidy.casefold() in NO_VALUE:
        return None
    match = AMOUNT.fullmatch(tidy)
    if not match or SCIENTIFIC.search(tidy):
        return _bad_money(text)
    currency = _currency(match["before"], match["after"], text)
    if isinstance(currency, CellProblem):
        return currency
    number = GROUPING_SPACE.sub("", match["number"])
    own_mark = _mark_of(number)
    if own_mark is DecimalMark.AMBIGUOUS:
        own_mark = mark
    if own_mark is DecimalMark.AMBIGUOUS:
        return _problem(
            "decimal_mark_unknown",
            _(
                "“%(value)s” may be thousands or have three decimals: choose the "
                "decimal mark for this column."
            ),
            text,
        )
    return _money(number, own_mark, mark, currency, text)


def _money(
    number: str, own: DecimalMark, column: DecimalMark, currency: str | None, text: str
) -> Money | CellProblem:
    decided = (DecimalMark.POINT, DecimalMark.COMMA)
    if own in decided and column in decided and own is not column:
        return _problem(
            "decimal_mark_differs",
            _(
                "“%(value)s” is written with another decimal mark than the rest of "
                "its column: write it like the others."
            ),
            text,
        )
    group, decimal = (",", ".") if own is not DecimalMark.COMMA else (".", ",")
    whole, _mark, decimals = number.partition(decimal)
    grouped = re.fullmatch(rf"[+-]?\d{{1,3}}(?:{re.escape(group)}\d{{3}})+", whole)
    if not (grouped or re.fullmatch(r"[+-]?\d+", whole)) or group in decimals:
        return _bad_money(text)
    amount = Decimal(f"{whole.replace(group, '')}.{decimals or '0'}")
    if amount < 0 or amount > MOST:
        return _bad_money(text)
    if amount != round(amount, 2):
        return _problem(
            "too_many_decimals",
            _("“%(value)s” has more than two decimals: round it."),
            text,
        )
    return Money(round(amount, 2), currency)


def _bad_money(text: str) -> CellProblem:
    return _problem(
        "bad_money",
        _("“%(value)s” is not an amount of money: write it as 1299.00 EUR."),
        text,
    )


def _currency(before: str, after: str, text: str) -> str | CellProblem | None:
    """The currency that the words around a number name, if any."""
    words = {w.strip(" .-–").casefold() for w in (before, after)} - {""}
    if not words:
        return None
    word = words.pop()
    if words:
        return _bad_money(text)
    if word in SHARED_SIGNS:
        return _problem(
            "currency_unclear",
            _("“%(value)s” names no single currency: write its code (EUR, SEK, JPY)."),
            text,
        )
    if word.upper() in CURRENCY_CODES:
        return word.upper()
    return CURRENCY_SIGNS.get(word) or _bad_money(text)


def to_currency(text: str) -> str | CellProblem | None:
    tidy = _tidy(text)
    if not tidy or tidy.casefold() in NO_VALUE:
        return None
    currency = _currency(tidy, "", text)
    if isinstance(currency, CellProblem) and currency.code != "currency_unclear":
        return _problem(
            "bad_currency",
            _("“%(value)s” is not a currency: write its three letters, like EUR."),
            text,
        )
    return currency


# Words


def to_boolean(text: str) -> bool | CellProblem | None:
    word = folded(text)
    if word in YES:
        return True
    if word in NO:
        return False
    if not word or _tidy(text).casefold() in NO_VALUE:
        return None
    return _problem(
        "bad_boolean", _("“%(value)s” is neither yes nor no: write yes or no."), text
    )


def to_months(text: str) -> int | CellProblem | None:
    """A number of months: 36, 36 months, 3 years."""
    match = re.fullmatch(r"(\d{1,3})(?:[.,]0+)? ?([^\W\d]*)\.?", _tidy(text))
    if match:
        unit = folded(match[2]) or "m"
        for months, words in MONTH_UNITS.items():
            if unit in words:
                return int(match[1]) * months
    if not _tidy(text) or _tidy(text).casefold() in NO_VALUE:
        return None
    return _problem(
        "bad_months",
        _("“%(value)s” is not a number of months: write it as 36."),
        text,
    )


def to_country(text: str, names: Mapping[str, str]) -> str | CellProblem | None:
    """ISO 3166 alpha-2. `names` are the caller's, name to code, and come first."""
    tidy, word = _tidy(text), folded(text)
    if not word or tidy.casefold() in NO_VALUE:
        return None
    for name, code in names.items():
        if folded(name) == word:
            return code
    if tidy.upper() in COUNTRY_CODES:
        return tidy.upper()
    return COUNTRY_NAMES.get(word) or _problem(
        "unknown_country",
        _("“%(value)s” is not a country we know: write its two letters, like DE."),
        text,
    )


def guess_category(*texts: str) -> str | None:
    """The category that the first of the texts to name one names."""
    for text in texts:
        words = set(folded(text).split())
        for word, category in CATEGORIES.items():
            if word in words:
                return category
    return None


@dataclass(frozen=True, slots=True)
class Status:
    """A state of ours and, when it is ARCHIVED, why."""

    state: str
    reason: str = ""


OWN_STATES = frozenset(status for status, _reason in STATUS_WORDS.values())


def to_status(text: str) -> Status | CellProblem | None:
    word = folded(text)
    if not word or _tidy(text).casefold() in NO_VALUE:
        return None
    # "(Deployed)" and "Ready to Deploy (deployable)" come from label lists.
    for candidate in (word, folded(re.sub(r"\(.*?\)", "", text))):
        if candidate in STATUS_WORDS:
            return Status(*STATUS_WORDS[candidate])
        if candidate.replace(" ", "_").upper() in OWN_STATES:
            return Status(candidate.replace(" ", "_").upper())
    return _problem(
        "unknown_status",
        _(
            "“%(value)s” is not a status we know: write Available, In use, In repair, "
            "Retired, Sold, Lost or Stolen."
        ),
        text,
    )


def to_condition(text: str) -> Decimal | CellProblem | None:
    """From 0 (of no use) to 1 (as new): a word, a share or a percentage."""
    tidy = _tidy(text)
    if not tidy or tidy.casefold() in NO_VALUE:
        return None
    word = "a+" if tidy.casefold() == "a+" else folded(tidy)
    if word in CONDITIONS:
        return CONDITIONS[word]
    if match := re.fullmatch(r"(\d{1,3})(?:[.,](\d{1,4}))? ?(%?)", tidy):
        number = Decimal(f"{match[1]}.{match[2] or 0}")
        share = number / 100 if match[3] else number
        if share <= 1:
            return round(share, 2)
    return _problem(
        "bad_condition",
        _("“%(value)s” is not a condition: write new, good, fair, poor or 0 to 1."),
        text,
    )
