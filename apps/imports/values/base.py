"""What all readings of a cell share: tidying, and the sentence that refuses it."""

from __future__ import annotations

import re
from dataclasses import dataclass

from apps.core.clean import stripped
from apps.core.folding import fold
from apps.core.tables import original
from apps.core.told import Sentence, Told

# Blank leaves a value alone; this, and nothing else, empties it.
CLEAR = "(clear)"
NO_VALUE = frozenset({"-", "--", "—", "n/a", "na", "none", "null", "unknown", "?"})
# Excel exports write ="00123" to keep the zeros.
TEXT_FORMULA = re.compile(r'="(?P<text>[^"]*)"')
SCIENTIFIC = re.compile(r"[+-]?\d+([.,]\d+)?E\+\d+", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class CellProblem:
    """Why a cell is refused, in a sentence that names its value and the way out."""

    told: Told

    @property
    def code(self) -> str:
        return self.told.reason

    @property
    def message(self) -> str:
        return str(self.told)


def refuse(why: Sentence, text: str, **more: str) -> CellProblem:
    shown = text.strip()
    value = shown if len(shown) <= 60 else shown[:59] + "…"
    return CellProblem(why(value=value, **more))


def is_clear(text: str) -> bool:
    return stripped(text).casefold() == CLEAR


def bare(text: str) -> str:
    """Without blanks around it and without those that only look like one."""
    return stripped(text.replace("\u00a0", " ").replace("\ufeff", ""))


def tidy_text(text: str) -> str:
    seen = bare(text)
    meant = original(seen)
    if meant != seen:
        return bare(meant)
    formula = TEXT_FORMULA.fullmatch(seen)
    return stripped(formula["text"]) if formula else seen


def folded(text: str) -> str:
    """For comparing words: no case, accents or punctuation, single spaces."""
    letters = (c if c.isalnum() else " " for c in fold(text).lower())
    return " ".join("".join(letters).split())
