"""By what somebody erased is found in what a file said."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from apps.accounts.models import Erasure
from apps.core.folding import fold
from apps.core.keys import Key, key
from apps.core.told import Told
from apps.imports.columns.headers import Confidence, aliases, normalise_header
from apps.imports.models import Batch, BatchRow
from apps.imports.states import Kind
from apps.imports.targets.holders import EMAIL_INSIDE

# A shorter number or user name would stand for too much else.
SHORTEST_WORD = 4
# What a column means that has such a word, to the field of the person.
_WORDS = {
    "username": "username",
    "holder_username": "username",
    "employee_number": "employee_number",
    "phone": "phone",
}
_EMAILS = {"email", "holder_email", "username", "holder_username"}
_WHOLE_NAMES = {"full_name", "holder_name"}
_PARTS = {"first_name", "last_name", "holder_first_name", "holder_last_name", None}
# Where an address says who is meant.
_WHO = {*_EMAILS, *_WHOLE_NAMES, None}

# A text and what it is: the field that its column fills; "" if it fills none, None if
# that is not known.
Said = tuple[str | None, str]


class Traces:
    """An e-mail address anywhere in a text, the full name in either order, a user name,
    employee number or phone that is the whole text of a column of such; of columns
    that are not known, two of these. What somebody else has, too, such as the address
    of a couple, counts beside the name alone. Case and accents of names don't count.

    Whoever is named alike and has another e-mail address that says who is somebody
    else.
    """

    def __init__(self, erasure: Erasure) -> None:
        kept = erasure.traces
        self.words = {
            name: {
                word
                for word in map(fold, kept.get(name, ()))
                if len(word) >= SHORTEST_WORD
            }
            for name in set(_WORDS.values())
        }
        logins = [name for name in kept.get("username", ()) if "@" in name]
        self.emails = {
            found for one in [*kept.get("emails", ()), *logins] if (found := key(one))
        }
        shared = kept.get("shared", ())
        self.shared = {*shared, *map(fold, shared)}
        first, last = (fold(name) for name in kept.get("names") or ("", ""))
        self.names = {first, last}
        self.parts = self.names if first and last else set()
        orders = (f"{first} {last}", f"{last} {first}", f"{last}, {first}")
        whole = "|".join(map(re.escape, orders))
        self._name = re.compile(rf"(?<!\w)(?:{whole})(?!\w)") if self.parts else None
        self._address = _whole_address(self.emails)

    def may_be_in_name(self, name: str) -> bool:
        """Of a file that is erased, so that the least of them counts."""
        local = {fold(email.partition("@")[0]) for email in self.emails}
        least = {*local, *self.names}.union(*self.words.values())
        return any(one and one in fold(name) for one in least)

    def patterns(self) -> list[str]:
        """For LIKE on the folded JSON of a row: it finds too much, never too little."""
        found = [f"%{_escaped(fold(email))}%" for email in self.emails]
        words = set().union(*self.words.values())
        found += [f'%"{_escaped(word)}"%' for word in words]
        if self.parts:
            found.append("%".join(["", *map(_escaped, sorted(self.parts)), ""]))
            found.append(
                "%".join(["", *map(_escaped, sorted(self.parts, reverse=True)), ""])
            )
        return found

    def are_in(self, *values: Any) -> bool:
        """Whether any of these, JSON or texts that belong together and of which it is
        not known what they are, tell of them."""
        return self.are_said(said_as(None, values))

    def are_said(self, said: Iterable[Said]) -> bool:
        """Whether texts that belong together tell of them."""
        texts = list(said)
        sure, maybe = self._words_in(texts)
        if self._address is not None:
            for _meaning, text in texts:
                sure |= set(self._address.findall(key(text) or ""))
        if sure - self.shared or len(maybe - self.shared) > 1:
            return True
        if not self._is_named(texts):
            return False
        return bool(sure | maybe) or not any(
            meaning in _WHO and EMAIL_INSIDE.search(text) for meaning, text in texts
        )

    def _words_in(self, texts: list[Said]) -> tuple[set[str], set[str]]:
        """Those where they belong, and those that may stand for something else."""
        sure, maybe = set(), set()
        for meaning, text in texts:
            word = fold(text)
            if meaning is None:
                maybe |= {word for found in self.words.values() if word in found}
            elif meaning in _WORDS and word in self.words[_WORDS[meaning]]:
                sure.add(word)
        return sure, maybe - self.names

    def _is_named(self, texts: list[Said]) -> bool:
        if self._name is None:
            return False
        if any(self._name.search(fold(text)) for _meaning, text in texts):
            return True
        return self.parts <= {fold(text) for what, text in texts if what in _PARTS}


def _whole_address(emails: Iterable[Key]) -> re.Pattern[str] | None:
    """With no character of an address on either side, but for the point that ends a
    sentence."""
    either = "|".join(map(re.escape, emails))
    before, after = r"(?<![\w.%+\-@])(?<!\w['’])", r"(?![.\-]*[\w%+@])"
    return re.compile(f"{before}(?:{either}){after}") if either else None


class Meanings:
    """What the columns of a batch mean; without a mapping nobody knows."""

    def __init__(self, batch: Batch) -> None:
        self._targets = {int(at): target for at, target in batch.mapping.items()}
        self._others = "" if self._targets else None
        if self._targets:
            for position, header in enumerate(batch.headers):
                self._targets.setdefault(position, _of_a_person(header))

    def row(self, row: BatchRow) -> Iterator[Said]:
        for position, cell in enumerate(row.cells):
            yield from said_as(self._targets.get(position, self._others), cell)
        yield from said_by_field(row.values)


def _of_a_person(header: str) -> str:
    """Of a column that is left out: a list of devices may have employee numbers."""
    known = aliases(Kind.PEOPLE).get(normalise_header(header) or "")
    return known[0] if known and known[1] is Confidence.KNOWN else ""


def said_by_field(values: Mapping[str, Any]) -> Iterator[Said]:
    for name, value in values.items():
        yield from said_as(name, value)


def said_as(meaning: str | None, value: Any) -> Iterator[Said]:
    return ((meaning, text) for text in texts_in(value))


def texts_in(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, Told):
        yield from texts_in(value.params)
    elif isinstance(value, dict):
        for inner in value.values():
            yield from texts_in(inner)
    elif isinstance(value, list | tuple):
        for inner in value:
            yield from texts_in(inner)


def _escaped(text: str) -> str:
    """As JSON writes it, and LIKE reads it."""
    written = json.dumps(text, ensure_ascii=False)[1:-1]
    return re.sub(r"([\\%_])", r"\\\1", written)
