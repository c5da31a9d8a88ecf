"""What all readings of a cell share: tidying, and the sentence that refuses it."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

from apps.core.tables import original

# Blank leaves a value alone; this, and nothing else, empties it.
CLEAR = "(clear)"
NO_VALUE = frozenset({"-", "--", "—", "n/a", "na", "none", "null", "unknown", "?"})
# Excel exports write ="00123" to keep the zeros.
TEXT_FORMULA = re.compile(r'="(?P<text>[^"]*)"')
SCIENTIFIC = re.compile(r"[+-]?\d+([.,]\d+)?E\+\d+", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class CellProblem:
    """Why a cell is refused, in a sentence that names its value and the way out."""

    code: str
    message: str


def refuse(code: str, message: str, text: str) -> CellProblem:
    shown = text.strip()
    return CellProblem(
        code, message % {"value": shown if len(shown) <= 60 else shown[:59] + "…"}
    )


def is_clear(text: str) -> bool:
    return text.strip().casefold() == CLEAR


def bare(text: str) -> str:
    """Without blanks around it and without those that only look like one."""
    return text.replace("\u00a0", " ").replace("\ufeff", "").strip()


def tidy_text(text: str) -> str:
    stripped = bare(text)
    meant = original(stripped)
    if meant != stripped:
        return bare(meant)
    formula = TEXT_FORMULA.fullmatch(stripped)
    return formula["text"].strip() if formula else stripped


def folded(text: str) -> str:
    """For comparing words: no case, accents or punctuation, single spaces."""
    plain = text.casefold().replace("ł", "l").replace("ø", "o")
    decomposed = unicodedata.normalize("NFKD", plain)
    letters = (c if c.isalnum() else " " for c in decomposed if not _is_accent(c))
    return " ".join("".join(letters).split())


def _is_accent(char: str) -> bool:
    return unicodedata.category(char) == "Mn"
