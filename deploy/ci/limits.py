"""docs/limits.md, to which the tests hold all files."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from .machine import CLONE


def _rows(heading: str) -> Iterator[list[str]]:
    text = (CLONE / "docs" / "limits.md").read_text()
    section = text.partition(f"\n## {heading}\n")[2].partition("\n## ")[0]
    lines = [line for line in section.splitlines() if line.startswith("|")]
    for line in lines[2:]:
        yield [cell.strip() for cell in line.strip("|").split("|")]


def _numbers(cell: str) -> list[int]:
    return [int(number) for number in re.findall(r"\d+", cell)]


@dataclass(frozen=True)
class Limits:
    cpus: float
    megabytes: int
    pids: int
    ports: list[int]
    published: list[int]
    stops_within: int  # seconds

    @property
    def port(self) -> int | None:
        return self.ports[0] if self.ports else None

    @property
    def killed_after(self) -> int:
        """Seconds, at least."""
        return self.stops_within + 5 if self.stops_within else 0


PROCESSES = {
    name: Limits(
        float(cpus),
        int(megabytes),
        int(pids),
        _numbers(ports),
        _numbers(published),
        int(seconds or 0),
    )
    for name, cpus, megabytes, pids, ports, published, seconds in _rows("Processes")
}
# What runs our image for long.
OURS = ("frontend", "backend", "worker", "beat")
# Numbers, as written.
REQUESTS = {what: re.findall(r"[\d.]+", limit) for what, limit in _rows("Requests")}
