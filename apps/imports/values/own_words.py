"""The product's own words, as pages show them: files say them, too."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TypeVar

from django.conf import settings
from django.utils import translation
from django.utils.functional import Promise

T = TypeVar("T")


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
