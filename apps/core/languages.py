"""Which language a request, a mail or a job speaks. `settings.LANGUAGES` has them all;
a person's own choice is `accounts.languages`'s."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import cache, lru_cache, wraps
from typing import Any, TypeVar

from babel import Locale
from babel.core import UnknownLocaleError
from django.conf import settings
from django.http import HttpRequest
from django.utils import translation
from django.utils.translation import gettext as _

from .errors import Invalid

T = TypeVar("T")
# Longest code of a language: wider than "zh-hant".
LENGTH = 16


def choices() -> list[tuple[str, str]]:
    """Code and name, each name in its own language."""
    return list(settings.LANGUAGES)


def require(code: str) -> None:
    """ "" is none of one's own. Raises Invalid `bad_language`."""
    if code and code not in dict(settings.LANGUAGES):
        names = ", ".join(f"{name} ({code})" for code, name in settings.LANGUAGES)
        sentence = _("Choose one of these languages: %(names)s.") % {"names": names}
        raise Invalid("bad_language", sentence, field="language")


def first_known(codes: Iterable[str]) -> str:
    """The first that pages have; one that was taken out of LANGUAGES is none."""
    known = dict(settings.LANGUAGES)
    return next((code for code in codes if code in known), settings.LANGUAGE_CODE)


def chosen(request: HttpRequest) -> str:
    """What a visitor chose on a page without sign-in; "" if nothing."""
    code = request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME, "")
    return code if code in dict(settings.LANGUAGES) else ""


def locale() -> Locale:
    """What CLDR knows of the language of the page."""
    return _locale_of(translation.get_language() or settings.LANGUAGE_CODE)


@cache
def _locale_of(code: str) -> Locale:
    try:
        return Locale.parse(code, sep="-")
    except (UnknownLocaleError, ValueError):
        return Locale(settings.LANGUAGE_CODE)


def country_name(code: str, english: str) -> str:
    """In the language of the page; what we call it ourselves in ours."""
    if current() == settings.LANGUAGE_CODE:
        return english
    return locale().territories.get(code, english)


@lru_cache(maxsize=1_000)
def of_header(accepted: str) -> str:
    """What `Accept-Language` asks for, of those there are."""
    request = HttpRequest()
    request.META["HTTP_ACCEPT_LANGUAGE"] = accepted
    return translation.get_language_from_request(request)


def use(code: str) -> None:
    """For the rest of this request."""
    translation.activate(code)


def current() -> str:
    """That of the page, to be kept with what is sent later."""
    return first_known([translation.get_language() or ""])


def kept_for() -> str | None:
    """Of which language a text is that is kept for the next page: None if none is
    active, and texts are as they were written."""
    return translation.get_language()


def per_language(most: int) -> Callable[[Callable[..., T]], Callable[..., T]]:
    """Keeps what a function says to its arguments, `most` of it, in each language. It
    must depend on nothing else, and be told nothing that names a person: what is kept
    here outlives an erasure."""

    def decorate(function: Callable[..., T]) -> Callable[..., T]:
        @lru_cache(maxsize=most)
        def kept(_language: str | None, *args: Any, **named: Any) -> T:
            return function(*args, **named)

        @wraps(function)
        def wrapper(*args: Any, **named: Any) -> T:
            return kept(kept_for(), *args, **named)

        return wrapper

    return decorate
