"""What is scanned: QR codes, and bars of Code 128.

Their libraries are imported when the first code is drawn: most workers draw none.
"""

from __future__ import annotations

from itertools import groupby
from uuid import UUID

from django.conf import settings
from django.urls import reverse

QUIET = 4  # modules around a QR code that stay white
_MASK = 2  # all are read; choosing the best of eight takes five times as long


def address(asset_id: UUID) -> str:
    """Where the code of a device leads; printed ones stay for years."""
    return settings.PUBLIC_URL + reverse("open_by_code", args=[asset_id])


def qr(text: str) -> list[list[tuple[int, int]]]:
    """Row by row, the dark runs as (first module, count); square, without the quiet
    zone."""
    import segno

    code = segno.make_qr(text, error="m", mask=_MASK, boost_error=False)
    return [_runs(row) for row in code.matrix]


def _runs(row: bytearray) -> list[tuple[int, int]]:
    found, at = [], 0
    for is_dark, run in groupby(row):
        count = len(list(run))
        if is_dark:
            found.append((at, count))
        at += count
    return found


def bars(text: str) -> list[int] | None:
    """Widths of bars and spaces in turn, in modules, beginning with a bar; None for
    what Code 128 has no sign for."""
    from reportlab.graphics.barcode.code128 import Code128

    if not text or not all(" " <= sign <= "~" for sign in text):
        return None
    code = Code128(text, quiet=0)
    code.validate()
    code.encode()
    code.decompose()
    # Letters: a bar is a capital one, a space a small one; A and a are 1 module wide.
    return [ord(letter.lower()) - ord("a") + 1 for letter in code.decomposed]
