"""What still waits. Beat tells it too, since nobody else does while no worker runs."""

from __future__ import annotations

import logging
from collections.abc import Iterable

import redis
from celery import Celery
from django.conf import settings
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

logger = logging.getLogger(__name__)


class QueueCollector(Collector):
    """Read when scraped; absent while Redis is away, for 0 would be a lie."""

    def __init__(self, app: Celery) -> None:
        self.queues = list(app.amqp.queues)
        self.redis = redis.Redis.from_url(
            settings.REDIS_URL, socket_connect_timeout=1, socket_timeout=1
        )

    def collect(self) -> Iterable[Metric]:
        try:
            depths = {queue: self.redis.llen(queue) for queue in self.queues}
            unacked = self.redis.hlen("unacked")
        except redis.RedisError as error:
            logger.warning("queue depth is unknown: %s", type(error).__name__)
            return
        family = GaugeMetricFamily(
            "celery_queue_depth", "Tasks that wait for a worker.", labels=["queue"]
        )
        for queue, depth in depths.items():
            family.add_metric([queue], depth)
        yield family
        yield GaugeMetricFamily(
            "celery_unacked", "Tasks a worker has taken and not finished.", unacked
        )
