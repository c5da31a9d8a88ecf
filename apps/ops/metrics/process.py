"""Start, CPU and memory of a master process and its children, read when scraped."""

from __future__ import annotations

from collections.abc import Iterable

import psutil
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector


class ProcessCollector(Collector):
    def __init__(self, master: int, *, children_are: str = "") -> None:
        self.master = master
        self._started_at = psutil.Process(master).create_time()
        self.children_are = children_are

    def collect(self) -> Iterable[Metric]:
        yield GaugeMetricFamily(
            "process_start_time_seconds",
            "When the master started.",
            value=self._started_at,
        )
        cpu = memory = 0.0
        for process in self._processes():
            try:
                with process.oneshot():
                    # Children that have ended live on in their parent's times, so
                    # the sum does not fall when a worker is replaced.
                    cpu += sum(process.cpu_times()[:4])
                    memory += process.memory_info().rss
            except psutil.Error:
                continue
        yield CounterMetricFamily(
            "process_cpu_seconds", "CPU time of all processes here.", value=cpu
        )
        yield GaugeMetricFamily(
            "process_resident_memory_bytes",
            "Memory of all processes here; what they share counts in each.",
            value=memory,
        )
        if self.children_are:
            yield GaugeMetricFamily(
                self.children_are,
                "Processes that do the work.",
                value=self._children(),
            )

    def _processes(self) -> list[psutil.Process]:
        try:
            master = psutil.Process(self.master)
            return [master, *master.children(recursive=True)]
        except psutil.Error:
            return []

    def _children(self) -> int:
        try:
            return len(psutil.Process(self.master).children())
        except psutil.Error:
            return 0
