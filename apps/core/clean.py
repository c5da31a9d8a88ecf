"""What holds for input whatever form or file it comes from."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext as _

from . import texts
from .errors import Invalid

EARLIEST = date(1970, 1, 1)
AHEAD = timedelta(days=366 * 30)  # the longest warranties


# Letters, symbols and marks by Unicode's tables that show nothing. The first stand
# where a letter does; the others at most change how the one before them is drawn.
_FILLERS = frozenset("\u115f\u1160\u2800\u3164\uffa0")
_MODIFIERS = frozenset("\u034f\u17b4\u17b5\u180b\u180c\u180d\u180f") | frozenset(
    map(chr, range(0xFE00, 0xFE10))
)
_SHOWS_NOTHING = re.compile(f"[{''.join(sorted(_FILLERS | _MODIFIERS))}]")


def one_line(text: str) -> str:
    """The text as it is written, matched and compared, whatever form, file or body it
    comes from: on one line, single plain blanks, nothing invisible, and accents as part
    of their letters (NFC). Once made so, it stays so."""
    if text.isascii() and text.isprintable():  # nearly always
        return " ".join(text.split()) if " " in text else text
    return " ".join(_seen(text).split())


def lines(text: str) -> str:
    """The same for a text of several lines, which keeps its line ends (as `\\n`), its
    tabs and its runs of blanks."""
    if text.isascii() and text.isprintable():
        return text.strip()
    kept = (_seen(line, keep="\t") for line in text.splitlines())
    return "\n".join(_BLANK.sub(" ", line).rstrip() for line in kept).strip()


_BLANK = re.compile(r"[^\S\t\n]")


def capitals(text: str) -> str:
    """`one_line` in capitals: what serial numbers are compared by."""
    line = one_line(text)
    return line.upper() if line.isascii() else one_line(line.upper())


def small_letters(text: str) -> str:
    """`one_line` in small letters: how addresses of mailboxes are kept."""
    line = one_line(text)
    return line.lower() if line.isascii() else one_line(line.lower())


def _seen(text: str, *, keep: str = "") -> str:
    if not text.isprintable() or _SHOWS_NOTHING.search(text):
        text = "".join(c if c in keep else _shown(c) for c in text)
    # Last: what was taken out may have stood between a letter and its accent.
    return unicodedata.normalize("NFC", text)


def _shown(character: str) -> str:
    category = unicodedata.category(character)
    if category == "Cf" or character in _MODIFIERS:
        return ""
    return " " if category == "Cc" or character in _FILLERS else character


def stripped(text: str) -> str:
    """Without blanks, control and invisible characters at either end, and otherwise as
    it is; "" for whatever a person sees as empty."""
    tidy = text.strip()
    if not tidy or (tidy.isascii() and " " < tidy[0] < "\x7f" > tidy[-1] > " "):
        return tidy  # nearly always
    start, end = 0, len(tidy)
    while start < end and _is_invisible(tidy[start]):
        start += 1
    while end > start and _is_invisible(tidy[end - 1]):
        end -= 1
    return tidy[start:end]


def _is_invisible(character: str) -> bool:
    return character.isspace() or not _shown(character).strip()


def tidy(thing: models.Model, names: Iterable[str]) -> None:
    """Texts of those columns on one line, addresses of mailboxes in lower case.

    Raises Invalid `too_long`, `bad_email`.
    """
    for name in names:
        column: Any = thing._meta.get_field(name)
        setattr(thing, name, fitting(column, getattr(thing, name) or ""))


def fitting(column: Any, text: str, *, field: str = "") -> str:
    """What the column keeps of the text: on one line, the address of a mailbox in
    small letters. Raises Invalid `too_long`, `bad_email` of the `field`, else of the
    column."""
    is_address = isinstance(column, models.EmailField)
    text = small_letters(text) if is_address else one_line(text)
    longest = column.max_length
    if longest and len(text) > longest:
        sentence = _("This is too long: at most %(count)d characters.")
        told = sentence % {"count": longest}
        raise Invalid("too_long", told, field=field or column.name)
    if is_address and text:
        try:
            validate_email(text)
        except ValidationError:
            sentence = _("This is no e-mail address.")
            raise Invalid("bad_email", sentence, field=field or column.name) from None
    return text


def require_sane_day(day: date | None, field: str) -> None:
    """Raises Invalid `bad_day` for a day that nobody can mean."""
    if day is not None and not is_sane(day):
        raise Invalid(texts.BAD_DAY(day=day), field=field)


def is_sane(day: date) -> bool:
    return EARLIEST <= day <= datetime.now(UTC).date() + AHEAD


class DayField(forms.DateField):
    """A day that somebody can mean, chosen in the browser's own calendar."""

    def __init__(self, *, allows_future: bool = True, **kwargs: Any) -> None:
        day = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
        kwargs.setdefault("widget", day)
        self.allows_future = allows_future
        super().__init__(**kwargs)

    def get_bound_field(self, form: forms.BaseForm, name: str) -> forms.BoundField:
        """The browser offers no day that would be refused."""
        today = timezone.now().date()
        last = today + (AHEAD if self.allows_future else timedelta(days=1))
        self.widget.attrs.setdefault("min", EARLIEST.isoformat())
        self.widget.attrs.setdefault("max", last.isoformat())
        return super().get_bound_field(form, name)

    def clean(self, value: Any) -> date | None:
        day = super().clean(value)
        if day is not None and not is_sane(day):
            raise forms.ValidationError(_("Enter a day that can be meant."))
        # A day has begun somewhere before it has begun in UTC.
        tomorrow = timezone.now().date() + timedelta(days=1)
        if day is not None and not self.allows_future and day > tomorrow:
            raise forms.ValidationError(_("Choose a day that has come."))
        return day
