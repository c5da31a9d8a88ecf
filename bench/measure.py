"""Seconds, statements and bytes of every case, from all who are compared in turn."""

from __future__ import annotations

import statistics
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from itertools import chain
from typing import Any

from .cases import Case, cases, differences
from .pages import pages
from .targets import Bench

KINDS = ("api", "pages")
# Of each case and target in a round, a few at a time in turn.
REQUESTS, BLOCK = 100, 10
# The peer takes so long that fewer must do.
SLOW_REQUESTS = 20
COUNTED = 20


@dataclass(slots=True)
class Measured:
    """Of one case at one size, by target."""

    case: str
    assets: int
    # Of each request, by round.
    seconds: dict[str, list[list[float]]] = field(default_factory=dict)
    # Of the processor, of all of a round.
    processor: dict[str, list[float]] = field(default_factory=dict)
    statements: dict[str, float] = field(default_factory=dict)
    bytes: dict[str, int] = field(default_factory=dict)

    def quantile(self, target: str, share: float) -> float:
        """Milliseconds."""
        found = sorted(chain.from_iterable(self.seconds[target]))
        return 1000 * found[min(int(len(found) * share), len(found) - 1)]

    def ratio(self, target: str, other: str) -> Range | None:
        """Of the medians of each round."""
        return _compared(
            [statistics.median(one) for one in self.seconds.get(target, [])],
            [statistics.median(one) for one in self.seconds.get(other, [])],
        )

    def processor_ratio(self, target: str, other: str) -> Range | None:
        return _compared(self.each(target), self.each(other))

    def each(self, target: str) -> list[float]:
        """Milliseconds of the processor for a request, by round."""
        spent = zip(
            self.processor.get(target, []), self.seconds.get(target, []), strict=True
        )
        return [1000 * total / len(requests) for total, requests in spent]


# Middle, least and most.
Range = tuple[float, float, float]


def _compared(ones: list[float], others: list[float]) -> Range | None:
    found = [one / other for one, other in zip(ones, others, strict=False)]
    return (statistics.median(found), min(found), max(found)) if found else None


def measure(
    benches: list[Bench], rounds: int, kinds: Collection[str]
) -> list[Measured]:
    """Sizes and targets take turns within every case, so that what else the machine
    does meets all of them."""
    by_size = {bench.assets: list(_cases(bench, kinds)) for bench in benches}
    measured = []
    for same in zip(*by_size.values(), strict=True):
        found = [_first(bench, case) for bench, case in zip(benches, same, strict=True)]
        for _round in range(rounds):
            _take_turns(benches, same, found)
        measured += found
    return measured


def _cases(bench: Bench, kinds: Collection[str]) -> Iterator[Case]:
    if "api" in kinds:
        app = bench.targets["app"].client
        yield from cases(bench.database, bench.company, app)
    if "pages" in kinds:
        yield from pages(bench.database, bench.company)


def _first(bench: Bench, case: Case) -> Measured:
    """Warms up, compares what they say, and counts statements and bytes."""
    found = Measured(case.name, bench.assets)
    said: dict[str, Any] = {}
    for name, target in bench.targets.items():
        if not (questions := case.questions(name)):
            continue
        for number in range(COUNTED):
            target.ask(questions[number % len(questions)])
        bench.forget()
        sizes = [
            len(target.ask(questions[number % len(questions)]).body)
            for number in range(COUNTED)
        ]
        found.statements[name] = round(bench.statements() / COUNTED, 1)
        found.bytes[name] = round(statistics.mean(sizes))
        found.seconds[name], found.processor[name] = [], []
        said[name] = [case.said(target.ask(one).body) for one in questions[:20]]
    for name, theirs in said.items():
        if different := list(differences(said["app"], theirs)):
            listed = "\n  ".join(different[:20])
            raise SystemExit(f"{case.name}: app and {name} differ:\n  {listed}")
    return found


def _take_turns(
    benches: list[Bench], same: tuple[Case, ...], found: list[Measured]
) -> None:
    for one in found:
        for name in one.seconds:
            one.seconds[name].append([])
            one.processor[name].append(0.0)
    for start in range(0, REQUESTS, BLOCK):
        for bench, case, one in zip(benches, same, found, strict=True):
            for name in one.seconds:
                target = bench.targets[name]
                if name == "peer" and start >= SLOW_REQUESTS:
                    continue
                questions = case.questions(name)
                before = bench.processor(target)
                for number in range(start, start + BLOCK):
                    answer = target.ask(questions[number % len(questions)])
                    one.seconds[name][-1].append(answer.seconds)
                one.processor[name][-1] += bench.processor(target) - before
