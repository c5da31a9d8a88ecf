"""Puts together what one scrape of this process and its siblings reads."""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path

import psutil
from prometheus_client import CollectorRegistry
from prometheus_client.core import Metric
from prometheus_client.multiprocess import MultiProcessCollector, mark_process_dead
from prometheus_client.registry import Collector

# Ours alone: the library's default one carries metrics of single processes.
OURS = CollectorRegistry()


class SiblingsCollector(MultiProcessCollector):
    """Sums over all processes that share a folder. What a killed one had in progress
    goes with it; what it counted stays."""

    def __init__(self, folder: Path) -> None:
        super().__init__(None, path=str(folder))
        self.folder = folder

    def collect(self) -> Iterable[Metric]:
        for path in self.folder.glob("gauge_live*_*.db"):
            pid = path.stem.rpartition("_")[2]
            if pid.isdigit() and not psutil.pid_exists(int(pid)):
                try:
                    mark_process_dead(int(pid), str(self.folder))
                except FileNotFoundError:
                    continue  # another scrape was faster
        return super().collect()


def registry(*collectors: Collector) -> CollectorRegistry:
    made = CollectorRegistry()
    folder = os.environ.get("PROMETHEUS_MULTIPROC_DIR")
    made.register(SiblingsCollector(Path(folder)) if folder else OURS)
    for collector in collectors:
        made.register(collector)
    return made
