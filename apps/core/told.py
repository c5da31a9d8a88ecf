"""Sentences that are kept: a code and parameters, which become words when shown.

Each app declares its sentences in `texts.py`, in full and once. What a verb is told by
one of them (`texts.NO_PRODUCT(value="X1")`) has no language until somebody reads it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from typing import Any, TypeVar

import orjson
from django.db import models
from django.utils import translation
from django.utils.functional import Promise
from django.utils.translation import gettext as _

Shower = Callable[[Any], object]
T = TypeVar("T")

# What was kept before sentences had codes, or was raised without one.
AS_WRITTEN = "as_written"


@dataclass(frozen=True, slots=True)
class Told:
    """A declared sentence with what it says of this case. `str()` gives its words in
    the active language."""

    code: str
    params: Mapping[str, Any] = field(default_factory=dict)

    @property
    def reason(self) -> str:
        """What it has in common with others of the same kind: has_left of
        `has_left.no_employee`."""
        return _reason(self.code)

    def __str__(self) -> str:
        if self.code == AS_WRITTEN:
            return str(self.params.get("text", ""))
        declared = _declared.get(self.code)
        try:
            if declared is not None:
                return declared.words(self.params)
        except (KeyError, TypeError, ValueError):
            pass  # kept by another version, with other parameters
        return _("The reason can't be shown any more: %(code)s.") % {"code": self.code}

    def plain(self) -> dict[str, Any]:
        """As JSON keeps it."""
        return {"code": self.code, "params": self.params}


def _reason(code: str) -> str:
    return code.partition(".")[0]


def told(plain: Mapping[str, Any]) -> Told:
    """The inverse of `Told.plain`."""
    return Told(plain["code"], plain.get("params") or {})


def as_written(text: str) -> Told:
    return Told(AS_WRITTEN, {"text": text})


class Sentence:
    """Called with the parameters of its text, it gives a Told. A parameter that is a
    code, a list, a number to be grouped or a day is named in `shown` with what makes
    words of it (`core.showing`)."""

    def __init__(
        self, code: str, text: str | Promise, shown: Mapping[str, Shower]
    ) -> None:
        self.code, self.text, self.shown = code, text, shown

    @property
    def reason(self) -> str:
        return _reason(self.code)

    @cached_property
    def names(self) -> frozenset[str]:
        """Of its parameters."""
        asked = _Asked()
        with translation.override(None):
            self.text % asked
        return frozenset(asked.names)

    def __call__(self, **params: Any) -> Told:
        """Raises TypeError unless the parameters are those of the text."""
        if params.keys() != self.names:
            raise TypeError(f"{self.code} takes {sorted(self.names)}, not {params}")
        return Told(self.code, {name: _plain(value) for name, value in params.items()})

    def words(self, params: Mapping[str, Any]) -> str:
        shown = {
            name: self.shown[name](params[name]) if name in self.shown else params[name]
            for name in self.names
        }
        return str(self.text % shown)


class _Asked(dict):
    """Notes what a text asks for."""

    def __init__(self) -> None:
        super().__init__()
        self.names: set[str] = set()

    def __missing__(self, name: str) -> int:
        self.names.add(name)
        return 1


_declared: dict[str, Sentence] = {}


def sentence(code: str, text: str | Promise, **shown: Shower) -> Sentence:
    """Declares a sentence under a code that stays; `text` is lazily translated."""
    if code in _declared or code == AS_WRITTEN:
        raise TypeError(f"there is a sentence {code} already")
    _declared[code] = Sentence(code, text, shown)
    return _declared[code]


def declared() -> Mapping[str, Sentence]:
    return _declared


def _plain(value: Any) -> Any:
    """A parameter as JSON keeps it. Raises TypeError for a translated text."""
    if isinstance(value, Promise):
        raise TypeError("a translated text is no parameter: give its code")
    if value is None or isinstance(value, bool | int):
        return value
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, list | tuple):
        return [_plain(one) for one in value]
    return str(value)


def in_this_language(items: Iterator[T]) -> Iterator[T]:
    """The items, each made in the language that is active now: what is streamed is
    made when the request is over."""
    language = translation.get_language()

    def made() -> Iterator[T]:
        while True:
            with translation.override(language):
                try:
                    item = next(items)
                except StopIteration:
                    return
            yield item

    return made()


# --- As columns keep it -----------------------------------------------------


def dumps(what: Told | str | None) -> str:
    """The text that a ToldField keeps; "" for nothing."""
    return orjson.dumps(what.plain()).decode() if isinstance(what, Told) else ""


def loads(text: str) -> Told | str:
    """The inverse of `dumps`; of a sentence in a language, which was kept before there
    were codes, that sentence."""
    if text.startswith('{"code":'):
        try:
            return told(orjson.loads(text))
        except orjson.JSONDecodeError:
            pass
    return as_written(text) if text else ""


class ToldField(models.TextField):
    """A Told, or "" for none. What was written before is read as it stands, so that no
    table has to be written anew; a sentence in words is refused."""

    def from_db_value(self, value: str | None, *_context: Any) -> Told | str | None:
        return None if value is None else loads(value)

    def to_python(self, value: Any) -> Any:
        return loads(value) if isinstance(value, str) else value

    def get_prep_value(self, value: Any) -> Any:
        if value is None or value == "":
            return value
        if not isinstance(value, Told):
            raise TypeError(f"{self.name} keeps a Told, not words: {value!r}")
        return dumps(value)

    def value_to_string(self, obj: models.Model) -> str:
        kept: Any = self.value_from_object(obj)
        return dumps(kept)
