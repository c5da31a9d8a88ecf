"""Keys: texts by which one thing is told from all others of its kind.

An absent key matches nothing. `key` and `code` make a Key of whatever a cell, a form
or a column holds, or None; an Index keeps nothing without one and answers nothing to
somebody who has none; so do the conditions for the database. Nobody compares keys in
another way, so no look-up has to remember to ask whether there is one.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import (
    Callable,
    Hashable,
    Iterable,
    Iterator,
    Mapping,
    Sequence,
)
from typing import Generic, NewType, TypeVar

from django.db.models import BooleanField, F, Func, Q, Value
from django.db.models.expressions import Combinable
from django.db.models.functions import Lower
from django.db.models.lookups import Exact

from .clean import one_line

Key = NewType("Key", str)
Thing = TypeVar("Thing")


def code(text: str | None) -> Key | None:
    """A key whose case tells: an asset tag, an id of another system."""
    tidy = one_line(text) if text else ""
    return Key(tidy) if tidy else None


def key(text: str | None) -> Key | None:
    """A key in whatever case it is written: an e-mail, a name, an employee number."""
    found = code(text)
    return Key(_lowered(found)) if found else None


def _lowered(text: str) -> str:
    """As the database does it, which looks at each letter by itself, so that both know
    the same keys: İ is i, and a sigma at the end of a word is one like any other."""
    if "İ" in text or "Σ" in text:
        return "".join(letter.lower()[0] for letter in text)
    return text.lower()


def codes(texts: Iterable[str | None]) -> set[Key]:
    """Of those texts that are one."""
    return {found for text in set(texts) if (found := code(text))}


def keys(texts: Iterable[str | None]) -> set[Key]:
    """Of those texts that are one."""
    return {found for text in set(texts) if (found := key(text))}


class Index(Generic[Thing]):
    """Things by a key that several of them may have."""

    def __init__(
        self,
        things: Iterable[Thing] = (),
        of: Callable[[Thing], str | None] | None = None,
        *,
        normalise: Callable[..., Hashable | None] = key,
    ) -> None:
        """`of` reads the key of a thing. `normalise` makes one, or None, of what is
        passed to `add` and `find`."""
        self._normalise = normalise
        self._things: dict[Hashable, list[Thing]] = defaultdict(list)
        if of is not None:
            for thing in things:
                self.add(thing, of(thing))

    def add(self, thing: Thing, *text: str | None) -> None:
        if (found := self._normalise(*text)) is not None:
            self._things[found].append(thing)

    def find(self, *text: str | None) -> Sequence[Thing]:
        """All that have this key, in the order in which they were added."""
        found = self._normalise(*text)
        return self._things.get(found, ()) if found is not None else ()

    def first(self, *text: str | None) -> Thing | None:
        found = self.find(*text)
        return found[0] if found else None

    def __getitem__(self, text: str | tuple[str, ...]) -> Thing:
        """The first that has this key. Raises KeyError."""
        texts = text if isinstance(text, tuple) else (text,)
        if found := self.find(*texts):
            return found[0]
        raise KeyError(text)

    def __iter__(self) -> Iterator[Thing]:
        return (thing for things in self._things.values() for thing in things)


def exactly(
    text: str | None, found: Sequence[Thing], *names: Callable[[Thing], str]
) -> Sequence[Thing]:
    """Which of them the text names but for case and blanks, by the first of their
    names that says any."""
    for name in names:
        if exact := Index(found, name).find(text):
            return exact
    return ()


# --- In the database --------------------------------------------------------

NOTHING = Q(pk__in=[])


def has_key(column: str, text: str | None) -> Q:
    """That the column holds this key, in whatever case."""
    return _is(Lower(column), key(text))


def has_code(column: str, text: str | None) -> Q:
    """That the column holds exactly this key."""
    return _is(F(column), code(text))


def _is(column: Combinable, found: Key | None) -> Q:
    return Q(Exact(column, Value(found))) if found else NOTHING


def any_of(wanted: Mapping[str, Iterable[str]], *, are_partial: bool = False) -> Q:
    """One of the columns holds one of its keys. Of `are_partial`, indexes that hold
    filled ones only, it is said that the column is filled: one branch without an
    index reads the whole table."""
    matches = NOTHING
    for name, texts in wanted.items():
        if present := {text for text in texts if code(text)}:
            found = Q(_Any(F(name), Value(_SEPARATOR.join(present))))
            matches |= found & ~Q(**{name: ""}) if are_partial else found
    return matches


# No cell holds it; PostgreSQL splits a text faster than psycopg writes an array.
_SEPARATOR = "\x1f"


class _Any(Func):
    """One parameter for all texts, where IN has one for each."""

    template = f"%(expressions)s, E'{_SEPARATOR}'))"
    arg_joiner = " = ANY(string_to_array("
    output_field = BooleanField()
