"""When to try again what failed: later each time, and not all at the same moment."""

from __future__ import annotations

import random
from datetime import timedelta

FIRST = timedelta(seconds=30)
LONGEST = timedelta(hours=1)


def delay(
    attempts: int, *, first: timedelta = FIRST, longest: timedelta = LONGEST
) -> timedelta:
    """How long to wait after so many failed attempts (1 or more).

    Twice as long each time, up to `longest`; of that between a half and the whole by
    chance, so that what failed together does not come back together.
    """
    # So many doublings pass any `longest`; 2**attempts itself would grow for ever.
    doublings = min(max(attempts, 1) - 1, 32)
    whole = min(first * 2**doublings, longest)
    return whole * random.uniform(0.5, 1)  # noqa: S311  spreads load, guards nothing
