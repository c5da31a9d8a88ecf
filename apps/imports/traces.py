"""By what somebody erased is found in what a file said."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

from apps.accounts.models import Erasure
from apps.core.folding import fold
from apps.core.told import Told

from .lookups import EMAIL_INSIDE

# A shorter number or user name would stand for too much else.
SHORTEST_WORD = 4


class Traces:
    """An e-mail address anywhere in a text, the full name in either order, a user name,
    employee number or phone that is the whole text; case and accents don't count.

    Whoever is named alike and has another e-mail address beside it is somebody else.
    """

    def __init__(self, erasure: Erasure) -> None:
        kept = erasure.traces
        self.emails = {fold(email) for email in kept.get("emails", ())}
        words = {fold(word) for word in kept.get("words", ())}
        self.words = {word for word in words if len(word) >= SHORTEST_WORD}
        first, last = (fold(name) for name in kept.get("names") or ("", ""))
        self.names = {first, last}
        self.parts = self.names if first and last else set()
        orders = (f"{first} {last}", f"{last} {first}", f"{last}, {first}")
        whole = "|".join(map(re.escape, orders))
        self._name = re.compile(rf"(?<!\w)(?:{whole})(?!\w)") if self.parts else None

    def may_be_in_name(self, name: str) -> bool:
        """Of a file that is erased, so that the least of them counts."""
        local = {email.partition("@")[0] for email in self.emails}
        least = {*local, *self.words, *self.names}
        return any(one and one in fold(name) for one in least)

    def patterns(self) -> list[str]:
        """For LIKE on the folded JSON of a row: it finds too much, never too little."""
        found = [f"%{_escaped(email)}%" for email in self.emails]
        found += [f'%"{_escaped(word)}"%' for word in self.words]
        if self.parts:
            found.append("%".join(["", *map(_escaped, sorted(self.parts)), ""]))
            found.append(
                "%".join(["", *map(_escaped, sorted(self.parts, reverse=True)), ""])
            )
        return found

    def are_in(self, *values: Any) -> bool:
        """Whether any of these, JSON or texts that belong together, tell of them."""
        texts = [text for value in values for text in texts_in(value)]
        folded = {fold(text) for text in texts}
        if any(email in text for text in folded for email in self.emails):
            return True
        if folded & self.words:
            return True
        if self._name is None or any(map(EMAIL_INSIDE.search, texts)):
            return False
        is_named = any(map(self._name.search, folded))
        return is_named or self.parts <= folded


def texts_in(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, Told):
        yield from texts_in(value.params)
    elif isinstance(value, dict):
        for inner in value.values():
            yield from texts_in(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from texts_in(inner)


def _escaped(text: str) -> str:
    """As JSON writes it, and LIKE reads it."""
    written = json.dumps(text, ensure_ascii=False)[1:-1]
    return re.sub(r"([\\%_])", r"\\\1", written)
