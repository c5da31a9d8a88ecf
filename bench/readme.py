# ruff: noqa: T201 - a command prints
"""Writes the table of a run into README.md: that of the newest, or of a named one.

python -m bench.readme [bench/results/….json]
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from itertools import groupby
from pathlib import Path
from typing import Any

from .dataset import CLONE
from .report import RESULTS

_PAGE = CLONE / "README.md"
_BEGIN, _END = "<!-- bench: begin -->", "<!-- bench: end -->"


def table(run: dict[str, Any]) -> str:
    return "\n".join(_lines(run))


def _lines(run: dict[str, Any]) -> Iterator[str]:
    """Processor time, which compares on a busy machine, too."""
    sizes = sorted({case["devices"] for case in run["cases"]})
    told = " / ".join(f"{size:,}" for size in sizes)
    yield f"| {told} devices | ms of processor | of the floor | statements | bytes |"
    yield "|---|---|---|---|---|"
    for name, group in groupby(run["cases"], lambda case: case["case"]):
        cases = list(group)
        columns = (
            " / ".join(f"{case['app']['processor_ms']:.1f}" for case in cases),
            " / ".join(f"{_times(case):.1f}" for case in cases),
            f"{max(case['app']['statements'] for case in cases):.0f}",
            f"{max(case['app']['bytes'] for case in cases):,}",
        )
        yield f"| {name} | {' | '.join(columns)} |"
    workers = [found["app"] for found in run["memory_mb"].values()]
    yield ""
    yield (
        f"Commit {run['commit']}, {run['processors']} processors shared with other "
        f"work, Python {run['python']}, PostgreSQL {run['postgresql']}; the largest "
        f"worker {max(workers)} MB (PSS)."
    )


def _times(case: dict[str, Any]) -> float:
    return float(case["app"]["processor_ms"] / case["floor"]["processor_ms"])


def main() -> None:
    newest = max(RESULTS.glob("*.json"), default=None)
    path = Path(sys.argv[1]) if len(sys.argv) > 1 else newest
    if path is None:
        raise SystemExit("nothing was measured yet: make bench")
    before, _begin, rest = _PAGE.read_text().partition(_BEGIN)
    _old, _end, after = rest.partition(_END)
    said = table(json.loads(path.read_text()))
    _PAGE.write_text(f"{before}{_BEGIN}\n{said}\n{_END}{after}")
    print(f"{_PAGE.name} says what {path.name} does")


if __name__ == "__main__":
    main()
