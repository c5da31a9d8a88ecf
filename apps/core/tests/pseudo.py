"""A language that marks what went through gettext: ⟦Assets⟧. What stands outside the
marks and is no data was written past it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from html.parser import HTMLParser
from typing import Any

from django.apps import apps
from django.conf import settings
from django.db import connection, models
from django.utils import translation

from apps.core import languages
from apps.labels.layouts import LAYOUTS
from apps.shipping.carriers import TRACKING_PAGES

_SHOWN_ATTRIBUTES = frozenset({"placeholder", "title", "aria-label", "alt"})
_SHOWN_ATTRIBUTES |= {"data-confirm", "data-confirm-label"}
_SILENT = frozenset({"script", "style", "code", "svg"})
_WORD = re.compile(r"[^\W\d_]{2,}")
# Names that are the same in every language.
_NAMES = frozenset({"tequipy", "csv", "xlsx", "utc", "utf", "pdf", "json", "excel"})
_NAMES |= {name.lower() for name in TRACKING_PAGES}
_NAMES |= {name.lower() for _code, name in settings.LANGUAGES}
_NAMES |= {"mm", *(layout.maker.lower() for layout in LAYOUTS.values())}
_TEXTS = (models.CharField, models.TextField)
_OF_FILES = frozenset({("imports.Batch", "headers"), ("imports.BatchRow", "cells")})
_WITHOUT_NAMES = frozenset(
    {"admin", "auth", "contenttypes", "django_celery_beat", "events", "sessions"}
)
_CODE = re.compile(r"[A-Z_]+")
_VOID = frozenset({"input", "img", "br", "hr", "link", "meta", "use", "wbr"})


@contextmanager
def pseudo_locale() -> Iterator[None]:
    """Marks every text that is translated inside; %-formats and counts still work.
    Where no language is active nothing is translated, hence marked. To what is kept
    per language it is one of its own."""
    real = translation._trans
    names = ("gettext", "ngettext", "pgettext", "npgettext")
    kept = {name: getattr(real, name) for name in names}

    def marked(function: Callable[..., Any]) -> Callable[..., str]:
        def call(*args: Any) -> str:
            text = str(function(*args))
            is_meant = text.strip() and translation.get_language() is not None
            return f"⟦{text}⟧" if is_meant else text

        return call

    spoken = languages.kept_for
    for name, function in kept.items():
        setattr(real, name, marked(function))
    languages.kept_for = lambda: (code := spoken()) and f"⟦{code}⟧"
    try:
        yield
    finally:
        languages.kept_for = spoken
        for name, function in kept.items():
            setattr(real, name, function)


def stored() -> dict[str, str]:
    """Columns of any table that keep a marked text, each with an example: what a
    sentence was written into, so that it stays in the writer's language."""
    found = {}
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT c.table_name, c.column_name FROM information_schema.columns c "
            "JOIN information_schema.tables t USING (table_schema, table_name) "
            "WHERE table_schema = current_schema() AND table_type = 'BASE TABLE' "
            "AND data_type IN ('text', 'character varying', 'json', 'jsonb', 'ARRAY')"
        )
        for table, column in cursor.fetchall():
            text = f'"{column}"::text'
            cursor.execute(
                f"SELECT {text} FROM \"{table}\" WHERE {text} LIKE '%⟦%' LIMIT 1"
            )
            if row := cursor.fetchone():
                found[f"{table}.{column}"] = row[0]
    return found


def data() -> set[str]:
    """Every word of people's own in the tables: names, places, products, cells of
    files. Codes and what events and logs say are none."""
    words: set[str] = set(_NAMES)
    for model in apps.get_models():
        if model._meta.app_label in _WITHOUT_NAMES:
            continue
        names = [
            field.attname
            for field in model._meta.concrete_fields
            if (isinstance(field, _TEXTS) and not field.choices)
            or (model._meta.label, field.name) in _OF_FILES
        ]
        for row in model._default_manager.values_list(*names) if names else ():
            for text in row:
                words |= {word.lower() for word in _WORD.findall(str(text))}
    return words


class _Texts(HTMLParser):
    """Gathers what stands outside the marks, which may begin in one element and end in
    another."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []
        self._silent: list[str] = []
        self._depth = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if given.get("translate") == "no":  # what CLDR has translated: currencies
            self._silent.append(tag)
            return
        if (
            self._silent
            or tag in _SILENT
            or "face" in (given.get("class") or "").split()
        ):
            self._silent += [tag] if tag not in _VOID else []
        for name in _SHOWN_ATTRIBUTES & given.keys():
            text = given[name] or ""
            if not _CODE.fullmatch(text):  # a state's name is the tooltip of its badge
                self.found.append(_outside(text, 0)[0])

    def handle_endtag(self, tag: str) -> None:
        if self._silent and self._silent[-1] == tag:
            self._silent.pop()

    def handle_data(self, text: str) -> None:
        if not self._silent:
            outside, self._depth = _outside(text, self._depth)
            self.found.append(outside)


def _outside(text: str, depth: int) -> tuple[str, int]:
    kept = []
    for character in text:
        depth += character == "⟦"
        if not depth:
            kept.append(character)
        depth -= character == "⟧"
    return "".join(kept), depth


def bypasses(html: str, known: set[str]) -> list[str]:
    """Texts with a word that is neither marked nor data."""
    parser = _Texts()
    parser.feed(html)
    return [
        " ".join(text.split())
        for text in parser.found
        if {word.lower() for word in _WORD.findall(text)} - known
    ]
