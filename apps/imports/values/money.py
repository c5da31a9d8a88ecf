"""Amounts, by what the whole column says about the decimal mark."""

from __future__ import annotations

import enum
import re
from dataclasses import dataclass
from decimal import Decimal

from apps.core import money

from . import cell_texts
from .text import (
    SCIENTIFIC,
    CellProblem,
    OrderEvidence,
    is_nothing,
    refuse,
    tidy_text,
)
from .vocabulary import CURRENCY_SIGNS, SHARED_SIGNS


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


class MoneyEvidence(OrderEvidence):
    def __init__(self) -> None:
        super().__init__()
        self.currencies: set[str] = set()
        self.stated: str | None = None  # by the header

    def see(self, text: str) -> None:
        match = AMOUNT.fullmatch(tidy_text(text))
        if not match:
            return
        currency = _currency(match["before"], match["after"], text)
        if isinstance(currency, str):
            self.currencies.add(currency)
        self.note(_mark_of(GROUPING_SPACE.sub("", match["number"])), text)

    @property
    def mark(self) -> DecimalMark:
        """Where they are mixed, each is read by what it shows itself."""
        return DecimalMark(self.found)


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
    if is_nothing(text):
        return None
    tidy = tidy_text(text)
    match = AMOUNT.fullmatch(tidy)
    if not match or SCIENTIFIC.search(tidy):
        return _bad_money(text)
    currency = _currency(match["before"], match["after"], text)
    if isinstance(currency, CellProblem):
        return currency
    number = GROUPING_SPACE.sub("", match["number"])
    own_mark = _mark_of(number)
    if own_mark is DecimalMark.AMBIGUOUS:
        if mark not in (DecimalMark.POINT, DecimalMark.COMMA):
            return refuse(cell_texts.DECIMAL_MARK_UNKNOWN, text)
        own_mark = mark
    return _money(number, own_mark, currency, text)


def _money(
    number: str, mark: DecimalMark, currency: str | None, text: str
) -> Money | CellProblem:
    group, decimal = (",", ".") if mark is not DecimalMark.COMMA else (".", ",")
    whole, _mark, decimals = number.partition(decimal)
    grouped = re.fullmatch(rf"[+-]?\d{{1,3}}(?:{re.escape(group)}\d{{3}})+", whole)
    if not (grouped or re.fullmatch(r"[+-]?\d+", whole)) or group in decimals:
        return _bad_money(text)
    amount = Decimal(f"{whole.replace(group, '')}.{decimals}".rstrip("."))
    if amount < 0 or amount > money.MOST:
        return _bad_money(text)
    if amount != round(amount, money.MOST_DIGITS):
        return refuse(cell_texts.TOO_MANY_DECIMALS, text)
    return Money(amount, currency)


def _bad_money(text: str) -> CellProblem:
    return refuse(cell_texts.BAD_MONEY, text)


def _currency(before: str, after: str, text: str) -> str | CellProblem | None:
    """The currency that the words around a number name, if any."""
    words = {w.strip(" .-–").casefold() for w in (before, after)} - {""}
    if not words:
        return None
    word = words.pop()
    if words:
        return _bad_money(text)
    if word in SHARED_SIGNS:
        return refuse(cell_texts.CURRENCY_UNCLEAR, text)
    code = word.upper()
    if code in money.CURRENCIES:
        return code
    if code in money.FORMER:
        if successor := money.FORMER[code]:
            told = cell_texts.FORMER_CURRENCY_FOLLOWED
            return refuse(told, text, successor=successor)
        return refuse(cell_texts.FORMER_CURRENCY, text)
    return CURRENCY_SIGNS.get(word) or _bad_money(text)


def currency_stated(text: str) -> str | None:
    """The one that the explanation of a header names: EUR, €, Rp."""
    is_sign = text.strip().casefold() in CURRENCY_SIGNS
    if not (is_sign or text.isupper()):  # “all” is no lek
        return None
    found = _currency(text, "", text)
    return None if isinstance(found, CellProblem) else found


def to_currency(text: str) -> str | CellProblem | None:
    if is_nothing(text):
        return None
    tidy = tidy_text(text)
    currency = _currency(tidy, "", text)
    if isinstance(currency, CellProblem) and currency.code == "bad_money":
        return refuse(cell_texts.BAD_CURRENCY, text)
    return currency
