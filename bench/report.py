"""The figures of a run, for people and as JSON."""

from __future__ import annotations

import json
import os
import platform
import statistics
import subprocess
from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import groupby, pairwise
from operator import attrgetter
from pathlib import Path
from typing import Any

from .dataset import CLONE
from .measure import Measured

RESULTS = Path(__file__).with_name("results")
# Whose median is told as a multiple of whose.
RATIOS = {"app": "floor", "peer": "app"}
Memory = dict[int, dict[str, int]]
_HEADER = (
    f"{'':20}{'devices':>10}  {'':6}{'p50':>8}{'p95':>8}{'p99':>8}{'cpu':>8}{'SQL':>6}"
    f"{'bytes':>8}  p50 compared (rounds)      cpu compared"
)


def table(measured: list[Measured], memory: Memory) -> str:
    return "\n".join(_lines(measured, memory))


def _lines(measured: list[Measured], memory: Memory) -> Iterator[str]:
    yield _HEADER
    for case, group in groupby(measured, attrgetter("case")):
        found = list(group)
        for one in found:
            yield from _rows(one)
        yield from _growth(case, found)
    for assets, workers in memory.items():
        each = ", ".join(f"{name} {size}" for name, size in workers.items())
        yield f"MB of the largest worker at {assets:,}: {each}"


def _rows(one: Measured) -> Iterator[str]:
    title, assets = one.case, f"{one.assets:,}"
    for name in one.seconds:
        p50, p95, p99 = (one.quantile(name, share) for share in (0.5, 0.95, 0.99))
        cpu = statistics.median(one.each(name))
        yield (
            f"{title:20}{assets:>10}  {name:6}{p50:8.2f}{p95:8.2f}{p99:8.2f}{cpu:8.2f}"
            f"{one.statements[name]:6.1f}{one.bytes[name]:8}  {_compared(one, name)}"
        )
        title = assets = ""


def _compared(one: Measured, name: str) -> str:
    if (other := RATIOS.get(name)) is None:
        return ""
    found = (one.ratio(name, other), one.processor_ratio(name, other))
    told = [
        f"{m:6.2f} [{least:.2f}-{most:.2f}]" for m, least, most in filter(None, found)
    ]
    return f"{'  '.join(told)} {name}/{other}" if told else ""


def _growth(case: str, found: list[Measured]) -> Iterator[str]:
    """Of the application, from each size to the next."""
    for smaller, larger in pairwise(found):
        grown = larger.quantile("app", 0.5) / smaller.quantile("app", 0.5)
        yield (
            f"{case}: {grown:.2f} times from {smaller.assets:,} to {larger.assets:,}"
        )


def keep(measured: list[Measured], memory: Memory, rounds: int, server: str) -> Path:
    now = datetime.now(UTC)
    told = {
        "at": now.isoformat(timespec="seconds"),
        "commit": _commit(),
        "python": platform.python_version(),
        "postgresql": server,
        "processors": os.cpu_count(),
        "rounds": rounds,
        "memory_mb": {str(assets): found for assets, found in memory.items()},
        "cases": [_as_json(one) for one in measured],
    }
    RESULTS.mkdir(exist_ok=True)
    path = RESULTS / f"{now:%Y%m%dT%H%M%S}.json"
    path.write_text(json.dumps(told, indent=1) + "\n")
    return path


def _as_json(one: Measured) -> dict[str, Any]:
    targets = {
        name: {
            **{
                f"p{share * 100:.0f}_ms": round(one.quantile(name, share), 3)
                for share in (0.5, 0.95, 0.99)
            },
            "processor_ms": round(statistics.median(one.each(name)), 3),
            "statements": one.statements[name],
            "bytes": one.bytes[name],
        }
        for name in one.seconds
    }
    ratios = {
        f"{name}_to_{other}{what}": [round(part, 2) for part in found]
        for name, other in RATIOS.items()
        for what, found in (
            ("", one.ratio(name, other)),
            ("_processor", one.processor_ratio(name, other)),
        )
        if found
    }
    return {
        "case": one.case,
        "devices": one.assets,
        **targets,
        **ratios,
    }


def _commit() -> str:
    command = ["git", "describe", "--always", "--dirty"]
    return subprocess.run(
        command, cwd=CLONE, capture_output=True, text=True, check=False
    ).stdout.strip()
