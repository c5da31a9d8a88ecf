"""The letters of labels, and which there are.

Measuring needs no drawing, but the same library: it is imported at the first label.
"""

from __future__ import annotations

import unicodedata
from functools import cache
from pathlib import Path
from typing import Any

REGULAR, BOLD = "DejaVuSansCondensed", "DejaVuSansCondensed-Bold"
# Stands for a letter that the fonts lack, or that they would set in the wrong order.
MISSING = "\N{WHITE SQUARE}"
_RIGHT_TO_LEFT = frozenset({"R", "AL"})
_FOLDER = Path(__file__).parent


@cache
def _font(name: str) -> Any:
    from reportlab.pdfbase import pdfmetrics
    from reportlab.pdfbase.ttfonts import TTFont

    font = TTFont(name, str(_FOLDER / f"{name}.ttf"))
    pdfmetrics.registerFont(font)
    return font


def load() -> None:
    """Before a PDF names them."""
    for name in (REGULAR, BOLD):
        _font(name)


def width(text: str, font: str, size: float) -> float:
    """In the unit of `size`."""
    return float(_font(font).stringWidth(text, size))


def printable(text: str) -> str:
    """With MISSING for each letter that can't be set. Right-to-left writing can't:
    its letters would come out in the wrong order."""
    known = _font(REGULAR).face.charToGlyph
    return "".join(
        letter
        if ord(letter) in known
        and unicodedata.bidirectional(letter) not in _RIGHT_TO_LEFT
        else MISSING
        for letter in unicodedata.normalize("NFC", text)
        if letter.isprintable()
    )
