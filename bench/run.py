# ruff: noqa: T201 - a command prints
"""Asks the application, the floor and the peer the same questions in turn, in one run,
at every size; prints a table and keeps the figures in bench/results/.

    python -m bench.run [--rounds N] [--only api | pages] [1000 | 100000 | 1000000]...
"""

from __future__ import annotations

import argparse
from contextlib import ExitStack

from . import report
from .dataset import SIZES, Servers
from .measure import KINDS, measure
from .targets import COMMANDS, Bench


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n\n")[0])
    parser.add_argument("sizes", nargs="*", type=int, default=list(SIZES))
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--without", action="append", default=[], choices=COMMANDS)
    parser.add_argument("--only", choices=KINDS)
    wanted = parser.parse_args()
    targets = [name for name in COMMANDS if name not in wanted.without]
    kinds = [wanted.only] if wanted.only else KINDS
    with Servers() as servers, ExitStack() as stack:
        benches = [Bench(stack, servers, size, targets) for size in wanted.sizes]
        measured = measure(benches, wanted.rounds, kinds)
        memory = {
            bench.assets: {
                name: round(target.memory()) for name, target in bench.targets.items()
            }
            for bench in benches
        }
        version = benches[0].version()
    print(report.table(measured, memory))
    print(f"\nkept in {report.keep(measured, memory, wanted.rounds, version)}")


if __name__ == "__main__":
    main()
