"""Whether this beat leads, ticks and sends."""

from __future__ import annotations

import os
import time
from collections.abc import Iterable

from celery import Celery
from prometheus_client import CollectorRegistry
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from .process import ProcessCollector
from .queues import QueueCollector
from .server import serve


class BeatMetrics(Collector):
    def __init__(self) -> None:
        self.leads = False
        self.sent = 0
        self._ticked_at = 0.0

    def ticked(self) -> None:
        self._ticked_at = time.time()

    def serve(self, app: Celery) -> None:
        registry = CollectorRegistry()
        registry.register(self)
        registry.register(ProcessCollector(os.getpid()))
        registry.register(QueueCollector(app))
        serve(registry)

    def collect(self) -> Iterable[Metric]:
        yield GaugeMetricFamily(
            "beat_leads", "1 for the one beat that sends.", value=int(self.leads)
        )
        yield CounterMetricFamily("beat_sent", "Tasks sent.", value=self.sent)
        # One that stands by does not tick, and must not hide that none does.
        if self.leads and self._ticked_at:
            yield GaugeMetricFamily(
                "beat_last_tick_timestamp_seconds",
                "When the one that leads last looked what is due.",
                value=self._ticked_at,
            )
