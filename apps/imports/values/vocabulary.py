"""Words that files use: those of other tools and of sheets, listed in words.toml, and
the product's own, as pages show them in each of its languages."""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Iterable, Mapping
from decimal import Decimal
from pathlib import Path
from typing import TypeVar

from django.conf import settings
from django.utils import translation
from django.utils.functional import Promise

T = TypeVar("T")
# Whose sheets are read, beside those of the product.
LANGUAGES = ("en", "de", "pl", "fr", "es", "id")


def in_each_language(
    labels: Callable[[], Iterable[tuple[str | Promise, T]]],
    key: Callable[[str], str | None],
) -> dict[str, T]:
    """What each label means, by its key, in all languages of the product; `labels` is
    asked once in each. What means two things means neither."""
    found: dict[str, set[T]] = {}
    for code, _name in settings.LANGUAGES:
        with translation.override(code):
            for label, meaning in labels():
                if word := key(str(label)):
                    found.setdefault(word, set()).add(meaning)
    return {word: meant.pop() for word, meant in found.items() if len(meant) == 1}


_LISTED = tomllib.loads((Path(__file__).parent / "words.toml").read_text())


def _words(name: str) -> frozenset[str]:
    return frozenset(_LISTED[name].split("/"))


def _meanings(listed: Mapping[str, str]) -> dict[str, str]:
    """Each word to what it means."""
    return {
        word: meaning for meaning, words in listed.items() for word in words.split("/")
    }


NOBODY, IN_STOCK = _words("nobody"), _words("in_stock")
STOCK_OF, MARKS = _words("stock_of"), _words("marks")
YES, NO = _words("yes"), _words("no")
MANUFACTURERS = _words("manufacturers")
SHARED_SIGNS = _words("shared_signs")
CURRENCY_SIGNS: dict[str, str] = _LISTED["currency_signs"]
# Of the words of a header, what a column that has them holds.
HEADER_WORDS = _meanings(_LISTED["header_words"])
COUNTRY_WORDS = _meanings(_LISTED["country_words"])
STATUS_WORDS = _meanings(_LISTED["status"])  # to the code of a Status
CONDITIONS = {word: Decimal(n) for word, n in _meanings(_LISTED["condition"]).items()}
CATEGORIES = _meanings(_LISTED["category"])
HOLDER_KINDS = _meanings(_LISTED["holder_kind"])
MONTH_UNITS = {word: int(n) for word, n in _meanings(_LISTED["month_units"]).items()}
