"""What makes words of the parameters of a sentence that is kept, when it is shown."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from functools import reduce

from django.db import models
from django.utils import formats, translation
from django.utils.functional import Promise

from . import languages
from .told import Shower


def listed(texts: Sequence[object]) -> str:
    """“A, B, C”, as the language lists things."""
    # The patterns for lists without an “and” are not whole in every language.
    two = languages.locale().list_patterns["standard"]["middle"]
    return reduce(two.format, map(str, texts)) if texts else ""


def label_of(choices: type[models.Choices]) -> Shower:
    """Of a code of these choices, its label."""
    labels = dict(choices.choices)
    return lambda code: str(labels.get(code, code))


def grouped(number: int) -> str:
    """“200,000”"""
    return formats.number_format(number, force_grouping=True)


class Grouped(int):
    """A count that is shown as “200,000”, and that words still agree with."""

    def __str__(self) -> str:
        return grouped(int(self))

    __html__ = __str__


def day(iso: str) -> str:
    return formats.date_format(date.fromisoformat(iso), "SHORT_DATE_FORMAT")


def untranslated(text: str | Promise) -> str:
    """As the source says it, in whatever language it is asked: for names that are kept
    as data."""
    with translation.override(None):
        return str(text)
