"""Currencies, their digits, and how amounts are written."""

from __future__ import annotations

from decimal import Decimal

import pytest
from babel.core import get_global
from django import forms
from django.template import engines
from django.utils import translation

from apps.core import money
from apps.core.errors import Invalid


def test_the_list_is_isos_and_cldr_knows_nearly_every_name() -> None:
    assert len(money.CURRENCIES) == 165
    numbers = [currency.number for currency in money.CURRENCIES.values()]
    assert len(set(numbers)) == len(numbers)
    assert all(len(n) == 3 and n.isdecimal() for n in numbers)
    for language in ("en", "de"):
        with translation.override(language):
            nameless = {c for c, known in money.CURRENCIES.items() if known.name == c}
            assert nameless <= {"UYW", "VED", "XAD"}


def test_what_is_paid_with_today_is_in_the_list_and_what_was_is_not() -> None:
    periods = [
        one for many in get_global("territory_currencies").values() for one in many
    ]
    today = {code for code, _from, until, tender in periods if tender and not until}
    assert today <= set(money.CURRENCIES)
    gone = {code for code, _from, until, _tender in periods if until}
    assert gone - set(money.CURRENCIES) <= set(money.FORMER)
    assert "CNH" not in money.FORMER  # never ISO's
    assert not set(money.FORMER) & set(money.CURRENCIES)
    assert {money.FORMER[code] for code in money.FORMER} - {""} <= set(money.CURRENCIES)


@pytest.mark.parametrize(
    ("code", "digits"),
    [
        *[
            (code, 0)
            for code in ("UGX", "XOF", "XAF", "XPF", "JPY", "KRW", "ISK", "CLP")
        ],
        *[(code, 3) for code in ("KWD", "BHD", "JOD", "OMR", "TND", "LYD", "IQD")],
        *[(code, 4) for code in ("CLF", "UYW")],
        # Where CLDR says how many are usual, and ISO how many there are.
        *[(code, 2) for code in ("EUR", "HUF", "IDR", "COP", "ALL", "MGA", "MRU")],
    ],
)
def test_digits_are_isos(code: str, digits: int) -> None:
    assert money.CURRENCIES[code].digits == digits


@pytest.mark.parametrize(
    ("language", "amount", "code", "text"),
    [
        ("en", "1299.5", "EUR", "€1,299.50"),
        ("en", "1200", "UGX", "UGX\u00a01,200"),
        ("en", "1200.00", "XOF", "F\u202fCFA\u00a01,200"),
        ("en", "1200.0000", "JPY", "¥1,200"),
        ("en", "12.3", "KWD", "KWD\u00a012.300"),
        ("en", "12.3", "CLF", "CLF\u00a012.3000"),
        ("en", "0", "HUF", "HUF\u00a00.00"),
        ("de", "1299.5", "EUR", "1.299,50\u00a0€"),
        ("en", "1.5", "ABC", "ABC\u00a01.50"),  # stored before codes were checked
        ("en", "1.55", "JPY", "¥1.55"),  # likewise: nothing is rounded away
    ],
)
def test_amounts_are_written_as_the_language_does(language, amount, code, text) -> None:
    with translation.override(language):
        assert money.shown(Decimal(amount), code) == text


def test_the_tag_shows_no_decimals_where_there_are_none() -> None:
    template = engines["django"].from_string("{% load ui %}{% money amount code %}")
    shown = template.render({"amount": Decimal("1200.00"), "code": "UGX"})
    assert 'title="Ugandan Shilling"' in shown
    assert ">UGX\u00a01,200</span>" in shown
    assert template.render({"amount": None, "code": ""}) == "–"


@pytest.mark.parametrize(
    ("amount", "code", "error", "words"),
    [
        ("1.5", "JPY", "too_many_decimals", "JPY has no decimals"),
        ("1.005", "EUR", "too_many_decimals", "EUR has 2 decimals"),
        ("1.0005", "KWD", "too_many_decimals", "KWD has 3 decimals"),
        ("1", "", "price_without_currency", "which currency"),
        ("1", "DEM", "bad_currency", "EUR, which replaced it"),
        ("1", "HRK", "bad_currency", "EUR, which replaced it"),
        ("1", "BGN", "bad_currency", "EUR, which replaced it"),
        ("1", "CSK", "bad_currency", "another money"),
        ("1", "XXX", "bad_currency", "three letters, like EUR"),
        ("1", "ßßß", "bad_currency", "three letters, like EUR"),
        ("-1", "EUR", "bad_amount", "0 or more"),
        ("NaN", "EUR", "bad_amount", "0 or more"),
        ("Infinity", "EUR", "bad_amount", "0 or more"),
        ("1000000000000", "EUR", "bad_amount", "12 digits"),
    ],
)
def test_amounts_that_cannot_be_are_refused(amount, code, error, words) -> None:
    with pytest.raises(Invalid) as refusal:
        money.exact(Decimal(amount), code)
    assert refusal.value.code == error
    assert words in refusal.value.message


def test_an_amount_gets_the_digits_of_its_currency() -> None:
    assert str(money.exact(Decimal("12.00"), "JPY")) == "12"
    assert str(money.exact(Decimal(12), "KWD")) == "12.000"
    assert money.exact(None, "") is None


def test_the_image_keeps_the_languages_that_pages_have(settings) -> None:
    dockerfile = (settings.BASE_DIR / "deploy" / "Dockerfile").read_text()
    for language, _name in settings.LANGUAGES:
        assert f"! -name '{language}*.dat'" in dockerfile


class Form(forms.Form):
    currency = money.CurrencyField(required=False)


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("eur", "EUR"),
        (" EUR ", "EUR"),
        ("euro", "EUR"),
        ("Swiss Franc", "CHF"),
        ("", ""),
    ],
)
def test_a_currency_is_found_by_code_and_name(typed: str, code: str) -> None:
    form = Form({"currency": typed})
    assert form.is_valid()
    assert form.cleaned_data == {"currency": code}
    assert '<option value="UGX">Ugandan Shilling</option>' in str(form["currency"])


@pytest.mark.parametrize("typed", ["DEM", "ABC", "€€€", "a\0b", "x" * 1000])
def test_what_is_no_currency_is_refused(typed: str) -> None:
    assert "currency" in Form({"currency": typed}).errors


@pytest.mark.parametrize(
    ("amount", "code", "text"),
    [
        ("1299.5000", "EUR", "1299.50"),
        ("0", "EUR", "0.00"),
        ("1200.0000", "UGX", "1200"),
        ("1E+3", "JPY", "1000"),
        ("2.5", "KWD", "2.500"),
        ("999999999999.9900", "PLN", "999999999999.99"),
        # Stored before digits were checked.
        ("3.1250", "EUR", "3.125"),
        ("7.5", "JPY", "7.5"),
        ("4", "XYZ", "4.00"),
    ],
)
def test_text_of_an_amount_has_the_digits_of_its_currency(
    amount: str, code: str, text: str
) -> None:
    assert money.decimal_text(Decimal(amount), code) == text
