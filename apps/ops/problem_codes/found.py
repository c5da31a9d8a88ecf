"""What is found: a code, the status it is answered with, and its sentence."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple


class Found(NamedTuple):
    area: str
    code: str
    status: int
    sentence: str


def of(area: str, status: int, pairs: Iterable[tuple[str, str]]) -> Iterator[Found]:
    for code, sentence in pairs:
        yield Found(area, code, status, sentence)
