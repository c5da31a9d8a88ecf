"""Money: what ISO 4217 calls a currency, with its digits, and how CLDR writes it.

An amount never stands without its currency, is never converted, and is never rounded
silently: digits that the currency does not have are refused.
"""

from __future__ import annotations

import re
from copy import copy
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any, NamedTuple

from babel.numbers import NumberPattern
from django import forms
from django.core.exceptions import ValidationError
from django.db import models
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from . import languages, texts
from .errors import Invalid
from .told import Told

# CLDR sets letters off from the digits beside them, which Babel does not.
_BESIDE_LETTERS = re.compile(r"(?<=[^\W\d_])(?=\d)|(?<=\d)(?=[^\W\d_])")
_DATA = Path(__file__).parent / "data"
LONGEST_NAME = 64
MOST_DIGITS = 4  # after the point, of any currency
MOST = Decimal(999_999_999_999)  # before it


@dataclass(frozen=True, slots=True)
class Currency:
    """`digits`: how many stand after the point; `number`: ISO's three digits."""

    code: str
    number: str
    digits: int

    @property
    def unit(self) -> Decimal:
        """The smallest amount: 0.01 for EUR."""
        return Decimal(1).scaleb(-self.digits)

    @property
    def name(self) -> str:
        """In the language of the page."""
        return languages.locale().currencies.get(self.code, self.code)


class Money(NamedTuple):
    """An amount with its currency."""

    amount: Decimal
    currency: str


def _rows(name: str) -> list[list[str]]:
    lines = (_DATA / name).read_text().splitlines()
    return [line.split(",") for line in lines if not line.startswith("#")]


CURRENCIES = {
    code: Currency(code, number, int(digits))
    for code, number, digits in _rows("currencies.csv")
}
_UNITS = {code: currency.unit for code, currency in CURRENCIES.items()}
# Code of money that is gone, to what followed, or "".
FORMER = {row[0]: row[1] for row in _rows("former_currencies.csv")}


def why_not(code: str) -> Told | None:
    """Why nothing can be priced in it; None for a currency."""
    if code in CURRENCIES:
        return None
    if successor := FORMER.get(code):
        return texts.FORMER_CURRENCY_FOLLOWED(code=code, successor=successor)
    if code in FORMER:
        return texts.FORMER_CURRENCY(code=code)
    return texts.NO_CURRENCY(code=code[:LONGEST_NAME])


def too_many_digits(amount: Decimal, code: str) -> Told | None:
    """Why the amount can't be; None if the currency has the digits."""
    currency = CURRENCIES[code]
    if _digits(amount) <= currency.digits:
        return None
    if not currency.digits:
        return texts.NO_DECIMALS(code=code)
    return texts.TOO_MANY_DECIMALS(code=code, count=currency.digits)


def _digits(amount: Decimal) -> int:
    """Significant ones after the point."""
    exponent = amount.normalize().as_tuple().exponent
    return max(0, -exponent) if isinstance(exponent, int) else MOST_DIGITS + 1


def exact(
    amount: Decimal | None,
    code: str,
    *,
    field: str = "price",
    currency_field: str = "currency",
) -> Decimal | None:
    """The amount with the currency's own digits; None stays None.

    Raises Invalid: `bad_currency`, `price_without_currency`, `bad_amount`,
    `too_many_decimals`.
    """
    if code and (told := why_not(code)):
        raise Invalid(told, field=currency_field)
    if amount is None:
        return None
    if not code:
        raise Invalid(texts.PRICE_WITHOUT_CURRENCY(), field=currency_field)
    amount = Decimal(amount)
    if not amount.is_finite() or amount < 0 or amount >= MOST + 1:
        raise Invalid(texts.BAD_AMOUNT(), field=field)
    whole = amount.quantize(_UNITS[code])
    if whole != amount and (told := too_many_digits(amount, code)):
        raise Invalid(told, field=field)
    return whole


def check_code(code: str) -> None:
    """A validator of model fields."""
    if told := why_not(code):
        raise ValidationError(str(told), code=told.reason)


# --- As text ----------------------------------------------------------------


def shown(amount: Decimal, code: str) -> str:
    """For people, in the language of the page: €1,299.50, UGX 1,200, 1.299,50 €."""
    here = languages.locale()
    pattern: NumberPattern = copy(here.currency_formats["standard"])
    currency = CURRENCIES.get(code)
    # What was stored before digits were checked is shown as it is.
    digits = max(currency.digits if currency else 2, _digits(amount))
    pattern.frac_prec = (digits, digits)
    text = pattern.apply(amount, here, currency=code, currency_digits=False)
    return _BESIDE_LETTERS.sub("\u00a0", text)


def plain(amount: Decimal | None, code: str) -> str:
    """For a file, so that it can be read in one way only: three decimals might be
    thousands, so that a fourth one follows them."""
    if amount is None:
        return ""
    digits = _shown_digits(amount, code)
    return f"{amount:.{4 if digits == 3 else digits}f}"


def decimal_text(amount: Decimal, code: str) -> str:
    """With the currency's own digits: "100.00"."""
    unit = _UNITS.get(code)
    if unit is not None and (own := amount.quantize(unit)) == amount:
        return str(own)
    return f"{amount:.{_shown_digits(amount, code)}f}"


def _shown_digits(amount: Decimal, code: str) -> int:
    currency = CURRENCIES.get(code)
    return max(currency.digits if currency else 2, _digits(amount))


def choices() -> list[tuple[str, str]]:
    """Code and “EUR – Euro” of each, by code."""
    return [
        (code, f"{code} – {currency.name}") for code, currency in CURRENCIES.items()
    ]


# --- Fields -----------------------------------------------------------------


class AmountField(models.DecimalField):
    """An amount, wide enough for any currency; a column `currency` stands beside it.

    The column is a numeric without limits: PostgreSQL then widens it without writing
    the table anew, and keeps the digits that the currency has.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs |= {"max_digits": 12 + MOST_DIGITS, "decimal_places": MOST_DIGITS}
        super().__init__(*args, **kwargs)

    def deconstruct(self) -> tuple:
        name, path, args, kwargs = super().deconstruct()
        del kwargs["max_digits"], kwargs["decimal_places"]
        return name, path, args, kwargs

    def db_type(self, connection: Any) -> str:
        return "numeric"

    def formfield(self, **kwargs: Any) -> Any:
        field: Any = super().formfield(**kwargs)
        field.widget.attrs["step"] = "any"  # the currency decides
        return field


class CurrencyInput(forms.TextInput):
    """Completed while typing, by code and by name."""

    def render(
        self, name: str, value: Any, attrs: Any = None, renderer: Any = None
    ) -> SafeString:
        attrs = {**(attrs or {}), "list": f"{name}-options", "autocomplete": "off"}
        field = super().render(name, value, attrs, renderer)
        options = format_html_join(
            "",
            '<option value="{}">{}</option>',
            ((code, currency.name) for code, currency in CURRENCIES.items()),
        )
        return format_html(
            '{}<datalist id="{}-options" translate="no">{}</datalist>',
            field,
            name,
            options,
        )


class CurrencyField(forms.CharField):
    """A currency by its code or its name; the clean value is the code."""

    widget = CurrencyInput

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("max_length", LONGEST_NAME)
        super().__init__(**kwargs)

    def clean(self, value: Any) -> str:
        text = super().clean(value)
        if not text:
            return ""
        named = [c.code for c in CURRENCIES.values() if c.name.lower() == text.lower()]
        code = named[0] if len(named) == 1 else text.upper()
        check_code(code)
        return code
