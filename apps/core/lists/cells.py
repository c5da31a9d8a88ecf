"""What cells show: functions of the request and of the values that were read.

They are called for every cell of a page, so that they put no template together.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, datetime
from decimal import Decimal
from functools import lru_cache
from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.html import escape
from django.utils.safestring import SafeString
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from apps.core import languages
from apps.core import money as moneys
from apps.core.templatetags import ui
from apps.core.templatetags.badges import BADGES

EMPTY = SafeString("")
_BEGINNING = 80


def _context(request: HttpRequest) -> Any:
    """As much as tags read of one."""
    return {"request": request}


def text(request: HttpRequest, value: object) -> str:
    return EMPTY if value is None else escape(value)


def beginning(request: HttpRequest, value: str) -> str:
    """Of a long text; the rest is its title."""
    if len(value) <= _BEGINNING:
        return escape(value)
    short = escape(f"{value[:_BEGINNING].rstrip()}…")
    return SafeString(f'<span title="{escape(value)}">{short}</span>')


def code(request: HttpRequest, value: str) -> str:
    """Monospaced; a click copies it."""
    if not value:
        return EMPTY
    return SafeString(f"<code data-copy>{escape(value)}</code>")


def day(request: HttpRequest, value: date | None) -> str:
    return EMPTY if value is None else ui.day(_context(request), value)


def when(request: HttpRequest, value: datetime | None) -> str:
    return EMPTY if value is None else ui.when(_context(request), value)


def money(request: HttpRequest, amount: Decimal | None, currency: str) -> str:
    return EMPTY if amount is None else _money(amount, currency, get_language())


@lru_cache(maxsize=10_000)
def _money(amount: Decimal, currency: str, language: str | None) -> str:
    return escape(moneys.shown(amount, currency))


def number(request: HttpRequest, value: int | None) -> str:
    return escape(ui.grouped(value)) if value else EMPTY


def yes_or_no(request: HttpRequest, value: bool | None) -> str:
    if value is None:
        return EMPTY
    return escape(_("Yes") if value else _("No"))


def choice(labels: Callable[[], Mapping[Any, str | Promise]]) -> Callable[..., str]:
    """The label of a code."""

    def show(request: HttpRequest, value: Any) -> str:
        return escape(labels().get(value, value or ""))

    return show


def badge(kind: str) -> Callable[..., str]:
    """Word and icon of a state, in the one colour of its meaning."""
    known: dict[tuple[str | None, str], str] = {}

    def show(request: HttpRequest, state: str) -> str:
        key = (languages.kept_for(), state)
        if (found := known.get(key)) is None:
            tone, symbol, label = BADGES[kind].get(state, ("grey", "dots", state))
            found = known[key] = SafeString(
                f'<span class="state {tone} i-{symbol}">{escape(label)}</span>'
            )
        return found

    return show


def link(prefix: str, pk: object, label: str) -> str:
    """To the page of a thing: its path is the list's and its id."""
    return SafeString(f'<a href="{prefix}{pk}/">{escape(label)}</a>')


@lru_cache(maxsize=100)
def path(name: str) -> str:
    """Of a page that is always at the same place."""
    return reverse(name)
