"""Ids in fewer characters, for a code that is printed small and may be typed."""

from __future__ import annotations

from uuid import UUID

# Crockford's: without I, L, O and U, which are mistaken for others.
_DIGITS = "0123456789abcdefghjkmnpqrstvwxyz"
_VALUES = {digit: value for value, digit in enumerate(_DIGITS)}
LENGTH = 26


def shorten(pk: UUID) -> str:
    """26 letters and digits."""
    return "".join(_DIGITS[pk.int >> 5 * at & 31] for at in reversed(range(LENGTH)))


def lengthen(text: str) -> UUID | None:
    """The inverse of `shorten`, in either case; None for anything else."""
    text = text.lower()
    if len(text) != LENGTH or not _VALUES.keys() >= set(text):
        return None
    number = 0
    for digit in text:
        number = number << 5 | _VALUES[digit]
    return UUID(int=number) if number < 1 << 128 else None
